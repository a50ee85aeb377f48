"""Handing over what a person holds: to one colleague, evenly to several, or to the team.

One short transaction for each lot of what she still holds, read anew under its locks: killed in between, or run twice, it goes on with
the rest and moves nothing twice. What changes hands is told to whoever gets it, with the note, also where that comes to be done
by the sweep (`tell_untold`).
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Absence, User
from audit.choices import Source
from audit.models import Change
from audit.services import change_row
from complaints.models import Complaint
from complaints.services import NotAllowed, hand_complaint_over
from followups.choices import Held, PlanKind
from followups.models import CallCard, Draft, DueItem, Handed, HandOver, PlannedCall
from followups.services.cards import lock_cards, recompute_cards
from office import services as office
from office.choices import Severity

LOT = 200
HANDED, FREED = "handed_over", "absence_handed"


class _Hands:
    """To whom the next thing goes: of those who are there on its day the one to whom the fewest have gone; None: the team."""

    def __init__(self, people: Iterable[User], store):
        self.people = {person.pk: person for person in people}
        self.gone = Counter()
        self.away = list(Absence.objects.filter(person__in=self.people).alive())
        self.store = store

    def next(self, day: dt.date | None) -> User | None:
        away = {row.person_id for row in self.away if day is not None and row.holds_on(day)}
        there = [pk for pk in self.people if pk not in away]
        if not there:
            return None
        chosen = min(there, key=lambda pk: (self.gone[pk], pk))
        self.gone[chosen] += 1
        return self.people[chosen]


class _Run:
    def __init__(self, person, store, *, by, now, note, absence, through):
        self.person, self.store, self.by, self.now, self.through = person, store, by, now, through
        self.row = HandOver(store=store, person=person, by=by, at=now, note=note, absence=absence)

    def keep(self, lines: list[Handed]):
        """In the transaction of what they tell."""
        if not lines:
            return
        if self.row.pk is None:
            self.row.save(force_insert=True)
        for line in lines:
            line.store, line.hand_over = self.store, self.row
        Handed.objects.bulk_create(lines)

    @transaction.atomic
    def lease(self, hands) -> int:
        """A lease is worked with or given back; what was typed is a draft."""
        card = CallCard.objects.select_for_update().filter(store=self.store, lease_by=self.person).first()
        if card is None:
            return 0
        CallCard.objects.filter(pk=card.pk).update(lease_by=None, lease_token=None, lease_until=None)
        self.keep([Handed(kind=Held.LEASE, card=card)])
        return 1

    @transaction.atomic
    def pinned(self, hands, kind) -> int:
        mine = DueItem.objects.open().filter(store=self.store, pinned_to=self.person)
        mine = mine.filter(due_at__isnull=kind == Held.TASK)
        if self.through is not None:
            mine = mine.filter(due_on__lte=self.through)
        lot = list(mine.order_by("due_on", "due_at", "pk").values_list("pk", "customer_id")[:LOT])
        if not lot:
            return 0
        customers = {customer_id for _pk, customer_id in lot}
        cards = dict(CallCard.objects.filter(pk__in=lock_cards(customers)).values_list("customer_id", "pk"))
        items = mine.select_for_update().filter(pk__in=[pk for pk, _customer in lot]).order_by("pk")
        items = sorted(items, key=lambda item: (item.due_on, item.pk))
        lines, goes_to = [], defaultdict(list)
        for item in items:
            to = hands.next(item.due_on)
            item.pinned_to, item.pinned_until = to, item.pinned_until if to else None
            lines.append(Handed(kind=kind, item=item, card_id=cards[item.customer_id], to=to))
            goes_to[to].append(item)
        DueItem.objects.bulk_update(items, ["pinned_to", "pinned_until"])
        for to, theirs in goes_to.items():
            self._plan_to(to, theirs)
        self.keep(lines)
        recompute_cards(customers, store=self.store, now=self.now)
        return len(lot)

    def _plan_to(self, to, items):
        """The facts behind promises and tasks say it too, or the next run would put it back."""
        facts = [item.fact_id for item in items if item.rule in PlanKind.values]
        planned = list(PlannedCall.objects.filter(pk__in=facts))
        PlannedCall.objects.filter(pk__in=facts).update(pinned_to=to, changed_at=self.now)
        shared = {"by": self.by, "source": Source.FORM if self.by else Source.SYSTEM, "deed": "hand_over"}
        Change.objects.bulk_create(
            change_row(fact, {"pinned_to": (self.person, to)}, customer_id=fact.customer_id, at=self.now, **shared)
            for fact in planned
        )

    @transaction.atomic
    def reserved(self, hands) -> int:
        """Until the day they were reserved for; the team's are reserved for nobody."""
        mine = CallCard.objects.filter(store=self.store, assigned_to=self.person, assigned_until__gt=self.now)
        lot = list(mine.select_for_update().order_by("pk")[:LOT])
        lines = []
        for card in lot:
            to = hands.next(self.store.day_of(self.now))
            until = card.assigned_until if to else None
            CallCard.objects.filter(pk=card.pk).update(assigned_to=to, assigned_until=until)
            lines.append(Handed(kind=Held.RESERVED, card=card, to=to))
        self.keep(lines)
        return len(lot)

    @transaction.atomic
    def kept(self, hands) -> int:
        mine = CallCard.objects.open().filter(store=self.store, kept_for=self.person, kept_until__gt=self.now)
        cards = list(mine.select_for_update().order_by("pk")[:LOT])
        lines = []
        for card in cards:
            to = hands.next(self.store.day_of(card.callable_at))
            CallCard.objects.filter(pk=card.pk).update(last_by=to)
            lines.append(Handed(kind=Held.KEPT, card=card, to=to))
        self.keep(lines)
        recompute_cards([card.customer_id for card in cards], store=self.store, now=self.now)
        return len(cards)

    @transaction.atomic
    def drafts(self, hands) -> int:
        """To a person only, and where she has none of her own on that card."""
        lines = []
        rows = (
            Draft.objects.select_for_update(of=("self",))
            .filter(user=self.person, card__store=self.store)
            .order_by("pk")
        )
        for draft in rows:
            to = hands.next(None)
            if to and not Draft.objects.filter(card_id=draft.card_id, user=to).exists():
                Draft.objects.filter(pk=draft.pk).update(user=to)
                lines.append(Handed(kind=Held.DRAFT, card_id=draft.card_id, to=to))
        self.keep(lines)
        return 0  # all of them at once

    def complaints(self, hands) -> int:
        rows = Complaint.objects.open().filter(store=self.store, handler=self.person).order_by("pk")
        for complaint in rows.select_related("handler", "store"):
            with transaction.atomic():
                to = hands.next(None)
                try:
                    hand_complaint_over(complaint, to, by=self.by, now=self.now, note=self.row.note)
                except NotAllowed:
                    continue  # somebody was quicker: it is hers no more
                self.keep([Handed(kind=Held.COMPLAINT, complaint=complaint, to=to)])
        return 0


def hand_over(person, targets: dict, *, store, by, now, note="", absence=None, through=None) -> HandOver | None:
    """Hand over what `person` holds at `store`. `targets`: {Held: people}; nobody in it means the team, several share evenly, and
    what is not named stays. A thing whose receivers are all away on its day goes to the team.

    note: what the receivers read. through: only promises and tasks due up to this day. None where there was nothing to move.
    Not in a transaction.
    """
    run = _Run(person, store, by=by, now=now, note=note[:200], absence=absence, through=through)
    moves = {
        Held.LEASE: run.lease,
        Held.PROMISE: lambda hands: run.pinned(hands, Held.PROMISE),
        Held.TASK: lambda hands: run.pinned(hands, Held.TASK),
        Held.RESERVED: run.reserved,
        Held.KEPT: run.kept,
        Held.DRAFT: run.drafts,
        Held.COMPLAINT: run.complaints,
    }
    for kind, move in moves.items():
        if kind in targets:
            hands = _Hands([each for each in targets[kind] if each.pk != person.pk], store)
            while move(hands):
                pass
    if run.row.pk is None:
        return None
    tell(run.row)
    return run.row


# --- Telling -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def tell(row: HandOver) -> None:
    """Each receiver is told once how much, from whom, and the note; where the house did it, the managers too."""
    row = HandOver.objects.select_for_update(of=("self",)).select_related("person", "by", "store").get(pk=row.pk)
    if row.told_at is not None:
        return
    counts = defaultdict(Counter)
    for line in row.lines.select_related("to"):
        counts[line.to][line.kind] += 1
    shared = {"store": row.store, "key": f"handed-{row.pk}", "url_name": "followups:handed", "url_args": [row.pk]}
    named = {"person": row.person.full_name, "by": row.by.full_name if row.by else "", "note": row.note}
    for to, kinds in counts.items():
        if to is not None and to != row.by:
            office.notify_person(
                to, code=HANDED, params={**named, "kinds": dict(kinds)}, severity=Severity.WARNING, **shared
            )
    if row.by is None:
        whole = sum(counts.values(), Counter())
        names = sorted(to.full_name for to in counts if to is not None)
        params = {**named, "kinds": dict(whole), "to": names, "team": None in counts}
        office.notify(
            permission="followups.manage_queue", code=FREED, params=params, **{**shared, "key": f"freed-{row.pk}"}
        )
    HandOver.objects.filter(pk=row.pk).update(told_at=row.at)


def tell_untold(store) -> int:
    """Those whose worker was killed before it told. Returns how many."""
    rows = list(HandOver.objects.filter(store=store, told_at__isnull=True))
    for row in rows:
        tell(row)
    return len(rows)


def kinds_words(kinds: dict) -> str:
    """`3 promises, 1 complaint`."""
    counted = {
        Held.LEASE: lambda n: ngettext("%(n)d card", "%(n)d cards", n),
        Held.PROMISE: lambda n: ngettext("%(n)d promise", "%(n)d promises", n),
        Held.TASK: lambda n: ngettext("%(n)d task", "%(n)d tasks", n),
        Held.RESERVED: lambda n: ngettext("%(n)d reserved card", "%(n)d reserved cards", n),
        Held.KEPT: lambda n: ngettext("%(n)d customer", "%(n)d customers", n),
        Held.DRAFT: lambda n: ngettext("%(n)d draft", "%(n)d drafts", n),
        Held.COMPLAINT: lambda n: ngettext("%(n)d complaint", "%(n)d complaints", n),
    }
    parts = [words(kinds[kind]) % {"n": kinds[kind]} for kind, words in counted.items() if kinds.get(kind)]
    return _(", ").join(parts)


def _handed(params):
    values = {**params, "what": kinds_words(params["kinds"])}
    if params["note"]:
        return _("%(person)s’s work is with you now: %(what)s. Note: “%(note)s”") % values
    return _("%(person)s’s work is with you now: %(what)s.") % values


def _freed(params):
    names = [*params["to"], *([_("the team")] if params["team"] else [])]
    values = {"person": params["person"], "what": kinds_words(params["kinds"]), "to": _(", ").join(names)}
    return _("%(person)s is away: %(what)s went to %(to)s.") % values


NOTICE_WORDS = {HANDED: _handed, FREED: _freed}
