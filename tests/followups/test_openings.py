"""The first words on a card with several topics."""

import datetime as dt
import re

import pytest
from django.utils import translation
from django.utils.html import strip_tags

from followups.openings import MOST, clause, sentence
from followups.reading.desk import desk_page
from followups.reading.entries import Entries
from followups.rules import RULES
from followups.scripts import PLACEHOLDERS
from followups.services.claims import take_card
from tests.factories.customers import make_vehicle
from tests.factories.followups import make_item

CALLED = [rule for rule in RULES if rule.is_planned or any(not step.is_message for step in rule.steps)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("rule", CALLED, ids=lambda rule: rule.code)
def test_every_rule_that_calls_has_its_part_in_both_languages(rule, language):
    with translation.override(language):
        text = str(rule.opening)
        assert text, f"{rule.code}: declare its opening in followups/rules.py"
        assert bool(re.search("[\u4e00-\u9fff]", text)) == (language == "zh-hans"), f"{rule.code}: {text}"
        assert set(re.findall(r"\{(\w+)\}", text)) <= set(PLACEHOLDERS)
        assert clause(text, [{}]), f"{rule.code}: what is not known stands in brackets"


def test_what_is_not_known_is_left_out():
    assert strip_tags(clause("your car[ {car}] ends[ on {day}]", [{"car": "沪A1", "day": ""}])) == "your car 沪A1 ends"
    assert clause("it is {day}", [{"day": None}]) is None


def test_two_cars_of_one_rule_are_named_together_and_what_differs_is_left_out():
    facts = [{"car": "沪A1", "day": "3月1日", "store": "浦东店"}, {"car": "沪B2", "day": "3月2日", "store": "浦东店"}]
    with translation.override("zh-hans"):
        assert strip_tags(clause("[{car}][于{day}]在{store}", facts)) == "沪A1、沪B2在浦东店"


def test_what_the_dms_wrote_is_never_markup():
    assert "<script>" not in clause("[{car}]", [{"car": "<script>"}])


def test_more_than_one_can_say_in_a_breath_is_counted():
    hello = {"greeting": "上午好", "person": "王雅丽", "agent": "李静", "store": "浦东店"}
    with translation.override("zh-hans"):
        words = strip_tags(sentence([clause(f"第{n}件", [{}]) for n in range(1, MOST + 3)], hello))
    assert "今天有五件事：第1件；第2件；第3件；还有2件小事。您现在方便吗？" in words


@pytest.fixture
def page(li, wang, focus, today, now):
    def _page(*items):
        card = take_card(wang.card.pk, user=li, now=now)
        return desk_page(card, li, now, Entries())

    return _page


def test_two_topics_are_opened_by_one_sentence_and_keep_their_branches(page, wang, focus, today, now):
    make_item(wang, "service_3dc", vehicle=focus, today=today, now=now)
    make_item(wang, "delivery_7dc", vehicle=make_vehicle(wang, plate="沪B12345", series="蒙迪欧"), today=today, now=now)
    found = page()
    assert strip_tags(found.opening) == (
        "上午好，请问是王雅丽吗？我是浦东店客户关系中心的李静。今天有两件事："
        "您的沪A8F2K1 福克斯3月15日在我店做的保养维修，想听听您的意见；另外您买沪B12345 蒙迪欧的购车过程，想听听您的感受。"
        "您现在方便吗？"
    )
    for topic in found.topics:
        assert "李静" not in strip_tags(topic.script[0].html)
        assert any(paragraph.when for paragraph in topic.script)


def test_one_topic_opens_with_its_own_script(page, wang, focus, today, now):
    make_item(wang, "service_3dc", vehicle=focus, today=today, now=now)
    later = now + dt.timedelta(hours=2)
    make_item(wang, "delivery_7dc", vehicle=focus, today=today, now=now, callable_at=later)
    found = page()
    assert found.opening == ""
    assert "李静" in strip_tags(found.topics[0].script[0].html)
