import random
from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import AcquisitionCommon

RATIOS = ["cost:sum", "won_count:sum", "cost_per_customer:avg", "value_to_cost:avg",
          "payback_months:avg"]  # fmt: skip


@freeze_time("2026-06-15 09:00:00")
@tagged("post_install", "-at_install")
class TestAcquisitionCost(AcquisitionCommon):
    """What sources cost and bring: by hand, from bills, by cohort; every number opens its rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.costs = cls.env["customer.acquisition.cost"]
        cls.report = cls.env["customer.acquisition.report"]

    def _spend(self, amount, start, end=None, source=None, **values):
        return self.costs.with_user(self.manager).create(
            {
                "name": "Stand",
                "source_id": (source or self.fair).id,
                "date_from": start,
                "date_to": end or start,
                "amount": amount,
                **values,
            }
        )

    def _won(self, day, source=None, profit=None, value=None, **values):
        customer = self._create_customer("Won")
        self.env["customer.profile"].create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "occasion_count": 1,
                "first_occasion_date": day,
                "net_profit_total": profit,
                "lifetime_value": value,
            }
        )
        self.rows.create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "date": day,
                "source_id": source.id if source else False,
                **values,
            }
        )
        return customer

    def _read(self, domain=(), groupby=("source_id",), user=None):
        rows = self.report.with_user(user or self.manager)._read_group(
            [("company_id", "=", self.company.id), *domain], list(groupby), RATIOS
        )
        return {row[: len(groupby)]: row[len(groupby) :] for row in rows}

    def _bill(self, account, amount, day="2026-02-10", move_type="in_invoice"):
        bill = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.rival.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Stand",
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                            "analytic_distribution": {str(account.id): 100},
                        }
                    )
                ],
            }
        )
        bill.action_post()
        return bill

    def _map(self, source, plan=None):
        plan = plan or self.env["account.analytic.plan"].create({"name": "Marketing"})
        account = self.env["account.analytic.account"].create({"name": "Fair", "plan_id": plan.id})
        self.env["customer.acquisition.account"].create(
            {"analytic_account_id": account.id, "source_id": source.id}
        )
        return account

    def test_the_example_of_the_docs(self):
        self._spend(900, "2026-01-01", "2026-03-31")
        self._bill(self._map(self.fair), 300)
        for value, profit in ((1500, 100), (900, 97), (None, 100), (None, 100)):
            self._won("2026-01-15", self.fair, profit=profit, value=value)
        cost, won, each, ratio, payback = self._read()[(self.fair,)]
        self.assertEqual((cost, won, each, ratio), (1200, 4, 300, 4))
        self.assertAlmostEqual(payback, 15.0, 1)

    def test_a_period_is_spread_over_its_days_and_adds_up(self):
        self._spend(100, "2026-01-20", "2026-03-05")
        rows = self.report.search([("kind", "=", "hand")], order="date")
        self.assertEqual(
            [str(row.date) for row in rows], ["2026-01-20", "2026-02-01", "2026-03-01"]
        )
        self.assertEqual([round(row.cost, 2) for row in rows], [26.67, 62.22, 11.11])
        rng = random.Random(3)
        for _number in range(40):
            start = date(2024, 1, 1) + timedelta(days=rng.randrange(700))
            days, amount = rng.randrange(1000), round(rng.uniform(0, 5000), 2)
            cost = self._spend(amount, start, start + timedelta(days=days))
            total = sum(self.report.search([("cost_id", "=", cost.id)]).mapped("cost"))
            self.assertAlmostEqual(total, amount, 2)

    def test_bills_count_once_posted_and_refunds_take_back(self):
        account = self._map(self.radio)
        bill = self._bill(account, 500)
        self._bill(account, 120, move_type="in_refund")
        draft = self._bill(account, 70)
        draft.button_draft()
        self._invoice(self.customer, "2026-02-01", 999)
        self.assertEqual(self._read()[(self.radio,)][0], 380)
        row = self.report.search([("move_id", "=", bill.id)])
        self.assertEqual(row.with_user(self.manager).action_open_document()["res_id"], bill.id)

    def test_a_bill_on_accounts_of_two_plans_counts_once(self):
        one = self._map(self.radio)
        two = self._map(self.fair, self.env["account.analytic.plan"].create({"name": "Other"}))
        self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.rival.id,
                "invoice_date": "2026-02-10",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Both",
                            "price_unit": 100,
                            "tax_ids": [Command.clear()],
                            "analytic_distribution": {f"{one.id},{two.id}": 100},
                        }
                    )
                ],
            }
        ).action_post()
        self.assertEqual(sum(values[0] for values in self._read().values()), 100)

    def test_cohorts_campaigns_and_what_is_not_known(self):
        self._spend(100, "2026-01-10", campaign_id=self.spring.id)
        self._spend(60, "2026-05-10")
        self._won("2026-02-01", self.fair, campaign_id=self.spring.id, value=200, profit=-5)
        self._won("2026-05-01", self.fair, value=None, profit=None)
        self._won("2026-05-02", None, value=50, profit=10)
        by_quarter = self._read(groupby=("source_id", "date:quarter"))
        first = by_quarter[(self.fair, date(2026, 1, 1))]
        second = by_quarter[(self.fair, date(2026, 4, 1))]
        self.assertEqual(first, (100, 1, 100, 2, False))  # no profit: never paid back
        self.assertEqual(second, (60, 1, 60, False, False))
        unknown = self._read()[(self.env["utm.source"],)]
        self.assertEqual(unknown, (0, 1, 0, False, 0))
        by_campaign = self._read(groupby=("campaign_id",))
        self.assertEqual(by_campaign[(self.spring,)][:2], (100, 1))

    def test_every_group_adds_up_to_its_rows(self):
        rng = random.Random(5)
        for _number in range(30):
            day = date(2026, 1, 1) + timedelta(days=rng.randrange(160))
            source = rng.choice([self.fair, self.radio, None])
            self._won(day, source, profit=rng.uniform(-9, 99), value=rng.choice([None, 70]))
            self._spend(rng.randrange(90), day, day + timedelta(days=rng.randrange(60)))
        for groups in (("source_id",), ("source_id", "date:month"), ("date:quarter",)):
            for row in self.report._read_group(
                [],
                list(groups),
                [*RATIOS, "lifetime_value:sum", "valued_count:sum", "id:recordset"],
            ):
                cost, won, each, ratio, _payback, value, valued, records = row[len(groups) :]
                self.assertAlmostEqual(cost, sum(records.mapped("cost")), 2)
                self.assertEqual(won, sum(records.mapped("won_count")))
                if won:
                    self.assertAlmostEqual(each, cost / won, 4)
                if valued and cost:
                    self.assertAlmostEqual(ratio, value / valued * won / cost, 4)

    def test_customers_follow_real_sales(self):
        self._order(self.customer, source_id=self.fair.id)
        self._invoice(self.customer, "2026-06-14", 100, source_id=self.fair.id)
        self._refresh(self.customer)
        row = self.report.search([("partner_id", "=", self.customer.id)])
        self.assertEqual((row.source_id, str(row.date)), (self.fair, "2026-06-14"))

    def test_who_may_enter_and_see_costs(self):
        cost = self._spend(100, "2026-01-10")
        for user in (self.salesperson, self.own_salesperson, self.stock_user):
            for model in (self.costs, self.report, self.env["customer.acquisition.account"]):
                with self.assertRaises(AccessError):
                    model.with_user(user).search([])
        self.assertEqual(self._read(user=self.accountant)[(self.fair,)][0], 100)
        with self.assertRaises(AccessError):
            cost.with_user(self.accountant).amount = 5
        for values in ({"amount": -1}, {"date_to": "2025-01-01"}, {"date_to": "2036-01-01"}):
            with self.assertRaises(Exception) as caught, self.cr.savepoint():
                cost.write(values)
            self.assertIn(type(caught.exception).__name__, ("CheckViolation", "ValidationError"))

    def test_amounts_of_two_currencies_make_no_ratio(self):
        """A hundred of one currency and a hundred of another are not two hundred of anything."""
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        other.currency_id = self.env["res.currency"].search(
            [("id", "!=", self.company.currency_id.id)], limit=1
        )
        self.manager.company_ids |= other
        self._won("2026-01-15", self.fair, profit=100, value=1500)
        self._spend(300, "2026-01-01")
        self._spend(700, "2026-01-01", company_id=other.id)
        self.env.flush_all()
        both = self.report.with_user(self.manager).with_context(
            allowed_company_ids=(self.company | other).ids
        )
        ratios = ["cost_per_customer:avg", "value_to_cost:avg", "payback_months:avg"]
        self.assertEqual(both._read_group([], [], ratios), [(False, False, False)])
        own = dict((row[0], row[1:]) for row in both._read_group([], ["company_id"], ratios))
        self.assertEqual(own[self.company][:2], (300, 5))

    def test_the_company_above_has_paid_for_its_branch(self):
        """Its customers are counted above, and so is what winning them has cost."""
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.manager.company_ids |= branch
        self._won("2026-01-15", self.fair, profit=100, value=1500)
        self._spend(300, "2026-01-01")
        self._spend(700, "2026-01-01", "2026-02-28", company_id=branch.id)
        self.env.flush_all()
        report = self.report.with_user(self.manager)
        above = report.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(above._read_group([], [], ["cost:sum"]), [(1000,)])
        self.assertEqual(above.search([]).company_id, self.company)
        below = report.with_context(allowed_company_ids=branch.ids)
        self.assertEqual(below._read_group([], [], ["cost:sum"]), [(700,)])
        both = report.with_context(allowed_company_ids=(self.company | branch).ids)
        rows = both.search([("kind", "=", "hand")])
        self.assertEqual(len(set(rows.ids)), 1 + 2 * 2)
        self.assertEqual(
            dict(both._read_group([], ["company_id"], ["cost:sum"])),
            {self.company: 1000, branch: 700},
        )

    def test_another_company_sees_and_names_nothing(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        theirs = self.costs.sudo().create(
            {
                "name": "Theirs",
                "source_id": self.fair.id,
                "amount": 10,
                "company_id": other.id,
                "date_from": "2026-01-01",
            }
        )
        self.env.flush_all()
        self.assertFalse(self.report.with_user(self.manager).search([("cost_id", "=", theirs.id)]))
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).read(["amount"])
        with self.assertRaises(AccessError):
            self._spend(5, "2026-01-01", company_id=other.id)
        account = self.env["account.analytic.account"].create(
            {
                "name": "Theirs",
                "company_id": other.id,
                "plan_id": self.env["account.analytic.plan"].create({"name": "P"}).id,
            }
        )
        with self.assertRaises(UserError):
            self.env["customer.acquisition.account"].with_user(self.manager).create(
                {"analytic_account_id": account.id, "source_id": self.fair.id}
            )
