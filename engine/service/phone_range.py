"""Ranges and lists of phone numbers: what a short group of digits beside a number means."""

import re
from dataclasses import dataclass, replace

from .phone_chunk import Group, join_groups

# Numbers in a range, and steps in a list ("…34, 35, 36").
MAX_RANGE, MAX_STEP = 100, 20
# By how much an end may be smaller: the end stands first, or has lost a digit ("…98-02").
MAX_TURN = 9


@dataclass(frozen=True)
class PhoneNumber:
    """One number: E.164, or only digits where the numbering plan does not know it."""

    number: str
    extension: str = ""


def put_end_last(groups, plan=None):
    """Return the groups of a range whose end stands first, ``40-02188881234``, nothing of others.

    :param plan: of numbers with area code, which mobiles have not: "12 - 0912…" is a list
    """
    first, *others = groups
    mark = others[0].before if others else ""
    if not re.fullmatch(r"\d{2,4}", first.digits) or not re.search(r"[-~]", mark):
        return []
    whole = join_groups(others).digits
    number = plan.complete(whole) if plan else whole
    is_fit = plan.subscriber(number) if plan else len(whole) == len(others[0].digits) >= 7
    most = MAX_RANGE if "~" in mark else MAX_STEP
    if not is_fit or not 0 < get_step(number, first.digits) <= most:
        return []
    return [replace(others[0], before=""), *others[1:], Group("~", first.digits)]


def add_tail(numbers, group):
    """Return numbers with the range, the one number or the extension that a short group means."""
    *others, last = numbers
    step = get_step(last.number, group.digits)
    mark = re.search(r"[-/~]", group.before)
    most = MAX_RANGE if mark and "~" in group.before else MAX_TURN
    if not mark or (step <= 0 and not _is_turned(group.digits, step, most)):
        return [*others, replace(last, extension=last.extension or group.digits)]
    end = replace_end(last.number, group.digits)
    is_end_first = -most <= step < 0
    if step < 0 and not is_end_first:
        end = _grow(end, 10 ** len(group.digits))
    if "/" in group.before:
        return [*numbers, PhoneNumber(end)]
    if is_end_first:
        return [*numbers, PhoneNumber(end), *get_range(end, last.number)[:-1]]
    return numbers + get_range(last.number, end)


def _is_turned(digits, step, most):
    """Tell whether an end that is smaller than the number ends a range, rather than an extension.

    Either it stands first, or it goes on beyond the next hundred.
    """
    is_whole = len(digits) > 1
    return step < 0 and is_whole and (-step <= most or step + 10 ** len(digits) <= MAX_TURN)


def _grow(number, count):
    """Return a number with as many digits that is larger by so much."""
    digits = number.removeprefix("+")
    return f"{number[: -len(digits)]}{int(digits) + count:0{len(digits)}}"


def get_range(first, last):
    """Return the numbers after the first up to the last; of a range too large the last alone."""
    step = get_step(first, last) if len(first) == len(last) else 0
    if not 0 < step <= MAX_RANGE:
        return [PhoneNumber(last)]
    return [PhoneNumber(_grow(first, count)) for count in range(1, step + 1)]


def get_step(number, end):
    """Return by how much the end of a number would grow."""
    return int(end) - int(number[-len(end) :])


def replace_end(number, end):
    """Return a number with another end."""
    return number[: -len(end)] + end
