"""The cause tree: one for all, editable, never forgetting what past cases were about."""

import importlib

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from audit.models import Change
from common.meanwhile import ChangedMeanwhile
from complaints.defaults import lines, seed_store
from complaints.models import Cause, Complaint
from complaints.reading.causes import cause_choices, cause_lines
from complaints.services.causes import add_cause, edit_cause, move_cause, retire_cause, revive_cause
from tests.factories.complaints import make_complaint

pytestmark = pytest.mark.django_db
NAMES = {"name_zh": "雨刮异响", "name_en": "Wiper noise"}


def cause(store, code):
    return Cause.objects.get(store=store, code=code)


def test_every_store_starts_with_the_shipped_tree_and_a_second_seeding_changes_nothing(pudong, zhou, now):
    shipped = list(lines())
    assert list(Cause.objects.filter(store=pudong).order_by("place").values_list("code", "path_zh")) == [
        (row["code"], row["path_zh"]) for row in shipped
    ]
    assert len({row["code"] for row in shipped}) == len(shipped)
    edit_cause(cause(pudong, "price"), {"name_zh": "价格"}, by=zhou, now=now)
    seed_store(pudong)
    assert cause(pudong, "price-high").path_zh == "价格 › 收费偏高"
    assert Cause.objects.filter(store=pudong).count() == len(shipped)


def test_a_new_cause_stands_below_its_parent_and_takes_over_its_department(pudong, zhou, now):
    parent = cause(pudong, "product-noise")
    made = add_cause(pudong, {**NAMES, "parent": parent, "department": ""}, by=zhou, now=now)
    assert (str(made), made.department, made.depth) == ("产品质量 › 异响与密封 › 雨刮异响", "other", 3)
    with translation.override("en"):
        assert str(made) == "Product quality › Noise and sealing › Wiper noise"
    codes = [code for code, _name in cause_choices(pudong.pk)]
    assert codes.index(made.code) == codes.index("product-noise") + 1
    with pytest.raises(ValidationError) as refused:
        add_cause(pudong, {"name_zh": "四级", "name_en": "Four", "parent": made}, by=zhou, now=now)
    assert set(refused.value.message_dict) == {"parent"}
    with pytest.raises(ValidationError) as refused:
        add_cause(pudong, {**NAMES, "parent": parent}, by=zhou, now=now)
    assert set(refused.value.message_dict) == {"name_zh", "name_en"}


def test_a_cause_moves_with_all_that_is_below_it_and_its_cases_follow(pudong, zhou, wang, now):
    case = make_complaint(wang, by=zhou, now=now, cause="waiting-bay")
    waiting = cause(pudong, "waiting")
    edit_cause(waiting, {"parent": cause(pudong, "process")}, by=zhou, now=now)
    assert str(Complaint.objects.get(pk=case.pk).cause) == "流程与承诺 › 等候时间 › 排队等工位"
    assert list(Complaint.objects.all().caused_by(cause(pudong, "process"))) == [case]
    for parent in ("waiting-bay", "waiting", "price-high"):
        with pytest.raises(ValidationError):
            edit_cause(cause(pudong, "waiting"), {"parent": cause(pudong, parent)}, by=zhou, now=now)


def test_two_who_rename_one_cause_do_not_overwrite_each_other(pudong, zhou, now):
    seen = {"name_zh": "维修收费"}
    edit_cause(cause(pudong, "price"), {"name_zh": "收费"}, by=zhou, now=now, seen=seen)
    with pytest.raises(ChangedMeanwhile):
        edit_cause(cause(pudong, "price"), {"name_zh": "价格"}, by=zhou, now=now, seen=seen)
    assert cause(pudong, "price").name_zh == "收费"


def test_a_retired_cause_is_chosen_no_more_but_past_cases_keep_it(pudong, zhou, wang, now):
    case = make_complaint(wang, by=zhou, now=now, cause="price-high")
    assert retire_cause(cause(pudong, "price"), by=zhou, now=now) == 5
    assert retire_cause(cause(pudong, "price"), by=zhou, now=now) == 0
    assert not any(code.startswith("price") for code, _name in cause_choices(pudong.pk))
    with pytest.raises(ValidationError):
        make_complaint(wang, by=zhou, now=now, cause="price-high")
    assert str(Complaint.objects.get(pk=case.pk).cause) == "维修收费 › 收费偏高"
    with pytest.raises(ValidationError):
        revive_cause(cause(pudong, "price-high"), by=zhou, now=now)
    assert revive_cause(cause(pudong, "price"), by=zhou, now=now)
    assert revive_cause(cause(pudong, "price-high"), by=zhou, now=now)
    assert not revive_cause(cause(pudong, "price-high"), by=zhou, now=now)
    with pytest.raises(ValidationError):
        retire_cause(cause(pudong, "other"), by=zhou, now=now)


def test_its_place_moves_among_its_siblings_as_far_as_it_goes(pudong, zhou, now):
    assert move_cause(cause(pudong, "price"), -1, by=zhou, now=now)
    roots = list(Cause.objects.filter(store=pudong, depth=1).order_by("place").values_list("code", flat=True))
    assert roots.index("price") == roots.index("parts") - 1
    assert not move_cause(cause(pudong, "attitude"), -1, by=zhou, now=now)


def test_the_editor_counts_uses_with_those_of_finer_causes(pudong, zhou, wang, now, django_assert_num_queries):
    for code in ("price", "price-high", "price-high"):
        make_complaint(wang, by=zhou, now=now, cause=code)
    with django_assert_num_queries(3):
        active, _retired = cause_lines(pudong, now)
    price = next(line for line in active if line.cause.code == "price")
    assert (price.recent, price.ever, price.ever_below) == (1, 1, 3)


def test_a_complaint_without_a_department_goes_to_the_usual_one_of_its_cause(pudong, zhou, wang, now):
    assert make_complaint(wang, by=zhou, now=now, cause="parts-missing", department="").department == "parts"
    with pytest.raises(ValidationError) as refused:
        make_complaint(wang, by=zhou, now=now, cause="other", department="")
    assert set(refused.value.message_dict) == {"department"}


def test_the_cause_of_another_store_is_none_of_ours(pudong, xuhui, zhou, wang, login, now):
    theirs = add_cause(xuhui, {**NAMES, "parent": None}, by=None, now=now)
    with pytest.raises(ValidationError):
        add_cause(pudong, {"name_zh": "x", "name_en": "x", "parent": theirs}, by=zhou, now=now)
    assert login(zhou).get(reverse("complaints:cause_new") + f"?under={theirs.pk}").status_code == 404


def test_a_manager_edits_the_tree_on_its_pages(pudong, zhou, login):
    browser = login(zhou)
    page = browser.get(reverse("complaints:causes")).content.decode()
    assert "产品质量" in page
    assert "钣金喷漆" in page
    parent = cause(pudong, "product-noise")
    answer = browser.post(reverse("complaints:cause_new"), {**NAMES, "parent": parent.pk, "department": ""})
    assert answer.status_code == 302
    made = Cause.objects.get(store=pudong, name_zh="雨刮异响")
    answer = browser.post(
        reverse("complaints:cause", args=[made.pk]), {**NAMES, "parent": made.parent_id, "name_zh": ""}
    )
    assert answer.status_code == 200
    assert "invalid" in answer.content.decode()
    refused = browser.post(
        reverse("complaints:cause_retire", args=[cause(pudong, "other").pk]), headers={"HX-Request": "true"}
    )
    assert "不能停用" in refused.content.decode()


def test_old_categories_find_their_causes_and_the_way_back(pudong, wang, zhou, now):
    """The migration's own functions on the tables of today: what a case and its history say survives both ways."""
    case = make_complaint(wang, by=zhou, now=now, cause="price-high")
    own = add_cause(pudong, {**NAMES, "parent": None}, by=zhou, now=now)
    line = Change.objects.filter(model="complaints.complaint").last()
    Change.objects.filter(pk=line.pk).update(changes={"cause_id": [own.pk, case.cause_id]})
    migration = importlib.import_module("complaints.migrations.0009_causes_of_old_cases")
    roots = {row.pk: row.root_code for row in Cause.objects.filter(store=pudong)}
    migration._rewrite(
        apps, pudong, "cause_id", "category", lambda pk: roots[pk] if roots[pk] in migration.CATEGORIES else "other"
    )
    assert Change.objects.get(pk=line.pk).changes == {"category": ["other", "price"]}
    ids = dict(Cause.objects.filter(store=pudong).values_list("code", "pk"))
    migration._rewrite(apps, pudong, "category", "cause_id", ids.get)
    assert Change.objects.get(pk=line.pk).changes == {"cause_id": [ids["other"], ids["price"]]}
