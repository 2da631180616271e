from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.guard.transaction_notes import shielded
from ..common import CustomerValueCommon

LOGGER = "odoo.addons.customer_value.models.guard.transaction_notes"
# Every hook of ours in what others do with their documents: what it calls, model by model.
HOOKS = {
    "account.move": ("_get_customer_pairs", "_get_order_pairs", "_fix_cost"),
    "account.move.line": ("_fix_cost_of_moves",),
    "account.partial.reconcile": ("_get_customer_pairs",),
    "account.payment": ("_get_customer_pairs",),
    "sale.order": ("_get_customer_pairs",),
    "sale.order.line": ("_get_customer_pairs",),
    "stock.move": ("_get_customer_pairs",),
    "stock.picking": ("_get_customer_pairs",),
    "customer.refresh.queue": ("_insert", "_insert_noted", "_add_companies_above"),
    "customer.complaint": ("_find_by_results", "_follow_results", "_note_lost"),
}


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestFaults(CustomerValueCommon):
    """Whatever fails in our hooks, users post, pay, credit, deliver, take back and cancel."""

    @contextmanager
    def _poisoned(self, model, method, poison):
        def fail(records, *args, **kwargs):
            poison(records)
            raise AssertionError("the poison does nothing")

        with patch.object(self.env.registry[model], method, fail), mute_logger(LOGGER):
            yield

    @staticmethod
    def _divide_by_zero(records):
        raise ZeroDivisionError

    @staticmethod
    def _break_transaction(records):
        records.env.cr.execute("SELECT 1 / 0")

    def _do_everything(self):
        """Do what people do, each as themselves; return what must be there afterwards."""
        self.env.invalidate_all()
        invoice = self._create_move(self.customer, "2026-06-01", 100).with_user(self.accountant)
        invoice.action_post()
        self._pay(invoice, "2026-06-02")
        other = self._create_move(self.customer, "2026-06-03", 50).with_user(self.accountant)
        other.action_post()
        self.env.cr.flush()
        other.button_draft()
        other.button_cancel()
        refund = self._credit(invoice, "2026-06-04", 10)
        order = self._order(self.customer)
        picking = self._deliver(order)
        self._take_back(picking)
        late = self._order(self.customer)
        late._action_cancel()
        self.env.cr.flush()
        self.assertEqual(invoice.state, "posted")
        self.assertIn(invoice.payment_state, ("paid", "in_payment", "partial"))
        self.assertEqual(other.state, "cancel")
        self.assertEqual(refund.state, "posted")
        self.assertEqual(picking.state, "done")
        self.assertEqual(late.state, "cancel")
        return invoice, refund

    def _read(self):
        profile = self._profile(self.customer)
        names = ("revenue_total", "invoice_count", "delivery_count_total", "gross_profit_total")
        return {name: profile[name] for name in names}

    def test_no_fault_stops_anybody(self):
        for model, methods in HOOKS.items():
            for method in methods:
                with self.subTest(model=model, method=method), self.env.cr.savepoint():
                    with self._poisoned(model, method, self._divide_by_zero):
                        self._do_everything()

    def test_no_broken_statement_stops_anybody(self):
        """Of what is worked out before the commit: there our SQL runs."""
        for method in ("_insert", "_insert_noted"):
            with self.subTest(method=method), self.env.cr.savepoint():
                with self._poisoned("customer.refresh.queue", method, self._break_transaction):
                    self._do_everything()
        with self.env.cr.savepoint():
            fix = ("account.move.line", "_fix_cost_of_moves")
            with self._poisoned(*fix, self._break_transaction):
                self._do_everything()

    def test_queue_that_takes_nothing(self):
        """A table of ours that refuses every row, as after a failed upgrade or on a full disk."""
        self.env.cr.execute(
            "ALTER TABLE customer_refresh_queue ADD CONSTRAINT nothing CHECK (id IS NULL) NOT VALID"
        )
        with mute_logger(LOGGER, "odoo.sql_db"):
            self._do_everything()

    def test_nightly_run_makes_up_for_it(self):
        self._do_everything()
        self._run_nightly()
        right = self._read()
        self.assertEqual(right["invoice_count"], 1)
        self.company.customer_cost_cursor = self.env["account.move"].search([], limit=1).id + 999
        clean = self.env["res.partner"].create({"name": "Decoy", "is_company": True})
        self.customer = clean
        with self._poisoned("customer.refresh.queue", "_insert_noted", self._divide_by_zero):
            self._do_everything()
        lines = self.env["account.move.line"]
        while lines._fill_cost_batch(self.company, 100):
            pass
        self._run_nightly()
        self.assertEqual(self._read(), right)

    def test_fault_costs_only_its_own_note(self):
        """Where the cost cannot be fixed, the customer is queued all the same."""
        queue = self.env["customer.refresh.queue"]
        queue.search([]).unlink()
        with self._poisoned("account.move", "_fix_cost", self._divide_by_zero):
            self._invoice(self.customer, "2026-06-01", 100)
        self.assertEqual(queue.search([]).partner_id, self.customer)

    def test_fault_is_told_to_administrators(self):
        with (
            patch.object(
                self.env.registry["customer.refresh.queue"],
                "_insert",
                side_effect=ZeroDivisionError,
            ),
            self.assertLogs(LOGGER, "ERROR") as logs,
        ):
            self._invoice(self.customer, "2026-06-01", 100)
        self.assertIn("nightly run", logs.output[0])

    def test_fault_of_others_is_not_hidden(self):
        """What a user has written and the database refuses is theirs to be told."""
        tags = self.env["customer.complaint.tag"].create([{"name": "One"}, {"name": "Two"}])
        self.env.flush_all()
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(flush=False),
        ):
            tags[1].name = "One"  # waits to be written
            with shielded(self.env, "a task of ours"):
                pass
        self.env.invalidate_all(flush=False)
