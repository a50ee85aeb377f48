"""What the script editor finds wrong with a text, and at which line."""

import pytest

from followups.defaults.scripts import SCRIPTS
from followups.placeholders import MEANINGS, known_for
from followups.rules import BY_CODE, RULES
from followups.script_check import faults_of
from followups.scripts import PLACEHOLDERS
from followups.services.scripts import check_text


def lines(body, **ways):
    return [(fault.line, fault.is_error) for fault in faults_of(body, **ways)]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.rule)
def test_what_is_shipped_has_no_fault(script):
    rule = BY_CODE[script.rule]
    assert check_text(rule, script.zh, "zh") == []
    assert check_text(rule, script.en, "en") == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("您好\n\n{costumer}", 3),
        ("您好{}", 1),
        ("{客户}您好", 1),
        ("您好{customer", 1),
        ("您好customer}", 1),
        ("｛customer｝您好", 1),
        ("您好\n\n[不方便 好的", 3),
        ("您好\n\n[] 好的", 3),
        ("您好\n\n[不方便]", 3),
        ("您好\n\n[" + "很" * 41 + "] 好的", 3),
        ("您好\n\n[{customer}不方便] 好的", 3),
        ("您好\n[不方便] 好的", 2),
        ("您好\n> 先看备注", 2),
        ("您好\n\n>", 3),
        ("您好\n\n＞ 先看备注", 3),
        ("您好\n\n［不方便］好的", 3),
        ("您好\n\n [不方便] 好的", 3),
        ("您好\n\n[不方便] 好的\n\n[不方便] 再见", 5),
        ("  \n", 1),
        ("好" * 6001, 1),
    ],
)
def test_a_fault_is_named_at_its_line(body, line):
    faults = faults_of(body)
    assert {(fault.line, fault.is_error) for fault in faults} == {(line, True)}
    assert all(fault.text for fault in faults)


def test_a_text_without_a_fault_passes_whatever_ends_its_lines():
    body = "{greeting}，{person}！\r\n第二行\r\n\r\n> 提示一\r\n> 提示二\r\n\r\n[不方便] 好的。\r\n再见。\r\n"
    assert faults_of(body) == []


def test_the_placeholder_that_was_meant_is_named():
    assert "{customer}" in faults_of("{costumer}")[0].text
    assert "{advisor}" in faults_of("{服务顾问}")[0].text


def test_what_is_never_known_on_a_topic_is_a_hint_and_no_error():
    rule = BY_CODE["delivery_3dc"]
    faults = check_text(rule, "您好，{advisor}接待的", "zh")
    assert [(fault.line, fault.is_error) for fault in faults] == [(1, False)]
    assert check_text(BY_CODE["service_3dc"], "您好，{advisor}接待的", "zh") == []


def test_of_a_message_something_must_be_sent():
    assert lines("> 只有提示", has_message=True, has_call=False) == [(1, True)]
    assert lines("{person}您好", has_message=True, has_call=False) == []
    assert lines("[短信] {person}您好", has_message=True, has_call=False) == []
    assert lines("{person}您好", has_message=True, has_call=True) == [(1, True)]
    assert lines("> 提示\n\n[短信] 您好\n\n您好", has_message=True, has_call=True) == []
    assert lines("[短信] hello", has_message=True, has_call=True, language="en") == [(1, True)]


def test_every_placeholder_has_a_meaning():
    assert set(MEANINGS) == set(PLACEHOLDERS)


def test_every_placeholder_is_of_use_to_some_rule():
    assert set().union(*map(known_for, RULES)) == set(PLACEHOLDERS)
