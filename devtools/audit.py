"""`./dev audit`: what of ours is open to whom, against what was decided."""

import os

from . import test_run

TESTS = [
    "tests/quality/test_audit.py",
    "tests/quality/test_public_surface.py",
    "tests/quality/test_lint.py::test_lint[sudo]",
]


def command(options):
    """Compare roles, rules, fields, open routes, public methods and sudo(); or accept them."""
    if options.accept:
        os.environ["CUSTOMER_VALUE_AUDIT"] = "accept"
    options.rest = [*TESTS, "-q"]
    return test_run.command(options)


def add_options(parser):
    """Describe the options of the command."""
    parser.add_argument(
        "--accept",
        action="store_true",
        help="write what is there to tests/quality/audit/, for the review of the change",
    )
