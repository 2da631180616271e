"""What an SMS gateway reports by itself: which message arrived, and which did not."""

import json
from typing import NamedTuple

from .gateway_answer import MISSING, follow_path

# Numbers of messages and names of states are short; what is longer is a mistake or an attack.
MAX_TEXT, MAX_REPORTS = 128, 200


class ReportRule(NamedTuple):
    """Where a report says what: names of parameters, or paths in JSON (``message.id``).

    ``list_path`` leads to the list where one report tells of several messages; a JSON that is a
    list needs none. ``delivered`` and ``undelivered`` are texts one of which the state has to be.
    """

    id_path: str
    state_path: str
    delivered: tuple
    undelivered: tuple = ()
    list_path: str = ""


class ReportError(ValueError):
    """A report that cannot be read; its text says what is missing, in English."""


def parse_report(body):
    """Return the values of a JSON body in bytes.

    :raise ReportError: if it is none
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ReportError("The body is not valid JSON in UTF-8.") from error


def read_reports(rule, values):
    """Return [(number of the message, state)] of a report.

    :param values: dictionary of parameters, or what a JSON holds
    :return: the state is ``delivered``, ``undelivered``, or ``""`` for any other: still on its way
    :raise ReportError: if number or state of a message is missing or too long
    """
    rows = values if isinstance(values, list) else [values]
    if rule.list_path and not isinstance(values, list):
        rows = follow_path(values, rule.list_path)
        if not isinstance(rows, list):
            raise ReportError(f"The list {rule.list_path} is missing.")
    if len(rows) > MAX_REPORTS:
        raise ReportError(f"One request may report {MAX_REPORTS} messages at most.")
    return [_read_row(rule, row) for row in rows]


def _read_row(rule, row):
    number, state = (_read_text(row, path) for path in (rule.id_path, rule.state_path))
    found = state.casefold()
    for name, texts in (("delivered", rule.delivered), ("undelivered", rule.undelivered)):
        if found in {text.casefold() for text in texts}:
            return number, name
    return number, ""


def _read_text(row, path):
    # A form names its parameters as it likes; a path is tried where there is no such name.
    value = row.get(path, MISSING) if isinstance(row, dict) else MISSING
    value = follow_path(row, path) if value is MISSING else value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if value is MISSING or not isinstance(value, str) or not value.strip():
        raise ReportError(f"{path} is missing.")
    text = value.strip()
    if len(text) > MAX_TEXT or not text.isprintable():
        raise ReportError(f"{path} is not readable.")
    return text
