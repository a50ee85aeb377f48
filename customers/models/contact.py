"""The contact ledger: one row per contact with a customer, in any channel and by anybody."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import Channel
from customers.models.base import Record
from customers.models.people import Customer
from customers.models.vehicle import Vehicle


class Contact(Record):
    """Written by the floor that made the contact; `origin`/`origin_id` name its row there as text, so no arrow runs up."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    vehicle = models.ForeignKey(Vehicle, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("When"))
    channel = models.CharField(_("Channel"), max_length=10, choices=Channel)
    connected = models.BooleanField(_("Connected"), default=False)  # a person spoke
    # The same talk as the contact before it, taken up again after the line broke: the contact budget counts it once.
    is_continuation = models.BooleanField(default=False, db_default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    topics = models.JSONField(default=list)  # rule codes
    summary = models.JSONField(default=dict)  # code and parameters, worded when shown
    note = models.CharField(_("Remarks"), max_length=500, blank=True)
    origin = models.CharField(max_length=40, blank=True)  # "followups.call"
    origin_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("Contact")
        verbose_name_plural = _("Contacts")
        default_permissions = ()
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "origin_id"],
                condition=models.Q(origin_id__isnull=False),
                name="contact_once_per_origin",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-at"], name="contact_customer"),
            models.Index(fields=["store", "changed_at"], name="contact_changed"),
        ]

    def __str__(self):
        return f"{self.channel} {self.at:%Y-%m-%d %H:%M}"
