"""The live board: every number opens exactly its rows, however many people and rows there are; one's own day."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Team, User
from accounts.services import create_account
from followups.models import Call
from followups.reading.board import NUMBERS, TEAM, board_of, moment_of, opened, rows_of
from followups.reading.my_day import my_day
from followups.services.claims import renew_lease, take_card
from followups.services.dial_versions import save_dials
from followups.services.drafts import save_draft
from followups.services.planned import plan_promise
from followups.services.steering import assign_cards
from tests.factories.followups import make_card
from tests.followups.desk import call, done

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def busy(pudong, xuhui, zhao, li, chen, zhou, today, now):
    """A morning of the store; and one of the other store that must not show."""
    cards = [make_card(pudong, today=today, now=now) for _number in range(9)]
    theirs = make_card(xuhui, today=today, now=now)
    call(theirs.customer, "no_answer", by=zhao, now=now)
    call(cards[0].customer, "done", by=li, now=now - 90 * MINUTE, topics=[done(cards[0].customer.due_items.get())])
    call(cards[1].customer, "no_answer", by=li, now=now - 20 * MINUTE)
    call(cards[1].customer, "no_answer", by=chen, now=now - 2 * MINUTE)  # the same topic, by another person
    Call.objects.filter(pk=call(cards[2].customer, "no_answer", by=li, now=now - MINUTE).pk).update(undone_at=now)
    for number, (person, at) in enumerate(((li, now + 2 * MINUTE), (li, now + 300 * MINUTE), (None, now + MINUTE))):
        plan_promise(cards[3 + number].customer, at=at, subject="约好", by=li, now=now - MINUTE, pinned_to=person)
    assign_cards(cards[6:8], to=chen, by=zhou, now=now, note="熟客")
    save_draft(cards[5], chen, {"note": ["在忙"]}, now)
    take_card(cards[8].pk, user=li, now=now - 30 * MINUTE)
    return cards


def numbers(board, name):
    (line,) = (line for line in board.lines if line.name == name)
    return {what: cell.number for what, cell in line.cells.items() if cell.number}


def test_a_line_says_what_a_person_did_and_has(pudong, busy, now):
    board = board_of(pudong, now + MINUTE)
    expected = {"calls": 2, "topics": 2, "connected": 1, "effective": 1, "pace": 1, "promises": 2, "risk": 1}
    assert numbers(board, "李静") == expected
    assert numbers(board, "陈晨") == {"calls": 1, "topics": 1, "pace": 1, "reserved": 2, "drafts": 1}
    assert numbers(board, "团队") == {"promises": 1, "risk": 1}
    sums = {what: cell.number for what, cell in board.sums.items()}
    assert (sums["calls"], sums["topics"], sums["promises"]) == (3, 2, 3)  # one topic was two people's
    assert "赵磊" not in str(board)


def test_every_number_opens_its_rows(pudong, busy, now):
    now += 4 * MINUTE
    board, moment = board_of(pudong, now), moment_of(pudong, now)
    people = {"团队": TEAM, **dict(User.objects.values_list("full_name", "pk"))}
    checked = 0
    for line in board.lines:
        for what, cell in line.cells.items():
            assert rows_of(what, moment, people[line.name]).count() == cell.number, (line.name, what)
            assert bool(cell.url) == bool(cell.number)
            checked += bool(cell.number)
    for what, cell in board.sums.items():
        assert rows_of(what, moment, None).count() == cell.number, what
    assert checked > 12 and {what for what, cell in board.sums.items() if cell.number} == set(NUMBERS)


def test_who_is_on_which_card_since_when_and_stuck(pudong, busy, li, now):
    board = board_of(pudong, now)
    (on,) = (line.on for line in board.lines if line.on)
    assert (on.customer, on.minutes, on.is_stuck, on.is_over) == (busy[8].customer.name, 30, True, True)
    take_card(busy[7].pk, user=li, now=now)
    (on,) = (line.on for line in board_of(pudong, now + 2 * MINUTE).lines if line.on)
    assert (on.minutes, on.is_stuck) == (2, False)


def test_a_long_call_with_signs_of_work_is_not_stuck_and_a_quiet_one_is(pudong, busy, li, now):
    def on(at):
        return next(line.on for line in board_of(pudong, at).lines if line.on)

    taken = take_card(busy[7].pk, user=li, now=now)
    assert not on(now + 9 * MINUTE).is_stuck
    assert on(now + 11 * MINUTE).is_stuck and not on(now + 11 * MINUTE).is_over  # the lease still runs
    save_draft(busy[7], li, {"note": ["还在谈"]}, now + 20 * MINUTE)
    assert (on(now + 25 * MINUTE).minutes, on(now + 25 * MINUTE).quiet) == (25, 5)
    assert not on(now + 25 * MINUTE).is_stuck
    renew_lease(busy[7], token=taken.lease_token, now=now + 29 * MINUTE)
    assert on(now + 33 * MINUTE).quiet == 4
    save_dials(pudong, desk={"stuck_minutes": 60}, by=None, now=now)
    assert not on(now + 80 * MINUTE).is_stuck and on(now + 90 * MINUTE).is_stuck


def test_the_rows_of_dialled_topics_name_who_dialled_and_open_the_call(login, pudong, busy, zhou, li, now):
    moment = moment_of(pudong, now + MINUTE)
    rows, _next, count = opened("topics", moment, None)
    assert count == len(rows) == 2
    assert {row.person for row in rows} == {"李静", "李静、陈晨"}
    assert all(row.url for row in rows)
    (done_row,) = (row for row in rows if not row.is_open)  # what is settled is given to nobody
    assert done_row.person == "李静"
    (row,) = (row for row in opened("topics", moment, li.pk)[0] if row.is_open)
    assert row.person == "李静"


def test_the_totals_say_what_they_count(pudong, busy, now):
    units = {str(total.label): total.unit for total in board_of(pudong, now).totals}
    assert (units["现在可打"], units["已逾期"], units["今日到期未完成"]) == ("位客户", "位客户", "项")


def test_who_is_away_shows_where_something_is_hers(pudong, busy, chen, now):
    board = board_of(pudong, now + dt.timedelta(days=1))
    away = {line.name: line.is_here for line in board.lines}
    assert away["陈晨"] is False  # cards are reserved for her
    assert "周敏" in board.absent and "周敏" not in away


def test_a_team_narrows_the_people_and_not_the_store(login, pudong, busy, zhou, chen, now):
    team = Team.objects.create(store=pudong, name="白班")
    User.objects.filter(pk=chen.pk).update(team=team)
    board = board_of(pudong, now, team=team.pk)
    assert [line.name for line in board.lines] == ["陈晨"]
    assert board.totals == board_of(pudong, now).totals
    html = login(zhou).get(reverse("followups:board"), {"team": team.pk}).content.decode()
    assert f"live/?team={team.pk}" in html
    assert login(zhou).get(reverse("followups:board"), {"team": "nonsense"}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_asks_the_same_whatever_the_people_and_rows(pudong, today, now, count, django_assert_num_queries):
    for number in range(count):
        person = create_account(
            username=f"p{number}", full_name=f"人{number}", role=Role.SPECIALIST, store=pudong, password="Cast-of-9-9"
        )
        for _card in range(count):
            call(make_card(pudong, today=today, now=now).customer, "no_answer", by=person, now=now)
        take_card(make_card(pudong, today=today, now=now).pk, user=person, now=now)
        card = make_card(pudong, today=today, now=now)
        plan_promise(card.customer, at=now + MINUTE, subject="约", by=person, now=now, pinned_to=person)
        assign_cards([card], to=person, by=person, now=now, note="留", promises=False)
        save_draft(card, person, {"note": ["x"]}, now)
    with django_assert_num_queries(16):
        board = board_of(pudong, now)
    assert len(board.lines) == count


@pytest.fixture
def real_now(pudong):
    return timezone.localtime(timezone.now(), pudong.zone)


def test_the_pages_of_the_rows_open(login, zhou, li, pudong, real_now):
    today, now = real_now.date(), real_now
    card = make_card(pudong, today=today, now=now, name="王雅丽", number="13812345678")
    made = call(card.customer, "no_answer", by=li, now=now)
    assign_cards([card], to=li, by=zhou, now=now, note="熟客")
    save_draft(card, li, {"note": ["x"]}, now)
    plan_promise(card.customer, at=now + MINUTE, subject="约好", by=li, now=now, pinned_to=li)
    client = login(zhou)
    page = client.get(reverse("followups:board")).content.decode()
    assert "李静" in page and 'hx-trigger="every 20s, live:again"' in page and "data-live" in page
    live = client.get(reverse("followups:board_live"), headers={"HX-Request": "true"}).content.decode()
    assert live.lstrip().startswith('<div id="board"') and "<html" not in live
    for what in NUMBERS:
        html = client.get(reverse("followups:board_rows", args=[what]), {"person": li.pk}).content.decode()
        # What is told of a day holds also where the test began just before midnight; what was connected is nobody.
        assert ("王雅丽" in html) == (what in {"calls", "topics", "pace", "promises", "risk", "drafts", "reserved"}), (
            what
        )
        assert "13812345678" not in html
    calls = client.get(reverse("followups:board_rows", args=["calls"])).content.decode()
    assert reverse("followups:call", args=[made.pk]) in calls and "138****5678" in calls


def test_nobody_of_another_store_is_named_and_nonsense_is_not_found(login, zhou, zhao, pudong):
    client, url = login(zhou), reverse("followups:board_rows", args=["calls"])
    for person in (zhao.pk, "x", "9" * 25, "²"):
        assert client.get(url, {"person": person}).status_code == 404
    assert client.get(reverse("followups:board_rows", args=["nothing"])).status_code == 404


def test_polls_do_not_keep_the_session_of_an_unattended_desk(login, zhou, settings):
    client = login(zhou)
    client.get(reverse("followups:board_live"))
    assert "seen" not in client.session
    client.get(reverse("followups:board"))
    assert "seen" in client.session


# --- My day ------------------------------------------------------------------------------------------------------------
def test_my_day_sets_my_hours_beside_my_own_average(pudong, li, chen, today, now):
    card = make_card(pudong, today=today, now=now)
    made = call(card.customer, "no_answer", by=li, now=now)

    def calls(person, at, count, **fields):
        for _number in range(count):
            Call.objects.create(
                store=pudong, card=card, customer=card.customer, visit=made.visit, number="1", by=person, at=at,
                outcome=made.outcome, level=made.level, **fields,
            )  # fmt: skip

    day = dt.timedelta(days=1)
    calls(li, now - day, 4)
    calls(li, now - 2 * day + dt.timedelta(hours=5), 2)
    calls(li, now - 29 * day, 50)  # too long ago
    calls(chen, now - day, 70)  # nobody else's
    calls(li, now - day, 9, undone_at=now)
    found = my_day(li, now + 30 * MINUTE)
    assert (found.calls, found.connected, found.days) == (1, 0, 2)
    assert (found.usual_by_now, found.usual) == (2.0, 3.0)
    by_hour = {hour.start: (hour.calls, hour.usual, hour.is_now) for hour in found.hours}
    assert by_hour[10] == (1, 2.0, True) and by_hour[15] == (None, 1.0, False)
    assert my_day(chen, now).calls == 0


def test_my_day_shows_no_colleague(login, li, chen, pudong):
    html = login(li).get(reverse("followups:my_day")).content.decode()
    assert "我的一天" in html and "陈晨" not in html
