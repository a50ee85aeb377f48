"""Store, Team, User; and `StoreOwned`, the base of every row that belongs to one store."""

import zoneinfo
from functools import cache

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.choices import DEPARTMENT_OF_ROLE, AbsenceKind, DaySource, Department, Role
from accounts.querysets import AbsenceQuerySet, PersonQuerySet, StoreQuerySet, StoreScopedQuerySet, TeamQuerySet


@cache
def known_zones() -> frozenset[str]:
    """Names of the time zones this machine knows: reading them walks hundreds of files."""
    return frozenset(zoneinfo.available_timezones())


def validate_zone(value):
    if value not in known_zones():
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
    rest_weekdays = models.CharField(
        _("Weekly days off"), max_length=7, blank=True, default="67", db_default="67"
    )  # ISO numbers: 6 Saturday, 7 Sunday; a make-up workday of the calendar overrides them
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


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a public holiday, or a make-up workday (调休).

    Without a store it holds for all; a store's own row of the same day comes before it. A year of which no public day is known is
    missing, and is warned of (accounts.calendar).
    """

    store = models.ForeignKey(Store, null=True, blank=True, on_delete=models.CASCADE, related_name="calendar_days")
    day = models.DateField(_("Day"))
    is_work = models.BooleanField(_("Workday"))
    name = models.CharField(_("Name"), max_length=40, blank=True)
    source = models.CharField(_("Source"), max_length=8, choices=DaySource)

    class Meta:
        verbose_name = _("Calendar day")
        verbose_name_plural = _("Calendar days")
        default_permissions = ("change",)
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["store", "day"], name="calendarday_of_store"),
            models.UniqueConstraint(fields=["day"], condition=models.Q(store__isnull=True), name="calendarday_of_all"),
        ]

    def __str__(self):
        return f"{self.day} {self.name}"


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
    department = models.CharField(
        pgettext_lazy("person", "Department"),
        max_length=10,
        choices=Department,
        blank=True,
        default="",
        db_default="",
        help_text=_("Needed of a department head; a complaint handler of sales or service belongs to that department."),
    )
    phone = models.CharField(
        _("Extension or phone"), max_length=30, blank=True, validators=[RegexValidator(r"^[0-9+\- ]*$")]
    )
    language = models.CharField(_("Language"), max_length=10, blank=True)
    # The last click, give or take some minutes (accounts.middleware): from then on she was away.
    seen_at = models.DateTimeField(null=True, editable=False)

    objects = PeopleManager()
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("User")
        verbose_name_plural = _("Users")
        ordering = ["username"]

    def __str__(self):
        return self.full_name or self.username

    def clean(self):
        super().clean()
        if self.role == Role.DEPARTMENT_HEAD and not self.department:
            raise ValidationError(
                {"department": ValidationError(_("Whose head? Please choose the department."), code="required")}
            )

    @property
    def works_in(self) -> str:
        """The department of the account, else that of the role; "" where neither says."""
        return self.department or DEPARTMENT_OF_ROLE.get(self.role, "")

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name


class Absence(StoreOwned):
    """Days on which a person is not at work, both ends included; without a last day she has left for good.

    Two absences of one person do not overlap (accounts.absences). One that never came about is void.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("Person"), on_delete=models.PROTECT, related_name="absences"
    )
    kind = models.CharField(_("Kind"), max_length=8, choices=AbsenceKind, default=AbsenceKind.LEAVE)
    first_on = models.DateField(_("First day away"))
    last_on = models.DateField(_("Last day away"), null=True, blank=True)
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Deputy"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Gets the promises that fall into the absence. Without one they go to the team."),
    )
    note = models.CharField(_("Remarks"), max_length=200, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    is_void = models.BooleanField(default=False)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("Absence")
        verbose_name_plural = _("Absences")
        default_permissions = ("view", "change")
        ordering = ["first_on", "id"]
        indexes = [
            models.Index(fields=["store", "first_on"], name="absence_days", condition=models.Q(is_void=False)),
            models.Index(fields=["person", "first_on"], name="absence_person", condition=models.Q(is_void=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__isnull=True) | models.Q(last_on__gte=models.F("first_on")),
                name="absence_days_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="left", last_on__isnull=True)
                | (~models.Q(kind="left") & models.Q(last_on__isnull=False)),
                name="absence_left_has_no_end",
            ),
        ]

    def __str__(self):
        return f"{self.person_id} {self.first_on}"

    def holds_on(self, day) -> bool:
        return not self.is_void and self.first_on <= day and (self.last_on is None or self.last_on >= day)
