"""Why the expected date is far from the customer's own rhythm, where it is (docs/prediction.md)."""

import math
from dataclasses import dataclass

# Up to so many times longer or shorter, "orders every … days" and the date do not contradict.
FACTOR = 2
# With fewer of them, own pauses say little.
FEW_PAUSES = 3


@dataclass(frozen=True)
class OwnRhythm:
    """Pauses of a customer who has bought at least twice, in days.

    ``count``, ``mean`` and ``median`` of the pauses that have ended; ``pause``: since the last
    purchase; ``wait``: from now to the expected next one.
    """

    count: int
    mean: float
    median: float
    pause: int
    wait: int


def explain_date(rhythm: OwnRhythm) -> tuple[str, ...]:
    """Return why the whole expected pause is not what the own pauses say; empty if it is.

    ``uneven``: it is their mean, but their median is far from it, as they differ much; else one or
    more of ``pause``: the present pause is longer than the mean already; ``few``: fewer than
    three are known; ``others``: the habits of all customers, which the model learns from, outweigh
    the own ones. The latter is certain when a customer with this rate alone, buying at random,
    would be expected sooner (ln 2 times age / pauses from now), or the date is earlier than
    half the mean.
    """
    expected = rhythm.pause + rhythm.wait
    if not _is_far(expected, rhythm.mean):
        return ("uneven",) if _is_far(expected, rhythm.median) else ()
    if expected < rhythm.mean:
        return ("few",) if rhythm.count < FEW_PAUSES else ("others",)
    reasons = []
    if rhythm.pause > rhythm.mean:
        reasons.append("pause")
    age = rhythm.count * rhythm.mean + rhythm.pause
    if rhythm.count < FEW_PAUSES:
        reasons.append("few")
    elif rhythm.wait > math.log(2) * age / rhythm.count or not reasons:
        reasons.append("others")
    return tuple(reasons)


def _is_far(expected, usual):
    return expected > FACTOR * usual or expected * FACTOR < usual
