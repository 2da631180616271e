import random

from odoo.tests import tagged

from ..complaint.common import ComplaintCommon

SEEDS = range(6)
STEPS = 25


@tagged("post_install", "-at_install")
class TestComplaintSolvingHistories(ComplaintCommon):
    """Whatever happens in whatever order, nothing is solved while something is to be made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order, cls.invoice = cls._sell(500)

    def _ask(self):
        kind = self.draw.choice(("credit", "replacement"))
        wanted = self._ask_for(self.complaint.with_user(self.service), kind)
        wanted.line_ids.quantity = 1
        wanted.action_confirm()

    def _do_with_one(self, records, method):
        if records:
            getattr(self.draw.choice(records), method)()

    def _make(self):
        self._do_with_one(self._get_approved(), "action_make")

    def _refuse(self):
        self._do_with_one(self._get_approved(), "action_refuse")

    def _get_approved(self):
        return self.complaint.resolution_ids.filtered(lambda r: r.state == "approved")

    def _post(self):
        self._do_with_one(self._get_notes("draft"), "action_post")

    def _cancel(self):
        self._do_with_one(self._get_notes("draft"), "button_cancel")

    def _delete(self):
        self._do_with_one(self._get_notes("draft"), "unlink")

    def _reset(self):
        self._do_with_one(self._get_notes("posted"), "button_draft")

    def _get_notes(self, state):
        return self.complaint.credit_note_ids.filtered(lambda move: move.state == state)

    def _confirm(self):
        self._do_with_one(self._get_orders("draft"), "action_confirm")

    def _get_orders(self, state):
        return self.complaint.replacement_ids.filtered(lambda order: order.state == state)

    def _send(self):
        for order in self._get_orders("sale")[:1]:
            self._deliver(order)

    def _solve(self):
        self.complaint.with_user(self.service).action_solve()

    def _reopen(self):
        self.complaint.with_user(self.service).action_reopen()

    def _is_missing(self):
        """Read it from the documents, naively."""
        complaint = self.complaint
        return (
            any(r.state in ("to_approve", "approved") for r in complaint.resolution_ids)
            or any(move.state == "draft" for move in complaint.credit_note_ids)
            or any(
                order.state == "draft"
                or any(picking.state not in ("done", "cancel") for picking in order.picking_ids)
                for order in complaint.replacement_ids
            )
        )

    def test_histories(self):
        steps = (self._ask, self._make, self._refuse, self._post, self._cancel, self._delete)
        steps += (self._reset, self._confirm, self._send, self._solve, self._solve, self._reopen)
        closed_by_itself = held = 0
        for seed in SEEDS:
            self.draw = random.Random(seed)
            self.complaint = self._complain(
                self.manager,
                invoice_line_id=self.invoice.invoice_line_ids.id,
                resolution="Made good",
            )
            for number in range(STEPS):
                before = bool(self.complaint.close_date)
                step = self.draw.choice(steps)
                step()
                self.complaint.invalidate_recordset()
                where = (seed, number, step.__name__)
                is_missing, is_closed = self._is_missing(), bool(self.complaint.close_date)
                self.assertEqual(is_closed, self.complaint.stage_id.is_solved, where)
                if is_closed and not before:
                    self.assertFalse(is_missing, where)
                    closed_by_itself += step != self._solve
                if self.complaint.solving_stage_id:
                    held += 1
                    self.assertTrue(is_missing and not is_closed, where)
                if is_missing and is_closed:
                    self.assertIn("Solved, but", self.complaint.outstanding_notice, where)
                self.assertEqual(bool(self.complaint.outstanding_notice), is_missing, where)
        self.assertGreater(held, 10)
        self.assertGreater(closed_by_itself, 1)
