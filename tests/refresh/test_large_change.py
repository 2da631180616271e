"""After an import, an install or any bulk change a run and a fit follow by themselves."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import CustomerValueCommon

RUN_LOGGER = "odoo.addons.customer_value.models.refresh.customer_refresh_run"


class LargeChangeCommon(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-06-15 10:00:00"))
        cls.runs = cls.env["customer.refresh.run"]
        cls.models = cls.env["customer.prediction.model"]

    @classmethod
    def _sell(cls, customers, day="2026-06-10", amount=100):
        for customer in customers:
            cls._invoice(customer, day, amount)

    @classmethod
    def _create_customers(cls, count, name="Shopper"):
        return cls.env["res.partner"].create(
            [{"name": f"{name} {number}", "is_company": True} for number in range(count)]
        )

    @classmethod
    def _start_with(cls, count):
        """A company whose borders stand between so many customers, and whose fit is made."""
        customers = cls._create_customers(count)
        cls._sell(customers, "2026-05-01")
        cls._drain()
        cls._follow()
        return customers

    @classmethod
    def _follow(cls):
        """Let the jobs do what was asked of them, until nothing is asked any more."""
        for _round in range(20):
            cls.env.flush_all()
            opened = cls.runs._open_due()
            while cls.runs._step():
                opened = True
            requests = cls.models.search([("state", "=", "requested")])
            for request in requests:
                request._fit()
            if not opened and not requests:
                break
        else:
            raise AssertionError("a run follows itself")
        cls.env.invalidate_all()

    def _get_last_reasons(self, after):
        runs = self.runs.search([("id", ">", after), ("company_id", "=", self.company.id)])
        return runs.sorted("id").mapped("reason")

    def _get_last_id(self, records):
        return records.search([], order="id desc", limit=1).id

    def _is_computing(self):
        self.env.flush_all()
        return self.runs._is_computing(self.company)

    def _count_triggers(self, name):
        cron = self.env.ref(f"customer_value.{name}")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])


@tagged("post_install", "-at_install")
class TestLargeChange(LargeChangeCommon):
    def test_run_and_fit_follow_an_import(self):
        self._start_with(4)
        run, model = self._get_last_id(self.runs), self._get_last_id(self.models)
        self.assertFalse(self._is_computing())
        newcomers = self._create_customers(40, "Imported")
        for number, customer in enumerate(newcomers):
            for month in range(number % 3 + 1):
                self._invoice(customer, f"2026-0{5 - month}-1{number % 10}", 100 * (number + 1))
        woken = self._count_triggers("ir_cron_customer_value_nightly")
        self._drain()
        self.assertTrue(self._is_computing())
        self.assertGreater(self._count_triggers("ir_cron_customer_value_nightly"), woken)
        woken = self._count_triggers("ir_cron_customer_value_prediction")
        self.assertEqual(self.runs._open_due(), self.company)
        while self.runs._step():
            self.assertTrue(self._is_computing())
        self.assertGreater(self._count_triggers("ir_cron_customer_value_prediction"), woken)
        self.assertTrue(self._is_computing(), "the fit is still to be made")
        self._follow()
        self.assertFalse(self._is_computing())
        self.assertEqual(self._get_last_reasons(run), ["change", "prediction"])
        fit = self.models.search([("id", ">", model)])
        self.assertEqual((fit.state, fit.is_after_change), ("active", True))
        scores = newcomers.customer_profile_id.mapped("rfm_monetary")
        self.assertEqual(set(scores), {1, 2, 3, 4, 5}, "they are compared with each other")

    def test_nothing_follows_a_small_change(self):
        """Two of forty are everyday work, and so is one who buys three times more."""
        customers = self._start_with(40)
        run = self._get_last_id(self.runs)
        self._sell(customers[:2])
        for day in ("2026-06-01", "2026-06-02", "2026-06-03"):
            self._invoice(customers[2], day, 100)
        self._drain()
        self.assertFalse(self._is_computing())
        self.assertFalse(self.runs._open_due())
        self.assertEqual(self._get_last_id(self.runs), run)

    def test_more_than_a_tenth_of_the_customers(self):
        """Of forty four are a tenth, five are more; the same one twice is one."""
        customers = self._start_with(40)
        for few in (customers[:3], customers[1:4], customers[:1]):
            self._sell(few)
            self._drain()
        self.assertFalse(self._is_computing())
        self._sell(customers[4])
        self._drain()
        self.assertTrue(self._is_computing())

    def test_history_grows_by_more_than_a_fifth(self):
        """Forty purchase days: eight more of one customer are a fifth, the ninth is more."""
        customers = self._start_with(40)
        for day in range(1, 9):
            self._invoice(customers[0], f"2026-06-0{day}", 10)
            self._drain()
        self.assertFalse(self._is_computing())
        self._invoice(customers[0], "2026-06-09", 10)
        self._drain()
        self.assertTrue(self._is_computing())

    def test_a_handful_of_customers(self):
        """A tenth of five is less than one: one and two who buy are everyday work, three not."""
        customers = self._start_with(5)
        self._sell(customers[:2])
        self._drain()
        self.assertFalse(self._is_computing())
        self._sell(customers[2])
        self._drain()
        self.assertTrue(self._is_computing())

    def test_the_first_customer_of_a_company(self):
        self.runs._open_due()
        self._follow()
        self._drain()
        self.assertFalse(self._is_computing(), "nobody to compute anything of")
        self._sell(self.customer)
        self._drain()
        self.assertTrue(self._is_computing())
        self.assertFalse(self._profile(self.customer).segment, "no borders yet")
        self._follow()
        self.assertFalse(self._is_computing())
        self.assertTrue(self._profile(self.customer).segment)

    def test_calls_and_quotations_change_no_borders(self):
        customers = self._start_with(12)
        for customer in customers:
            self._order(customer, confirm=False)
            self.env["customer.interaction"].create(
                {"partner_id": customer.id, "kind": "call", "direction": "out", "subject": "Hi"}
            )
        self._drain()
        self.assertFalse(self._is_computing())

    def test_what_is_taken_away_counts(self):
        customers = self._start_with(12)
        invoices = self.env["account.move"].search([("partner_id", "in", customers[:3].ids)])
        invoices.button_draft()
        self._drain()
        self.assertTrue(self._is_computing())

    def test_cost_filled_in_later_counts(self):
        """After an install the profits of all are unknown until the cost of the past is there."""
        customers = self._start_with(12)
        lines = self.env["account.move"].search([("partner_id", "in", customers.ids)]).line_ids
        lines.flush_recordset()
        self.env.cr.execute(
            "UPDATE account_move_line SET customer_cost = NULL WHERE id = ANY(%s)", [lines.ids]
        )
        self._run_nightly()
        self._follow()
        self.assertFalse(self._is_computing())
        self.env.cr.execute(
            "UPDATE account_move_line SET customer_cost = 60"
            " WHERE display_type = 'product' AND id = ANY(%s)",
            [lines.ids],
        )
        self.env["customer.refresh.queue"]._enqueue(
            {(customer.id, self.company.id) for customer in customers}, "cost"
        )
        self._drain()
        self.assertTrue(self._is_computing())

    def test_companies_do_not_mix(self):
        self._start_with(12)
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        self._follow()
        for customer in self._create_customers(5, "Foreign"):
            self._invoice(customer, "2026-06-10", 100, company=other)
        self._drain()
        self.assertFalse(self._is_computing())
        self.assertTrue(self.runs._is_computing(other))
        self.assertEqual(self.runs._open_due(), other)

    # === NO LOOP, NO HASTE === #

    def test_two_workers_ask_and_one_run_is_opened(self):
        customers = self._start_with(12)
        run = self._get_last_id(self.runs)
        self._sell(customers)
        self._drain()
        self.runs._request(self.company, "change")  # what the second worker could not see
        self._follow()
        self.assertEqual(self._get_last_reasons(run), ["change", "prediction"])

    def test_a_request_is_not_repeated(self):
        customers = self._start_with(12)
        for customer in customers:
            self._sell(customer)
            self._drain()
        self.assertEqual(self.runs.search_count([("state", "=", "requested")]), 1)

    def test_what_changes_during_a_run_is_not_forgotten(self):
        customers = self._start_with(12)
        run = self._get_last_id(self.runs)
        self._sell(customers)
        self._drain()
        self.runs._open_due()
        while self.runs.search([("state", "=", "facts")]):
            self.runs._step()
        self._sell(customers, "2026-06-11")
        self._drain()
        self.assertFalse(self.runs.search([("state", "=", "requested")]), "one is going on")
        self._follow()
        reasons = self._get_last_reasons(run)
        self.assertEqual(reasons.count("change"), 2)
        self.assertFalse(self._is_computing())

    def test_what_was_committed_just_after_the_borders_were_drawn(self):
        """A worker that began before noted its customers against the former borders."""
        self._start_with(12)
        run = self._get_last_id(self.runs)
        self.runs._open(self.company)
        while self.runs.search([("state", "=", "facts")]):
            self.runs._step()
        former = self.runs.browse(run)
        with patch.object(type(self.runs), "_get_border_run", lambda _self, _company: former):
            self._sell(self._create_customers(6, "Late"))
            self._drain()
        self._follow()
        self.assertIn("change", self._get_last_reasons(run))
        self.assertFalse(self._is_computing())

    def test_after_a_long_run_the_next_one_waits(self):
        customers = self._start_with(12)
        last = self.runs.search([("company_id", "=", self.company.id)], limit=1)
        now = fields.Datetime.now()
        last.write({"start_datetime": now - timedelta(minutes=3), "end_datetime": now})
        self._sell(customers)
        self._drain()
        self._sell(customers, "2026-06-11")
        self._drain()
        self.assertFalse(self.runs.search([("state", "=", "requested")]))
        self.assertFalse(self.runs._open_due())
        self.assertTrue(self._is_computing())
        cron = self.env.ref("customer_value.ir_cron_customer_value_nightly")
        later = now + timedelta(minutes=12)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(len(triggers.filtered(lambda t: t.call_at == later)), 1)
        with freeze_time(later):
            self.assertEqual(self.runs._open_due(), self.company)

    @mute_logger(RUN_LOGGER)
    def test_a_run_that_failed_is_not_tried_again_at_once(self):
        customers = self._start_with(12)
        self._sell(customers)
        self._drain()
        with patch.object(type(self.runs), "_measure", side_effect=ValueError("broken")):
            self._follow()
        self.assertEqual(self.runs.search([], order="id desc", limit=1).state, "failed")
        self.assertFalse(self._is_computing(), "nothing is being computed")
        self._sell(customers, "2026-06-12")
        self._drain()
        self.assertFalse(self.runs._open_due())
        with freeze_time("2026-06-16 10:00:00"):
            self.assertIn(self.company, self.runs._open_due())
            self.assertTrue(self._is_computing())

    def test_fits_of_busy_days_are_collected(self):
        customers = self._start_with(12)
        for day in ("2026-06-01", "2026-06-02"):
            self._sell(customers, day)
            self._drain()
            self._follow()
        fits = self.models.search([("company_id", "=", self.company.id)])
        self.assertEqual(fits.mapped("state"), ["active", "superseded", "superseded"])
        with freeze_time("2026-08-15"):
            self.models._gc_models()
        self.assertEqual(fits.exists().mapped("state"), ["active"])

    def test_night_and_settings_say_nothing_of_being_computed(self):
        self._start_with(12)
        for ask in (lambda: self.runs._open(self.company), self.company._request_full_refresh):
            ask()
            self.assertFalse(self._is_computing())
        self._follow()

    def test_runs_of_the_version_before_are_followed_by_one(self):
        """They did not say how many customers they had compared."""
        self._start_with(12)
        self.env.cr.execute("UPDATE customer_refresh_run SET compared_count = NULL")
        self.env.invalidate_all()
        self.assertTrue(self._is_computing())
        self.assertIn(self.company, self.runs._open_due())
        self._follow()
        self.assertFalse(self._is_computing())
