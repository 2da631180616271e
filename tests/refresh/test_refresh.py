from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import CustomerValueCommon

REFRESH_LOGGER = "odoo.addons.customer_value.models.refresh.customer_profile"


@tagged("post_install", "-at_install")
class TestRefresh(CustomerValueCommon):
    def _versions(self):
        """Row versions of all profiles: they change with every write, even an equal one."""
        self.env.flush_all()
        self.env.cr.execute("SELECT id, xmin::text, ctid::text FROM customer_profile ORDER BY id")
        return self.env.cr.fetchall()

    def _poison(self, poisoned):
        """Let the scores of some customers fail, as broken data would."""
        profiles = self.env.registry["customer.profile"]
        original = profiles._add_gaps

        def add_gaps(model, facts, today):
            if set(poisoned.ids) & set(facts.keys.tolist()):
                raise ZeroDivisionError("broken history")
            return original(model, facts, today)

        return patch.object(profiles, "_add_gaps", add_gaps)

    @freeze_time("2026-06-15")
    def test_second_run_writes_no_row(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self._invoice(self.other_customer, "2026-05-02", 100.1)
        self._run_nightly()
        versions = self._versions()
        self.assertEqual(len(versions), 2)
        self._run_nightly()
        self.env["customer.profile"]._refresh(self.company, self.customer.ids)
        self.assertEqual(self._versions(), versions)

    @freeze_time("2026-06-15")
    def test_poisoned_customer_does_not_stop_the_others(self):
        customers = self.env["res.partner"]
        for number in range(9):
            customers |= self._create_customer(f"Customer {number}")
            self._invoice(customers[-1], "2026-05-01", 100)
        bad = customers[4]
        with self._poison(bad), mute_logger(REFRESH_LOGGER):
            self._drain()
        good = self.env["customer.profile"].search([("partner_id", "in", customers.ids)])
        self.assertEqual(good.partner_id, customers - bad)
        failed = self.env["customer.refresh.queue"].search([])
        self.assertEqual(failed.partner_id, bad)
        self.assertIn("broken history", failed.error)
        self.assertEqual(self.env["customer.refresh.queue"]._count_waiting(), 0)

        failed.with_user(self.manager).action_retry()
        self._drain()
        self.assertTrue(self._profile(bad))
        self.assertFalse(self.env["customer.refresh.queue"].search([]))

    @freeze_time("2026-06-15")
    def test_poisoned_customer_in_the_nightly_run(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self._invoice(self.other_customer, "2026-05-01", 100)
        self.env["customer.refresh.queue"].search([]).unlink()
        with self._poison(self.customer), mute_logger(REFRESH_LOGGER):
            self._run_nightly()
        run = self.env["customer.refresh.run"].search([], limit=1)
        self.assertEqual((run.state, run.failed_count), ("done", 1))
        self.assertTrue(self._profile(self.other_customer).segment)
        failed = self.env["customer.refresh.queue"].search([("error", "!=", False)])
        self.assertEqual(failed.partner_id, self.customer)
        self._run_nightly()
        self.assertFalse(failed.exists(), "the next good run settles the failure")

    @freeze_time("2026-06-15")
    def test_crons(self):
        self._invoice(self.customer, "2026-05-01", 100)
        with self.enter_registry_test_mode():
            self.env.ref("customer_value.ir_cron_customer_value_refresh").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._profile(self.customer).revenue_total, 100)
        self.assertFalse(self.env["customer.refresh.queue"].search([]))
        with self.enter_registry_test_mode():
            self.env.ref("customer_value.ir_cron_customer_value_nightly").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._profile(self.customer).segment, "new")
        self.assertFalse(self.env["customer.refresh.range"].search([]))

    def test_nightly_opens_one_run_per_company_and_day(self):
        runs = self.env["customer.refresh.run"]
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        runs.search([]).unlink()
        with freeze_time("2026-06-15 12:00:00"):
            runs._open_due()
            runs._open_due()
            self.assertEqual(runs.search([]).company_id, self.env["res.company"].search([]))
            self.assertEqual(len(runs.search([])), len(runs.search([]).company_id))
        with freeze_time("2026-06-16 12:00:00"):
            runs._open_due()
        mine = runs.search([("company_id", "=", other.id)])
        self.assertEqual(mine.mapped("date"), [self._day("2026-06-16")], "the old one is given up")

    @freeze_time("2026-06-15")
    def test_ranges_cover_everybody_once(self):
        for number in range(7):
            self._invoice(self._create_customer(f"Customer {number}"), "2026-05-01", 10)
        run = self.env["customer.refresh.run"].create(
            {"company_id": self.company.id, "date": "2026-06-15"}
        )
        count = self.env["customer.refresh.range"]._create_for(run, size=3)
        self.assertEqual(count, 7)
        bounds = [(r.partner_from, r.partner_to) for r in run.range_ids.sorted("id")]
        self.assertEqual(len(bounds), 3)
        for (_start, end), (start, _end) in zip(bounds, bounds[1:], strict=False):
            self.assertLess(end, start)

    @freeze_time("2026-06-15")
    def test_event_refresh_is_placed_between_the_borders_of_the_last_run(self):
        for number in range(5):
            customer = self._create_customer(f"Customer {number}")
            for day in range(1, number + 2):
                self._invoice(customer, f"2026-05-0{day}", 100)
        self._run_nightly()
        self._invoice(self.customer, "2026-05-01", 100)
        self._invoice(self.customer, "2026-05-02", 100)
        self._drain()
        profile = self._profile(self.customer)
        twin = self._profile(self.env["res.partner"].search([("name", "=", "Customer 1")]))
        self.assertEqual(profile.rfm_frequency, twin.rfm_frequency)
        self.assertEqual(profile.rfm_monetary, twin.rfm_monetary)

    def test_requested_run_replaces_the_one_of_today(self):
        runs = self.env["customer.refresh.run"]
        runs.search([]).unlink()
        with freeze_time("2026-06-15 12:00:00"):
            runs._open_due()
            self.assertFalse(runs._open_due())
            self.company._request_full_refresh()
            self.company._request_full_refresh()
            self.assertEqual(len(runs.search([("state", "=", "requested")])), 2)
            self.assertEqual(runs._open_due(), self.company)
            mine = runs.search([("company_id", "=", self.company.id)])
            self.assertEqual(mine.mapped("state"), ["facts"])

    @freeze_time("2026-06-15")
    @mute_logger("odoo.addons.customer_value.models.refresh.customer_refresh_run")
    def test_run_that_fails_does_not_stop_the_others(self):
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        self._invoice(self.customer, "2026-05-01", 100)
        self._invoice(self.customer, "2026-05-01", 80, company=other)
        measure = type(self.env["customer.refresh.run"])._measure

        def fail_once(run):
            if run.company_id == self.company:
                raise ValueError("broken")
            return measure(run)

        with patch.object(type(self.env["customer.refresh.run"]), "_measure", fail_once):
            self._run_nightly(self.company | other)
        states = {
            run.company_id: run.state
            for run in self.env["customer.refresh.run"].search([], order="id desc", limit=2)
        }
        self.assertEqual(states, {self.company: "failed", other: "done"})
        self.assertFalse(self.env["customer.refresh.run"]._count_steps())
        failed = self.env["customer.refresh.run"].search([("state", "=", "failed")])
        self.assertIn("broken", failed.error)

    def test_profile_follows_the_currency_of_the_company(self):
        self._order(self.customer, confirm=False)
        self._drain()
        company = self._create_company("Zagros", self.env.ref("base.EUR"))
        self._profile(self.customer).sudo().currency_id = company.currency_id
        self._run_nightly()
        self.assertEqual(self._profile(self.customer).currency_id, self.company.currency_id)

    def test_snapshot_at_month_end(self):
        snapshots = self.env["customer.profile.snapshot"]
        with freeze_time("2026-05-20"):
            self._invoice(self.customer, "2026-05-01", 100)
            self._run_nightly()
            self.assertFalse(snapshots.search([]), "no month has ended since the install")
        with freeze_time("2026-06-02"):
            self._invoice(self.customer, "2026-06-02", 50)
            self._run_nightly()
            self._run_nightly()
            snapshot = snapshots.search([])
            self.assertEqual(snapshot.mapped("date"), [self._day("2026-05-31")])
            self.assertEqual(snapshot.revenue_total, 150)
            self.assertEqual(snapshot.occasion_count, 2)

    @freeze_time("2026-06-15")
    def test_profile_without_documents_goes_away(self):
        self.env["customer.tier"].search([]).active = False
        order = self._order(self.customer, confirm=False)
        self._drain()
        self.assertTrue(self._profile(self.customer))
        order.unlink()
        self._drain()
        self.assertFalse(self._profile(self.customer))

    def test_old_runs_are_collected(self):
        runs = self.env["customer.refresh.run"]
        values = {"company_id": self.company.id, "state": "done", "cutoffs": {}}
        old = runs.create({**values, "date": "2026-01-01"})
        last = runs.create({**values, "date": "2026-01-02"})
        with freeze_time("2026-06-15"):
            runs._gc_runs()
        self.assertFalse(old.exists())
        self.assertTrue(last.exists(), "its cutoffs are still in use")
