"""What an SMS gateway answers: whether a message is on its way, was refused, or nobody knows."""

import json
from typing import NamedTuple

MISSING = object()
# Nothing was taken: the same message may be sent again.
BUSY = (429, 503)


class AnswerRule(NamedTuple):
    """How success is read: ``kind`` is ``status``, ``json`` or ``text``.

    ``path`` leads to a value of JSON (``messages.0.status``), ``values`` are texts one of which it
    has to be, or which the answer has to contain. Without values anything that is there counts.
    """

    kind: str
    path: str = ""
    values: tuple = ()


def read_values(text):
    """Return the texts of a list with commas between them."""
    return tuple(part.strip() for part in (text or "").replace("،", ",").split(",") if part.strip())


def read_path(body, path):
    """Return the value a path leads to in a text of JSON, as text; None where there is none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    value = follow_path(value, path)
    return None if value is MISSING else _as_text(value)


def follow_path(value, path):
    """Return what a path leads to in values of JSON; ``MISSING`` where there is nothing."""
    for name in (path or "").split("."):
        value = _step(value, name.strip())
        if value is MISSING:
            break
    return value


def is_match(rule, body):
    """Whether the body of an answer says what a rule asks for."""
    if rule.kind == "status":
        return True
    if rule.kind == "text":
        return any(value in body for value in rule.values) if rule.values else bool(body.strip())
    found = read_path(body, rule.path)
    if found is None:
        return False
    wanted = {value.casefold() for value in rule.values}
    return found.casefold() in wanted if wanted else found not in ("", "false", "null")


def judge_answer(rule, status, body):
    """Return what became of a message: ``sent``, ``refused``, ``busy`` or ``unknown``.

    A gateway that fails (500, and what stands between us and it: 502, 504) may have sent it.
    """
    if 200 <= status < 300:
        return "sent" if is_match(rule, body) else "refused"
    if status in BUSY:
        return "busy"
    return "unknown" if status >= 500 else "refused"


def _step(value, name):
    if not name:
        return value
    if isinstance(value, dict):
        return value.get(name, MISSING)
    if isinstance(value, list) and name.isascii() and name.isdigit() and len(name) < 6:
        return value[int(name)] if int(name) < len(value) else MISSING
    return MISSING


def _as_text(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
