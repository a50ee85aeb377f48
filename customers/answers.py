"""When a customer answers: the hour learned from the calls in which she, or somebody with her, spoke with us.

Recent answers weigh more, by how far apart they lie: what has been learned does not change while time passes.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from customers.choices import Channel
from customers.models import Contact

LOOKED_AT = 6  # the last answers
HALF_LIFE_DAYS = 90
ENOUGH = 2  # answers in the hour
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Learned:
    """She mostly answers at `hour`: `hits` of her last `answers` answers."""

    hour: int
    hits: int
    answers: int


def learn(answers: Iterable[dt.datetime], zone: ZoneInfo) -> Learned | None:
    """The hour that weighs most among the last LOOKED_AT answers (an answer HALF_LIFE_DAYS older weighs half), by the clock of `zone`.

    None where fewer than ENOUGH of them fall into it, or less than half of the weight. Of two equal hours the later answer's.
    """
    last = sorted(answers, reverse=True)[:LOOKED_AT]
    weights, hits = defaultdict(float), defaultdict(int)
    for at in last:  # the newest first, so that of equals the first found is the latest
        hour = at.astimezone(zone).hour
        weights[hour] += 0.5 ** ((last[0] - at) / DAY / HALF_LIFE_DAYS)
        hits[hour] += 1
    heaviest = max((hour for hour in weights if hits[hour] >= ENOUGH), key=weights.__getitem__, default=None)
    if heaviest is None or weights[heaviest] < sum(weights.values()) / 2:
        return None
    return Learned(heaviest, hits[heaviest], len(last))


def learned_from(customer) -> Learned | None:
    """From the contact ledger as it stands; one query."""
    calls = Contact.objects.alive().filter(customer=customer, channel=Channel.PHONE_OUT, connected=True)
    return learn(calls.order_by("-at").values_list("at", flat=True)[:LOOKED_AT], customer.store.zone)


def hours_of(customer_ids, zone: ZoneInfo) -> dict[int, int]:
    """{customer: learned hour} of many at once, as `learned_from` says of each; who taught none is not in it. One query."""
    calls = Contact.objects.alive().filter(customer_id__in=customer_ids, channel=Channel.PHONE_OUT, connected=True)
    latest = Window(RowNumber(), partition_by="customer_id", order_by=F("at").desc())
    answers = defaultdict(list)
    for customer_id, at in (
        calls.annotate(place=latest).filter(place__lte=LOOKED_AT).order_by().values_list("customer_id", "at")
    ):
        answers[customer_id].append(at)
    learned = {customer_id: learn(moments, zone) for customer_id, moments in answers.items()}
    return {customer_id: each.hour for customer_id, each in learned.items() if each is not None}


def known_hour(customer) -> Learned | None:
    """What a page says of the hour; no query where none was learned."""
    return None if customer.learned_hour is None else learned_from(customer)
