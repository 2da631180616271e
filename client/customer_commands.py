"""``python -m client find | summary | log | complaint | feedback | changes``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from .customers import Customers
from .errors import InvalidInput
from .rpc.connection import Connection

Run = Callable[[Connection, argparse.Namespace], int]
INTERACTION_FIELDS = ("kind", "subject", "direction", "date", "note", "outcome")
COMPLAINT_FIELDS = ("subject", "description", "severity", "date", "order", "product_code")
CONTACT_FIELDS = ("partner_id", "phone", "email", "reference")


def find(connection: Connection, arguments: argparse.Namespace) -> int:
    """Print the contacts found; exit code 1 when there are none."""
    customers = _customers(connection, arguments)
    found = customers.find(
        arguments.phone, arguments.email, arguments.reference, limit=arguments.limit
    )
    columns = ("partner_id", "name", "customer_id", "customer_name", "phone", "email")
    _show(arguments, found, (_line(row, columns) for row in found))
    return 0 if found else 1


def summary(connection: Connection, arguments: argparse.Namespace) -> int:
    """Print what there is to know about a customer."""
    answer = _customers(connection, arguments).summary(arguments.partner)
    _show(arguments, answer, _summary_lines(answer))
    return 0


def log(connection: Connection, arguments: argparse.Namespace) -> int:
    """Record one interaction from the options, or many from a file of JSON lines."""
    customers = _customers(connection, arguments)
    rows = _interactions(arguments)
    answers = customers.log_many(rows)
    columns = ("request_key", "id", "created", "partner_id", "customer_id")
    _show(arguments, answers, (_line(row, columns) for row in answers))
    return 0


def complaint(connection: Connection, arguments: argparse.Namespace) -> int:
    """Record one complaint from the options."""
    names = ("request_key", *COMPLAINT_FIELDS, "team_id", "category_id", *CONTACT_FIELDS)
    given = {name: getattr(arguments, name) for name in names}
    answer = _customers(connection, arguments).complain(**given)
    columns = ("request_key", "id", "number", "created", "partner_id", "customer_id")
    _show(arguments, answer, [_line(answer, columns)])
    return 0


def feedback(connection: Connection, arguments: argparse.Namespace) -> int:
    """Record one answer from the options, or many from a file of JSON lines."""
    customers = _customers(connection, arguments)
    answers = customers.feedback_many(_feedback_rows(arguments))
    columns = ("request_key", "id", "created", "partner_id", "customer_id")
    _show(arguments, answers, (_line(row, columns) for row in answers))
    return 0


def changes(connection: Connection, arguments: argparse.Namespace) -> int:
    """Print the changed profiles; the cursor goes into the file it came from."""
    path = Path(arguments.cursor_file) if arguments.cursor_file else None
    cursor = path.read_text().strip() if path and path.exists() else arguments.cursor
    columns = ("customer_id", "name", "tier", "segment", "stage", "value_class", "changed")
    for page in _customers(connection, arguments).changes(cursor):
        for row in page.changes:
            print(_json(row) if arguments.json else _line(row, columns))
        sys.stdout.flush()  # before the cursor says that these were dealt with
        cursor = page.cursor
        if path:
            path.write_text(cursor + "\n")
    if not path:
        print(f"cursor: {cursor}", file=sys.stderr)
    return 0


def add_commands(commands: Any, add_connection: Callable[[argparse.ArgumentParser], None]) -> None:
    """Describe the commands to the parser."""
    texts: dict[str, tuple[Run, str, Callable[[argparse.ArgumentParser], None]]] = {
        "find": (find, "find contacts by phone number, e-mail or reference", _add_find),
        "summary": (summary, "show the summary of a customer", _add_summary),
        "log": (log, "record one interaction, or many from a file", _add_log),
        "complaint": (complaint, "record a complaint", _add_complaint),
        "feedback": (feedback, "record one answer, or many from a file", _add_feedback),
        "changes": (changes, "list the profiles changed since a cursor", _add_changes),
    }
    for name, (run, text, add_options) in texts.items():
        command = commands.add_parser(name, help=text, description=text)
        add_connection(command)
        add_options(command)
        add = command.add_argument
        add("--company", type=int, metavar="ID", help="default: the user's company")
        add("--json", action="store_true", help="print the answer as JSON")
        command.set_defaults(act=run)


def _add_find(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--phone", default="")
    parser.add_argument("--email", default="")
    parser.add_argument("--reference", default="")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="1 to 100")


def _add_summary(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("partner", type=int, metavar="ID", help="a contact or a customer")


def _add_log(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--file", metavar="FILE", help="one JSON object per line; - for standard input")
    add("--key", dest="request_key", help="request key; made up when missing")
    for name in INTERACTION_FIELDS:
        add(f"--{name}", help="ISO 8601, UTC unless a zone is given" if name == "date" else None)
    add("--minutes", dest="duration_minutes", type=float)
    add("--user", dest="user_login", metavar="LOGIN", help="our person")
    add("--needs-answer", action="store_true", default=None)
    add("--partner", dest="partner_id", type=int, metavar="ID")
    for name in CONTACT_FIELDS[1:]:
        add(f"--{name}")


def _add_complaint(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--key", dest="request_key", help="request key; made up when missing")
    helps = {
        "date": "ISO 8601, UTC unless a zone is given",
        "severity": "minor, normal, major or critical",
        "order": "number of a sales order of the customer",
    }
    for name in COMPLAINT_FIELDS:
        add(f"--{name.replace('_', '-')}", dest=name, help=helps.get(name))
    add("--team", dest="team_id", type=int, metavar="ID")
    add("--category", dest="category_id", type=int, metavar="ID")
    add("--partner", dest="partner_id", type=int, metavar="ID")
    for name in CONTACT_FIELDS[1:]:
        add(f"--{name}")


def _add_feedback(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--file", metavar="FILE", help="one JSON object per line; - for standard input")
    add("--key", dest="request_key", help="request key; made up when missing")
    add("--kind", help="rating, nps or gap; follows from the options below")
    add("--rating", type=int, metavar="1-5")
    add("--nps", type=int, metavar="0-10")
    add(
        "--level",
        dest="levels",
        action="append",
        type=_level,
        metavar="FACTOR:EXPECTED:PERCEIVED",
        help="id of a factor and two levels 1-5; may be repeated",
    )
    add("--comment")
    add("--date", help="ISO 8601, UTC unless a zone is given")
    add("--user", dest="user_login", metavar="LOGIN", help="our person whose work was judged")
    add("--partner", dest="partner_id", type=int, metavar="ID")
    for name in CONTACT_FIELDS[1:]:
        add(f"--{name}")


def _level(text: str) -> dict[str, int]:
    names = ("factor_id", "expectation", "perception")
    try:
        return dict(zip(names, map(int, text.split(":")), strict=True))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}” has to be three numbers such as 3:5:4"
        ) from None


def _feedback_rows(arguments: argparse.Namespace) -> Iterable[Mapping[str, Any]]:
    if arguments.file:
        return _file_rows(arguments.file)
    kinds = {"rating": arguments.rating, "nps": arguments.nps, "gap": arguments.levels}
    given = [kind for kind, value in kinds.items() if value is not None]
    names = (
        "request_key",
        "rating",
        "nps",
        "levels",
        "comment",
        "date",
        "user_login",
        *CONTACT_FIELDS,
    )
    row = {name: getattr(arguments, name) for name in names}
    return [{**row, "kind": arguments.kind or (given[0] if given else None)}]


def _add_changes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cursor", default="", help="of an earlier answer; none: from the start")
    parser.add_argument("--cursor-file", metavar="FILE", help="read the cursor there, and keep it")


def _customers(connection: Connection, arguments: argparse.Namespace) -> Customers:
    company = arguments.company or connection.who()["company_id"][0]
    return Customers(connection, company)


def _interactions(arguments: argparse.Namespace) -> Iterable[Mapping[str, Any]]:
    if not arguments.file:
        names = (
            "request_key",
            *INTERACTION_FIELDS,
            "duration_minutes",
            "user_login",
            "needs_answer",
            *CONTACT_FIELDS,
        )
        return [{name: getattr(arguments, name) for name in names}]
    return _file_rows(arguments.file)


def _file_rows(file: str) -> Iterable[Mapping[str, Any]]:
    if file == "-":
        return list(_json_lines(sys.stdin))
    try:
        with Path(file).open(encoding="utf-8") as stream:
            return list(_json_lines(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} cannot be read: {error}") from None


def _json_lines(stream: TextIO) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InvalidInput(f"line {number} is not JSON: {error}") from None
        if not isinstance(row, dict):
            raise InvalidInput(f"line {number} is no JSON object")
        yield row


def _summary_lines(answer: Mapping[str, Any]) -> Iterator[str]:
    yield f"{answer['customer_name']} ({answer['customer_id']})"
    for name in ("tier", "segment", "stage", "value_class"):
        yield f"  {name}: {answer.get(name) or '-'}"  # older servers do not know every one
    yield f"  satisfaction_state: {answer.get('satisfaction_state') or 'not asked'}"
    for section in answer["sections"]:
        yield section["title"]
        for item in section["items"]:
            value = "not enough data" if item["value"] is False else item["value"]
            yield f"  {item['label']}: {value}"
    for interaction in answer["interactions"]:
        yield _line(interaction, ("date", "kind", "direction", "subject"))


def _show(arguments: argparse.Namespace, answer: Any, lines: Iterable[str]) -> None:
    if arguments.json:
        print(_json(answer))
        return
    for line in lines:
        print(line)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _line(row: Mapping[str, Any], names: Iterable[str]) -> str:
    return "\t".join(str(row[name]) for name in names)
