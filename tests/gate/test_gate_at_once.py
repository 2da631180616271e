from contextlib import contextmanager

import psycopg2

from odoo import SUPERUSER_ID, Command, api
from odoo.tests import TransactionCase, new_test_user, tagged
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
            clerk = new_test_user(env, "atonce", "customer_value.customer_value_group_user")
            self.made += [("res.partner", clerk.partner_id.id), ("res.users", clerk.id)]
            self.clerk_id = clerk.id
            product = self._make(env, "product.product", name="Desk at once", list_price=60)
            dear = self._make(env, "product.product", name="Dear at once", list_price=900)
            self.dear_id = dear.id
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

    def _browse(self, env, id_):
        """Return a request as somebody of the service, who may not make it."""
        return env["customer.complaint.resolution"].with_user(self.clerk_id).browse(id_)

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

    def test_goods_changed_while_they_are_confirmed(self):
        """Of the same amount, so that only the line is written; whoever comes second is refused."""
        for first in ("confirmed", "changed"):
            with self.subTest(first=first), self._connect() as one, self._connect() as two:
                steps = {
                    "confirmed": lambda env, id_: self._browse(env, id_).action_confirm(),
                    "changed": lambda env, id_: self._browse(env, id_).line_ids.write(
                        {"product_id": self.dear_id}
                    ),
                }
                id_ = self.ids[first == "changed"]
                for env in (one, two):  # both transactions have begun
                    self.assertEqual(self._browse(env, id_).line_ids.product_id.list_price, 60)
                steps.pop(first)(one, id_)
                one.cr.commit()
                (late,) = steps.values()
                conflict = psycopg2.errors.SerializationFailure
                with self.assertRaises(conflict), mute_logger("odoo.sql_db"):
                    late(two, id_)
                    two.cr.flush()

    def test_complaint_moved_while_a_return_is_asked_for(self):
        """Whatever is asked for, limited or not: the complaint is changed before or after."""
        with self._connect() as one, self._connect() as two:
            early = one["customer.complaint.resolution"].browse(self.ids[0])
            late = two["customer.complaint.resolution"].browse(self.ids[0])
            early.complaint_id.company_id.customer_complaint_is_limited = False
            self.assertEqual(late.complaint_id.partner_id.name, "Asks at once")
            self.assertFalse(early._needs_approval())
            one.cr.commit()
            conflict = psycopg2.errors.SerializationFailure
            with self.assertRaises(conflict), mute_logger("odoo.sql_db"):
                late.complaint_id.partner_id = False
                two.cr.flush()
