"""Arrivals, what was said in the lounge, and added work with the customer's decisions."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import StoreOwned
from complaints.models import Complaint
from customers.models import Customer, RepairOrder, Vehicle
from followups.models import PlannedCall
from reception.choices import DECIDED, ArrivalState, DecidedHow, Mood, Purpose, WorkDecision
from reception.querysets import ArrivalQuerySet

_STANDING = Q(withdrawn_at__isnull=True, left_at__isnull=True)


def _person(name, **fields):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=name, null=True, on_delete=models.SET_NULL, related_name="+", **fields
    )


class Arrival(StoreOwned):
    """One visit of one customer on one day of the store: said beforehand (`expected_at`), come (`arrived_at`), gone (`left_at`).

    Each moment is written once and may be taken back by hand; `withdrawn_at`: it was entered by mistake, or she called it off.
    `followed_up_at`: the day was over and she had not come; then `task` is the call that asks her why, or `came_with` the order
    that proves her visit, or neither, where she wants no calls.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="arrivals", db_index=False
    )  # arrival_customer begins with it
    vehicle = models.ForeignKey(
        Vehicle, verbose_name=_("Vehicle"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    day = models.DateField(_("Day"))
    time = models.TimeField(pgettext_lazy("arrival", "Time"), null=True, blank=True)
    purpose = models.CharField(pgettext_lazy("arrival", "Comes for"), max_length=10, choices=Purpose, blank=True)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    told_by = models.CharField(_("Who told us"), max_length=40, blank=True)
    expected_at = models.DateTimeField(_("Entered at"), null=True)
    expected_by = _person(_("Entered by"))
    arrived_at = models.DateTimeField(_("Arrived at"), null=True)
    arrived_by = _person(_("Received by"))
    left_at = models.DateTimeField(_("Left at"), null=True)
    left_by = _person(_("Seen off by"))
    withdrawn_at = models.DateTimeField(_("Taken back at"), null=True)
    withdrawn_by = _person(_("Taken back by"))
    followed_up_at = models.DateTimeField(null=True)
    task = models.ForeignKey(PlannedCall, null=True, on_delete=models.SET_NULL, related_name="+")
    came_with = models.ForeignKey(RepairOrder, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        verbose_name = _("Arrival")
        verbose_name_plural = _("Arrivals")
        default_permissions = ()
        permissions = [("receive_customers", "Can receive customers at the store")]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(arrived_at__isnull=False), name="arrival_left_after_it_came"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(arrived_at__isnull=True), name="arrival_withdrawn_or_here"
            ),
            models.UniqueConstraint(
                fields=["customer", "day", "vehicle"],
                condition=_STANDING & Q(vehicle__isnull=False),
                name="arrival_once_a_day_and_car",
            ),
            models.UniqueConstraint(
                fields=["customer", "day"],
                condition=_STANDING & Q(vehicle__isnull=True),
                name="arrival_once_a_day_on_foot",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "day"], name="arrival_day"),
            models.Index(fields=["store", "arrived_at"], name="arrival_arrived"),
            models.Index(fields=["customer", "-day"], name="arrival_customer"),
        ]

    def __str__(self):
        return f"{self.customer_id} {self.day}"

    @property
    def state(self) -> ArrivalState:
        if self.withdrawn_at is not None:
            return ArrivalState.WITHDRAWN
        if self.left_at is not None:
            return ArrivalState.LEFT
        if self.arrived_at is not None:
            return ArrivalState.HERE
        if self.came_with_id is not None:
            return ArrivalState.CAME_LATER
        return ArrivalState.EXPECTED if self.followed_up_at is None else ArrivalState.ABSENT


class LoungeNote(StoreOwned):
    """Somebody sat with her while she waited. Added, never rewritten; a dissatisfied word has its complaint."""

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField(_("When"))
    by = _person(_("By"))  # who wrote it down
    sat_with = models.CharField(_("Who sat with the customer"), max_length=40)
    mood = models.CharField(pgettext_lazy("lounge", "What the customer said"), max_length=10, choices=Mood)
    words = models.CharField(_("In the customer's words"), max_length=500, blank=True)
    refreshment = models.CharField(_("Refreshment"), max_length=60, blank=True)
    wait_minutes = models.PositiveSmallIntegerField(_("Waiting time told (minutes)"), null=True, blank=True)
    complaint = models.ForeignKey(Complaint, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("Lounge note")
        verbose_name_plural = _("Lounge notes")
        default_permissions = ()
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["store", "at"], name="loungenote_at")]

    def __str__(self):
        return self.words or self.get_mood_display()


class AddedWork(StoreOwned):
    """Work beyond the order that was proposed to the customer, with what it costs and how much longer it takes.

    What was proposed is never rewritten: another proposal is another row. `decision` is that of the last AddedWorkDecision.
    """

    number = models.CharField(_("Number"), max_length=40)  # ZX20261122-003, per store and day
    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="added_works"
    )
    vehicle = models.ForeignKey(
        Vehicle, verbose_name=_("Vehicle"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    arrival = models.ForeignKey(Arrival, null=True, on_delete=models.SET_NULL, related_name="works")
    repair_order = models.ForeignKey(
        RepairOrder, verbose_name=_("Repair order"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(_("Asked at"))
    asked_by = models.CharField(_("Who asks"), max_length=40)  # the service adviser, who need not log in here
    recorded_by = _person(_("Recorded by"))
    minutes_more = models.PositiveSmallIntegerField(_("Minutes more"), default=0)
    reason = models.CharField(pgettext_lazy("added work", "Why"), max_length=200, blank=True)
    decision = models.CharField(
        pgettext_lazy("added work", "Decision"),
        max_length=8,
        choices=WorkDecision,
        default=WorkDecision.ASKED,
        editable=False,
    )

    class Meta:
        verbose_name = _("Added work")
        verbose_name_plural = _("Added work")
        default_permissions = ()
        ordering = ["-asked_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["store", "number"], name="addedwork_number_in_store")]
        indexes = [models.Index(fields=["store", "asked_at"], name="addedwork_asked")]

    def __str__(self):
        return self.number

    @property
    def is_decided(self) -> bool:
        return self.decision in (WorkDecision.AGREED, WorkDecision.REFUSED)

    @property
    def total(self) -> Decimal:
        """Of the items; asks the database unless they are prefetched."""
        return sum((item.price for item in self.items.all()), Decimal(0))


class AddedWorkItem(models.Model):
    work = models.ForeignKey(AddedWork, on_delete=models.CASCADE, related_name="items", db_index=False)
    place = models.PositiveSmallIntegerField()
    name = models.CharField(pgettext_lazy("added work", "Item"), max_length=80)
    price = models.DecimalField(
        pgettext_lazy("added work", "Price"),
        max_digits=10,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0))],
    )

    class Meta:
        verbose_name = _("Item of added work")
        verbose_name_plural = _("Items of added work")
        default_permissions = ()
        ordering = ["work", "place"]
        constraints = [models.UniqueConstraint(fields=["work", "place"], name="addedworkitem_place")]

    def __str__(self):
        return self.name


class AddedWorkDecision(models.Model):
    """What the customer decided, who she was, and how we know. Added, never rewritten."""

    work = models.ForeignKey(AddedWork, on_delete=models.CASCADE, related_name="decisions")
    decision = models.CharField(pgettext_lazy("added work", "Decision"), max_length=8, choices=DECIDED)
    decided_by = models.CharField(_("Who decided"), max_length=80)
    how = models.CharField(pgettext_lazy("added work", "How"), max_length=10, choices=DecidedHow)
    at = models.DateTimeField(_("When"))
    recorded_by = _person(_("Recorded by"))
    note = models.CharField(_("Note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Decision on added work")
        verbose_name_plural = _("Decisions on added work")
        default_permissions = ()
        ordering = ["at", "id"]

    def __str__(self):
        return f"{self.work_id} {self.decision}"
