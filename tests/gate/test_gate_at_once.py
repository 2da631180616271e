from contextlib import contextmanager

import psycopg2

from odoo import SUPERUSER_ID, Command, api
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestGateAtOnce(TransactionCase):
    """Two who ask for the same complaint at the same time: real connections, real commits."""

    def setUp(self):
        super().setUp()
        self.made = []
        self.addCleanup(self._forget)
        with self._connect() as env:
            env.company.write(
                {"customer_complaint_is_limited": True, "customer_complaint_approval_limit": 100}
            )
            partner = self._make(env, "res.partner", name="Asks at once")
            product = self._make(env, "product.product", name="Desk at once", list_price=60)
            complaint = self._make(
                env, "customer.complaint", subject="At once", partner_id=partner.id
            )
            line = {"product_id": product.id, "quantity": 1, "price_unit": 60}
            self.ids = [
                env["customer.complaint.resolution"]
                .create(
                    {
                        "complaint_id": complaint.id,
                        "kind": "replacement",
                        "line_ids": [Command.create(line)],
                    }
                )
                .id
                for _number in range(2)
            ]
            env.cr.commit()

    def _make(self, env, model, **values):
        record = env[model].create(values)
        self.made.append((model, record.id))
        return record

    @contextmanager
    def _connect(self):
        with self.env.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})
            cr.rollback()

    def _forget(self):
        with self._connect() as env:
            env.company.write({"customer_complaint_is_limited": False})
            for model, id_ in reversed(self.made):
                env[model].browse(id_).exists().unlink()
            env["customer.refresh.queue"].search([]).unlink()
            env.cr.commit()

    def test_two_halves_of_a_large_sum(self):
        with self._connect() as early, self._connect() as late:
            first, second = (
                env["customer.complaint.resolution"].browse(id_)
                for env, id_ in zip((early, late), self.ids, strict=True)
            )
            self.assertEqual(second.state, "draft")  # its transaction has begun
            self.assertFalse(first._needs_approval())
            first.state = "approved"
            early.cr.commit()
            conflict = psycopg2.errors.SerializationFailure
            with self.assertRaises(conflict), mute_logger("odoo.sql_db"):
                second._needs_approval()  # Odoo calls again after this error
        with self._connect() as again:
            second = again["customer.complaint.resolution"].browse(self.ids[1])
            self.assertTrue(second._needs_approval())
