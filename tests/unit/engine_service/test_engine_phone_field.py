"""What people write into one phone field, read with a small numbering plan of a country 98."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.service import (
    extract_phone_number,
    read_phone_numbers,
    strip_phone_prefixes,
    unwrap_phone_number,
)

from ...tools.phone_writing import NATIONAL, field


class Plan:
    """Mobiles 09 and nine digits, areas 021 and 031 with eight, with or without the 0."""

    def complete(self, text):
        text = re.sub(r"^(00|\+)98(?=[1-9])|^\+980", "0", text)
        text = f"0{text[2:]}" if re.fullmatch(r"98\d{10}", text) else text
        text = f"0{text}" if re.fullmatch(r"(9|21|31)\d+", text) and len(text) == 10 else text
        if re.fullmatch(r"(09|021|031)\d{8,9}", text) and len(text) == 11:
            return f"+98{text[1:]}"
        return f"+{text.lstrip('+0')}" if re.fullmatch(r"(\+|00)49\d{10}", text) else ""

    def guess(self, text):
        return f"+{text}" if re.fullmatch(r"49\d{10}", text) else self.complete(text)

    def subscriber(self, number):
        return number[5:] if number.startswith(("+9821", "+9831")) else ""


PLAN = Plan()
MOBILE, OFFICE = "+989125550171", "+982144440034"


def numbers(text):
    return [found.number for found in read_phone_numbers(text, PLAN)]


def extensions(text):
    return [found.extension for found in read_phone_numbers(text, PLAN)]


@pytest.mark.parametrize(
    "joint", [" - ", "-", " / ", "/", ",", "، ", ";", "؛", " یا ", " و ", " or ", "\n", "|", "  "]
)
def test_two_numbers(joint):
    assert numbers(f"0912 555 0171{joint}021 4444 0034") == [MOBILE, OFFICE]


@pytest.mark.parametrize(
    "word", ["داخلی ", "داخلي: ", "ext. ", "ext", "x", " x", "#", ";ext=", ", ext "]
)
def test_extension(word):
    text = f"021-44440034 {word}12"
    assert (numbers(text), extensions(text)) == ([OFFICE], ["12"])
    assert numbers(f"{text} / 09125550171") == [OFFICE, MOBILE]


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("021 44440034 (12)", "12"),
        ("(021) 44440034-12", "12"),  # nothing between 34 and 12 is a range
        ("021 44440034 77", "77"),
        ("داخلی 12 - 02144440034", ""),
        ("02144440034 داخلی 12 و 13", "12"),
    ],
)
def test_short_digits_are_no_number(text, extension):
    assert (numbers(text), extensions(text)) == ([OFFICE], [extension])


@pytest.mark.parametrize(
    "text",
    [
        "021-44440034-36",
        "021 44440034 تا 36",
        "02144440034 الی 02144440036",
        "02144440034~6",
        "02144440034, 35, 36",
        "36-44440034-021",  # typed from right to left
    ],
)
def test_range(text):
    assert numbers(text) == [OFFICE, "+982144440035", "+982144440036"]


@pytest.mark.parametrize(
    "text",
    [
        "36-02144440034",
        "36 - 021 4444 0034",
        "0036-021-44440034",
        "36 تا 02144440034",
        "02144440036 تا 02144440034",
        "02144440036-34",
        "02144440036 تا 34",
        "0036 الی 02144440034",
    ],
)
def test_range_whose_end_stands_first(text):
    assert sorted(numbers(text)) == [OFFICE, "+982144440035", "+982144440036"]
    assert set(extensions(text)) == {""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("36-44440034", ["44440034", "44440035", "44440036"]),
        ("44440036-34", ["44440036", "44440034", "44440035"]),
        (
            "02144440098-01",
            [f"+9821444400{n}" for n in ("98", "99")] + ["+982144440100", "+982144440101"],
        ),
        ("44449999-02", ["44449999", "44450000", "44450001", "44450002"]),
        ("02144440036/34", ["+982144440036", "+982144440034"]),
        ("02144440098/01", ["+982144440098", "+982144440101"]),
        ("02144440034-8", [f"+98214444003{n}" for n in range(4, 9)]),
    ],
)
def test_short_ends(text, expected):
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 - 09125550171", [MOBILE]),  # the twelfth of a list; mobiles have no ranges
        ("72-09125550171", [MOBILE]),
        ("02144440034-4", [OFFICE]),
        ("02144440034-20", [OFFICE]),
        ("02144440034-34", [OFFICE]),
        ("021-44440034", [OFFICE]),
    ],
)
def test_what_is_no_range(text, expected):
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0912555017109355550172", [MOBILE, "+989355550172"]),
        ("9125550171 9355550172".replace(" ", ""), [MOBILE, "+989355550172"]),
        ("+989125550171+989355550172", [MOBILE, "+989355550172"]),
        ("+98912555017109355550172", [MOBILE, "+989355550172"]),
        ("0098912555017100989355550172", [MOBILE, "+989355550172"]),
        ("0912555017102144440034", [MOBILE, OFFICE]),
        ("091255501710214444003409355550172", [MOBILE, OFFICE, "+989355550172"]),
        ("0912555017109355550172 / 44440034", [MOBILE, "+989355550172", "44440034"]),
        ("0912555017102144440034 داخلی 12", [MOBILE, OFFICE]),
        ("09125550171093555501723", ["09125550171093555501723"]),
        ("6037991234567890", ["6037991234567890"]),
        ("1" * 60, ["1" * 60]),
    ],
)
def test_numbers_glued_together(text, expected):
    assert numbers(text) == expected


@given(
    st.lists(NATIONAL, min_size=2, max_size=4, unique=True), st.sampled_from(["0", "0098", "+98"])
)
def test_any_numbers_glued_together(chosen, head):
    assert set(numbers("".join(head + national for national in chosen))) == {
        f"+98{national}" for national in chosen
    }


def test_long_range_has_two_ends():
    assert numbers("021-44440034-0999") == [OFFICE, "+982144440999"]
    assert len(numbers("021-44440000-0099")) == 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("44440034-021", [OFFICE]),
        ("44440034 (021)", [OFFICE]),
        ("[021] 4444-0034", [OFFICE]),
        ("021-44440034 و 55550034", [OFFICE, "+982155550034"]),
        ("021/44440034 - 5555 0034", [OFFICE, "+982155550034"]),
        ("44440034", ["44440034"]),
        ("4444 0034 / 5555-0034", ["44440034", "55550034"]),
        ("44440034-36", ["44440034", "44440035", "44440036"]),
        ("2144440034-36", [OFFICE, "+982144440035", "+982144440036"]),
        ("21444400-34", ["21444400", *(f"214444{n:02}" for n in range(1, 35))]),
        ("09125550171 / 44440034", [MOBILE, "44440034"]),
        ("09125550 / 02144440034", [OFFICE, "09125550"]),
        ("همراه: ۰۹۱۲−۵۵۵−۰۱۷۱ دفتر: ٠٢١ ٤٤٤٤٠٠٣٤", [MOBILE, OFFICE]),
        ("\u200f+98\u00a0(0)912 555 0171\u200e", [MOBILE]),
        ("2 - 09125550171", [MOBILE]),
        ("491701234567", ["+491701234567"]),
        ("0912 555 017", ["0912555017"]),
        ("0912 555 01711", ["091255501711"]),
        ("101", []),
        ("user12345", []),
        ("no phone", []),
        ("", []),
        (None, []),
    ],
)
def test_what_stands_in_fields(text, expected):
    assert numbers(text) == expected


# === ANY NUMBERS, HOWEVER WRITTEN ===


@given(field())
def test_every_number_and_no_other(given_field):
    text, expected = given_field
    assert numbers(text) == expected


@given(st.text("0123456789 -/()+,#x.~،و۱تاenterm\u200c", max_size=60))
def test_anything_can_be_read(text):
    found = read_phone_numbers(text, PLAN)
    assert len(found) == len({one.number for one in found}) <= 200
    assert all(re.fullmatch(r"\+?\d+", one.number) for one in found)
    assert numbers(text) == numbers(f" {text} ")


# === WHAT TELEPHONE SYSTEMS TELL ===


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"A <very> long name" <sip:+989125550171@pbx>', "+989125550171"),
        (f'"{"n" * 300}" <sip:+989125550171@pbx>', "+989125550171"),
        ("sip:09125550171@10.0.0.7:5060;user=phone", "09125550171"),
        ("tel:+98-912-555-0171;phone-context=+98", "+98-912-555-0171"),
        ("tel:02144440034;ext=12", "02144440034;ext=12"),
        ("09125550171; 02144440034", "09125550171; 02144440034"),
    ],
)
def test_unwrap(text, expected):
    assert unwrap_phone_number(text) == expected
    assert extract_phone_number(text)


def test_prefixes():
    assert strip_phone_prefixes("L0#0912", ["L0#", "9"]) == ["0912"]
    assert strip_phone_prefixes("l0#90912", ["L0#", "9"]) == ["90912", "0912"]
    assert strip_phone_prefixes("90912", ["90", "9"]) == ["90912", "912", "0912"]
    assert strip_phone_prefixes("0912", ["9"]) == ["0912"]


@pytest.mark.parametrize("text", ["(846)-523-2111", "846-523-2111", "846 523-2111"])
def test_a_number_no_plan_has_is_not_torn_apart(text):
    assert read_phone_numbers(text, PLAN) == read_phone_numbers("8465232111", PLAN)
    assert extensions(text) == [""]
