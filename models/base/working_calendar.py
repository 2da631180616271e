from datetime import datetime, timedelta

import pytz

from ...engine.service import WorkingTime

# Long enough for nearly every deadline; more is read when it is not.
BLOCK = timedelta(weeks=8)
# As far as Odoo's own plan_hours() looks.
MAX_SPAN = timedelta(days=1400)


class WorkingCalendar:
    """A working calendar read once for any number of measurements.

    Whole weeks are read, whatever is asked: the answers do not depend on what else is measured
    in the same go. Public holidays of other companies do not count. Without a calendar every
    hour is worked.

    :param calendar: ``resource.calendar``, may be empty
    :param company: ``res.company`` whose holidays count
    :param start: earliest moment to measure from, naive UTC
    :param end: latest moment to measure until, naive UTC
    """

    def __init__(self, calendar, company, start, end):
        self._calendar = calendar.sudo()
        self._company = company
        day = (start - timedelta(days=start.weekday())).date()
        self._start = datetime.combine(day, datetime.min.time())
        self._end = self._start
        self._intervals = []
        self._working_time = None
        if self._calendar:
            self._read_until(max(end, start) + BLOCK)

    def _read_until(self, end):
        weeks = -(-(end - self._end) // timedelta(weeks=1))
        end = self._end + timedelta(weeks=weeks)
        domain = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [self._company.id, False]),
        ]
        found = self._calendar._work_intervals_batch(
            pytz.utc.localize(self._end), pytz.utc.localize(end), domain=domain
        )[False]
        # Attendances until midnight end one microsecond before it.
        self._intervals += [
            (round(first.timestamp()), round(last.timestamp())) for first, last, _meta in found
        ]
        self._end = end
        self._working_time = WorkingTime(self._intervals)

    def measure(self, start, end, pauses=()):
        """Return the seconds worked from start to end, outside the pauses; all naive UTC."""
        spans = [(_to_instant(first), _to_instant(last)) for first, last in pauses]
        working_time = self._working_time or WorkingTime([(_to_instant(start), _to_instant(end))])
        return working_time.measure(_to_instant(start), _to_instant(end), spans)

    def add(self, start, seconds, pauses=()):
        """Return the first moment by which ``seconds`` have been worked outside the pauses.

        :return: naive UTC; ``None`` when the calendar has not that much working time
        """
        spans = [(_to_instant(first), _to_instant(last)) for first, last in pauses]
        if not self._calendar:
            span = (_to_instant(start), _to_instant(max([start, *(p[1] for p in pauses)])))
            endless = WorkingTime([(span[0], span[1] + seconds)])
            return _to_moment(endless.add(_to_instant(start), seconds, spans))
        while True:
            found = self._working_time.add(_to_instant(start), seconds, spans)
            if found is not None:
                return _to_moment(found)
            if self._end > start + MAX_SPAN:
                return None
            self._read_until(self._end + MAX_SPAN / 4)


def _to_instant(moment):
    return pytz.utc.localize(moment).timestamp()


def _to_moment(instant):
    return datetime.fromtimestamp(round(instant), pytz.utc).replace(tzinfo=None)
