"""A function fits on one screen; the few that may not are named here, and no others join them."""

import collections

from . import sources

MAX_FUNCTION_LINES = 45
MAX_LONG_FUNCTIONS = 3
# One SQL statement each, which would only get harder to read in pieces. Named without their file,
# which may move; the name stands for one function.
LONG_FUNCTIONS = ()


def functions(names):
    """Functions over 45 lines that are not among the named exceptions, and needless exceptions."""
    found = collections.defaultdict(list)
    for name in sources.select(names, ".py", "dev", outside=("tests/",)):
        for function, node in sources.functions(sources.tree(name)):
            lines = node.end_lineno - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                found[function].append(
                    f"{name}:{node.lineno}: {function} has {lines} lines, at most "
                    f"{MAX_FUNCTION_LINES}"
                )
    unknown = [
        line
        for function, lines in sorted(found.items())
        for line in lines[function in LONG_FUNCTIONS :]
    ]
    return unknown + _exceptions(found)


def _exceptions(found):
    here = "devtools/checks/functions.py:1"
    lines = [f"{here}: {name} is no longer long" for name in LONG_FUNCTIONS if name not in found]
    if len(LONG_FUNCTIONS) > MAX_LONG_FUNCTIONS:
        lines.append(f"{here}: {len(LONG_FUNCTIONS)} exceptions, at most {MAX_LONG_FUNCTIONS}")
    return lines
