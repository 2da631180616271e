from contextlib import contextmanager

import psycopg2

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestAtOnce(TransactionCase):
    """The same twice at the same moment: real connections, real commits, and one of each."""

    def setUp(self):
        super().setUp()
        self.made = []
        self.addCleanup(self._forget)
        with self._connect() as env:
            customer = self._make(env, "res.partner", name="Twice at once")
            kind = self._make(env, "mail.activity.type", name="Twice at once")
            referrer = env["customer.referrer"]._get_for(customer, env.company)
            self.made.append((referrer._name, referrer.id))
            self.ids = (customer.id, kind.id, referrer.id)
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
        customer, kind, referrer = self.ids
        with self._connect() as env:
            for model, domain in (
                ("customer.referral", [("referrer_id", "=", referrer)]),
                ("crm.lead", [("email_from", "=", "twice@new.example")]),
                ("mail.mail", [("email_to", "=", "twice@new.example")]),
                ("mail.activity", [("activity_type_id", "=", kind)]),
                ("customer.bulk", [("line_ids.partner_id", "=", customer)]),
            ):
                env[model].with_context(active_test=False).search(domain).unlink()
            for model, id_ in reversed(self.made):
                env[model].browse(id_).exists().unlink()
            env["customer.refresh.queue"].search([]).unlink()
            env.cr.commit()

    def _do_at_once(self, step, count):
        """Do a step in two transactions that have both begun; then again, as Odoo does."""
        with self._connect() as early, self._connect() as late:
            self.assertEqual([count(early), count(late)], [0, 0])
            step(early)
            early.cr.commit()
            conflict = psycopg2.errors.SerializationFailure
            with self.assertRaises(conflict), mute_logger("odoo.sql_db"):
                step(late)
        with self._connect() as again:
            self.assertEqual(count(again), 1)
            step(again)
            self.assertEqual(count(again), 1)

    def test_a_friend_who_presses_the_button_twice(self):
        referrer_id = self.ids[2]

        def send(env):
            referrer = env["customer.referrer"].browse(referrer_id)
            answers = {"name": "Twice", "email": "twice@new.example"}
            env["customer.referral"]._register_by_link(referrer, answers)
            env.flush_all()

        self._do_at_once(
            send,
            lambda env: env["crm.lead"].search_count([("email_from", "=", "twice@new.example")]),
        )

    def test_two_who_plan_the_same_for_a_list(self):
        customer_id, kind_id, _referrer = self.ids

        def plan(env):
            window = env["customer.bulk.start"].create(
                {
                    "kind": "activity",
                    "partner_ids": [Command.set([customer_id])],
                    "activity_type_id": kind_id,
                    "date_deadline": fields.Date.today(),
                }
            )
            partners, left_out = window._split()
            bulk = env["customer.bulk"]
            bulk._start("activity", partners, left_out, window._get_options())
            env.flush_all()

        self._do_at_once(
            plan,
            lambda env: env["mail.activity"].search_count([("activity_type_id", "=", kind_id)]),
        )
