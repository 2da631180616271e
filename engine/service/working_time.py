"""Working time as intervals of seconds: how much lies between two moments, when some is used up.

Moments are seconds since the epoch (UTC), so time zones and daylight saving are already in the
intervals. Reading is by bisection: measuring a thousand deadlines costs little more than one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

Span = tuple[float, float]


class WorkingTime:
    """Working time of one calendar.

    :param intervals: disjoint (start, end) in seconds since the epoch, in order
    """

    def __init__(self, intervals: Iterable[Span]):
        intervals = list(intervals)
        self._starts = [start for start, _end in intervals]
        self._ends = [end for _start, end in intervals]
        self._totals = list(accumulate(end - start for start, end in intervals))

    def measure(self, start: float, end: float, pauses: Sequence[Span] = ()) -> float:
        """Return the seconds worked from start to end, outside the pauses; 0 if end is earlier.

        :param start, end: seconds since the epoch; outside the intervals nobody works
        :param pauses: disjoint (start, end), in order
        """
        if end <= start:
            return 0
        worked = self._worked_until(end) - self._worked_until(start)
        for pause_start, pause_end in pauses:
            first, last = max(pause_start, start), min(pause_end, end)
            if first < last:
                worked -= self._worked_until(last) - self._worked_until(first)
        return worked

    def add(self, start: float, seconds: float, pauses: Sequence[Span] = ()) -> float | None:
        """Return the first moment by which ``seconds`` have been worked outside the pauses.

        :param start: seconds since the epoch; ``pauses``: disjoint (start, end), in order
        :return: seconds since the epoch, ``None`` when the intervals end before
        """
        for pause_start, pause_end in pauses:
            if pause_end <= start:
                continue
            worked = self.measure(start, pause_start)
            if pause_start > start and seconds <= worked:
                break
            seconds -= worked
            start = pause_end
        target = self._worked_until(start) + seconds
        number = bisect_left(self._totals, target)
        if number == len(self._totals):
            return None
        return self._ends[number] - (self._totals[number] - target)

    def _worked_until(self, moment: float) -> float:
        number = bisect_right(self._starts, moment)
        if not number:
            return 0
        return self._totals[number - 1] - max(self._ends[number - 1] - moment, 0)
