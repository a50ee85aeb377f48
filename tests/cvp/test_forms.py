"""Questions as form fields and back."""

import re

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.utils import translation

from cvp.forms import parse_answers, question_fields
from cvp.models import Question, Questionnaire
from cvp.services import alarms, current_version, draft_version
from tests.factories.cvp import answers_of


@pytest.fixture
def version(pudong):
    return current_version(pudong, "service_3dc")


def rendered(version, **context):
    template = Template("{% load cvp %}{% questions version prefix=prefix values=values errors=errors %}")
    return template.render(Context({"version": version, "prefix": "t7-", **context}))


def test_the_page_offers_every_key_that_the_service_takes(version):
    html = rendered(version)
    for field in question_fields(version, prefix="t7-"):
        offered = re.findall(rf'name="{field.name}" value="(\w)" data-key="(\w)"', html)
        assert [value for value, _key in offered] == [option.key for option in field.options]
        assert all(value == key for value, key in offered)
        for option in field.options:
            assert f"<kbd>{option.key}</kbd>{option.word}" in html
            alarmed = bool(alarms(version, {field.question.pk: option.key}))
            assert alarmed == option.is_alarm


def test_what_was_answered_stays_chosen_and_the_fault_stands_beside_it(version):
    key = version.questions.get(is_key=True)
    html = rendered(version, values=answers_of(version, fixed="2"), errors={f"q{key.pk}": ["还没有回答任何题目。"]})
    assert html.count(" checked") == 1
    fixed = version.questions.get(code="fixed")
    assert re.search(rf'name="t7-q{fixed.pk}" value="2"[^>]* checked', html)
    assert html.count("还没有回答任何题目。") == 1


def test_a_posted_form_comes_back_as_answers(version):
    ids = {code: pk for code in ("overall", "fixed") for pk in answers_of(version, **{code: ""})}
    data = QueryDict(f"t7-q{ids['overall']}=1&t7-q{ids['fixed']}=&q{ids['fixed']}=2&t8-q{ids['fixed']}=2")
    assert parse_answers(version, data, prefix="t7-") == {ids["overall"]: "1"}


def test_two_topics_on_one_page_do_not_mix(version):
    html = rendered(version) + rendered(version, prefix="t8-")
    assert len(set(re.findall(r'id="([^"]+)"', html))) == 2


def test_a_question_asked_in_words_is_a_text_field(pudong, zhou):
    own = Questionnaire.objects.create(store=pudong, code="own", name_zh="自编", name_en="Own")
    version = draft_version(own, [Question(code="a", text_zh="建议？", text_en="Ideas?", scale="text")], by=zhou)
    question = version.questions.get()
    html = rendered(version, values={question.pk: "<b>周末"})
    assert f'<textarea class="form-control" name="t7-q{question.pk}"' in html
    assert "&lt;b&gt;周末" in html


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "完全满意"), ("en", "Completely satisfied")])
def test_questions_speak_the_readers_language(version, language, word):
    with translation.override(language):
        html = rendered(version)
    assert word in html
    assert ("总体满意吗" in html) == (language == "zh-hans")
