"""What whole days by keyboard showed, each mended and held here: a refusal is seen, nothing is lost, what is beside a call answers too."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from complaints.models import Complaint
from customers.models import Phone
from followups.models import Call
from reception.models import Arrival
from tests.factories.customers import make_vehicle
from tests.factories.followups import make_card, make_item

pytestmark = pytest.mark.browser


@pytest.fixture
def make(pudong):
    now = timezone.localtime(timezone.now(), pudong.zone)
    order = iter(range(100))

    def _make(name, *rules, **fields):
        due_on = now.date() - dt.timedelta(days=50 - next(order))
        card = make_card(pudong, today=now.date(), now=now, name=name, due_on=due_on, **fields)
        for rule in rules:
            make_item(card.customer, rule, today=now.date(), now=now)
        return card

    return _make


@pytest.fixture
def desk(page_as, li):
    def _desk(name, card=None):
        page = page_as(li, "/calls/")
        if card is None:
            page.keyboard.press("n")
        else:
            page.locator(f"#take-{card.pk}").press("Enter")
        wait_for(page, name)
        return page

    return _desk


def wait_for(page, name):
    page.wait_for_selector(f"#desk .desk-head h1:text-is('{name}')")
    page.wait_for_selector("#desk .is-stop")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_a_refused_save_leads_to_the_fault_though_no_number_is_usable(desk, make):
    card = make("王雅丽", "delivery_7dc", number="13812345678")
    Phone.objects.filter(customer=card.customer).update(state="wrong")
    page = desk("王雅丽", card)
    press(page, "F1", "1", *["1"] * page.locator(".topic >> nth=0 >> .question").count(), "Control+Enter")
    page.wait_for_selector(".topic.is-current .question.is-wrong.is-stop")


def test_a_number_told_beside_the_call_is_the_one_to_dial(desk, make):
    card = make("王雅丽", number="13812345678")
    Phone.objects.filter(customer=card.customer).update(state="wrong")
    page = desk("王雅丽", card)
    page.wait_for_selector("#file_care [data-ask]")
    press(page, "n")
    page.keyboard.type("13711112222")
    press(page, "Enter")
    page.wait_for_selector(".number:has-text('137 1111 2222') :checked")
    assert page.locator("#desk .advice").count() == 0
    page.wait_for_selector(".number :focus")
    press(page, "F2", "1", "Control+Enter")
    page.wait_for_url(re.compile(r"/calls/$"))
    assert Call.objects.get().number == "13711112222"


def test_the_second_window_says_that_the_card_was_saved_and_keeps_what_it_held(desk, make):
    card = make("王雅丽")
    make("张建国")
    page = desk("王雅丽")
    other = page.context.new_page()
    other.goto(page.url)
    wait_for(other, "王雅丽")
    press(page, "F2", "1", "Control+Enter")
    wait_for(page, "张建国")
    press(other, "F2", "2", "b")
    other.keyboard.insert_text("说十分钟后再打")
    press(other, "Control+Enter")
    wait_for(other, "张建国")
    assert "另一个窗口保存（无人接听）" in other.locator(".desk-result .notice").inner_text()
    assert card.drafts.get().data["note"] == ["说十分钟后再打"]


def test_a_note_that_a_result_needs_is_asked_for_where_it_is_written(desk, make):
    make("王雅丽")
    page = desk("王雅丽")
    press(page, "F1", "1", "r", "5")
    assert page.locator(".note-field .needed").is_visible()
    press(page, "Control+Enter")
    page.wait_for_selector("[data-note].is-wrong:focus")
    page.keyboard.insert_text("说不要再打了")
    assert not page.locator(".note-field .needed").is_visible()
    press(page, "Escape", "b")
    page.keyboard.insert_text("，很坚决")
    assert page.locator("[data-note]").input_value() == "说不要再打了，很坚决"


def test_the_complaint_is_about_what_she_names_rather_than_the_whole(desk, make):
    make("王雅丽")
    make("张建国")
    page = desk("王雅丽")
    press(page, "F1", "1", "5")
    cause = page.locator("[data-complaint] [data-cause]")
    assert cause.input_value() == "other"
    named = page.locator(".question:has([data-alarm]:not([data-alarm=other]))").first
    named.locator("[data-alarm]").last.check()
    assert cause.input_value() == named.locator("[data-alarm]").last.get_attribute("data-alarm")
    page.locator("[data-complaint] [data-summary]").fill("异响还在")
    press(page, "Control+Enter")
    wait_for(page, "张建国")
    assert Complaint.objects.get().cause.code != "other"


def test_a_visit_she_announces_is_three_keys_and_a_day(desk, make):
    card = make("王雅丽")
    page = desk("王雅丽")
    page.wait_for_selector("#expect_panel input")
    press(page, "e")
    page.wait_for_selector("#expect_panel input[type=date]:focus")
    press(page, "Enter")
    page.wait_for_selector("#expect_panel .tag.good")
    arrival = Arrival.objects.get(customer=card.customer)
    assert arrival.day > arrival.store.day_of(timezone.now())
    press(page, "F2")  # the keys are the call's again
    assert page.locator("[name=level][value=not_reached]").is_checked()


def test_cars_by_digit_and_their_use_by_letter(desk, make):
    card = make("王雅丽")
    make_vehicle(card.customer, plate="沪B12345")
    page = desk("王雅丽")
    press(page, "q", "5")
    page.wait_for_selector("#situations-dialog [name=situation-use][data-key=A]")
    press(page, "c", "Enter")
    page.wait_for_selector(".said-of-cars:has-text('出租车')")


def test_somebody_rings_in_the_middle_of_a_call(desk, make):
    make("王雅丽", number="13812345678")
    page = desk("王雅丽")
    press(page, "F1", "1", "b")
    page.keyboard.insert_text("写到一半")
    press(page, "Escape", "/")
    page.wait_for_selector("#q:focus")
    page.keyboard.type("5678")
    page.wait_for_selector("#search_results .name a")
    press(page, "ArrowDown", "Enter")
    page.wait_for_selector("[data-page-key='2']")
    press(page, "2")
    page.wait_for_selector("textarea:focus")
    page.keyboard.insert_text("问保养要多久")
    press(page, "Control+Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    page.goto("/calls/")
    press(page, "n")
    wait_for(page, "王雅丽")
    assert page.locator("[data-note]").input_value() == "写到一半"
