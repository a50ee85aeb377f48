"""Store, Team, User; and `StoreOwned`, the base of every row that belongs to one store."""

import zoneinfo

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.querysets import PersonQuerySet, StoreQuerySet, StoreScopedQuerySet, TeamQuerySet


def validate_zone(value):
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(value)s” is not a known time zone; write one like Asia/Shanghai."), params={"value": value}
        )


class Store(models.Model):
    """A dealership. Every business fact belongs to exactly one."""

    code = models.SlugField(
        _("Code"), max_length=32, unique=True, help_text=_("Short and lasting: letters, digits, - and _.")
    )
    name = models.CharField(_("Name"), max_length=80)
    short_name = models.CharField(_("Name said on the phone"), max_length=40, blank=True)
    hotline = models.CharField(_("Service hotline"), max_length=30, blank=True)
    live_on = models.DateField(
        _("Live on"), help_text=_("Call windows that closed before this day are counted, never called.")
    )
    time_zone = models.CharField(_("Time zone"), max_length=40, default="Asia/Shanghai", validators=[validate_zone])
    is_active = models.BooleanField(_("Active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("Store")
        verbose_name_plural = _("Stores")
        ordering = ["code"]
        permissions = [("view_settings", "Can open the settings pages")]

    def __str__(self):
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def day_of(self, moment):
        """The store's calendar day of an aware moment."""
        return moment.astimezone(self.zone).date()


class StoreOwned(models.Model):
    """Base of every row that belongs to one store; another store's row is a 404 at the door."""

    store = models.ForeignKey(Store, verbose_name=_("Store"), on_delete=models.PROTECT, related_name="+")

    objects = StoreScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class Team(StoreOwned):
    name = models.CharField(_("Name"), max_length=40)
    is_active = models.BooleanField(_("Active"), default=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("Team")
        verbose_name_plural = _("Teams")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "name"],
                name="team_name_in_store",
                violation_error_message=_("This store already has a team of that name."),
            )
        ]

    def __str__(self):
        return self.name


class PeopleManager(UserManager.from_queryset(PersonQuerySet)):
    pass


class User(AbstractUser):
    """A person who logs in. Chinese names are one field; first and last name stay empty."""

    first_name = None
    last_name = None
    full_name = models.CharField(_("Full name"), max_length=40)
    store = models.ForeignKey(
        Store, verbose_name=_("Store"), on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    team = models.ForeignKey(
        Team, verbose_name=_("Team"), on_delete=models.SET_NULL, null=True, blank=True, related_name="people"
    )
    role = models.CharField(_("Role"), max_length=20, choices=Role, default=Role.SPECIALIST)
    phone = models.CharField(
        _("Extension or phone"), max_length=30, blank=True, validators=[RegexValidator(r"^[0-9+\- ]*$")]
    )
    language = models.CharField(_("Language"), max_length=10, blank=True)

    objects = PeopleManager()
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("User")
        verbose_name_plural = _("Users")
        ordering = ["username"]

    def __str__(self):
        return self.full_name or self.username

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name
