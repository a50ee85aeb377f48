"""Insurance, as the DMS tells it: one row per policy and cover."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import Cover, DerivedDay, RenewalGroup, RenewalKind
from customers.models.base import Record
from customers.models.people import Customer
from customers.models.vehicle import Vehicle


class Policy(Record):
    """One cover of one car for one term. A renewal is a row of its own.

    Known by policy number and cover; where a list gives only days of expiry, by car, cover and term (customers.sheets.insurance).
    `cover` is one of choices.Cover, which every policy has and rules read, or the name of a part of the commercial cover as
    the DMS writes it, which stands beside the row of the commercial cover and is shown with it.
    """

    vehicle = models.ForeignKey(Vehicle, verbose_name=_("Vehicle"), on_delete=models.CASCADE, related_name="policies")
    customer = models.ForeignKey(
        Customer, verbose_name=_("Policy holder"), null=True, on_delete=models.PROTECT, related_name="policies"
    )
    cover = models.CharField(_("Cover"), max_length=40)
    policy_no = models.CharField(_("Policy no."), max_length=40, blank=True)
    application_no = models.CharField(_("Application no."), max_length=40, blank=True)
    insurer = models.CharField(_("Insurer"), max_length=80, blank=True)
    starts_on = models.DateField(_("Insured from"))
    ends_on = models.DateField(_("Insured until"))  # the last day of cover
    derived = models.CharField(_("Worked out by the system"), max_length=5, choices=DerivedDay, blank=True)
    insured_amount = models.DecimalField(_("Sum insured"), max_digits=12, decimal_places=2, null=True, blank=True)
    premium = models.DecimalField(_("Premium"), max_digits=12, decimal_places=2, null=True, blank=True)
    kind = models.CharField(_("Kind of policy"), max_length=10, choices=RenewalKind, blank=True)
    is_ours = models.BooleanField(_("Insured through this store"), null=True)
    renewal_agent = models.CharField(_("Renewal agent"), max_length=40, blank=True)
    sold_on = models.DateField(_("Policy sold on"), null=True, blank=True)
    # Worked out (services.care): the day that leads the car's renewal, where this policy is the one that says it.
    renewal_on = models.DateField(null=True, editable=False)
    renewal_group = models.CharField(
        _("Renewal group"), max_length=8, choices=RenewalGroup, blank=True, default="", db_default="", editable=False
    )

    open_choices = {"cover": Cover.choices}  # words wherever history is read (audit.reading)

    class Meta:
        verbose_name = _("Policy")
        verbose_name_plural = _("Policies")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["store", "policy_no", "cover"],
                condition=models.Q(is_void=False) & ~models.Q(policy_no=""),
                name="policy_no_in_store",
            ),
            models.UniqueConstraint(
                fields=["vehicle", "cover", "ends_on"],
                condition=models.Q(is_void=False, policy_no=""),
                name="policy_term_of_vehicle",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "ends_on"], name="policy_ends"),
            models.Index(fields=["store", "changed_at"], name="policy_changed"),
            models.Index(
                fields=["store", "renewal_on"], name="policy_renewal", condition=models.Q(renewal_on__isnull=False)
            ),
            models.Index(fields=["store", "policy_no"], name="policy_no"),
            models.Index(fields=["vehicle", "cover", "-ends_on"], name="policy_vehicle"),
        ]

    def __str__(self):
        return self.policy_no or f"{self.vehicle_id} {self.cover} {self.ends_on}"

    @property
    def cover_label(self):
        return Cover(self.cover).label if self.cover in Cover.values else self.cover


def end_of_term(starts_on: dt.date) -> dt.date:
    """The last day of a year's cover: the day before the same day next year."""
    return _same_day(starts_on, starts_on.year + 1) - dt.timedelta(days=1)


def start_of_term(ends_on: dt.date) -> dt.date:
    """The first day of a year's cover; the renewal starts on the day after `ends_on`."""
    following = ends_on + dt.timedelta(days=1)
    return _same_day(following, following.year - 1)


def _same_day(day, year):
    """29 February becomes 1 March in a year that has none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)
