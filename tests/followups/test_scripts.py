from django.utils import translation

from followups.scripts import render


def html(body, **facts):
    return [str(paragraph.html) for paragraph in render(body, facts)]


def test_words_are_filled_with_what_is_known():
    assert html("您好，{customer}，我是{agent}。", customer="王雅丽", agent="李静") == [
        '您好，<b class="slot">王雅丽</b>，我是<b class="slot">李静</b>。'
    ]


def test_what_the_dms_wrote_is_never_markup():
    assert html("{work}", work="<script>x</script>") == ['<b class="slot">&lt;script&gt;x&lt;/script&gt;</b>']
    assert html("<b>{work}", work="ok") == ['&lt;b&gt;<b class="slot">ok</b>']


def test_a_known_word_without_a_value_is_a_gap_with_its_label():
    with translation.override("en"):
        for facts in ({}, {"advisor": ""}, {"advisor": None}):
            assert html("{advisor}", **facts) == ['<mark class="slot gap">Service adviser</mark>']


def test_a_typing_error_is_shown_not_hidden():
    assert html("{custmer} {}") == ['<mark class="slot unknown">{custmer}</mark> {}']


def test_zero_is_a_value():
    assert html("{days}", days=0) == ['<b class="slot">0</b>']


def test_paragraphs_are_said_hinted_or_said_in_a_case():
    found = render(
        "第一句\n第二句\n\n> 先核对姓名\n> 再说\n\n[不满意] 非常抱歉，{customer}。\n\n\n", {"customer": "王"}
    )
    assert [(paragraph.kind, paragraph.when, str(paragraph.html)) for paragraph in found] == [
        ("say", "", "第一句<br>第二句"),
        ("hint", "", "先核对姓名<br>再说"),
        ("branch", "不满意", '非常抱歉，<b class="slot">王</b>。'),
    ]


def test_an_empty_script_says_nothing():
    assert render("  \n\n ", {}) == []
