"""What SMS gateways report, in the forms known ones use, and in those that break things."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ....engine.service import ReportError, ReportRule, parse_report, read_reports

RULE = ReportRule("id", "status", ("DELIVRD", "10"), ("UNDELIV", "11"))
TREE = ReportRule("messageId", "status.groupName", ("DELIVERED",), ("REJECTED",), "results")


@pytest.mark.parametrize(
    ("rule", "values", "reports"),
    [
        (RULE, {"id": "5", "status": "delivrd"}, [("5", "delivered")]),
        (RULE, {"id": 5, "status": 11}, [("5", "undelivered")]),
        (RULE, {"id": "5", "status": "ENROUTE"}, [("5", "")]),
        (RULE, [{"id": "5", "status": "10"}, {"id": "6", "status": "1"}],
         [("5", "delivered"), ("6", "")]),
        (RULE, [], []),
        (TREE, {"results": [{"messageId": "a", "status": {"groupName": "REJECTED"}}]},
         [("a", "undelivered")]),
        # a form may have names with dots
        (TREE._replace(list_path=""), {"messageId": "a", "status.groupName": "DELIVERED"},
         [("a", "delivered")]),
    ],
)  # fmt: skip
def test_reports(rule, values, reports):
    assert read_reports(rule, values) == reports


@pytest.mark.parametrize(
    "values",
    [None, "x", 7, {}, {"id": "5"}, {"id": "", "status": "10"}, {"id": True, "status": "10"},
     {"id": None, "status": "10"}, {"id": ["5"], "status": "10"}, {"id": "5" * 129, "status": "1"},
     {"id": "5\x00", "status": "10"}, {"id": "\ud800", "status": "10"}, [[]],
     [{"id": "1", "status": "1"}] * 201],
)  # fmt: skip
def test_what_cannot_be_read(values):
    with pytest.raises(ReportError):
        read_reports(RULE, values)
    with pytest.raises(ReportError):
        read_reports(TREE, values)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"9" * 5000])
def test_what_is_no_json(body):
    with pytest.raises(ReportError):
        parse_report(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["id", "status", "results", "x"]), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_nothing_a_report_holds_breaks_anything(values):
    for rule in (RULE, TREE):
        try:
            reports = read_reports(rule, values)
        except ReportError:
            continue
        for number, state in reports:
            assert 0 < len(number) <= 128 and number.isprintable()
            assert state in ("", "delivered", "undelivered")
    json.dumps(values)
