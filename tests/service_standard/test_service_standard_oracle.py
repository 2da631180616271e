"""Deadlines against an oracle that counts working minutes one by one.

The oracle knows calendars only as a time zone, hours per weekday and holidays; it uses Python's
own time zones, not those of Odoo, and shares no code with the addon.
"""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ...models.base.working_calendar import WorkingCalendar
from .common import StandardCommon

MINUTE = timedelta(minutes=1)
OFFICE = ((8, 12), (13, 17))
NIGHT = ((0, 4), (22, 24))
# name -> (time zone, weekday -> hours); 0 is Monday
WEEKS = {
    "tehran": ("Asia/Tehran", {day: OFFICE for day in (5, 6, 0, 1, 2)}),
    "london": ("Europe/London", {day: OFFICE for day in range(5)}),
    "new york": ("America/New_York", {day: ((9, 12), (12, 18)) for day in range(5)}),
    # These work through the nights in which the clocks change.
    "london nights": ("Europe/London", {day: NIGHT for day in (5, 6, 0)}),
    "new york nights": ("America/New_York", {day: NIGHT for day in (5, 6, 0)}),
    "new york always": ("America/New_York", {day: ((0, 24),) for day in range(7)}),
}
# Days before a change of the clocks, and a new year. Iran changed them until 2022.
STARTS = (
    datetime(2022, 3, 20),
    datetime(2022, 9, 19),
    datetime(2026, 3, 6),
    datetime(2026, 3, 27),
    datetime(2026, 10, 23),
    datetime(2026, 10, 30),
    datetime(2026, 12, 30),
)


class Oracle:
    def __init__(self, week, leaves, pauses):
        zone, self.hours = WEEKS[week]
        self.zone = ZoneInfo(zone)
        self.closed = (*leaves, *pauses)

    def works(self, moment):
        local = moment.replace(tzinfo=timezone.utc).astimezone(self.zone)
        hour = local.hour + local.minute / 60
        spans = self.hours.get(local.weekday(), ())
        return any(start <= hour < end for start, end in spans) and not any(
            start <= moment < end for start, end in self.closed
        )

    def measure(self, start, end):
        minutes = 0
        while start < end:
            minutes += self.works(start)
            start += MINUTE
        return minutes

    def add(self, start, minutes):
        while minutes:
            minutes -= self.works(start)
            start += MINUTE
        return start


def spans(draw, origin, size):
    """Disjoint times in the three weeks from the origin on, in order."""
    offsets = sorted(draw(st.lists(st.integers(0, 21 * 24 * 60), unique=True, max_size=size * 2)))
    moments = [origin + offset * MINUTE for offset in offsets]
    return list(zip(moments[0::2], moments[1::2], strict=False))


@st.composite
def cases(draw):
    origin = draw(st.sampled_from(STARTS))
    return {
        "week": draw(st.sampled_from(sorted(WEEKS))),
        "start": origin + draw(st.integers(0, 6 * 24 * 60)) * MINUTE,
        "minutes": draw(st.integers(1, 40 * 60)),
        "leaves": spans(draw, origin, 3),
        "pauses": spans(draw, origin, 3),
    }


steps = st.lists(
    st.tuples(
        st.integers(1, 3 * 24 * 60), st.sampled_from(("wait", "resume", "answer", "severity"))
    ),
    max_size=6,
)
relaxed = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
)


@tagged("post_install", "-at_install")
class TestServiceStandardOracle(StandardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendars = {
            name: cls._create_calendar(
                zone, [(day, *hours) for day, spans in week.items() for hours in spans]
            )
            for name, (zone, week) in WEEKS.items()
        }

    def _set_leaves(self, calendar, leaves):
        calendar.global_leave_ids.unlink()
        for start, end in leaves:
            self._create_leave(calendar, start, end)

    @relaxed
    @given(cases())
    def test_calendar(self, case):
        calendar = self.calendars[case["week"]]
        self._set_leaves(calendar, case["leaves"])
        oracle = Oracle(case["week"], case["leaves"], case["pauses"])
        working = WorkingCalendar(calendar, self.company, case["start"], case["start"])
        expected = oracle.add(case["start"], case["minutes"])
        deadline = working.add(case["start"], case["minutes"] * 60, case["pauses"])
        self.assertEqual(deadline, expected)
        for end in (expected - MINUTE, expected, expected + timedelta(days=3)):
            self.assertEqual(
                working.measure(case["start"], end, case["pauses"]),
                oracle.measure(case["start"], end) * 60,
            )

    @relaxed
    @given(cases())
    def test_calendar_agrees_with_odoo(self, case):
        """Without pauses, Odoo's own way (slower: it reads the calendar for each).

        It loses a microsecond at midnight, and then the rest of the night.
        """
        assume(case["week"] in ("tehran", "london", "new york"))
        calendar = self.calendars[case["week"]]
        self._set_leaves(calendar, case["leaves"])
        working = WorkingCalendar(calendar, self.company, case["start"], case["start"])
        planned = calendar.plan_hours(case["minutes"] / 60, case["start"], compute_leaves=True)
        deadline = working.add(case["start"], case["minutes"] * 60)
        self.assertLess(abs(planned - deadline), timedelta(seconds=1))

    @relaxed
    @given(cases(), steps)
    def test_life_of_a_complaint(self, case, moves):
        """Waiting, going on, answering and changing severity, step by step."""
        calendar = self.calendars[case["week"]]
        self._set_leaves(calendar, case["leaves"])
        self.team.calendar_id = calendar
        minutes = case["minutes"]
        self.env["customer.service.standard"].search([]).active = False
        self._create_standard(first_response_hours=0, solution_hours=minutes / 60)
        start = now = case["start"]
        with self._at(now):
            complaint = self._complain()
        pauses, waiting = [], None
        for wait, action in moves:
            now += wait * MINUTE
            with self._at(now):
                waiting = self._do(complaint, action, now, waiting, pauses)
        with self._at(now):
            self._watch()
        deadline = complaint.deadline_ids
        used = Oracle(case["week"], case["leaves"], pauses)
        if waiting is not None and used.measure(start, waiting) < minutes:
            self.assertEqual(deadline.state, "paused")
            self.assertFalse(deadline.deadline_date)
        else:
            expected = used.add(start, minutes)
            self.assertEqual(deadline.deadline_date, expected)
            self.assertEqual(deadline.state, "missed" if now > expected else "running")
        end = now + timedelta(hours=1)
        with self._at(end):
            self._close(complaint)
        if waiting is not None:
            pauses.append((waiting, end))
        expected = Oracle(case["week"], case["leaves"], pauses).measure(start, end)
        pauseless = Oracle(case["week"], case["leaves"], [])
        self.assertAlmostEqual(complaint.solution_hours, expected / 60, delta=0.0051)
        self.assertAlmostEqual(deadline.used_hours, expected / 60, delta=0.0051)
        paused = pauseless.measure(start, end) - expected
        self.assertAlmostEqual(deadline.paused_hours, paused / 60, delta=0.0051)

    def _do(self, complaint, action, now, waiting, pauses):
        """Do one step as a user would; return since when the complaint waits."""
        if action == "wait":
            complaint.stage_id = self.stage_waiting
            return now if waiting is None else waiting
        if action == "resume":
            complaint.stage_id = self.stage_new
            if waiting is not None:
                pauses.append((waiting, now))
            return None
        if action == "answer":
            complaint.first_response_date = now
        else:
            complaint.severity = "2" if complaint.severity == "1" else "1"
        return waiting
