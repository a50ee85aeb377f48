"""What happened, as the DMS tells it: deliveries and repair orders. Rules read these rows; nothing is pushed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.base import Record
from customers.models.people import Customer
from customers.models.vehicle import Vehicle


class Delivery(Record):
    """The hand-over of a car by this store; one per vehicle. A corrected date moves it, a voided one never happened."""

    vehicle = models.ForeignKey(
        Vehicle, verbose_name=_("Vehicle"), on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )  # delivery_one_per_vehicle begins with it
    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="deliveries"
    )
    delivered_on = models.DateField(
        _("Delivered on")
    )  # the delivery date; where the DMS has none, the sale, else the invoice date
    sold_on = models.DateField(_("Sold on"), null=True, blank=True)
    invoiced_on = models.DateField(_("Invoiced on"), null=True, blank=True)
    sales_consultant = models.CharField(_("Sales consultant"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("Delivery")
        verbose_name_plural = _("Deliveries")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["vehicle"], name="delivery_one_per_vehicle")]
        indexes = [
            models.Index(fields=["store", "delivered_on"], name="delivery_day"),
            models.Index(fields=["store", "changed_at"], name="delivery_changed"),
        ]

    def __str__(self):
        return f"{self.vehicle_id} {self.delivered_on}"


class RepairOrder(Record):
    """One visit to the workshop, by order number. `owner` pays and is reminded, `bringer` brought the car and is asked how it went."""

    order_no = models.CharField(_("Order no."), max_length=40)
    vehicle = models.ForeignKey(
        Vehicle, verbose_name=_("Vehicle"), on_delete=models.CASCADE, related_name="repair_orders", db_index=False
    )  # repairorder_vehicle begins with it
    owner = models.ForeignKey(
        Customer, verbose_name=_("Owner"), null=True, on_delete=models.PROTECT, related_name="orders_owned"
    )
    # A customer of his own (stage "contact") where the DMS names somebody else with a phone; else the owner.
    bringer = models.ForeignKey(
        Customer, verbose_name=_("Brought by"), null=True, on_delete=models.PROTECT, related_name="orders_brought"
    )
    bringer_name = models.CharField(_("Brought by (as in the DMS)"), max_length=80, blank=True)
    bringer_phone = models.CharField(_("Phone of the bringer (as in the DMS)"), max_length=40, blank=True)
    opened_on = models.DateField(_("Opened on"), null=True, blank=True)
    settled_on = models.DateField(_("Settled on"), null=True, blank=True)
    odometer_km = models.PositiveIntegerField(_("Odometer (km)"), null=True, blank=True)
    kind = models.CharField(_("Repair kind"), max_length=60, blank=True)
    items = models.CharField(_("Work done"), max_length=500, blank=True)
    service_advisor = models.CharField(_("Service adviser"), max_length=40, blank=True)
    technician = models.CharField(_("Technician"), max_length=40, blank=True)
    amount = models.DecimalField(_("Amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    status = models.CharField(_("Status in the DMS"), max_length=30, blank=True)

    masked_fields = ("bringer_phone",)

    class Meta:
        verbose_name = _("Repair order")
        verbose_name_plural = _("Repair orders")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["store", "order_no"], name="repairorder_no_in_store")]
        indexes = [
            models.Index(fields=["store", "settled_on"], name="repairorder_settled"),
            models.Index(fields=["store", "changed_at"], name="repairorder_changed"),
            models.Index(fields=["vehicle", "-opened_on"], name="repairorder_vehicle"),
        ]

    def __str__(self):
        return self.order_no
