"""Boards of a company that reckons in Jalali months, around Nowruz 1405 (21 March 2026)."""

from datetime import date, datetime

from odoo.fields import Domain
from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon

NOW = "2026-04-25 09:00:00"  # 5 Ordibehesht 1405
ESFAND, FARVARDIN, ORDIBEHESHT = date(2026, 2, 20), date(2026, 3, 21), date(2026, 4, 21)


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestJalaliBoard(CustomerValueCommon):
    """Cohorts, pictures by month and their lists: the days before and after Nowruz are apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_calendar = "jalali"
        cls.company.resource_calendar_id.tz = "Asia/Tehran"
        cls.old, cls.new = (cls._create_customer(name) for name in ("Won in Esfand", "Won after"))
        # Both in March 2026: the last day of Esfand 1404, and the first of Farvardin 1405.
        cls._invoice(cls.old, date(2026, 3, 20), 100)
        cls._invoice(cls.new, date(2026, 3, 21), 40)
        for day in (date(2026, 4, 20), date(2026, 4, 21)):  # 31 Farvardin, 1 Ordibehesht
            cls._invoice(cls.old, day, 7)
        cls._run_nightly()

    def _board(self, name, days=365, lang="en_US"):
        env = self.env(user=self.manager)
        env = env(context={"allowed_company_ids": self.company.ids, "lang": lang})
        return env["customer.board"].get_board(name, days)

    def _chart(self, board, name):
        return next(chart for chart in self._board(board)["charts"] if chart["name"] == name)

    def _open(self, part, domain):
        action = part["action"]
        model = self.env[action["res_model"]].with_user(self.manager)
        return model.search(Domain(action["domain"]) & Domain(domain))

    def test_one_kind_of_digits_in_a_label(self):
        for lang, days in (("en_US", "90"), ("fa_IR", "۹۰")):
            labels = {tile["before_text"] for tile in self._board("service", 90, lang)["tiles"]}
            self.assertTrue(any(days in (label or "") for label in labels), labels)

    def test_cohorts_by_jalali_months(self):
        rows = self.env["customer.cohort"].search([("company_id", "=", self.company.id)])
        found = {
            (row.partner_id, row.first_month, row.month, row.age_months): row.revenue
            for row in rows
        }
        self.assertEqual(
            found,
            {
                (self.old, ESFAND, ESFAND, 0): 100,
                (self.old, ESFAND, FARVARDIN, 1): 7,
                (self.old, ESFAND, ORDIBEHESHT, 2): 7,
                (self.new, FARVARDIN, FARVARDIN, 0): 40,
            },
        )

    def test_grid_of_cohorts(self):
        grid = next(g for g in self._board("retention")["grids"] if g["name"] == "cohorts")
        self.assertEqual(len(grid["rows"]), 13)
        self.assertEqual(grid["rows"][-3:], [str(m) for m in (ESFAND, FARVARDIN, ORDIBEHESHT)])
        self.assertEqual(grid["rows"][0], "2025-04-21", "1 Ordibehesht 1404")
        esfand, farvardin = grid["cells"][-3], grid["cells"][-2]
        self.assertEqual([cell and cell["values"][0] for cell in esfand[:4]], [1, 1, 1, None])
        self.assertEqual([cell and cell["values"][0] for cell in farvardin[:2]], [1, None])
        self.assertEqual(self._open(grid, esfand[1]["domain"]).mapped("revenue"), [7])

    def test_a_gregorian_company_keeps_its_months(self):
        self.company.customer_calendar = "readers"
        rows = self.env["customer.cohort"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(rows.mapped("first_month")), {date(2026, 3, 1)})
        grid = next(g for g in self._board("retention")["grids"] if g["name"] == "cohorts")
        self.assertEqual(grid["rows"][-2:], ["2026-03-01", "2026-04-01"])
        self.assertEqual(grid["cells"][-2][0]["values"][0], 2)

    def test_customers_won_by_month(self):
        chart = self._chart("acquisition", "won_months")
        self.assertEqual(chart["labels"], [str(ESFAND), str(FARVARDIN)])
        self.assertEqual(chart["series"][0]["values"], [1, 1])
        self.assertEqual(self._open(chart, chart["domains"][1]).partner_id, self.new)

    def test_answers_by_jalali_months_of_the_company_s_days(self):
        """The last moments of 29 Esfand in Tehran are still 20 March there, and so in UTC."""
        answers = self.env["customer.feedback"]
        moments = (
            datetime(2026, 3, 20, 20, 29),  # 23:59 of 29 Esfand in Tehran
            datetime(2026, 3, 20, 20, 30),  # Nowruz
            datetime(2026, 3, 31, 12, 0),
            datetime(2026, 4, 1, 12, 0),
        )
        for moment, nps in zip(moments, (10, 0, 10, 10), strict=True):
            answers.create({"partner_id": self.old.id, "kind": "nps", "nps": nps, "date": moment})
        chart = self._chart("satisfaction", "nps_months")
        self.assertTrue(chart["is_month"])
        self.assertEqual(chart["labels"], [str(ESFAND), str(FARVARDIN)])
        counts = next(s["values"] for s in chart["series"] if s["label"] == "Answers")
        self.assertEqual(counts, [1, 3])
        scores = next(s["values"] for s in chart["series"] if s["label"] == "NPS")
        self.assertAlmostEqual(scores[0], 100)
        self.assertAlmostEqual(scores[1], 100 / 3)
        for place, count in enumerate(counts):
            self.assertEqual(len(self._open(chart, chart["domains"][place])), count)

    def test_snapshots_before_and_after_a_change_of_calendar(self):
        """Each month end is a point of its own, named by the month it ends."""
        for day in (date(2026, 2, 28), date(2026, 3, 20), date(2026, 4, 20)):
            self.env["customer.profile.snapshot"]._take(self.company, day)
        chart = self._chart("value", "months")
        self.assertEqual(chart["labels"], ["2026-02-01", str(ESFAND), str(FARVARDIN)])
        self.assertEqual(len(self._open(chart, chart["domains"][2])), 2)

    def test_outstanding_points_by_jalali_months(self):
        """What was earned on the last day of Esfand and on Nowruz is of two months."""
        program = self.env["loyalty.program"].create(
            {
                "name": "Points",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "company_id": self.company.id,
                "rule_ids": [],
                "customer_points": True,
                "customer_points_from": "2026-03-20",
                "customer_points_rate": 1.0,
            }
        )
        for day, amount in (("2026-03-20", 5), ("2026-03-21", 7)):
            with freeze_time(f"{day} 09:00:00"):
                self._pay(self._invoice(self.old, day, amount), day)
                self._drain()
        rows = self.env["customer.points.balance"].search(
            [("program_id", "=", program.id)], order="date"
        )
        told = [(row.date, row.earned, row.outstanding) for row in rows]
        expected = [
            (date(2026, 3, 20), 5, 5),
            (date(2026, 4, 20), 7, 12),
            (date(2026, 4, 25), 0, 12),
        ]
        self.assertEqual(told, expected)
        self.company.customer_calendar = "readers"
        self.env.flush_all()
        rows.invalidate_model()
        rows = rows.search([("program_id", "=", program.id)], order="date")
        self.assertEqual([row.earned for row in rows], [12, 0])
