"""What follows from an absence or a closed account: nothing waits for somebody who is not there.

Read off the days in the database, whenever it runs: at once after an absence is entered, every few minutes, and as a worker starts. What
has gone over does not come back by itself when she does; nothing is made, so nothing is doubled.
"""

from django.db.models import Q
from django.utils.module_loading import import_string

from accounts.models import Absence, User
from complaints.models import Complaint
from followups.choices import Held
from followups.models import CallCard, DueItem
from followups.services.handing import hand_over, tell_untold

TASK = "followups.tasks.free_the_absent"
ALL = (Held.LEASE, Held.PROMISE, Held.TASK, Held.RESERVED, Held.KEPT, Held.COMPLAINT)


def absence_changed(absence, *, now) -> None:
    """An absence was entered, changed or ended (settings.AFTER_ABSENCE_CHANGE): a worker looks, once it is stored."""
    import_string(TASK).delay_on_commit(absence.store_id)


def free_the_absent(store, *, now) -> int:
    """Promises that fall into an absence that has begun go to the deputy, else to the team; of who has left, everything. Returns
    how many hand-overs it took."""
    today, done = store.day_of(now), tell_untold(store)
    for absence in Absence.objects.filter(store=store).on(today).select_related("person", "deputy"):
        deputy = [absence.deputy] if _stands_in(absence) else []
        kinds = ALL if absence.last_on is None else (Held.PROMISE, Held.TASK)
        how = {"store": store, "by": None, "now": now, "note": absence.note, "absence": absence}
        row = hand_over(absence.person, dict.fromkeys(kinds, deputy), through=absence.last_on, **how)
        done += row is not None
    for person in strangers_who_hold(store, now=now):
        done += hand_over(person, dict.fromkeys(ALL, ()), store=store, by=None, now=now) is not None
    return done


def free(person, *, by, now) -> None:
    """The account was closed (settings.AFTER_DEACTIVATION): what she still holds is the team's."""
    if person.store is not None:
        hand_over(person, dict.fromkeys(ALL, ()), store=person.store, by=by, now=now)


def _stands_in(absence) -> bool:
    deputy = absence.deputy
    return deputy is not None and deputy.is_active and deputy.store_id == absence.store_id


def strangers_who_hold(store, *, now):
    """Whose account is closed, or who works at another store by now, and who still holds something here. A few queries."""
    promised = DueItem.objects.open().filter(store=store, due_at__isnull=False, pinned_to__isnull=False)
    ids = set(promised.filter(Q(pinned_to__is_active=False) | ~Q(pinned_to__store=store)).values_list("pinned_to"))
    closed = list(User.objects.filter(store=store, is_active=False).values_list("pk", flat=True))
    ids |= set(DueItem.objects.open().filter(store=store, pinned_to__in=closed).values_list("pinned_to"))
    leases = CallCard.objects.filter(store=store, lease_by__isnull=False)
    ids |= set(leases.filter(Q(lease_by__is_active=False) | ~Q(lease_by__store=store)).values_list("lease_by"))
    kept = CallCard.objects.open().filter(store=store, kept_for__in=closed, kept_until__gt=now)
    ids |= set(kept.values_list("kept_for"))
    cases = Complaint.objects.open().filter(store=store, handler__isnull=False)
    ids |= set(cases.filter(Q(handler__is_active=False) | ~Q(handler__store=store)).values_list("handler"))
    return list(User.objects.filter(pk__in={pk for (pk,) in ids}).order_by("pk"))
