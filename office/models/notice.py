"""Notice: something one person has to know, told once."""

from django.conf import settings
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Store
from office.choices import Severity
from office.querysets import NoticeQuerySet
from office.wording import word


class Notice(models.Model):
    """One matter told to one person. `code` and `params` are worded when shown (settings.NOTICE_WORDINGS)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("To"), on_delete=models.CASCADE, related_name="notices"
    )
    store = models.ForeignKey(
        Store, verbose_name=_("Store"), on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: about the house as a whole
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    severity = models.CharField(_("Severity"), max_length=8, choices=Severity, default=Severity.INFO)
    key = models.CharField(max_length=120)  # names the matter: a person is told of it once
    url_name = models.CharField(max_length=60, blank=True)
    url_args = models.JSONField(default=list)
    created_at = models.DateTimeField(_("Told at"))
    read_at = models.DateTimeField(_("Read at"), null=True)
    resolved_at = models.DateTimeField(_("Settled at"), null=True)  # the matter is over, read or not
    is_unread = models.BooleanField(default=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Notice")
        verbose_name_plural = _("Notices")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-is_unread", "-id"], name="notice_inbox"),
            models.Index(fields=["store", "code"], name="notice_unresolved", condition=models.Q(resolved_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notice_once"),
            models.CheckConstraint(
                condition=models.Q(is_unread=False) | models.Q(read_at=None, resolved_at=None),
                name="notice_unread_is_open",
            ),
        ]

    def __str__(self):
        return self.text

    @property
    def text(self) -> str:
        """The sentence in the reader's language."""
        return word(self.code, self.params)

    @property
    def url(self) -> str:
        """Where the matter is to be seen; "" where it leads nowhere (any more)."""
        if not self.url_name:
            return ""
        try:
            return reverse(self.url_name, args=self.url_args)
        except NoReverseMatch:
            return ""
