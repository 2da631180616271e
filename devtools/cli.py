"""The commands of `./dev` and their options."""

import signal
import sys

from .steps import Fail


def main(arguments):
    from . import test_run
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return test_run.run(arguments[1:])
    except Fail as problem:
        print(f"dev: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
