"""What holds of every cleaner, whatever a cell says: nothing but the declared error, the same again for what it gave, no digit
that was not there, nothing masked, full-width as half-width."""

import datetime as dt
import re
import unicodedata

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from common.cells import DigitsLost, code_of, compact, name_of, plain, text_of
from common.companies import is_company
from common.dates import BadDate, parse_date
from common.money import BadNumber, parse_money, parse_whole
from common.phones import BadPhone, read_phones, split_phones
from common.plates import BadPlate, clean_plate
from common.vins import BadVin, check_digit, clean_vin, has_good_check_digit, is_vin

TODAY = dt.date(2026, 3, 18)
modest = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# What people and programs put into cells: their marks and digits far more often than any character at all.
_MARKS = "0123456789０１２３４５６７８９-/.,:;*xX+()（） \t\n\u3000\u200b年月日万元公里ABEIOQVabe京沪使学转、；王公司"
texts = st.one_of(st.text(_MARKS, max_size=24), st.text(max_size=24))
cells = st.one_of(texts, st.none(), st.booleans(), st.integers(), st.floats(), st.datetimes(), st.dates(), st.times(), st.timedeltas())  # fmt: skip
vin_letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
vins = st.text(vin_letters, min_size=17, max_size=17).map(lambda text: text[:8] + check_digit(text) + text[9:])
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
plates = st.from_regex(r"[京沪苏浙粤川][A-HJ-NP-Z][A-HJ-NP-Z0-9]{5}", fullmatch=True)


class Nothing(Exception):
    """What a cleaner raises that refuses nothing."""


WIDE = {ord("!") + place: 0xFF01 + place for place in range(94)}
CLEANERS = {
    "date": (lambda cell: parse_date(cell, today=TODAY), BadDate),
    "money": (parse_money, BadNumber),
    "whole": (lambda cell: parse_whole(cell, largest=2_000_000), BadNumber),
    "plate": (clean_plate, BadPlate),
    "vin": (clean_vin, BadVin),
    "code": (code_of, DigitsLost),
    "name": (name_of, Nothing),
    "plain": (plain, Nothing),
    "compact": (compact, Nothing),
    "text": (text_of, Nothing),
    "phones": (split_phones, Nothing),
}


def digits(text):
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("name", CLEANERS)
@modest
@given(cell=cells)
def test_a_cell_is_read_or_refused_as_declared(name, cell):
    clean, error = CLEANERS[name]
    try:
        clean(cell)
    except error as refused:
        assert refused.args


@pytest.mark.parametrize("name", ["plate", "vin", "code", "name", "plain", "compact", "text"])
@modest
@given(cell=cells)
def test_what_was_cleaned_is_clean(name, cell):
    clean, error = CLEANERS[name]
    try:
        once = clean(cell)
    except error:
        return
    assert clean(once) == once


@modest
@given(cells)
def test_every_number_stands_in_the_cell(cell):
    numbers, bad = read_phones(cell)
    written = digits(text_of(cell))
    for number, _kind in numbers:
        # A landline given with the country's code has its zero back.
        assert number in written or number.lstrip("0") in written
        assert split_phones(number) == [(number, _kind)]
    assert all(isinstance(error, BadPhone) for error in bad)


@modest
@given(mobiles, st.integers(3, 7), st.integers(2, 4), st.sampled_from("*＊xX"))
def test_a_masked_number_is_no_number(number, start, length, mark):
    assert split_phones(number[:start] + mark * length + number[start + length :]) == []


@modest
@given(vins, st.integers(0, 12), st.integers(2, 5))
def test_a_masked_vin_is_no_vin(vin, start, length):
    with pytest.raises(BadVin) as refused:
        clean_vin(vin[:start] + "*" * length + vin[start + length :])
    assert refused.value.code == "vin_masked" and refused.value.suggestion == ""


@modest
@given(plates, st.integers(2, 5), st.integers(1, 2))
def test_a_masked_plate_is_no_plate(plate, start, length):
    with pytest.raises(BadPlate):
        clean_plate(plate[:start] + "*" * length + plate[start + length :])


@pytest.mark.parametrize("name", ["vin", "plate", "date", "money", "whole"])
@modest
@given(texts, texts)
def test_what_is_masked_never_passes_for_a_value(name, before, after):
    clean, error = CLEANERS[name]
    try:
        value = clean(f"{before}**{after}")
    except error:
        return
    assert not value


@modest
@given(vins, st.sampled_from(["", " ", "\t", "\u3000", "\u200b", "-"]), st.booleans(), st.integers(0, 17))
def test_a_vin_survives_width_case_and_blanks(vin, junk, is_wide, place):
    text = vin[:place] + junk + vin[place:].lower()
    assert clean_vin(text.translate(WIDE) if is_wide else text) == vin
    assert is_vin(vin) and has_good_check_digit(vin)


@modest
@given(vins, st.integers(0, 16), st.sampled_from("OIQ"))
def test_letters_that_no_vin_has_are_offered_and_never_taken(vin, place, letter):
    with pytest.raises(BadVin) as refused:
        clean_vin(vin[:place] + letter + vin[place + 1 :])
    assert refused.value.code == "vin_letter" and is_vin(refused.value.suggestion)


@modest
@given(texts)
def test_a_vin_that_is_accepted_stands_in_the_cell(text):
    try:
        vin = clean_vin(text)
    except BadVin:
        return
    assert vin == "" or is_vin(vin)
    assert digits(vin) == digits(text)


@modest
@given(plates, st.sampled_from(["", " ", "·", "•", "-", "\u3000"]), st.booleans())
def test_a_plate_survives_width_and_dots(plate, junk, is_wide):
    text = plate[:2] + junk + plate[2:].lower()
    assert clean_plate(text.translate(WIDE) if is_wide else text) == plate


@modest
@given(st.dates(dt.date(1980, 1, 2), dt.date(2027, 1, 1)), st.floats(0, 0.999), st.booleans())
def test_serials_of_excel_come_round(day, hours, is_text):
    serial = (day - dt.date(1899, 12, 30)).days + round(hours, 6)
    assert parse_date(str(serial) if is_text else serial, today=TODAY) == day


@modest
@given(st.dates(dt.date(1980, 1, 2), dt.date(2027, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"]))  # fmt: skip
def test_full_width_days_are_days(day, form):
    assert parse_date(day.strftime(form).translate(WIDE), today=TODAY) == day


@modest
@given(texts)
def test_a_day_that_is_read_has_its_digits_in_the_cell(text):
    try:
        day = parse_date(text, today=TODAY)
    except BadDate:
        return
    written = plain(text)
    if day is not None and re.search(r"\d{4}\D+\d", written):
        assert f"{day.year}" in written and re.search(rf"(?<!\d)0?{day.day}(?!\d)", written)


@modest
@given(st.integers(1, 12), st.integers(1, 12), st.integers(2000, 2026), st.sampled_from("-/."))
def test_day_and_month_are_never_guessed(first, second, year, mark):
    with pytest.raises(BadDate) as refused:
        parse_date(f"{first:02d}{mark}{second:02d}{mark}{year}")
    assert refused.value.code == "date_ambiguous"


@modest
@given(
    st.decimals(-9_999_999, 9_999_999, places=2),
    st.sampled_from(["{}", "¥{}", "{}元", "￥ {}", "RMB{}"]),
    st.booleans(),
)
def test_amounts_come_round(amount, form, has_commas):
    text = form.format(f"{amount:,}" if has_commas else amount)
    assert parse_money(text) == amount
    assert parse_money(text.translate(WIDE)) == amount


@modest
@given(st.integers(0, 2_000_000), st.sampled_from(["{}", "{}公里", "{:,} km", "{}.0", "{}KM"]))
def test_whole_numbers_come_round(number, form):
    assert parse_whole(form.format(number), largest=2_000_000) == number


@modest
@given(st.text("王丽雅欧阳上海有限公司", min_size=2, max_size=8), st.sampled_from(["", " ", "\u3000", "\u200b", " \t"]))
def test_blanks_within_a_chinese_name_do_not_matter(name, junk):
    assert name_of(junk + junk.join(name) + junk) == name


@modest
@given(st.text("王丽雅张伟国秀英", min_size=1, max_size=4), texts)
@example("上海", "")
def test_companies_are_told_by_their_words(name, anything):
    assert not is_company(name)
    assert is_company(f"{name}{name}贸易有限公司")
    assert is_company(anything) in (True, False)
