"""The same disagreement in file after file is one question, and its answer stands."""

import pytest

from audit.choices import Source
from customers.services import verify_phone
from dms.choices import BatchState, ConflictState
from dms.models import Batch, Conflict
from dms.repeats import carry_decisions
from tests.dms.exports import OWNERS, bring_in, owner
from tests.factories.customers import make_customer, make_phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def disagree(pudong, zhou, now):
    """disagree("138…") -> the conflict of a file that says so, though another number of hers was verified."""
    customer = make_customer(pudong, name="王雅丽", dms_no="K1")
    verify_phone(make_phone(customer, "13911112222", is_primary=True), by=zhou, now=now, source=Source.CALL)

    def _disagree(number):
        batch = bring_in(pudong, [*OWNERS, "客户编号"], [*owner(1, phone=number), "K1"])
        return batch.conflicts.get()

    return _disagree


def test_of_several_files_the_latest_asks(disagree):
    disagree("13800000001")
    second = disagree("13800000001")
    assert list(Conflict.objects.undecided().latest()) == [second]


def test_a_file_that_was_taken_back_asks_nothing(disagree):
    first, second = disagree("13800000001"), disagree("13800000001")
    Batch.objects.filter(pk=second.batch_id).update(state=BatchState.UNDONE)
    assert list(Conflict.objects.undecided().latest()) == [first]


@pytest.mark.parametrize("state", [ConflictState.OURS, ConflictState.VERIFY])
def test_the_answer_to_the_same_value_stands(state, disagree, zhou, now):
    first = disagree("13800000001")
    Conflict.objects.filter(pk=first.pk).update(state=state, decided_by=zhou, decided_at=now)
    second = disagree("13800000001")
    assert (second.state, second.decided_by, second.decided_at) == (state, zhou, now)
    assert carry_decisions(second.batch) == 0


@pytest.mark.parametrize(
    ("state", "number"), [(ConflictState.OURS, "13800000002"), (ConflictState.THEIRS, "13800000001")]
)
def test_another_value_and_one_that_was_taken_are_asked_anew(state, number, disagree, zhou, now):
    first = disagree("13800000001")
    Conflict.objects.filter(pk=first.pk).update(state=state, decided_by=zhou, decided_at=now)
    assert disagree(number).state == ConflictState.OPEN


def test_the_answer_of_another_store_is_not_ours(disagree, xuhui, zhao, now):
    """The ids of records are one row of numbers for all stores, but a line belongs to its own."""
    first = disagree("13800000001")
    Conflict.objects.filter(pk=first.pk).update(store=xuhui, state=ConflictState.OURS, decided_by=zhao, decided_at=now)
    assert disagree("13800000001").state == ConflictState.OPEN
