"""Questionnaire versions, answers by key, responses."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from audit.models import Change
from cvp.choices import Scale
from cvp.defaults import SHIPPED, seed_store
from cvp.models import Question, Questionnaire, Response, Version
from cvp.services import (
    AlreadyPublished,
    NotPublished,
    alarms,
    current_version,
    draft_version,
    key_answered,
    publish_version,
    record_response,
    void_response,
    write_questions,
)
from tests.factories.cvp import answers_of, make_response


@pytest.fixture
def version(pudong):
    return current_version(pudong, "service_3dc")


def test_a_new_store_can_ask_at_once(pudong):
    for code in ("sales_3dc", "sales_7dc", "service_3dc"):
        version = current_version(pudong, code)
        assert version.number == 1
        assert version.questions.filter(is_key=True).count() == 1
        assert version.questions.get(is_key=True).scale == Scale.FIVE


def test_seeding_again_changes_nothing(pudong):
    Questionnaire.objects.filter(store=pudong, code="sales_3dc").update(name_zh="自己改的名字")
    seed_store(pudong)
    assert Questionnaire.objects.filter(store=pudong).count() == len(SHIPPED)
    assert Questionnaire.objects.get(store=pudong, code="sales_3dc").name_zh == "自己改的名字"
    assert Question.objects.filter(version__questionnaire__store=pudong).count() == sum(
        len(asks) for _names, asks in SHIPPED.values()
    )


def test_every_shipped_alarm_proposes_a_cause_that_exists():
    from complaints.defaults import lines

    causes = {row["code"] for row in lines()}
    for _names, asks in SHIPPED.values():
        for ask in asks:
            assert (ask.alarm_at is None) == (ask.cause == ""), ask.code
            assert ask.cause in {"", *causes}


def test_a_call_after_service_is_answered_with_three_keys(version):
    assert version.questions.count() == 3


def test_key_one_is_the_best_answer_and_stored_as_five(wang, li, now, version):
    response = make_response(wang, by=li, now=now, overall="1", fixed="1", hotline="2")
    assert {answer.question.code: answer.number for answer in response.answers.all()} == {
        "overall": 5,
        "fixed": 1,
        "hotline": 0,
    }


@pytest.mark.parametrize(("key", "words"), [("1", "完全满意"), ("3", "比较满意"), ("5", "非常不满意")])
def test_an_answer_is_worded_as_on_the_key(wang, li, now, key, words):
    response = make_response(wang, by=li, now=now, overall=key)
    with translation.override("zh-hans"):
        assert response.answers.get().words == words


def test_questions_may_be_left_out_but_not_all(wang, li, now, version):
    answers = answers_of(version, overall="", fixed="1")
    assert not key_answered(version, answers)
    response = record_response(version, customer=wang, by=li, now=now, answers=answers)
    assert response.answers.count() == 1

    key = version.questions.get(is_key=True)
    with pytest.raises(ValidationError) as refused:
        record_response(version, customer=wang, by=li, now=now, answers={key.pk: "  "})
    assert list(refused.value.message_dict) == [f"q{key.pk}"]
    assert Response.objects.count() == 1


def test_the_key_question_makes_it_effective(version):
    assert key_answered(version, answers_of(version, overall="4"))
    assert not key_answered(version, answers_of(version, fixed="1", hotline="1"))
    assert not key_answered(version, {})


@pytest.mark.parametrize("raw", ["0", "6", "x", "１", "1.0", "-1"])
def test_a_key_that_means_nothing_is_refused_beside_its_question(wang, li, now, version, raw):
    key = version.questions.get(is_key=True)
    with pytest.raises(ValidationError) as refused:
        record_response(version, customer=wang, by=li, now=now, answers={key.pk: raw})
    assert list(refused.value.message_dict) == [f"q{key.pk}"]
    assert not Response.objects.exists()


def test_a_question_of_another_questionnaire_is_refused(wang, li, now, pudong, version):
    other = current_version(pudong, "sales_3dc").questions.get(is_key=True)
    with pytest.raises(ValidationError) as refused:
        record_response(version, customer=wang, by=li, now=now, answers={other.pk: "1"})
    assert list(refused.value.message_dict) == [f"q{other.pk}"]


@pytest.mark.parametrize(
    ("raw", "alarmed"),
    [
        ({"overall": "1", "fixed": "1", "hotline": "1"}, []),
        ({"overall": "3"}, []),
        ({"overall": "4"}, ["overall"]),
        ({"overall": "5", "fixed": "2"}, ["overall", "fixed"]),
        ({"overall": "1", "fixed": "2"}, ["fixed"]),
        ({"overall": "1", "hotline": "2"}, []),
    ],
)
def test_dissatisfied_answers_alarm(version, raw, alarmed):
    assert [question.code for question in alarms(version, answers_of(version, **raw))] == alarmed


def test_a_list_and_words_can_be_asked_too(pudong, wang, li, zhou, now):
    questionnaire = Questionnaire.objects.create(store=pudong, code="own", name_zh="自编", name_en="Own")
    choices = [{"zh": "电话", "en": "Phone"}, {"zh": "微信", "en": "WeChat"}]
    version = draft_version(
        questionnaire,
        [
            Question(
                code="way", text_zh="喜欢怎么联系？", text_en="How?", scale=Scale.CHOICE, choices=choices, is_key=True
            ),
            Question(code="else", text_zh="还有什么建议？", text_en="Anything else?", scale=Scale.TEXT),
        ],
        by=zhou,
    )
    publish_version(version, by=zhou, now=now)
    answers = answers_of(version, way="2", **{"else": " 周末人太多 "})
    response = record_response(version, customer=wang, by=li, now=now, answers=answers)
    with translation.override("zh-hans"):
        assert [answer.words for answer in response.answers.order_by("question__order")] == ["微信", "周末人太多"]
    with translation.override("en"):
        assert [answer.words for answer in response.answers.order_by("question__order")] == ["WeChat", "周末人太多"]
    with pytest.raises(ValidationError):
        record_response(version, customer=wang, by=li, now=now, answers=answers_of(version, way="3"))
    with pytest.raises(ValidationError):
        record_response(version, customer=wang, by=li, now=now, answers=answers_of(version, **{"else": "长" * 1001}))


def test_a_published_version_never_changes(pudong, zhou, now, version):
    with pytest.raises(AlreadyPublished):
        write_questions(version, [], by=zhou)
    with pytest.raises(AlreadyPublished):
        publish_version(version, by=zhou, now=now)
    assert version.questions.count() == 3


def test_a_new_wording_is_a_new_version_and_old_answers_keep_theirs(pudong, wang, li, zhou, now, version):
    old = make_response(wang, by=li, now=now, overall="1")
    ask = Question(code="overall", text_zh="满意吗？", text_en="Satisfied?", scale=Scale.FIVE, is_key=True)
    draft = draft_version(version.questionnaire, [ask], by=zhou)
    assert draft.number == 2
    assert current_version(pudong, "service_3dc") == version, "a draft is not asked"
    with pytest.raises(NotPublished):
        record_response(draft, customer=wang, by=li, now=now, answers={ask.pk: "1"})
    publish_version(draft, by=zhou, now=now)
    assert current_version(pudong, "service_3dc") == draft
    old.refresh_from_db()
    assert old.version == version


def test_a_version_without_a_key_question_is_not_published(version, zhou, now):
    draft = draft_version(
        version.questionnaire, [Question(code="a", text_zh="甲", text_en="A", scale=Scale.FIVE)], by=zhou
    )
    with pytest.raises(ValidationError):
        publish_version(draft, by=zhou, now=now)
    draft.refresh_from_db()
    assert draft.published_at is None


def test_another_stores_questionnaire_is_not_ours(pudong, xuhui):
    assert current_version(pudong, "service_3dc") != current_version(xuhui, "service_3dc")
    Questionnaire.objects.filter(store=xuhui, code="service_3dc").update(code="retired")
    with pytest.raises(Version.DoesNotExist):
        current_version(xuhui, "service_3dc")


def test_an_undone_response_counts_nowhere_and_leaves_its_trace(wang, li, now):
    response = make_response(wang, by=li, now=now)
    void_response(response, by=li, now=now)
    void_response(response, by=li, now=now)
    assert not Response.objects.valid().exists()
    deeds = (
        Change.objects.filter(model="cvp.response", object_id=response.pk).order_by("id").values_list("deed", flat=True)
    )
    assert list(deeds) == ["create", "void"]
