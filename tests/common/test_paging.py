"""Keyset pages and capped counts, on real rows."""

import datetime as dt

import pytest

from common.paging import capped_count, keyset_page
from complaints.models import Complaint
from tests.factories.complaints import make_complaint


@pytest.fixture
def rows(wang, li, now):
    """Nine complaints, three to a deadline, numbered against the order of their deadlines."""
    return [make_complaint(wang, by=li, now=now - dt.timedelta(days=day)) for day in (0, 1, 2) for _ in range(3)]


@pytest.mark.parametrize("order", [("deadline_at", "id"), ("-id",), ("-deadline_at", "-id")])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 9, 10])
def test_all_pages_together_are_the_whole_list(rows, order, size):
    seen, after, pages = [], "", 0
    while True:
        page = keyset_page(Complaint.objects.all(), order, after=after, size=size)
        seen += page.rows
        pages += 1
        after = page.next
        if not after:
            break
    assert seen == list(Complaint.objects.order_by(*order))
    assert pages == -(-len(rows) // size)


@pytest.mark.parametrize(
    "after", ["", "~", "1", "yesterday~1", "2026-03-18T00:00:00Z~x", "a~b~c", "2026-03-18~1", "2026-99-99T00:00:00Z~1"]
)
def test_a_token_nobody_gave_out_shows_the_first_page(rows, after):
    page = keyset_page(Complaint.objects.all(), ("deadline_at", "id"), after=after, size=2)
    assert page.rows == list(Complaint.objects.order_by("deadline_at", "id")[:2])


def test_a_token_beyond_every_number_is_no_fault(rows):
    for token in ("9" * 30, "-" + "9" * 30):
        assert keyset_page(Complaint.objects.all(), ("-id",), after=token).rows in ([], list(Complaint.objects.all()))


def test_a_row_added_in_front_moves_nothing(rows, wang, li, now):
    first = keyset_page(Complaint.objects.all(), ("deadline_at", "id"), size=4)
    make_complaint(wang, by=li, now=now - dt.timedelta(days=30))
    second = keyset_page(Complaint.objects.all(), ("deadline_at", "id"), after=first.next, size=4)
    assert not set(first.rows) & set(second.rows)
    assert second.rows == list(Complaint.objects.order_by("deadline_at", "id")[5:9])


def test_counts_are_capped(rows):
    assert capped_count(Complaint.objects.all(), limit=9) == "9"
    assert capped_count(Complaint.objects.all(), limit=8) == "8+"
