"""How many parts an SMS takes, against the published limits and a naive splitting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.service import measure_sms

GSM = st.sampled_from("aZ09 @£é\nß")
EXTENDED = st.sampled_from("€[]{}~|^\\")
PERSIAN = st.sampled_from("سلام پ۱‌")
EMOJI = st.sampled_from("😀🎁")


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "gsm7", 0, 0),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("€" * 80, "gsm7", 160, 1),
        ("€" * 81, "gsm7", 162, 2),
        ("س" * 70, "ucs2", 70, 1),
        ("س" * 71, "ucs2", 71, 2),
        ("س" * 134, "ucs2", 134, 2),
        ("س" * 135, "ucs2", 135, 3),
        ("a" * 69 + "س", "ucs2", 70, 1),
        ("😀" * 35, "ucs2", 70, 1),
        ("a`", "ucs2", 2, 1),
        # 153 is odd: the escape of the 77th would stand alone at the end of a part
        ("€" * 153, "gsm7", 306, 3),
        # neither does a sign of two units fit into the last place of 67
        ("😀" * 67, "ucs2", 134, 3),
    ],
)
def test_known_lengths(text, encoding, units, parts):
    assert measure_sms(text) == (encoding, units, parts)


@given(st.text(st.one_of(GSM, EXTENDED, PERSIAN, EMOJI), max_size=700))
def test_parts_hold_all_and_no_more(text):
    length = measure_sms(text)
    single, joined = (160, 153) if length.encoding == "gsm7" else (70, 67)
    if length.units <= single:
        assert length.parts == bool(text)
        return
    assert (length.parts - 1) * (joined - 1) < length.units <= length.parts * joined


@given(st.text(max_size=80), st.text(max_size=80))
def test_more_text_never_takes_fewer_parts(one, other):
    assert measure_sms(one + other).parts >= measure_sms(one).parts
