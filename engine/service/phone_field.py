"""All phone numbers a text holds: fields of contacts, and what callers show.

One field may hold several numbers, a range, extensions and words. What is a whole number only a
numbering plan knows, so reading takes one: an object with

- ``complete(text)``: digits, perhaps after a +, as E.164 if the plan has such a number, else ``""``
- ``subscriber(number)``: what follows the area code of a number in E.164, ``""`` without one
- ``guess(text)``: like ``complete``, less strict: it may be a number of any country
"""

import re
from dataclasses import replace

from .phone_chunk import MAX_LOCAL_DIGITS, MIN_NUMBER_DIGITS, Chunk, Group, get_chunks, join_groups
from .phone_glued import unglue_numbers
from .phone_number import clean_phone_text
from .phone_range import (
    MAX_STEP,
    MAX_TURN,
    PhoneNumber,
    add_tail,
    get_range,
    get_step,
    put_end_last,
    replace_end,
)

MAX_TAIL_DIGITS = 4
# Shorter ones are taken for a number of several only where a sign parts them.
MIN_E164_LENGTH = 11
MAX_GROUPS, MAX_NUMBERS = 60, 200
PARTING = re.compile(r"[/~]| -|- ")
LIST_JOINTS = (",", "،", ";", "؛", "و", "&")


def read_phone_numbers(text, plan):
    """Return all numbers a text holds, in their order, each once, with their extensions.

    Two numbers may be parted by a sign, a word or a line. ``88881234-40`` is a range: all of it
    counts, of a range of more than 100 both ends. Digits the plan does not know are numbers only
    if they can be one without an area code, or if nothing else is there.

    :param plan: see the head of this file
    :return: list of :class:`PhoneNumber`
    """
    chunks = get_chunks(text)
    known, local, other = [], [], []
    waiting = list(reversed(chunks))
    while waiting:
        chunk = waiting.pop()
        if numbers := _read_known(chunk, plan, known):
            known += numbers
        elif numbers := _read_local(chunk):
            local += numbers
        elif pieces := _get_pieces(chunk):
            waiting += reversed(pieces)
        elif len(chunk.digits) >= MIN_NUMBER_DIGITS:
            other.append(PhoneNumber(_strip_plus(chunk.digits), chunk.extension))
    if not known and not local and (guess := plan.guess(clean_phone_text(text).strip())):
        return [PhoneNumber(guess, next((c.extension for c in chunks if c.extension), ""))]
    unique = {}
    for found in [*known, *local, *other]:
        unique.setdefault(found.number, found)
    return list(unique.values())[:MAX_NUMBERS]


# === NUMBERS OF THE PLAN ===


def _read_known(chunk, plan, previous):
    """Return the numbers of a chunk if all of it can be read as such, else nothing."""
    chunk = _read_brackets(chunk, plan)
    whole = plan.complete(chunk.digits)
    if whole and not _is_local_range(chunk.groups):
        return [PhoneNumber(whole, chunk.extension)]
    if previous and chunk.joint and len(chunk.groups) == 1:
        numbers = _continue_list(chunk, plan, previous[-1])
        if numbers:
            return numbers
    if len(chunk.groups) == 1:
        numbers = [PhoneNumber(number) for number in unglue_numbers(chunk.digits, plan)]
    else:
        numbers = _divide(chunk.groups, plan) if len(chunk.groups) <= MAX_GROUPS else []
    if numbers and chunk.extension:
        numbers[-1] = replace(numbers[-1], extension=chunk.extension)
    return numbers


def _read_brackets(chunk, plan):
    """What is in brackets behind a number is its extension, or its area code if that fits."""
    last, others = chunk.groups[-1], chunk.groups[:-1]
    is_bracketed = "(" in last.before and last.after.lstrip().startswith(")")
    rest = Chunk(chunk.joint, others, chunk.extension or last.digits)
    if not is_bracketed or len(last.digits) > 6 or len(rest.digits) < MIN_NUMBER_DIGITS:
        return chunk
    if last.digits.startswith("0") and plan.complete(last.digits + rest.digits):
        return Chunk(chunk.joint, [last, *others], chunk.extension)
    return rest


def _continue_list(chunk, plan, previous):
    """Return the number that a list goes on with: ``02188881234, 35`` or ``…, 88885678``."""
    group = chunk.groups[0]
    if len(group.digits) > MAX_TAIL_DIGITS:
        return _get_neighbour(previous, group.digits, plan, chunk.extension)
    step = get_step(previous.number, group.digits)
    if chunk.joint not in LIST_JOINTS or previous.extension or not 0 < step <= MAX_STEP:
        return []
    return [PhoneNumber(replace_end(previous.number, group.digits), chunk.extension)]


def _divide(groups, plan):
    """Return the numbers that groups of digits make, nothing if one is left over."""
    turned = []
    if re.fullmatch(r"0\d{1,4}", groups[-1].digits):  # typed from right to left
        turned = _turn(groups)
    # What stands before a number without being one: "2 - 0912…".
    bare = groups[1:] if re.fullmatch(r"[1-9]\d{0,2}", groups[0].digits) else []
    for order in (groups, turned, put_end_last(groups, plan), bare):
        runs = order and _get_runs(order, plan, {}, is_first=True)
        numbers = runs and _join_runs(runs, plan)
        if numbers:
            return numbers
    return []


def _turn(groups):
    marks = ["", *(group.before for group in reversed(groups[1:]))]
    return [Group(mark, group.digits) for mark, group in zip(marks, reversed(groups), strict=True)]


def _get_runs(groups, plan, known, is_first=False):
    """Return (number or "", its groups) for groups in a row, the longest numbers first, or None.

    :param known: what has been found, by the number of groups left: each is looked at once
    """
    if groups and len(groups) not in known:
        known[len(groups)] = _find_runs(groups, plan, known, is_first)
    return known[len(groups)] if groups else []


def _find_runs(groups, plan, known, is_first):
    for size in range(len(groups), 0, -1):
        run, rest = groups[:size], groups[size:]
        number = plan.complete("".join(group.digits for group in run))
        is_parted = (is_first or PARTING.search(run[0].before)) and (
            not rest or PARTING.search(rest[0].before)
        )
        if not number or _is_local_range(run) or not (is_parted or len(number) >= MIN_E164_LENGTH):
            continue
        others = _get_runs(rest, plan, known)
        if others is not None:
            return [(number, run), *others]
    return None if is_first else _get_other_runs(groups, plan, known)


def _get_other_runs(groups, plan, known):
    """Return the runs of groups that do not begin with a whole number, or None.

    All up to the next parting sign may be one number without area code, else it is one group.
    """
    size = next((n for n in range(1, len(groups)) if PARTING.search(groups[n].before)), len(groups))
    joined = join_groups(groups[:size])
    is_local = len(groups[0].digits) > 2 and _is_local(joined.digits)
    for run, rest in ((joined, groups[size:]), (groups[0], groups[1:])):
        if (run is joined and not is_local) or len(run.digits) > MAX_LOCAL_DIGITS:
            continue
        others = _get_runs(rest, plan, known)
        if others is not None:
            return [("", [run]), *others]
    return None


def _join_runs(runs, plan):
    """Return the numbers of runs; what is none changes the end of the number before it."""
    numbers = []
    for number, (group, *_others) in runs:
        if number:
            if numbers and "~" in group.before:
                low, high = sorted((numbers[-1].number, number))
                numbers += get_range(low, high)[:-1]
            numbers.append(PhoneNumber(number))
        elif len(group.digits) > MAX_TAIL_DIGITS:
            neighbours = _get_neighbour(numbers[-1], group.digits, plan)
            if not neighbours and not re.search(r"[-/~]", group.before):
                return []
            numbers += neighbours or [PhoneNumber(group.digits)]
        else:
            numbers = add_tail(numbers, group)
    return numbers


def _get_neighbour(previous, digits, plan, extension=""):
    """Return a number without its area code as one of the same area as the number before."""
    if len(plan.subscriber(previous.number)) != len(digits):
        return []
    number = plan.complete(replace_end(previous.number, digits))
    return [PhoneNumber(number, extension)] if number else []


# === NUMBERS NO PLAN KNOWS ===


def _read_local(chunk):
    """Return numbers without area code, nothing if the chunk is something else."""
    if "+" in chunk.digits:
        return []
    if _is_local(chunk.digits):
        return [PhoneNumber(chunk.digits, chunk.extension)]
    numbers, parts = [], _get_parts(put_end_last(chunk.groups) or chunk.groups)
    for part in parts:
        if _is_local(part.digits):
            numbers.append(PhoneNumber(part.digits))
        elif numbers and len(part.digits) < MIN_NUMBER_DIGITS and not _is_torn(parts):
            numbers = add_tail(numbers, part)
        else:
            return []
    if numbers and chunk.extension:
        numbers[-1] = replace(numbers[-1], extension=chunk.extension)
    return numbers


def _is_torn(parts):
    """Tell whether the last four digits are no extension: ``(846)-523-2111``, which no plan has."""
    return len(parts) == 2 and len(parts[0].digits) < 7 and len(parts[1].digits) == MAX_TAIL_DIGITS


def _is_local_range(groups):
    """Tell whether groups are a range of local numbers, though their digits are a number, too.

    ``44441100-02`` is no number of area 44: without a 0 before it, nobody would write it so.
    """
    first, *tails = _get_parts(groups)
    is_local = len(first.digits) in (MAX_LOCAL_DIGITS - 1, MAX_LOCAL_DIGITS)
    if not tails or not is_local or first.digits.startswith(("0", "+")):
        return False
    steps = [len(tail.digits) <= 2 and get_step(first.digits, tail.digits) for tail in tails]
    return all(step > 0 or -MAX_TURN <= step < 0 for step in steps)


def _get_pieces(chunk):
    """Return the chunks on both sides of signs that may part numbers, none without such a sign."""
    pieces = []
    for group in chunk.groups:
        if pieces and not re.search(r"[-/~]", group.before):
            pieces[-1].groups.append(group)
        else:
            pieces.append(Chunk(chunk.joint if not pieces else "/", [group]))
    pieces[-1].extension = chunk.extension
    is_parted = all(len(piece.digits) >= MIN_NUMBER_DIGITS for piece in pieces)
    return pieces if is_parted and len(pieces) > 1 else []


def _get_parts(groups):
    """Return groups joined where only spaces, dots or brackets part them."""
    parts = []
    for group in groups:
        begun = len(parts[-1].digits) if parts else MIN_NUMBER_DIGITS
        is_begun = begun < MIN_NUMBER_DIGITS and (len(parts) == 1 or begun > 2)
        if parts and (
            (is_begun and not PARTING.search(group.before)) or not re.search(r"[-/~]", group.before)
        ):
            parts[-1] = join_groups([parts[-1], group])
        else:
            parts.append(group)
    return parts


def _is_local(digits):
    return MIN_NUMBER_DIGITS <= len(digits) <= MAX_LOCAL_DIGITS


def _strip_plus(digits):
    return digits.replace("+", "").removeprefix("00")
