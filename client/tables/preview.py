"""What was guessed about a file, shown before it is used."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal

from ..errors import InvalidInput

EXAMPLES = 3  # rows shown as they are understood


def show(lines: Iterable[str]) -> None:
    """Print what was guessed."""
    for line in lines:
        print(line)
    sys.stdout.flush()


def is_attended() -> bool:
    """Whether somebody is there who can answer."""
    return bool(sys.stdin) and sys.stdin.isatty()


def confirm(question: str, *, yes: bool) -> None:
    """Ask whether to go on; whoever said ``--yes`` is not asked.

    :raises InvalidInput: the answer is no, or there is nobody to ask: then it says what to do
    """
    if yes:
        return
    if not is_attended():
        raise InvalidInput(
            "nothing was written, because nobody is here to say whether the file was understood "
            "as above: look at it, and run the same command with --yes"
        )
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().casefold() not in ("y", "yes"):
        raise InvalidInput("nothing was written")


def as_understood(name: str, text: str, value: object) -> str:
    """``date 2024-08-02 (1403/05/12)``: a value, and how the file has it where that differs."""
    if isinstance(value, datetime):
        value = value.isoformat(" ") if value.time() != time() else value.date()
    shown = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return f"{name} {shown}" if shown == text.strip() else f"{name} {shown} ({text.strip()})"
