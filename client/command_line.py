"""``python -m client``: connect, work with customers, load a file of sales, import a CRM."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

from .cells.days import read_date
from .crm_import import command as crm_command
from .customer_commands import add_commands
from .errors import ClientError
from .loading.rejects import RejectFile
from .rpc.connection import PROTOCOLS, TIMEOUT, Connection, connect
from .sales.column_map import ColumnMap
from .sales.sales_file import LoadOptions, SalesFile
from .sales.sales_loader import SalesLoader
from .tables import preview

DONE, FAILED = 0, 1

ENVIRONMENT = """\
Credentials are best given in the environment: ODOO_URL, ODOO_DB, ODOO_LOGIN,
ODOO_PASSWORD, ODOO_API_KEY. With an API key JSON-2 is used, else XML-RPC."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 = done (rejects included), 1 = could not, 2 = wrong usage."""
    arguments = _parser().parse_args(argv)
    arguments.run = getattr(arguments, "run", customer_command)
    try:
        return arguments.run(arguments)
    except ClientError as error:
        print(f"error: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    return FAILED


def check(arguments: argparse.Namespace) -> int:
    """Connect and say who we are."""
    with _connect(arguments) as odoo:
        user = odoo.who()
        print(
            f"{user['name']} ({user['login']}) in {user['company_id'][1]}, "
            f"database {arguments.db}, protocol {odoo.protocol}"
        )
    return DONE


def load_sales(arguments: argparse.Namespace) -> int:
    """Load a file of sales and report; the rejected lines go into a file of their own."""
    column_map = ColumnMap.from_file(arguments.map) if arguments.map else ColumnMap()
    options = LoadOptions(
        first=arguments.first,
        last=arguments.last,
        limit=arguments.limit,
        shift_to_today=arguments.shift_to_today,
        deliveries=arguments.deliveries,
        company_id=arguments.company,
        batch=arguments.batch,
        currency=arguments.currency,
        prefix=arguments.prefix,
    )
    sales = SalesFile(arguments.file, column_map, options)
    preview.show(sales.guesses)
    preview.confirm("Load this file?", yes=arguments.yes)
    with _connect(arguments) as odoo:
        loader = SalesLoader(odoo, sales, options)
        report = loader.run()
    rejects = RejectFile(arguments.rejects or _rejects_path(arguments.file), sales.header)
    for line in report.lines():
        print(line)
    if rejects.write(loader.rejected):
        print(f"rejected lines and reasons: {rejects.path}")
    return FAILED if report.interrupted or not report.adds_up else DONE


def customer_command(arguments: argparse.Namespace) -> int:
    """Connect and run one of the commands about customers."""
    with _connect(arguments) as odoo:
        return arguments.act(odoo, arguments)


def import_crm(arguments: argparse.Namespace) -> int:
    """Import the exports of a stand-alone CRM and report."""
    return crm_command.run(arguments, partial(_connect, arguments))


def _connect(arguments: argparse.Namespace) -> Connection:
    return connect(
        arguments.url,
        arguments.db,
        arguments.login,
        arguments.password or os.environ.get("ODOO_PASSWORD"),
        arguments.api_key or os.environ.get("ODOO_API_KEY"),
        arguments.protocol,
        arguments.timeout,
    )


def _rejects_path(file: str) -> Path:
    """``sales.csv.gz`` -> ``sales.rejects.csv`` in the working directory."""
    return Path(Path(file).name.removesuffix(".gz")).with_suffix(".rejects.csv")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m client",
        description="Talk to Odoo 19 from outside.",
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    text = "connect and say who you are"
    checking = commands.add_parser("check", help=text, description=text)
    _add_connection(checking)
    checking.set_defaults(run=check)
    text = "load invoices, credit notes, payments and deliveries from a CSV file"
    loading = commands.add_parser("load-sales", help=text, description=text)
    _add_connection(loading)
    _add_loading(loading)
    loading.set_defaults(run=load_sales)
    add_commands(commands, _add_connection)
    text = crm_command.HELP
    importing = commands.add_parser(crm_command.NAME, help=text, description=text)
    _add_connection(importing)
    crm_command.add_options(importing)
    importing.set_defaults(run=import_crm)
    return parser


def _add_connection(parser: argparse.ArgumentParser) -> None:
    env = os.environ.get
    group = parser.add_argument_group("connection", ENVIRONMENT)
    group.add_argument("--url", default=env("ODOO_URL", "http://localhost:8069"))
    group.add_argument("--db", default=env("ODOO_DB", ""), help="database")
    group.add_argument("--login", default=env("ODOO_LOGIN"))
    group.add_argument("--password", help="better in ODOO_PASSWORD: others see arguments")
    group.add_argument("--api-key", help="better in ODOO_API_KEY")
    group.add_argument("--protocol", choices=PROTOCOLS, default="auto")
    group.add_argument("--timeout", type=float, default=TIMEOUT, help="seconds without an answer")


def _add_loading(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", help="CSV with a header row, plain or gzipped, or an Excel workbook")
    add("--from", dest="first", type=_day, metavar="DATE", help="2026-01-31 or 1404/11/11")
    add("--to", "--until", dest="last", type=_day, metavar="DATE")
    add("--limit", type=_positive, metavar="N", help="at most N documents, oldest first")
    add(
        "--shift-to-today",
        action="store_true",
        help="move all dates by the same number of days, so that the last is yesterday",
    )
    add(
        "--deliveries",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="go over orders and transfers (default: if there is a delivery date column)",
    )
    add("--map", metavar="FILE.json", help="column map, see client/README.md")
    add("--company", type=int, metavar="ID", help="default: the user's company")
    add("--currency", default="", metavar="CODE", help="currency of all documents")
    add("--prefix", default="", help="put before every number to make its reference")
    add("--rejects", metavar="FILE", help="default: <name>.rejects.csv, here")
    add("--yes", action="store_true", help="do not ask whether the file is understood")
    add("--batch", type=_positive, default=50, metavar="N", help="documents per request")


def _day(text: str) -> date:
    """A day of either calendar that can be read in one way only."""
    try:
        days = set(read_date(text).days.values())
    except ValueError:
        days = set()
    if len(days) != 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day, or may be several: write it like 2026-01-31 or 1404/11/11"
        )
    return days.pop()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
