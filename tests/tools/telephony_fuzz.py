"""Whatever a telephone system might send: right, nearly right, nonsense, no JSON at all."""

import json
from datetime import datetime

from hypothesis import strategies as st

EVENTS = ("ringing", "start", "answered", "hangup", "missed", "voicemail")
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from([*EVENTS, "in", "2026-01-01", "+1", "\u0000", "\ud800", "%s", "'", "x" * 70]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
LIKELY = {
    "event": st.sampled_from(EVENTS),
    "call_id": st.text(max_size=8) | st.sampled_from(["z1", "z2", "z3"]),
    "direction": st.sampled_from(["in", "out", ""]),
    "from": st.text(max_size=20) | st.integers(0, 120).map("+1201555{:04d}".format),
    "to": st.text(max_size=20),
    "agent": st.text(max_size=8) | st.sampled_from(["101", "sam", "clerk"]),
    "at": st.datetimes().map(datetime.isoformat) | st.text(max_size=12),
    "voicemail_url": st.text(max_size=12).map("https://{}".format),
}
WORDS = st.text("aZ019 ۱é😀'\"%{}<>", max_size=8)
RIGHT = {
    "event": st.sampled_from(EVENTS),
    "call_id": st.integers(0, 200).map("call {}".format) | WORDS.map("c{}".format),
    "direction": st.sampled_from(["in", "out"]),
    "from": WORDS | st.integers(0, 120).map("+1201555{:04d}".format),
    "to": WORDS | st.sampled_from(["+12015550100", "101"]),
    "agent": WORDS | st.sampled_from(["101", "clerk"]),
    "at": st.datetimes(datetime(2001, 1, 1), datetime(2026, 1, 1)).map(datetime.isoformat),
    "voicemail_url": st.sampled_from(["", "https://pbx.example.com/1.wav"]),
}
MIXED = {name: values | JUNK for name, values in LIKELY.items()}
NEEDED = ("event", "call_id", "direction")


def _fields(values, **more):
    needed = {name: values[name] for name in NEEDED}
    optional = {name: values[name] for name in values if name not in NEEDED}
    return st.fixed_dictionaries(needed, optional={**optional, **more})


OBJECTS = (
    _fields(RIGHT)
    | _fields({**RIGHT, "to": LIKELY["to"], "from": LIKELY["from"]})
    | _fields(LIKELY)
    | _fields(MIXED, company_id=JUNK)
    | st.fixed_dictionaries({}, optional={**MIXED, "company_id": JUNK, "colour": JUNK})
    | JUNK
)
# Bytes of the body: JSON mostly, and now and then no JSON.
BODIES = OBJECTS.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=30)
