"""Command line of the benchmark; `./dev bench` gives it a throw-away database."""

import argparse
import json
import sys
from pathlib import Path

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

from devtools import postgres

from . import api, company, linear
from .bars import Board
from .engine_bars import measure_engine
from .install import measure_install
from .prediction import measure_prediction
from .scale_data import LINES_PER_INVOICE, add_company_history
from .timeline import TooSlow, measure_timeline

PARTS = ("costs", "runs", "workers", "documents", "screens", "engine")


def main():
    """Make the data, measure, print one line per bar; the exit code is 1 if one falls short."""
    options = _read_options()
    if options.security:
        from .security import measure  # needs hypothesis, of the packages for tests

        return measure(options.db, options.security)
    if options.api:
        return _measure_api(options.db)
    board = Board()
    if options.linear:
        linear.measure_linear(board, options.db, options.config, options.linear)
    elif options.install:
        sizes = {name: getattr(options, name) for name in ("customers", "invoices", "lines")}
        measure_install(board, options.config, sizes)
    else:
        config.parse_config(["-c", options.config, "-d", options.db, "--log-level=warn"])
        with Registry(options.db).cursor() as cr:
            env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {"tracking_disable": True})
            code = _measure(env, board, options)
            if code is not None:
                return code
    if options.figures:
        Path(options.figures).write_text(json.dumps(board.figures))
    return _conclude(board)


def _read_options():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--db", required=True)
    parser.add_argument("--config", required=True)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--invoices", type=int, default=100_000)
    parser.add_argument("--lines", type=int, help="with receivables; default four per invoice")
    parser.add_argument("--only", help=f"some of: {', '.join(PARTS)}; history makes the data only")
    parser.add_argument(
        "--linear", nargs="?", const=linear.SIZES, help="numbers of customers to compare"
    )
    parser.add_argument("--install", action="store_true", help="measure the install instead")
    parser.add_argument("--figures", help="write the figures to this file as JSON")
    parser.add_argument(
        "--timeline", type=int, nargs="?", const=2_000_000, help="measure timelines of N entries"
    )
    parser.add_argument("--api", action="store_true", help="measure RPC instead")
    parser.add_argument("--security", nargs="?", const="all", help="bars, all or: links,fuzz")
    parser.add_argument("--prediction", action="store_true", help="measure fitting and scoring")
    return parser.parse_args()


def _measure(env, board, options):
    """Make the company and measure it; return an exit code if the parts print for themselves."""
    env["account.chart.template"].try_loading(
        "generic_coa", company=env.company, install_demo=False
    )
    if options.timeline:
        return _show_until_too_slow(measure_timeline(env, options.timeline))
    seconds, _sizes = company.runs.timed(
        lambda: add_company_history(env, options.customers, options.invoices, options.lines)
    )
    if options.prediction:
        return _show_until_too_slow(measure_prediction(env))
    board.head(
        env,
        customers=options.customers,
        invoices=options.invoices,
        lines=options.lines or LINES_PER_INVOICE * options.invoices,
    )
    board.figure("history made", seconds, "s")
    parts = options.only.split(",") if options.only else PARTS
    _measure_parts(env, board, options.config, parts)
    return None


def _measure_parts(env, board, conf, parts):
    if "costs" in parts:
        company.measure_history(env, board)
    if {"runs", "workers"}.intersection(parts):
        figures = company.measure_runs(env, board, conf)
    if "runs" in parts:
        company.measure_event_refresh(env, board)
    if "workers" in parts:
        company.measure_two_workers(env, board, conf, figures["second"])
    if "documents" in parts:
        company.measure_documents(env, board)
    if "screens" in parts:
        company.measure_all_screens(env, board, conf)
    if "engine" in parts:
        measure_engine(board)


def _conclude(board):
    """Say which bars fell short."""
    if board.fell_short:
        board.note(f"{len(board.fell_short)} fell short: {'; '.join(board.fell_short)}")
    return int(bool(board.fell_short))


def _show_until_too_slow(figures):
    """Return the exit code: 1 when a limit is broken."""
    try:
        for label, figure in figures:
            _show(label, figure)
    except TooSlow as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _measure_api(database):
    with postgres.running("test") as server:
        for label, figure in api.measure(server, database):
            _show(label, figure)
    return 0


def _show(label, figure):
    sys.stdout.write(f"{label:<55} {figure:>12,.2f}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
