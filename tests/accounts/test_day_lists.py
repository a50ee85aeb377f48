"""Lists of days off and workdays as people write them; wrong rows are named, none is guessed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.day_lists import days_in, lines_of, read_list, rows_of

TODAY = dt.date(2026, 11, 23)


def read(text, year=2027):
    return read_list(rows_of(text), year=year, today=TODAY)


def told(text):
    """{"MM-DD": is_work} of a list without faults."""
    lines = read(text)
    assert [line.fault for line in lines if line.fault] == []
    return {f"{day:%m-%d}": is_work for line in lines for day, is_work, _name in line.days}


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-01 休 元旦\n2027-01-03 班 元旦",
        "2027-01-01，休，元旦\n2027-01-03,班,元旦",
        "2027-01-01 off New Year\n2027-01-03 WORK New Year",
        "日期\t类型\t名称\n2027/1/1\t法定节假日\t元旦\n2027年1月3日\t调休上班\t元旦",
        "2027年放假安排\n\n序号\t日期\t星期\t节假日\t休/班\n1\t2027.1.1\t五\t元旦\t休\n2\t2027.1.3\t日\t元旦\t班",
        "日期\t是否上班\n20270101\t否\n20270103\t是",
        "日期\t是否放假\t备注\n46388\t√\t元旦\n46390\t×\t补班",
        "日期\t节假日\n2027-01-01\t元旦\n2027-01-03\t元旦补班",
        "节日\t放假时间\t调休上班\n元旦\t1月1日（周五），共1天\t1月3日（周日）",
        "Date\tKind\tName\n2027-01-01\tDay off\tNew Year\n2027-01-03\tMake-up workday\tNew Year",
    ],
)
def test_the_forms_that_lists_come_in(text):
    assert told(text) == {"01-01": False, "01-03": True}


def test_the_table_of_the_state_council_with_spans():
    text = "节日名称\t放假日期\t调休上班日期\n国庆节、中秋节\t10月1日（周四）至8日（周四）放假调休，共8天\t9月20日（周日）、10月10日（周六）上班\n元旦\t12月31日至1月2日\t无"
    days = told(text)
    assert [day for day, is_work in days.items() if is_work] == ["09-20", "10-10"]
    assert [day for day, is_work in days.items() if not is_work] == [
        *(f"10-0{number}" for number in range(1, 9)),
        "12-31",
        "01-01",
        "01-02",
    ]
    assert read(text)[1].days[-1][0].year == 2028
    assert read(text)[0].days[0][2] == "国庆节、中秋节"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("2027-13-01 休", "2027-13-01"),
        ("2027-02-30 休", "2027-02-30"),
        ("03/04/2027 休", "03/04/2027"),
        ("2027-01-01", "没有写明"),
        ("2027-01-01 调休", "调休"),
        ("2027-01-01 也许", "也许"),
        ("元旦 休", "元旦"),
        ("2047-01-01 休", "2047-01-01"),
        ("2027-01-01至2027-06-01 休", "2027-01-01"),
        ("2027-01-05至2027-01-01 休", "2027-01-05"),
        ("2027-05-01 班", "第1行"),
    ],
)
def test_what_cannot_be_read_is_named_at_its_row(line, says):
    wrong = read(f"2027-05-01 休 劳动节\n\n{line}")[1]
    assert wrong.number == 3 and says in wrong.fault and not wrong.days


@given(
    st.lists(
        st.tuples(
            st.dates(dt.date(2020, 1, 1), dt.date(2031, 12, 31)),
            st.booleans(),
            st.text("元旦 abc春节,，", max_size=12).map(lambda text: " ".join(text.split())),
        ),
        unique_by=lambda day: day[0],
        max_size=30,
    )
)
def test_a_sheet_that_was_read_reads_the_same_again(days):
    rows = [["日期", "类型", "名称"], *([day, "班" if work else "休", name] for day, work, name in days)]
    once = read_list(rows, year=2027, today=TODAY)
    again = read_list(rows_of(lines_of(rows)), year=2027, today=TODAY)
    assert [(line.number, line.days, line.fault) for line in once] == [
        (line.number, line.days, line.fault) for line in again
    ]
    assert [day[0] for line in once for day in line.days] == [day for day, _work, _name in days]


@given(st.text(max_size=40))
def test_no_text_makes_the_reader_stumble(text):
    for line in read_list(rows_of(text), year=2027, today=TODAY):
        assert bool(line.fault) != bool(line.days)
    try:
        assert days_in(text, 2027)
    except ValueError as fault:
        assert str(fault)
