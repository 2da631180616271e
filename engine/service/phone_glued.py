"""Phone numbers that somebody has written after each other without any sign between them."""

# Of a whole number with its area code; shorter ones fit anywhere.
MIN_WHOLE, MAX_WHOLE = 10, 15
MAX_DIGITS = 60


def unglue_numbers(digits, plan):
    """Return the numbers in E.164 that digits are, one after the other.

    Nothing if there is no way to part them, or more than one; of several ways, the one in which
    all are written with the same number of digits.

    :param digits: perhaps after a +
    :param plan: numbering plan, see ``phone_field.py``
    """
    if not 2 * MIN_WHOLE <= len(digits) <= MAX_DIGITS:
        return []
    ways = _get_ways(digits, plan, {})
    even = [way for way in ways if len({size for size, _number in way}) == 1]
    chosen = even if len(ways) > 1 else ways
    return [number for _size, number in chosen[0]] if len(chosen) == 1 else []


def _get_ways(digits, plan, known):
    """Return the ways to part digits, as lists of (number of digits, number); a few are enough."""
    if not digits:
        return [[]]
    if digits not in known:
        ways = []
        for size in range(MIN_WHOLE, min(MAX_WHOLE, len(digits)) + 1):
            number = plan.complete(digits[:size])
            if number:
                rest = _get_ways(digits[size:], plan, known)
                ways += [[(size, number), *way] for way in rest]
        known[digits] = ways[:10]
    return known[digits]
