"""What follows from a car's history: when it wants service, how long it has been away, when its warranty ends.

Nothing here is told by anybody: services.care works it out from the facts, once for each car that was touched, and the rules
compare the days. A table of its own, so that an import writes nothing twice.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from customers.choices import PaceSource
from customers.models.base import Record
from customers.models.people import Customer
from customers.models.vehicle import Vehicle


class CareInterval(StoreOwned):
    """After how many months or kilometres, whichever comes first, a car wants service; and how long its warranty runs.

    A row without series is the store's default; one with series, and one with series and model, say it for these. 0: no limit.
    """

    series = models.CharField(_("Series"), max_length=60, blank=True)
    model = models.CharField(_("Model"), max_length=100, blank=True)
    first_months = models.PositiveSmallIntegerField(_("First service after (months)"))
    first_km = models.PositiveIntegerField(_("First service after (km)"))
    months = models.PositiveSmallIntegerField(_("Then every (months)"))
    km = models.PositiveIntegerField(_("Then every (km)"))
    warranty_months = models.PositiveSmallIntegerField(_("Warranty (months)"))
    warranty_km = models.PositiveIntegerField(_("Warranty (km)"))

    class Meta:
        verbose_name = _("Service interval")
        verbose_name_plural = _("Service intervals")
        default_permissions = ("change",)
        constraints = [
            models.UniqueConstraint(fields=["store", "series", "model"], name="careinterval_once"),
            models.CheckConstraint(
                condition=models.Q(first_months__gt=0) | models.Q(first_km__gt=0), name="careinterval_first"
            ),
            models.CheckConstraint(condition=models.Q(months__gt=0) | models.Q(km__gt=0), name="careinterval_then"),
        ]

    def __str__(self):
        return f"{self.series} {self.model}".strip() or "*"


class CarePlan(Record):
    """One row per car that is in somebody's hands: the days that rules watch.

    A `…_round` says of which turn a day is: the id of the visit it counts from ("0": none yet; "d": the day that the DMS tells),
    or the year of an inspection. A day is null where there is nothing to call about: a car that is gone, that has never come, whose
    next service is not its first one.
    """

    vehicle = models.OneToOneField(Vehicle, primary_key=True, on_delete=models.CASCADE, related_name="care")
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # the owner, as on the car
    # What happened.
    last_visit_on = models.DateField(null=True)
    last_visit_km = models.PositiveIntegerField(null=True)
    last_maintenance_on = models.DateField(null=True)
    last_maintenance_km = models.PositiveIntegerField(null=True)
    visits = models.PositiveIntegerField(db_default=0)  # all that are known
    worth = models.PositiveIntegerField(db_default=0)  # the more, the earlier a scarce call (services.care.worth_of)
    # How it is driven.
    km_per_day = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    pace = models.CharField(max_length=8, choices=PaceSource, blank=True)  # whose kilometres a day these are
    # What follows. The range is that of whichever of the two service days is there; `why` is a code with parameters.
    first_service_on = models.DateField(null=True)
    service_on = models.DateField(null=True)
    service_round = models.CharField(max_length=12, db_default="0")
    earliest_on = models.DateField(null=True)
    latest_on = models.DateField(null=True)
    service_km = models.PositiveIntegerField(null=True)
    why = models.JSONField(db_default=models.Value({}, models.JSONField()))
    visit_round = models.CharField(max_length=12, db_default="0")
    thin_ice_on = models.DateField(null=True)  # nine months after the last visit
    churn_on = models.DateField(null=True)  # twelve
    lost_on = models.DateField(null=True)  # twenty-four
    warranty_ends_on = models.DateField(null=True)
    inspection_on = models.DateField(null=True)
    inspection_round = models.CharField(max_length=12, db_default="0")

    class Meta:
        verbose_name = _("Care plan")
        verbose_name_plural = _("Care plans")
        default_permissions = ()
        indexes = [
            models.Index(fields=["store", "changed_at"], name="careplan_changed"),
            models.Index(
                fields=["store", "first_service_on"],
                name="careplan_first",
                condition=models.Q(first_service_on__isnull=False),
            ),
            models.Index(
                fields=["store", "service_on"], name="careplan_service", condition=models.Q(service_on__isnull=False)
            ),
            models.Index(fields=["store", "thin_ice_on"], name="careplan_thin_ice"),
            models.Index(fields=["store", "churn_on"], name="careplan_churn"),
            models.Index(fields=["store", "lost_on"], name="careplan_lost"),
            models.Index(fields=["store", "warranty_ends_on"], name="careplan_warranty"),
            models.Index(
                fields=["store", "inspection_on"],
                name="careplan_inspection",
                condition=models.Q(inspection_on__isnull=False),
            ),
        ]

    def __str__(self):
        return f"care {self.vehicle_id}"


class Prediction(StoreOwned):
    """What was predicted for one turn of one car when it was first worked out, and when the car really came.

    Kept apart from CarePlan, which goes with the facts: only so can the prediction be held against the visit (D4).
    """

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="predictions")
    round = models.CharField(max_length=12)  # CarePlan.service_round
    series = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=100, blank=True)
    pace = models.CharField(max_length=8, choices=PaceSource, blank=True)
    made_on = models.DateField()
    predicted_on = models.DateField()
    earliest_on = models.DateField(null=True)
    latest_on = models.DateField(null=True)
    came_on = models.DateField(null=True)
    error_days = models.IntegerField(null=True)  # came later than predicted: positive

    class Meta:
        verbose_name = _("Prediction")
        verbose_name_plural = _("Predictions")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["vehicle", "round"], name="prediction_once")]
        indexes = [models.Index(fields=["store", "came_on"], name="prediction_came")]

    def __str__(self):
        return f"{self.vehicle_id} {self.predicted_on}"


class CareLedger(StoreOwned):
    """Up to which change of the facts the care plans of a store are worked out."""

    watermark = models.DateTimeField(null=True)
    segments_on = models.DateField(null=True)  # the day for which the segments stand; null: all are to be worked out
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("Care ledger")
        verbose_name_plural = _("Care ledgers")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["store"], name="careledger_once")]

    def __str__(self):
        return f"{self.store_id}"
