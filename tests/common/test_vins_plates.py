import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.plates import BadPlate, clean_plate
from common.vins import BadVin, check_digit, clean_vin, has_good_check_digit, is_vin

# Published VINs (DOMAIN §5).
GOOD = [
    "LDC613P23A1305189", "LSJA24U62JG269225", "LBV5S3102ESJ25655", "LVTDB14B8EC063333", "LVVDC11BXED211159", "1M8GDM9AXKP042788",
]  # fmt: skip


@pytest.mark.parametrize("vin", GOOD)
def test_published_vins_pass(vin):
    assert clean_vin(vin) == vin
    assert has_good_check_digit(vin)


@pytest.mark.parametrize(("vin", "wanted"), [("LZGJLDR40DX020815", "2"), ("LRW3E7EK1NC111111", "8")])
def test_wrong_check_digits_are_seen_and_not_refused(vin, wanted):
    assert clean_vin(vin) == vin
    assert not has_good_check_digit(vin)
    assert check_digit(vin) == wanted


@pytest.mark.parametrize(
    "typed",
    ["ldc613p23a1305189", " LDC613P23A1305189 ", "LDC 613P23 A1305189", "ＬＤＣ613P23A1305189", "LDC613P23A-1305189"],
)
def test_case_blanks_and_full_width_letters_do_not_matter(typed):
    assert clean_vin(typed) == "LDC613P23A1305189"


@pytest.mark.parametrize(
    ("typed", "code", "suggestion"),
    [
        ("LDC613P23A13O5189", "vin_letter", "LDC613P23A1305189"),
        ("LDC6I3P23A1305189", "vin_letter", "LDC613P23A1305189"),
        ("LDC613P23A130518", "vin_length", ""),
        ("LDC613P23A13051899", "vin_length", ""),
        ("LDC**********5189", "vin_masked", ""),
        ("LDC613P23A130518车", "vin_letter", ""),
    ],
)
def test_bad_vins_are_refused_with_what_may_have_been_meant(typed, code, suggestion):
    with pytest.raises(BadVin) as refused:
        clean_vin(typed)
    assert (refused.value.code, refused.value.suggestion) == (code, suggestion)


letters = st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17)


@given(letters)
def test_a_computed_check_digit_is_good(text):
    vin = text[:8] + check_digit(text) + text[9:]
    assert is_vin(vin) and has_good_check_digit(vin)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none()))
def test_a_vin_is_clean_or_empty_or_refused(cell):
    try:
        vin = clean_vin(cell)
    except BadVin as error:
        assert error.suggestion == "" or is_vin(error.suggestion)
    else:
        assert vin == "" or is_vin(vin)


@pytest.mark.parametrize(
    ("typed", "plate"),
    [
        ("沪A8F2K1", "沪A8F2K1"),
        ("沪a·8f2k1", "沪A8F2K1"),
        ("沪 A 8F2K1", "沪A8F2K1"),
        ("沪AD12345", "沪AD12345"),
        ("沪A12345F", "沪A12345F"),
        ("粤Z1234港", "粤Z1234港"),
        ("沪A1234学", "沪A1234学"),
        ("未上牌", ""),
        ("临时", ""),
        ("沪A临1234", ""),
        ("新车", ""),
        ("无", ""),
        ("", ""),
    ],
)
def test_plates_are_read_and_cars_without_one_have_none(typed, plate):
    assert clean_plate(typed) == plate


@pytest.mark.parametrize(
    ("typed", "code", "suggestion"),
    [
        ("沪A8F2O1", "plate_unreadable", "沪A8F201"),
        ("A12345", "plate_unreadable", ""),
        ("沪A****1", "plate_masked", ""),
    ],
)
def test_what_is_no_plate_is_refused(typed, code, suggestion):
    with pytest.raises(BadPlate) as refused:
        clean_plate(typed)
    assert (refused.value.code, refused.value.suggestion) == (code, suggestion)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none()))
def test_a_plate_fits_its_column_or_is_refused(cell):
    try:
        plate = clean_plate(cell)
    except BadPlate as error:
        assert len(error.suggestion) <= 10
    else:
        assert len(plate) <= 10
