import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.phones import BadPhone, PhoneNumber, parse_phone, read_phones, split_phones


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("13812345678", ["13812345678"]),
        (13812345678, ["13812345678"]),
        (13812345678.0, ["13812345678"]),
        ("13812345678.0", ["13812345678"]),
        ("１３８１２３４５６７８", ["13812345678"]),
        ("+86 138 1234 5678", ["13812345678"]),
        ("0086-138-1234-5678", ["13812345678"]),
        ("013812345678", ["13812345678"]),
        ("13812345678（王先生）", ["13812345678"]),
        ("手机：13812345678", ["13812345678"]),
        ("13800000000/0571-88886666", ["13800000000", "057188886666"]),
        ("13812345678、13987654321；13712345678", ["13812345678", "13987654321", "13712345678"]),
        ("13812345678 13987654321", ["13812345678", "13987654321"]),
        ("13812345678\n13812345678", ["13812345678"]),
        ("(021)5888-0000", ["02158880000"]),
        ("021-58880000转803", ["02158880000"]),
        ("86-21-58880000", ["02158880000"]),
        ("", []),
        (None, []),
        ("无", []),
        ("-", []),
        ("0", []),
        ("13812345678/无", ["13812345678"]),
    ],
)
def test_numbers_are_read_however_they_are_written(cell, numbers):
    found, bad = read_phones(cell)
    assert [number.number for number in found] == numbers
    assert bad == []


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("138****5678", "phone_masked"),
        ("1.38E+10", "phone_scientific"),
        ("1.3812345678e10", "phone_scientific"),
        ("400-820-1234", "phone_service"),
        ("8008201234", "phone_service"),
        ("58880000", "phone_area_code"),
        ("1381234567", "phone_length"),
        ("138123456789", "phone_length"),
        ("12345678901", "phone_unreadable"),
        ("没有电话", "phone_unreadable"),
    ],
)
def test_what_cannot_be_dialled_is_refused_with_a_reason(cell, code):
    assert split_phones(cell) == []
    with pytest.raises(BadPhone) as refused:
        parse_phone(cell)
    assert refused.value.code == code


def test_good_numbers_of_a_cell_are_kept_beside_bad_ones():
    numbers, bad = read_phones("138****5678/13912345678")
    assert numbers == (PhoneNumber("13912345678", "mobile"),)
    assert [error.code for error in bad] == ["phone_masked"]


def test_parse_phone_wants_exactly_one_number():
    assert parse_phone(" 138 1234 5678 ") == ("13812345678", "mobile")
    assert parse_phone("021-58880000") == ("02158880000", "landline")
    for text in ("", "13812345678/13912345678"):
        with pytest.raises(BadPhone):
            parse_phone(text)


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
separators = st.sampled_from(["/", "、", "；", ";", ",", "，", " / ", "\n", " ", "|"])


@given(st.lists(mobiles, min_size=1, max_size=4, unique=True), separators)
def test_any_list_of_mobiles_comes_apart_again(numbers, separator):
    assert [number.number for number in split_phones(separator.join(numbers))] == numbers


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.booleans()))
def test_no_cell_raises_and_every_number_can_be_dialled(cell):
    numbers, _bad = read_phones(cell)
    for number, kind in numbers:
        assert number.isascii() and number.isdigit()
        assert (len(number) == 11 and number[0] == "1") if kind == "mobile" else number[0] == "0"


@given(st.from_regex(r"0[1-9][0-9]{1,2}-?[0-9]{6,8}", fullmatch=True))
@example("0860-10837273")
@example("086010837273")
def test_the_short_way_of_a_landline_gives_what_the_long_one_gives(text):
    assert split_phones(text) == split_phones(f"电话{text}")
