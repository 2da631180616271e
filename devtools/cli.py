"""The commands of `./dev` and their options."""

import argparse
import errno
import signal
import sys

from . import audit, backtesting, demo, everyday, i18n, photograph, test_run
from .backtest import options as backtest_options
from .showing import screenshots
from .steps import DISK_FULL, Fail

DEFAULT_PORT = 8069
# What follows their name goes on to another program.
PASS_ON = {"test", "lint", "bench", "load", "backtest"}
ON_DEMO = {"demo", "upgrade", "shell", "psql"}  # they take --db

COMMANDS = {
    "demo": (demo.run, "Show the product: Odoo 19 with demo data on this machine."),
    "test": (
        test_run.command,
        "Run tests and lint; paths and pytest options may follow (-k word).",
    ),
    "lint": (everyday.lint_command, "Run the lint checks only, without a database."),
    "audit": (
        audit.command,
        "Compare who may do what with what was decided (tests/quality/audit/).",
    ),
    "i18n": (i18n.run, "Export the terms to i18n/customer_value.pot and merge them into fa.po."),
    "bench": (everyday.bench, "Measure on a scratch database; options go to benchmarks/."),
    "load": (
        everyday.load,
        "load sales FILE …, load crm FOLDER …: load past data into the demo.",
    ),
    "backtest": (
        backtesting.command,
        "Try the predictions on a file of past sales; needs neither Odoo nor a database.",
    ),
    "upgrade": (everyday.upgrade, "Upgrade the addon on the demo database after a change."),
    "shell": (everyday.shell, "Open an Odoo shell on the demo database."),
    "psql": (everyday.psql, "Open psql on the demo database."),
    "photograph": (
        photograph.command,
        "Take a picture of what the addon is in a database, or compare two pictures.",
    ),
    "screenshots": (
        screenshots.command,
        "Take the pictures of docs/images anew, from the running demo.",
    ),
    "clean": (everyday.clean, "Delete the databases and the cache, after asking."),
}


def parser():
    """Describe every command."""
    top = argparse.ArgumentParser(
        prog="./dev",
        allow_abbrev=False,
        description="Develop and try Customer Value. "
        "Everything is kept in .odoo/ or $CUSTOMER_VALUE_HOME.",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, (action, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        command.set_defaults(action=action)
        if name in ON_DEMO:
            command.add_argument(
                "--db", default=everyday.DEMO, help="database (default: %(default)s)"
            )
    _add_demo(commands.choices["demo"])
    _add_clean(commands.choices["clean"])
    audit.add_options(commands.choices["audit"])
    photograph.add_options(commands.choices["photograph"])
    screenshots.add_options(commands.choices["screenshots"])
    backtest_options.add_options(commands.choices["backtest"])
    return top


def _add_clean(command):
    command.add_argument("--yes", action="store_true", help="do not ask")
    command.add_argument("--databases", action="store_true", help="keep Odoo and the packages")


def _add_demo(command):
    command.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help="port of the server (default: %(default)s)"
    )
    command.add_argument(
        "--no-serve", dest="serve", action="store_false", help="prepare everything, start nothing"
    )
    command.add_argument(
        "--fresh", action="store_true", help="delete the demo database and make it anew"
    )


def _port(text):
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port: give a number from 1 to 65535")
    return int(text)


def parse(arguments):
    """Return the options; `rest` holds what goes on to another program unchanged."""
    top = parser()
    if arguments and arguments[0] in PASS_ON and not set(arguments[1:2]) & {"-h", "--help"}:
        # Their own parsers check the rest; the options listed here are for the help only.
        return argparse.Namespace(
            command=arguments[0], action=COMMANDS[arguments[0]][0], rest=arguments[1:]
        )
    return top.parse_args(arguments)


def explain(problem):
    """A full disk or a forbidden folder in one sentence; anything else is our fault: raise it."""
    if problem.errno == errno.ENOSPC:
        return f"{DISK_FULL} folder."
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{problem.filename} cannot be written: give yourself the right to, or set "
            "CUSTOMER_VALUE_HOME to a folder of yours."
        )
    raise problem


def main(arguments):
    """Run the command that the arguments name; return the exit code."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.default_int_handler)
    options = parse(arguments)
    if not options.command:
        parser().print_help()
        return 0
    try:
        return options.action(options)
    except Fail as problem:
        print(f"dev: {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"dev: {explain(problem)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; start it again to go on where it stopped.", file=sys.stderr)
        return 130
