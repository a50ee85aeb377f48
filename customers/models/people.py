"""Customer and phone."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import KeyField
from customers.choices import CustomerKind, PhoneKind, PhoneState, Segment, Stage
from customers.models.base import Record


class Customer(Record):
    """A person or company of one store. Found by DMS customer number, else by name + phone; never by phone alone."""

    dms_no = models.CharField(_("DMS customer no."), max_length=40, blank=True)
    kind = models.CharField(_("Customer kind"), max_length=8, choices=CustomerKind, default=CustomerKind.PRIVATE)
    stage = models.CharField(_("Stage"), max_length=8, choices=Stage, default=Stage.OWNER)
    name = KeyField(_("Customer name"), max_length=80)
    pinyin = KeyField(max_length=160, blank=True, editable=False)  # "wangjianguo", surname read as a surname
    initials = KeyField(max_length=40, blank=True, editable=False)  # "wjg"
    contact_person = models.CharField(_("Contact person"), max_length=40, blank=True)
    credit_code = models.CharField(_("Unified social credit code"), max_length=18, blank=True)  # of a company
    address = models.CharField(_("Address"), max_length=200, blank=True)
    postcode = models.CharField(_("Postcode"), max_length=6, blank=True, validators=[RegexValidator(r"^[0-9]{6}$")])
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    do_not_call = models.BooleanField(_("Do not call"), default=False)
    do_not_call_reason = models.CharField(_("Reason"), max_length=200, blank=True)
    note = models.CharField(_("Remarks"), max_length=500, blank=True)
    # Month and day as one number (1007 is 7 October), of the solar or of the lunar calendar; the year is nobody's business.
    birthday = models.PositiveSmallIntegerField(_("Birthday"), null=True, blank=True)
    birthday_is_lunar = models.BooleanField(_("Lunar birthday"), db_default=False, default=False)
    # When she wants to be called, by the store's clock; and when she has answered so far (services.hours).
    preferred_hour = models.PositiveSmallIntegerField(_("Preferred hour"), null=True, blank=True)
    learned_hour = models.PositiveSmallIntegerField(null=True, editable=False)
    # Since when no number on file reached her; `unreachable_round` counts how often that has come about.
    unreachable_on = models.DateField(_("Out of reach since"), null=True, editable=False)
    unreachable_round = models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)
    # She has died: nobody is to call, write or send anything any more.
    deceased_on = models.DateField(_("Known to have died on"), null=True, editable=False)
    # How often her cars came within the store's months, and the class that follows (services.segments); "": she has no car.
    segment = models.CharField(_("Segment"), max_length=1, choices=Segment, blank=True, db_default="", editable=False)
    visits_lately = models.PositiveSmallIntegerField(null=True, editable=False)
    # The number of her file by the store's rule (services.archive); "" until it is given.
    archive_no = KeyField(_("Archive no."), max_length=40, blank=True, db_default="", editable=False)
    # The file that this one was merged into; it is void then, and its address leads there (services.merging).
    merged_into = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # {field: ISO moment}: values that DCRC has checked with the customer; a DMS value does not overwrite them (dms.Conflict).
    verified = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("Customer")
        verbose_name_plural = _("Customers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(birthday__isnull=True) | models.Q(birthday__range=(101, 1231)),
                name="customer_birthday_is_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(preferred_hour__isnull=True) | models.Q(preferred_hour__range=(8, 20)),
                name="customer_preferred_hour",
            ),
            models.UniqueConstraint(
                fields=["store", "dms_no"], condition=~models.Q(dms_no=""), name="customer_dms_no_in_store"
            ),
            models.UniqueConstraint(
                fields=["store", "archive_no"], condition=~models.Q(archive_no=""), name="customer_archive_no_in_store"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "name"], name="customer_name"),
            models.Index(fields=["store", "pinyin"], name="customer_pinyin"),
            models.Index(fields=["store", "initials"], name="customer_initials"),
            models.Index(fields=["store", "-id"], name="customer_newest"),
            models.Index(fields=["store", "changed_at"], name="customer_changed"),
            models.Index(fields=["store", "-id"], name="customer_quiet", condition=models.Q(do_not_call=True)),
            models.Index(
                fields=["store", "birthday_is_lunar", "birthday"],
                name="customer_birthday",
                condition=models.Q(birthday__isnull=False),
            ),
            models.Index(
                fields=["store", "unreachable_on"],
                name="customer_unreachable",
                condition=models.Q(unreachable_on__isnull=False),
            ),
            # Of nine customers in ten the class is D: that list is read off the newest customers.
            models.Index(
                fields=["store", "segment", "-id"],
                name="customer_segment",
                condition=models.Q(segment__in=["A", "B", "C"]),
            ),
            models.Index(fields=["merged_into"], name="customer_merged", condition=models.Q(merged_into__isnull=False)),
        ]
        permissions = [
            ("reveal_phone", "Can reveal a masked phone number"),
            ("resolve_conflict", "Can decide conflicts with the DMS and look through duplicates"),
            ("merge_customer", "Can merge two files of one customer, and take that back"),
            ("send_outward", "Can make the sheets for the DMS and the manufacturer"),
        ]

    def __str__(self):
        return self.name


class Phone(Record):
    """One number of one customer. `number` is digits only (landlines with area code); the first mobile is primary."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.CASCADE, related_name="phones", db_index=False
    )  # phone_once_per_customer begins with it
    number = models.CharField(_("Phone number"), max_length=20)
    reversed = KeyField(max_length=20, editable=False)  # for the search by tail
    kind = models.CharField(_("Kind"), max_length=8, choices=PhoneKind)
    source = models.CharField(_("Source"), max_length=10)  # audit.choices.Source
    state = models.CharField(_("State"), max_length=8, choices=PhoneState, default=PhoneState.UNKNOWN)
    is_primary = models.BooleanField(_("Primary"), default=False)
    verified_at = models.DateTimeField(_("Verified at"), null=True, blank=True)
    verified_by = models.CharField(_("Verified by"), max_length=40, blank=True)

    masked_fields = ("number",)  # shown masked wherever history is read (audit.reading)
    name_is_masked = True

    class Meta:
        verbose_name = _("Phone number")
        verbose_name_plural = _("Phone numbers")
        ordering = ["-is_primary", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="phone_once_per_customer"),
            models.UniqueConstraint(
                fields=["customer"], condition=models.Q(is_primary=True, is_void=False), name="phone_one_primary"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "reversed"], name="phone_tail"),
            models.Index(fields=["store", "number"], name="phone_number"),
        ]

    def __str__(self):
        return self.number
