"""Archive numbers: the rule, who gets one when, and that no two files ever have the same."""

import io
import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connections

from audit.choices import Source
from customers.models import ArchiveCounter, Customer, FileDial
from customers.search import search
from customers.services import create_customer
from customers.services.archive import check_rule, number_files, preview, word
from customers.services.merging import merge_customers
from customers.tasks import number_files_after_import
from tests.dms.exports import OWNERS, bring_in, owner
from tests.factories.customers import make_customer


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rule",
    ["{seq}", "PD{seq:06}", "{store}-{year}-{seq:05}", "档案{year}/{seq:04}", "{seq:5}", "A_{seq}.#1"],
)
def test_a_rule_that_holds(rule, pudong):
    check_rule(rule, pudong)
    assert word(rule, pudong, 2026, 7) != word(rule, pudong, 2026, 8)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rule",
    [
        "", "{year}", "{seq}{seq}", "{seq", "{seq:05}{other}", "{seq:x}", "{seq!r}", "{store.pk}-{seq}", "{store:>99}{seq}", "{seq:099}",
        "{0}{seq}", "a b{seq}", "{{{seq}", "<b>{seq}", "长" * 35 + "{seq}",
    ],
)  # fmt: skip
def test_a_rule_that_does_not(rule, pudong):
    with pytest.raises(ValidationError):
        check_rule(rule, pudong)


@pytest.fixture
def create(pudong, li, now):
    return lambda name="王雅丽": create_customer(pudong, name=name, by=li, source=Source.FORM, now=now)


@pytest.mark.django_db
def test_a_file_made_by_hand_has_its_number_at_once(pudong, create, now):
    assert preview("{store}-{year}-{seq:05}", pudong, now) == ["PD-2026-00001", "PD-2026-00002", "PD-2026-00003"]
    assert [create().archive_no, create().archive_no] == ["PD-2026-00001", "PD-2026-00002"]


@pytest.mark.django_db
def test_the_files_of_an_import_follow_it_and_twice_gives_none_anew(pudong, xuhui):
    batch = bring_in(pudong, OWNERS, *(owner(number, name=f"客户{number}") for number in range(1, 6)))
    number_files_after_import(pudong.pk, batch.pk)
    numbers = list(Customer.objects.order_by("pk").values_list("archive_no", flat=True))
    assert len(set(numbers)) == 5 and all(number.startswith("PD-") for number in numbers)
    make_customer(xuhui)
    assert number_files(pudong) == 0
    assert list(Customer.objects.filter(store=pudong).order_by("pk").values_list("archive_no", flat=True)) == numbers
    assert Customer.objects.get(store=xuhui).archive_no == ""


@pytest.mark.django_db
def test_the_command_goes_on_where_it_was_stopped(pudong, monkeypatch):
    from customers.services import archive

    monkeypatch.setattr(archive, "CHUNK", 2)
    for place in range(5):
        make_customer(pudong, name=f"客户{place}")

    class Stopped(Exception):
        pass

    def stop(given):
        if given >= 2:
            raise Stopped

    with pytest.raises(Stopped):
        number_files(pudong, tell=stop)
    assert Customer.objects.filter(archive_no="").count() == 3
    out = io.StringIO()
    call_command("number_files", "--store", "PD", stdout=out)
    assert out.getvalue() == "PD: 3 files numbered\n"
    assert Customer.objects.order_by("archive_no").values_list("archive_no", flat=True).distinct().count() == 5


@pytest.mark.django_db
def test_another_rule_that_meets_old_numbers_passes_over_them(pudong, create):
    first = create()
    FileDial.objects.filter(store=pudong).update(archive_rule="{store}-2026-{seq:05}")
    assert create().archive_no == "PD-2026-00002" != first.archive_no
    assert ArchiveCounter.objects.get(store=pudong, year=0).last == 2


@pytest.mark.django_db
def test_it_is_found_by_its_number_and_so_is_a_file_that_became_part_of_it(pudong, create, li, zhou, zhao, now):
    kept, gone = create("王建国"), create("王建国先生")
    assert [hit.customer for hit in search(li, "pd-2026-00002")] == [gone]
    assert search(zhao, "pd-2026-00002") == []
    merge_customers(kept, gone, choices={}, by=zhou, now=now)
    kept.refresh_from_db()
    assert kept.archive_no == "PD-2026-00001"
    (hit,) = search(li, "PD-2026-00002")
    assert hit.customer == kept and hit.reasons[0].kind == "archive"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_get_the_same_number(pudong, li, now):
    gate, faults = threading.Barrier(3), []

    def make():
        try:
            gate.wait(timeout=30)
            for _ in range(5):
                create_customer(pudong, name="王雅丽", by=li, source=Source.FORM, now=now)
        except Exception as error:
            faults.append(error)
        finally:
            connections.close_all()

    def number():
        try:
            gate.wait(timeout=30)
            number_files(pudong)
        except Exception as error:
            faults.append(error)
        finally:
            connections.close_all()

    for _ in range(8):
        make_customer(pudong)
    threads = [threading.Thread(target=deed) for deed in (make, make, number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert faults == []
    numbers = list(Customer.objects.values_list("archive_no", flat=True))
    assert len(set(numbers)) == len(numbers) == 18 and "" not in numbers


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_merge_at_once_one_wins(pudong, zhou, li, now):
    """Crosswise: each lets the other file stay."""
    from customers.models import Merge
    from customers.services.errors import MergeRefused

    one, other = make_customer(pudong, name="甲", number="13800000001"), make_customer(pudong, name="乙")
    gate, faults = threading.Barrier(2), []

    def merge(kept, gone, by):
        try:
            kept, gone = Customer.objects.get(pk=kept.pk), Customer.objects.get(pk=gone.pk)
            gate.wait(timeout=30)
            merge_customers(kept, gone, choices={}, by=by, now=now)
        except Exception as error:
            faults.append(error)
        finally:
            connections.close_all()

    deeds = ((one, other, zhou), (other, one, li))
    threads = [threading.Thread(target=merge, args=deed) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    (fault,) = faults
    assert isinstance(fault, MergeRefused) and fault.code == "merged"
    assert Merge.objects.count() == 1 and Customer.objects.alive().count() == 1
