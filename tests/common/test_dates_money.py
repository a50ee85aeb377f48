import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.cells import DigitsLost, code_of, name_of, plain
from common.companies import is_company
from common.dates import BadDate, parse_date
from common.money import BadNumber, parse_money, parse_whole

TODAY = dt.date(2026, 3, 18)
MARCH_5 = dt.date(2024, 3, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-3-5", "2024-03-05", "2024/3/5", "2024.03.05", "2024-03-05 14:30", "2024/3/5 14:30:11", "2024-03-05 14:30:11.0",
        "2024-03-05T14:30:11", "2024-03-05T14:30:11+08:00", "2024年03月05日", "2024年3月5日 14时30分", "20240305", 20240305, 20240305.0,
        "20240305143011", "２０２４－０３－０５", " 2024-03-05 ", dt.date(2024, 3, 5), dt.datetime(2024, 3, 5, 23, 59), 45356, 45356.75, "45356",
        "45356.42980324074", 1709600000000, "1709600000000", "5-Mar-2024",
    ],
)  # fmt: skip
def test_one_day_in_every_shape(cell):
    assert parse_date(cell, today=TODAY) == MARCH_5


@pytest.mark.parametrize(
    "cell",
    [
        None, "", " ", "-", "无", "null", "NULL", "/", "0000-00-00", "0000-00-00 00:00:00", "1900-01-00", "1900-01-01", "1900/01/01", 0, 0.0, 1,
        "0", dt.time(0), dt.date(1899, 12, 31), dt.datetime(1900, 1, 1), "1970-01-01", "9999-12-31", "0001-01-01",
    ],
)  # fmt: skip
def test_a_software_default_says_nothing(cell):
    assert parse_date(cell, today=TODAY) is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2024-02-30", "date_impossible"),
        ("2024-13-01", "date_impossible"),
        ("20240230", "date_impossible"),
        ("2023-02-29", "date_impossible"),
        ("03/04/2024", "date_ambiguous"),
        ("25/12/2024", "date_ambiguous"),
        ("24-3-5", "date_ambiguous"),
        ("2204-01-01", "date_out_of_range"),
        ("1024-01-01", "date_out_of_range"),
        ("1950-01-01", "date_out_of_range"),
        ("2024-03", "date_unreadable"),
        ("去年", "date_unreadable"),
        (12345678, "date_unreadable"),
        (-1, "date_unreadable"),
        (True, None),
    ],
)
def test_what_is_no_day_is_refused_with_a_reason(cell, code):
    if code is None:
        assert parse_date(cell, today=TODAY) is None
        return
    with pytest.raises(BadDate) as refused:
        parse_date(cell, today=TODAY)
    assert refused.value.code == code


def test_both_readings_of_an_ambiguous_day_are_offered():
    with pytest.raises(BadDate) as refused:
        parse_date("03/04/2024")
    assert refused.value.suggestion == "2024-03-04 / 2024-04-03"


days = st.dates(dt.date(1980, 1, 2), dt.date(2027, 1, 1))


@given(
    days,
    st.sampled_from(
        ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%Y-%m-%d 08:05", "%Y-%m-%dT08:05:01"]
    ),
)
def test_every_day_survives_every_shape(day, shape):
    assert parse_date(day.strftime(shape), today=TODAY) == day


@given(days)
def test_excel_serials_are_days_since_the_last_of_1899(day):
    serial = (day - dt.date(1899, 12, 30)).days
    for cell in (serial, serial + 0.5, str(serial)):
        assert parse_date(cell, today=TODAY) == day


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.times(), st.timedeltas(), st.datetimes()))
def test_no_cell_raises_anything_else(cell):
    try:
        day = parse_date(cell, today=TODAY)
    except BadDate:
        return
    assert day is None or 1980 <= day.year <= 2027


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1234.5", "1234.50"), (1234.5, "1234.50"), (300, "300.00"), ("¥1,234.50", "1234.50"), ("￥1234.50元", "1234.50"), ("1.2万", "12000.00"),
        ("(12.00)", "-12.00"), ("-5", "-5.00"), (0.125, "0.13"), ("0", "0.00"), ("１００", "100.00"),
    ],
)  # fmt: skip
def test_amounts(cell, amount):
    assert parse_money(cell) == Decimal(amount)


@pytest.mark.parametrize(
    ("cell", "code"), [("abc", "money_unreadable"), ("1,2", "money_unreadable"), (1e12, "money_out_of_range")]
)
def test_bad_amounts(cell, code):
    with pytest.raises(BadNumber) as refused:
        parse_money(cell)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("cell", "number"),
    [("12,345 公里", 12345), (12345.0, 12345), ("12345.6", 12346), ("1.2万公里", 12000), ("8000KM", 8000), ("", None)],
)
def test_odometers(cell, number):
    assert parse_whole(cell, largest=2_000_000) == number


@pytest.mark.parametrize(
    ("cell", "code"), [("-5", "number_negative"), ("9999999", "number_out_of_range"), ("很多", "number_unreadable")]
)
def test_bad_odometers(cell, code):
    with pytest.raises(BadNumber) as refused:
        parse_whole(cell, largest=2_000_000)
    assert refused.value.code == code


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none()))
def test_numbers_are_read_or_refused(cell):
    for read in (parse_money, lambda value: parse_whole(value, largest=2_000_000)):
        try:
            read(cell)
        except BadNumber as error:
            assert error.code


def test_names_lose_padding_and_keep_words():
    assert name_of("王　五") == "王五"
    assert name_of(" 欧阳 建国 ") == "欧阳建国"
    assert name_of("John  Smith") == "John Smith"
    assert plain("ＡＢＣ\t１２") == "ABC 12"


def test_codes_are_kept_as_typed_unless_excel_lost_their_digits():
    assert code_of("00123") == "00123"
    assert code_of(20240312001.0) == "20240312001"
    assert code_of("RO 2024-001") == "RO2024-001"
    for lost in (1.101051963090706e17, "1.10105E+17"):
        with pytest.raises(DigitsLost):
            code_of(lost)


@pytest.mark.parametrize(
    "name", ["上海永达汽车租赁有限公司", "浦东新区税务局", "第二机床厂", "市人民医院", "复旦大学", "ABC Co., Ltd."]
)
def test_companies(name):
    assert is_company(name)


@pytest.mark.parametrize("name", ["王雅丽", "李厂", "欧阳建国", "买买提·吐尔逊", "John Smith", "张局"])
def test_persons(name):
    assert not is_company(name)
