"""CallCard: one row per customer, kept for ever, with what the queue sorts by and who holds it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from accounts.querysets import StoreScopedQuerySet
from customers.models import Customer


class CallCardQuerySet(StoreScopedQuerySet):
    def open(self):
        return self.filter(is_open=True)

    def callable(self, now):
        return self.open().filter(callable_at__lte=now)

    def free_for(self, user, now):
        """Nobody else holds the lease, and no promise pins the card to somebody else for now. (Whom a card is offered to first:
        services.offering.)"""
        return self.filter(
            models.Q(lease_by__isnull=True) | models.Q(lease_by=user) | models.Q(lease_until__lte=now),
            models.Q(pinned_to__isnull=True) | models.Q(pinned_to=user) | models.Q(pinned_until__lte=now),
        )


class CallCard(StoreOwned):
    """All open items of one customer merged. Everything but the lease and whom the card is reserved for is recomputed from the
    items (services.cards)."""

    customer = models.OneToOneField(Customer, verbose_name=_("Customer"), on_delete=models.CASCADE, related_name="card")
    is_open = models.BooleanField(default=False)
    callable_at = models.DateTimeField(_("Callable from"), null=True)
    rank = models.IntegerField(_("Rank"), default=0)  # smaller is called first (services.cards.rank_of says why)
    due_on = models.DateField(_("Deadline"), null=True)  # the earliest of its items
    items_open = models.PositiveSmallIntegerField(default=0)
    rules = models.JSONField(default=list)  # rule codes of the open items, most urgent first
    pinned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Promised by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    pinned_until = models.DateTimeField(null=True)
    skipped_until = models.DateTimeField(_("Put aside until"), null=True)
    last_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # who spoke with her last
    # Restraint, worked out from the contact ledger: until when she has been contacted often enough; who spoke with her last
    # and is offered the card alone until then.
    rested_until = models.DateTimeField(null=True)
    kept_for = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kept_until = models.DateTimeField(null=True)
    callers_until = models.DateTimeField(null=True)  # until then only those who spoke with her within a year may call
    # The lease. Recomputing never touches these.
    lease_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Held by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    leased_at = models.DateTimeField(null=True)  # since when the one who holds it, or held it last, was on it
    # Reserved by a manager (services.steering): by itself the card is offered to this person alone until then. Recomputing never
    # touches these either.
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Reserved for"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    assigned_until = models.DateTimeField(_("Reserved until"), null=True)

    objects = CallCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("Call card")
        verbose_name_plural = _("Call cards")
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["store", "rank", "callable_at", "id"], name="callcard_queue", condition=models.Q(is_open=True)
            ),
            models.Index(
                fields=["pinned_to", "callable_at"],
                name="callcard_pinned",
                condition=models.Q(is_open=True, pinned_to__isnull=False),
            ),
            models.Index(
                fields=["assigned_to", "assigned_until"],
                name="callcard_assigned",
                condition=models.Q(is_open=True, assigned_to__isnull=False),
            ),
        ]
        constraints = [
            # A person holds at most one card; also the index by which a person's card is found.
            models.UniqueConstraint(
                fields=["lease_by"], name="callcard_one_lease_each", condition=models.Q(lease_by__isnull=False)
            ),
        ]

    def __str__(self):
        return f"card {self.customer_id}"
