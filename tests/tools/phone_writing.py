"""Iranian phone numbers, one or several, in the ways people write them into one field."""

from hypothesis import strategies as st

DIGITS = ("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")
SUBSCRIBERS = st.text("0123456789", min_size=8, max_size=8)
NATIONAL = st.tuples(st.sampled_from(["912", "935", "21", "31"]), SUBSCRIBERS).map(
    lambda parts: "".join(parts)[:10]
)
WEAK = st.sampled_from([" ", "\u00a0", ".", "-", "\u2011", "_", "\u200c", ""])


@st.composite
def written(draw, national):
    """The number in one of the ways people write it."""
    head = draw(st.sampled_from(["0", "+98", "0098", "+98 ", "+98 (0)"]))
    size = 3 if national.startswith("9") else 2
    middle = draw(st.integers(2, 6))
    parts = [head + national[:size], national[size:][:middle], national[size:][middle:]]
    table = str.maketrans(DIGITS[0], draw(st.sampled_from(DIGITS)))
    return draw(WEAK).join(parts).translate(table)


@st.composite
def field(draw):
    """A text with one to four numbers, and these numbers."""
    chosen = draw(st.lists(NATIONAL, min_size=1, max_size=4, unique=True))
    text = draw(written(chosen[0]))
    for national in chosen[1:]:
        text += draw(st.sampled_from([" - ", " / ", ",", "، ", "؛", " یا ", "\n", " or "]))
        text += draw(written(national))
    return text, [f"+98{national}" for national in chosen]
