"""Two managers move the same cards at once: whoever comes second moves what the first has left, and no card is counted twice."""

import threading

import pytest
from django.db import connections
from django.utils import timezone

from followups.models import CallCard, QueueMove
from followups.services import steering
from followups.services.cards import check_cards
from tests.factories.followups import make_card

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds):
    gate, faults = threading.Barrier(len(deeds)), []

    def run(deed):
        gate.wait()
        try:
            deed()
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []


@pytest.fixture
def cards(pudong):
    now = timezone.now()
    return [make_card(pudong, today=pudong.day_of(now), now=now) for _number in range(12)]


def test_two_managers_on_the_same_cards(pudong, li, chen, zhou, qian, cards, monkeypatch):
    monkeypatch.setattr(steering, "LOT", 3)
    now, ids = timezone.now(), [card.pk for card in cards]

    def moves(person, by):
        shared = {"people": (person,), "note": "分", "wanted": 12, "by": by, "now": now, "cards": ids}
        return lambda: steering.run_move(steering.ask_move(pudong, deed="assign", **shared).pk, now=now)

    at_once(moves(li, zhou), moves(chen, qian))
    owners = set(CallCard.objects.values_list("assigned_to_id", flat=True))
    assert owners <= {li.pk, chen.pk} and len(owners) >= 1
    assert [move.moved for move in QueueMove.objects.all()] == [12, 12]
    assert check_cards(pudong, now=now) == []


def test_two_workers_on_one_move(pudong, li, chen, zhou, cards, monkeypatch):
    monkeypatch.setattr(steering, "LOT", 3)
    now = timezone.now()
    move = steering.ask_move(pudong, deed="assign", people=(li, chen), note="分", wanted=12, by=zhou, now=now, query={})
    at_once(lambda: steering.run_move(move.pk, now=now), lambda: steering.run_move(move.pk, now=now))
    move.refresh_from_db()
    assert (move.moved, move.lines.count(), move.state) == (12, 12, "done")
    assert CallCard.objects.filter(assigned_to=li).count() == CallCard.objects.filter(assigned_to=chen).count() == 6
