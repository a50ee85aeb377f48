"""What a customer does not want to be contacted about, in which channel, for which car, until when."""

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from customers.choices import Channel
from customers.models.base import Record
from customers.models.people import Customer
from customers.models.vehicle import Vehicle


class _Topics:
    """(code, label) of the topics there are, as the floor that declares them names them today (settings.WISH_TOPICS)."""

    def __iter__(self):
        return iter(import_string(settings.WISH_TOPICS)())


class DoNotContact(Record):
    """One wish of a customer. An empty channel, topic or car means all of them; lifted by voiding, never deleted: it is proof.

    A wish for all topics of the telephone (or of all channels) and all cars is also kept as `Customer.do_not_call`.
    `topic` is a rule's code; what it is called the floor that declares it says. Legal duties do not ask this table (DOMAIN 2.12).
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="wishes", db_index=False)
    vehicle = models.ForeignKey(
        Vehicle, verbose_name=_("Vehicle"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    channel = models.CharField(_("Channel"), max_length=10, choices=Channel, blank=True)
    topic = models.CharField(_("Topic"), max_length=32, blank=True)
    reason = models.CharField(_("Reason"), max_length=200)
    expires_on = models.DateField(_("Until"), null=True, blank=True)  # the last day it holds
    source = models.CharField(_("Source"), max_length=10)  # audit.choices.Source
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    open_choices = {"topic": _Topics()}  # how the history words them (audit.reading)

    class Meta:
        verbose_name = _("Do-not-contact wish")
        verbose_name_plural = _("Do-not-contact wishes")
        default_permissions = ()
        indexes = [
            models.Index(fields=["customer", "topic"], name="donotcontact_customer", condition=models.Q(is_void=False)),
            models.Index(fields=["store", "changed_at"], name="donotcontact_changed"),
        ]

    def __str__(self):
        topic = dict(self.open_choices["topic"]).get(self.topic, self.topic) or _("all topics")
        return f"{self.get_channel_display() or _('all channels')} · {topic}"
