"""The desk by keyboard in a real browser: how many keys a call takes, and what the keys do. Every press is a real one, and counted."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from complaints.models import Complaint
from followups.models import Call, CallCard, DueItem
from tests.browser import overflow, serious_findings
from tests.conftest import PASSWORD
from tests.factories.customers import make_phone, make_vehicle
from tests.factories.followups import make_card, make_item

pytestmark = pytest.mark.browser

NO_ANSWER_KEYS, SATISFIED_KEYS = 4, 12  # from card to card (issue 5)
THREE_TOPICS_KEYS = 18  # of a card with three topics, all thirteen questions answered


class Keys:
    """Presses keys on a page and counts them; a chord counts once for every key held."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, *names):
        for name in names:
            self.page.keyboard.press(name)
            self.count += name.count("+") + 1


@pytest.fixture
def now(pudong):
    return timezone.localtime(timezone.now(), pudong.zone)


@pytest.fixture
def today(now):
    return now.date()


@pytest.fixture
def make(pudong, today, now):
    """make(name, rule): a card; the earlier made, the earlier called."""
    order = iter(range(100))

    def _make(name, rule="service_3dc", **fields):
        due_on = today - dt.timedelta(days=50 - next(order))
        return make_card(pudong, today=today, now=now, name=name, rule=rule, due_on=due_on, **fields)

    return _make


@pytest.fixture
def desk(page_as, li):
    """desk() -> (page, keys) with the first card on the desk, taken by one key from the queue."""

    def _desk(**kwargs):
        page = page_as(li, "/calls/", **kwargs)
        page.keyboard.press("n")
        page.wait_for_selector("#desk .is-stop")
        return page, Keys(page)

    return _desk


def wait_for(page, name):
    """The desk shows this customer, and the keys are listening."""
    page.wait_for_selector(f"#desk .desk-head h1:text-is('{name}')")
    page.wait_for_selector("#desk .is-stop")


def last_call():
    return Call.objects.latest("id")


# --- Counting ---------------------------------------------------------------------------------------------------------
def test_an_ordinary_no_answer_takes_at_most_four_keys_from_card_to_card(desk, make):
    make("王雅丽")
    make("张建国")
    page, keys = desk()
    wait_for(page, "王雅丽")
    keys.press("F2", "1", "Control+Enter")
    wait_for(page, "张建国")
    assert last_call().outcome.code == "no_answer"
    assert keys.count <= NO_ANSWER_KEYS


@pytest.mark.parametrize("rule", ["service_3dc", "delivery_3dc", "delivery_7dc"])
def test_a_satisfied_call_takes_at_most_twelve_keys(desk, make, rule):
    card = make("王雅丽", rule)
    make("张建国")
    page, keys = desk()
    wait_for(page, "王雅丽")
    asked = page.locator(".question").count()
    keys.press("F1", "1", *["1"] * asked, "Control+Enter")
    wait_for(page, "张建国")
    item = DueItem.objects.get(customer=card.customer)
    assert item.state == "done"
    assert item.effective_at is not None
    assert last_call().outcomes.get().response.answers.count() == asked
    assert keys.count <= SATISFIED_KEYS


def test_letters_do_what_the_f_keys_do(desk, make):
    make("王雅丽")
    make("张建国")
    page, keys = desk()
    wait_for(page, "王雅丽")
    keys.press("w", "2", "Control+Enter")
    wait_for(page, "张建国")
    assert last_call().outcome.code == "busy"


# --- The ways of a call -------------------------------------------------------------------------------------------------
def test_three_topics_are_opened_by_one_sentence_and_answered_one_after_the_other(desk, make, today, now):
    card = make("王雅丽")
    for rule in ("delivery_7dc", "delivery_3dc"):
        make_item(card.customer, rule, today=today, now=now, vehicle=make_vehicle(card.customer, plate="沪B12345"))
    make("张建国")
    page, keys = desk()
    wait_for(page, "王雅丽")
    assert "今天有三件事" in page.locator(".opening").inner_text()
    keys.press("F1", "1", *["1"] * page.locator(".question").count(), "Control+Enter")
    wait_for(page, "张建国")
    assert set(card.customer.due_items.values_list("state", flat=True)) == {"done"}
    assert keys.count <= THREE_TOPICS_KEYS


def test_a_dissatisfied_answer_opens_the_complaint_beside_it(desk, make):
    make("王雅丽")
    make("张建国")
    page, keys = desk()
    wait_for(page, "王雅丽")
    keys.press("F1", "1", "5", "2", "1")
    block = page.locator("[data-complaint]")
    assert block.is_visible()
    assert block.locator("[data-cause]").input_value() == "repair_quality"  # what she names, not the whole
    summary = block.locator("[data-summary]")
    assert "非常不满意" in summary.input_value()
    assert summary.evaluate("field => field === document.activeElement")  # the keys led there
    page.keyboard.insert_text("异响还在，要求重新检查。")
    keys.press("Control+Enter")
    wait_for(page, "张建国")
    made = Complaint.objects.get()
    assert "异响还在" in made.summary
    assert made.department == "service"


def test_an_answer_taken_back_closes_the_complaint_again(desk, make):
    make("王雅丽")
    page, keys = desk()
    keys.press("F1", "1", "5")
    assert page.locator("[data-complaint]").is_visible()
    keys.press("ArrowUp", "1")
    assert not page.locator("[data-complaint]").is_visible()


def test_a_promise_is_two_keys_and_comes_back_first(desk, make, now):
    make("王雅丽")
    make("张建国")
    page, keys = desk()
    wait_for(page, "王雅丽")
    keys.press("F1", "1", "p")
    assert page.locator("[data-promise]").is_visible()
    keys.press("Escape", "2", "Control+Enter")
    wait_for(page, "张建国")
    assert last_call().outcome.code == "call_back"
    assert DueItem.objects.get(rule="promise").due_at > timezone.now()


def test_a_number_tried_in_vain_leads_to_the_next_one(desk, make):
    card = make("王雅丽", number="13812345678")
    second = make_phone(card.customer, "02158881234")
    page, keys = desk()
    keys.press("F2", "4", "t")
    page.wait_for_selector(f"[name=phone][value='{second.pk}']:checked")
    assert last_call().outcome.code == "no_connection"
    assert CallCard.objects.get(pk=card.pk).lease_by is not None
    keys.press("F1", "1", "1", "1", "1", "Control+Enter")
    page.wait_for_url(re.compile(r"/calls/$"))
    assert last_call().number == "02158881234"


def test_the_number_keys_choose_the_number_first(desk, make):
    card = make("王雅丽", number="13812345678")
    second = make_phone(card.customer, "02158881234")
    page, keys = desk()
    keys.press("2")
    assert page.locator(f"[name=phone][value='{second.pk}']").is_checked()


def test_undo_brings_back_the_card_and_what_was_typed(desk, make):
    card = make("王雅丽")
    make("张建国")
    page, keys = desk()
    keys.press("F1", "1", "1", "1", "1", "b")
    page.keyboard.insert_text("很满意")
    keys.press("Control+Enter")
    wait_for(page, "张建国")
    keys.press("Control+z")
    wait_for(page, "王雅丽")
    assert page.locator("[data-note]").input_value() == "很满意"
    assert page.locator(".question :checked").count() == 3
    assert DueItem.objects.get(customer=card.customer).state == "open"


def test_a_refused_save_stands_where_it_complains_and_loses_nothing(desk, make):
    make("王雅丽")
    make("张建国")
    page, keys = desk()
    keys.press("F1", "1", "ArrowDown", "1", "Control+Enter")
    page.wait_for_selector(".question.is-wrong.is-stop")
    assert page.locator(".question :checked").count() == 1
    keys.press("1", "Control+Enter")
    wait_for(page, "张建国")


def test_a_skip_is_a_key_a_reason_and_enter(desk, make):
    card = make("王雅丽")
    make("张建国")
    page, keys = desk()
    keys.press("s", "3", "Enter")
    wait_for(page, "张建国")
    assert card.skips.get().reason == "colleague"


def test_escape_leaves_the_field_then_the_card(desk, make):
    card = make("王雅丽")
    page, keys = desk()
    keys.press("b")
    page.keyboard.insert_text("等一下再打")
    keys.press("Escape")
    assert page.url.endswith(f"/cards/{card.pk}/")
    keys.press("Escape")
    page.wait_for_url(re.compile(r"/calls/$"))
    assert CallCard.objects.get(pk=card.pk).lease_by is None
    assert "未完成" in page.locator("#bar").inner_text()


def test_what_is_typed_survives_a_closed_page(desk, make, page_as, li):
    make("王雅丽")
    page, keys = desk()
    keys.press("F1", "1", "2", "b")
    page.keyboard.insert_text("写到一半")
    page.wait_for_selector("#desk_draft:has-text('草稿已存')")
    page.reload()
    page.wait_for_selector("#desk .is-stop")
    assert page.locator("[data-note]").input_value() == "写到一半"
    assert page.locator("[name=level][value=reached]").is_checked()


@pytest.mark.parametrize("slow", ["**/draft/", "**/complaints/customers/**"])
def test_a_save_waits_for_nothing_else_on_the_page(make, page_as, li, slow):
    make("王雅丽")
    make("张建国")
    page, held_up = page_as(li, "/calls/"), []
    page.route(slow, lambda route: held_up.append(route))  # a slow line: no answer comes
    keys = Keys(page)
    keys.press("n")
    wait_for(page, "王雅丽")
    keys.press("F2", "1")
    page.wait_for_timeout(1800)  # longer than the pause after which a draft is kept
    keys.press("Control+Enter")
    wait_for(page, "张建国")
    assert held_up
    assert last_call().outcome.code == "no_answer"


def test_letters_typed_into_a_note_stay_letters(desk, make):
    make("王雅丽")
    page, keys = desk()
    keys.press("b")
    page.keyboard.type("s w x 1 2")
    assert page.locator("[data-note]").input_value() == "s w x 1 2"
    assert not page.locator("[name=level]:checked").count()


def test_the_sheet_of_keys_opens_and_closes(desk, make):
    make("王雅丽")
    page, keys = desk()
    keys.press("?")
    assert page.locator("#keys-dialog").is_visible()
    keys.press("Escape")
    assert not page.locator("#keys-dialog").is_visible()
    assert "/cards/" in page.url


def test_a_number_is_put_right_in_place(desk, make):
    make("王雅丽", number="13812345678")
    page, keys = desk()
    page.locator(".number .fix summary").first.click()
    page.locator(".number .fix input").first.fill("137 1111 2222")
    keys.press("Enter")
    page.wait_for_selector(".number:has-text('137 1111 2222') :checked")
    assert page.locator(".number.is-bad").inner_text().startswith("2")


# --- Looks --------------------------------------------------------------------------------------------------------------
ZONES = (".bar", ".desk-head", ".desk-topics", ".desk-side", ".desk-result")


def crowd(make, today, now):
    """A long name, six cars, eight topics, three numbers."""
    card = make("上海浦东新区金桥出口加工区恒通汽车租赁服务有限公司第二分公司")
    rules = [
        "service_3dc",
        "delivery_3dc",
        "delivery_7dc",
        "delivery_3w",
        "quarterly_care",
        "anniversary_call",
        "service_3dc",
    ]
    cars = [make_vehicle(card.customer, plate=f"沪AD1234{n}", series="福克斯") for n in range(5)]
    for number in ("02158881234", "13700002222"):
        make_phone(card.customer, number)
    for place, rule in enumerate(rules):
        make_item(card.customer, rule, today=today, now=now, vehicle=cars[place % 5])
    return card


def places(page):
    return {zone: page.locator(f"#desk {zone}").bounding_box() for zone in ZONES}


def test_all_four_zones_are_in_sight_and_never_move(desk, make, today, now):
    crowd(make, today, now)
    page, keys = desk()
    assert page.locator("[data-topic]").count() == 8
    before = places(page)
    for zone, box in before.items():
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 768, zone
    for key in ("F1", "1", "1", "ArrowDown", "F2", "F3", "F1", "p"):
        keys.press(key)
        assert places(page) == before, key
    assert overflow(page) == 0
    keys.press("Escape", "q")
    page.wait_for_selector("#situations-dialog[open]")
    assert serious_findings(page) == []


def test_a_situation_is_two_keys_and_one_with_words_takes_them(desk, make, zhou):
    from office.models import Notice

    sold = make("王雅丽")
    handed = make("张建国")
    page, keys = desk()
    wait_for(page, "王雅丽")
    keys.press("q", "1")
    wait_for(page, "张建国")
    assert keys.count == 2
    assert Call.objects.get(customer=sold.customer).outcome.code == "car_sold"
    keys.press("q", "0")
    page.wait_for_selector("#desk_colleagues :checked")
    page.keyboard.insert_text("刹车异响")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/calls/$"))
    assert "刹车异响" in Notice.objects.get(user=zhou).text
    page.keyboard.press("Control+z")
    wait_for(page, "张建国")
    assert DueItem.objects.get(customer=handed.customer, rule="service_3dc").state == "open"
    assert Notice.objects.get(user=zhou).resolved_at is not None


def test_a_save_is_sent_once_and_a_lost_line_or_session_loses_nothing(desk, make, li, page_as):
    card = make("王雅丽")
    make("张建国")
    page, keys = desk()
    wait_for(page, "王雅丽")
    page.route("**/save/", lambda route: route.abort())
    keys.press("F1", "1", "1", "1", "1", "b")
    page.keyboard.insert_text("说得很好")
    keys.press("Control+Enter")
    page.wait_for_selector("#desk_saving.wrong")
    assert page.locator("[data-note]").input_value() == "说得很好"
    assert page.locator(".question :checked").count() == 3
    page.unroute("**/save/")
    sent = []
    page.route("**/save/", lambda route: (sent.append(route), None)[1])  # a slow line
    keys.press("Control+Enter", "Control+Enter")
    page.wait_for_selector("#desk_saving:has-text('正在保存')")
    page.wait_for_timeout(300)
    assert len(sent) == 1
    assert page.locator("[data-save]").get_attribute("aria-disabled") == "true"
    from django.contrib.sessions.models import Session

    Session.objects.all().delete()  # the session has ended meanwhile
    sent[0].continue_()
    page.wait_for_url(re.compile(r"/login/"))
    assert CallCard.objects.get(pk=card.pk).lease_by == li
    page.fill("[name=username]", "li")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    wait_for(page, "王雅丽")
    assert page.locator("[data-note]").input_value() == "说得很好"
    assert page.locator(".question :checked").count() == 3
    page.unroute("**/save/")
    keys.press("Control+Enter")
    wait_for(page, "张建国")
    assert Call.objects.count() == 1


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_queue_and_desk_are_readable_by_everybody(desk, make, page_as, li, today, now, size):
    crowd(make, today, now)
    make("张建国")
    page, keys = desk(size=size)
    keys.press("F1", "1", "5")
    assert serious_findings(page) == []
    assert overflow(page) == 0
    page.goto("/calls/")
    assert serious_findings(page) == []
    assert overflow(page) == 0
