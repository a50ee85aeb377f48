"""Vehicle and who owned it when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import KeyField
from customers.choices import GoneReason, VehicleUse
from customers.models.base import Record
from customers.models.people import Customer


def car_name(plate, name, vin) -> str:
    """What a car is called in a list: its plate, else series and the end of the VIN (`福克斯 …054249`)."""
    return plate or f"{name} {vin_tail(vin)}".strip()


def vin_tail(vin) -> str:
    return f"…{vin[-6:]}" if vin else ""


class Vehicle(Record):
    """One car of one store, by VIN. `owner` is the current owner; Ownership keeps the history."""

    vin = models.CharField("VIN", max_length=17)
    vin_reversed = KeyField(max_length=17, editable=False)
    plate = KeyField(_("Plate"), max_length=10, blank=True)
    plate_reversed = KeyField(max_length=10, blank=True, editable=False)
    owner = models.ForeignKey(
        Customer, verbose_name=_("Owner"), null=True, on_delete=models.PROTECT, related_name="vehicles"
    )
    engine_no = models.CharField(_("Engine no."), max_length=40, blank=True)
    brand = models.CharField(_("Brand"), max_length=40, blank=True)
    series = models.CharField(_("Series"), max_length=60, blank=True)
    model = models.CharField(_("Model"), max_length=100, blank=True)
    color = models.CharField(_("Colour"), max_length=30, blank=True)
    registered_on = models.DateField(_("Registered on"), null=True, blank=True)
    odometer_km = models.PositiveIntegerField(_("Odometer (km)"), null=True, blank=True)
    odometer_on = models.DateField(_("Odometer read on"), null=True, blank=True)
    # Who drives it where that is not the owner (使用人): a customer of the stage "contact", so that a call from that number
    # finds the car.
    driver = models.ForeignKey(
        Customer,
        verbose_name=_("Driver"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="driven",
        db_index=False,
    )
    # What the DMS tells of the car's care. Facts and the DMS's own predictions, as told; rules compare them.
    first_service_on = models.DateField(_("First service"), null=True, blank=True)
    last_service_on = models.DateField(_("Last service"), null=True, blank=True)
    last_service_km = models.PositiveIntegerField(_("Last service (km)"), null=True, blank=True)
    next_service_on = models.DateField(_("Next service"), null=True, blank=True)
    next_service_km = models.PositiveIntegerField(_("Next service (km)"), null=True, blank=True)
    km_per_day = models.DecimalField(_("Kilometres a day"), max_digits=6, decimal_places=2, null=True, blank=True)
    odometer_reset_on = models.DateField(_("Odometer replaced on"), null=True, blank=True)
    warranty_starts_on = models.DateField(_("Warranty from"), null=True, blank=True)
    warranty_ends_on = models.DateField(_("Warranty until"), null=True, blank=True)
    warranty_ends_km = models.PositiveIntegerField(_("Warranty until (km)"), null=True, blank=True)
    inspection_due_on = models.DateField(_("Inspection due"), null=True, blank=True)
    use = models.CharField(_("Use"), max_length=8, choices=VehicleUse, blank=True, default="", db_default="")
    # Gone: no rule calls about it until it comes to the workshop again or has another owner.
    gone_on = models.DateField(_("Gone since"), null=True, blank=True)
    gone_why = models.CharField(_("Why gone"), max_length=8, choices=GoneReason, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("Vehicle")
        verbose_name_plural = _("Vehicles")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["store", "vin"], name="vehicle_vin_in_store")]
        indexes = [
            models.Index(fields=["store", "vin_reversed"], name="vehicle_vin_tail"),
            models.Index(fields=["store", "plate"], name="vehicle_plate"),
            models.Index(fields=["store", "plate_reversed"], name="vehicle_plate_tail"),
            models.Index(fields=["store", "changed_at"], name="vehicle_changed"),
            models.Index(fields=["driver"], name="vehicle_driver", condition=models.Q(driver__isnull=False)),
        ]

    def __str__(self):
        return self.plate or self.vin

    @property
    def name(self):
        """What a list calls the car; `str` is for where its whole VIN has to stand."""
        return car_name(self.plate, self.series or self.brand, self.vin)

    @property
    def title(self):
        """What one would call the car: series and model without saying a word twice."""
        if self.series and self.model.startswith(self.series):
            return self.model
        return " ".join(word for word in (self.series or self.brand, self.model) if word) or vin_tail(self.vin)


class Ownership(Record):
    """A stretch of time in which a customer owned a vehicle; the open one has no `ended_on`."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="ownerships")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="ownerships")
    started_on = models.DateField(_("Owner from"), null=True)
    ended_on = models.DateField(_("Owner until"), null=True)

    class Meta:
        verbose_name = _("Ownership")
        verbose_name_plural = _("Ownerships")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["vehicle"],
                condition=models.Q(ended_on__isnull=True, is_void=False),
                name="ownership_one_current",
            ),
        ]

    def __str__(self):
        return f"{self.vehicle_id} – {self.customer_id}"


class FormerPlate(Record):
    """A plate that a vehicle carried before; who remembers the old one finds the car and its present owner."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="former_plates")
    plate = models.CharField(_("Plate"), max_length=10)
    plate_reversed = KeyField(max_length=10, editable=False)

    class Meta:
        verbose_name = _("Former plate")
        verbose_name_plural = _("Former plates")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["vehicle", "plate"], name="formerplate_once")]
        indexes = [models.Index(fields=["store", "plate_reversed"], name="formerplate_tail")]

    def __str__(self):
        return self.plate
