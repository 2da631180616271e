"""Command line of the benchmark; `./dev bench` gives it a throw-away database."""

import argparse
import sys

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

from devtools import postgres

from . import api, measures
from .prediction import measure_prediction
from .scale_data import add_company_history
from .timeline import TooSlow, measure_timeline


def main():
    """Make the data, measure, print one line per figure."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--db", required=True)
    parser.add_argument("--config", required=True)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--invoices", type=int, default=100_000)
    parser.add_argument(
        "--timeline", type=int, nargs="?", const=2_000_000, help="measure timelines of N entries"
    )
    parser.add_argument("--api", action="store_true", help="measure RPC instead")
    parser.add_argument("--security", nargs="?", const="all", help="bars, all or: links,fuzz")
    parser.add_argument("--prediction", action="store_true", help="measure fitting and scoring")
    options = parser.parse_args()
    if options.security:
        from .security import measure  # needs hypothesis, of the packages for tests

        return measure(options.db, options.security)
    if options.api:
        return _measure_api(options.db)
    config.parse_config(["-c", options.config, "-d", options.db, "--log-level=warn"])
    with Registry(options.db).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {"tracking_disable": True})
        env["account.chart.template"].try_loading(
            "generic_coa", company=env.company, install_demo=False
        )
        if options.timeline:
            return _measure_timeline(env, options.timeline)
        seconds, (customers, invoices) = measures.timed(
            lambda: add_company_history(env, options.customers, options.invoices)
        )
        _show(f"made {customers} customers and {invoices} invoices, seconds", seconds)
        if options.prediction:
            return _show_until_too_slow(measure_prediction(env))
        for measure in (
            measures.measure_index,
            measures.measure_history,
            measures.measure_full_refresh,
            measures.measure_event_refresh,
            measures.measure_posting,
            measures.measure_contact_list,
        ):
            for label, figure in measure(env):
                _show(label, figure)
    return 0


def _measure_timeline(env, entries):
    """Return the exit code: 1 when a limit is broken."""
    return _show_until_too_slow(measure_timeline(env, entries))


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
