"""Templates nothing breaks out of, and answers that say what became of a message."""

import json
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.service import (
    FILLERS,
    AnswerRule,
    fill_header,
    fill_template,
    fill_url,
    find_places,
    get_national,
    is_match,
    judge_answer,
    read_headers,
    read_path,
    read_values,
)

NASTY = 'He said "hi" \\ {text}\n</m>&amp;=%20سلام\u200c😀\x00'


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_json_forms_and_addresses_keep_every_text(text):
    values = {"text": text, "number": "+1"}
    body = fill_template('{"a": {"text": "{text}"}, "b": "{number}"}', values, FILLERS["json"])
    assert json.loads(body) == {"a": {"text": text}, "b": "+1"}
    form = fill_template("to={number}&text={text}&z=1", values, FILLERS["form"])
    assert dict(parse_qsl(form, keep_blank_values=True)) == {"to": "+1", "text": text, "z": "1"}
    url = urlsplit(fill_template("https://x.test/{number}/s?t={text}#", values, fill_url))
    assert url.netloc == "x.test"
    assert unquote(url.query.removeprefix("t=")) == text


def test_xml_stays_xml():
    body = fill_template('<m a="{text}">{text}</m>', {"text": NASTY}, FILLERS["xml"])
    found = ElementTree.fromstring(body)  # noqa: S314 our own text
    assert found.text == NASTY.replace("\x00", "")
    assert FILLERS["plain"](NASTY) == NASTY


def test_what_is_filled_in_is_no_template():
    """A text that looks like a place does not bring the key to light."""
    body = fill_template("{text}", {"text": "{secret}", "secret": "k"}, FILLERS["plain"])
    assert body == "{secret}"


def test_headers_stay_on_their_line():
    headers, wrong = read_headers(
        "Authorization: Bearer {secret}\n\n X-Id :{id}\nnonsense\nHost: x"
    )
    assert headers == [("Authorization", "Bearer {secret}"), ("X-Id", "{id}")]
    assert wrong == ["nonsense", "Host: x"]
    assert fill_header("a\r\nEvil: 1") == "a Evil: 1"
    assert find_places("{number}{x}", None, "{text}") == {"number", "text"}


@pytest.mark.parametrize(
    ("number", "code", "national"),
    [
        ("+989121234567", 98, "09121234567"),
        ("+989121234567", "", "989121234567"),
        ("+15551234", 98, "15551234"),
    ],
)
def test_numbers_as_dialled_at_home(number, code, national):
    assert get_national(number, code) == national
    assert get_national("+390612345", 39, keeps_zero=True) == "0612345"


BODY = json.dumps({"return": {"status": 200}, "entries": [{"id": 7, "ok": True, "no": None}]})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("return.status", "200"),
        ("entries.0.id", "7"),
        ("entries.0.ok", "true"),
        ("entries.0.no", "null"),
        ("entries.1.id", None),
        ("entries.x", None),
        ("return.status.more", None),
        ("nothing", None),
    ],
)
def test_paths(path, value):
    assert read_path(BODY, path) == value


@pytest.mark.parametrize("body", ["", "no json", "[" * 100_000, '"text"', "7"])
def test_paths_lead_nowhere_in_odd_answers(body):
    assert read_path(body, "a.b") is None


@pytest.mark.parametrize(
    ("rule", "status", "body", "verdict"),
    [
        (AnswerRule("status"), 200, "", "sent"),
        (AnswerRule("status"), 201, "x", "sent"),
        (AnswerRule("status"), 302, "", "refused"),
        (AnswerRule("status"), 401, "", "refused"),
        (AnswerRule("status"), 429, "", "busy"),
        (AnswerRule("status"), 503, "", "busy"),
        (AnswerRule("status"), 500, "", "unknown"),
        (AnswerRule("status"), 504, "", "unknown"),
        (AnswerRule("json", "return.status", ("200",)), 200, BODY, "sent"),
        (AnswerRule("json", "return.status", ("201", "202")), 200, BODY, "refused"),
        (AnswerRule("json", "entries.0.ok", ("TRUE",)), 200, BODY, "sent"),
        (AnswerRule("json", "entries.0.id"), 200, BODY, "sent"),
        (AnswerRule("json", "entries.0.no"), 200, BODY, "refused"),
        (AnswerRule("json", "return.status", ("200",)), 500, BODY, "unknown"),
        (AnswerRule("text", values=("OK", "Accepted")), 200, "ID: 5 OK", "sent"),
        (AnswerRule("text", values=("OK",)), 200, "ERR 5", "refused"),
        (AnswerRule("text"), 200, " ", "refused"),
    ],
)
def test_verdicts(rule, status, body, verdict):
    assert judge_answer(rule, status, body) == verdict


@given(st.text(max_size=50), st.text(max_size=20), st.sampled_from(["json", "text", "status"]))
def test_nothing_an_answer_holds_raises(body, path, kind):
    assert is_match(AnswerRule(kind, path, read_values(path)), body) in (True, False)


def test_lists_of_values():
    assert read_values(" 1, two ،سه,, ") == ("1", "two", "سه")
    assert read_values(None) == ()
