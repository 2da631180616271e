from odoo.tests import freeze_time, tagged

from ...models.refresh.customer_refresh_queue import NOTIFIED_KEY, REFRESH_CRON
from .common import ApiCommon

# What cannot be the same: the row itself and when it was made, and the key of the request.
OWN = ("id", "create_date", "write_date", "request_key", "request_hash")


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestApiParity(ApiCommon):
    """Interactions that programs log are inserted by SQL: nothing the ORM does may be missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson.sale_team_id = cls.env["crm.team"].create({"name": "Desk"})
        cls.reason = cls.env["customer.interaction.reason"].create({"name": "Delivery"})

    def _ask(self, partner):
        return self.env["customer.interaction"].create(
            {
                "kind": "email",
                "direction": "in",
                "date": "2026-06-15 08:00:00",
                "partner_id": partner.id,
                "needs_answer": True,
            }
        )

    def _values(self, partner, **values):
        return {
            "kind": "call",
            "direction": "out",
            "date": "2026-06-15 09:00:00",
            "duration_minutes": 12.5,
            "subject": "About the desks",
            "note": "One\nTwo",
            "outcome": "reached",
            "reason_id": self.reason.id,
            "needs_answer": False,
            "partner_id": partner.id,
            **values,
        }

    def _log_by_api(self, partner, **values):
        values = self._values(partner, **values)
        [answer] = self._log(key="k1", user_login="sam", **values)
        return self.env["customer.interaction"].browse(answer["id"])

    def _log_by_orm(self, partner, **values):
        interactions = self.env["customer.interaction"].with_user(self.program).sudo()
        values = self._values(partner, **values)
        return interactions.create({**values, "user_id": self.salesperson.id}).with_env(self.env)

    def _get_traces(self, log, **values):
        """Return all that logging leaves for a new customer, without what differs by nature."""
        customer = self._create_customer("Somebody")
        question = self._ask(customer)
        cr = self.env.cr
        self.env.cr.flush()
        self.env["customer.refresh.queue"].search([]).unlink()
        self.env["ir.cron.trigger"].search([]).unlink()
        cr.postcommit.data.pop(NOTIFIED_KEY, None)
        cr.postcommit.clear()
        record = log(customer, **values)
        self.env.cr.flush()
        called = [getattr(function, "func", function).__name__ for function in cr.postcommit._funcs]
        cr.execute("SELECT * FROM customer_interaction WHERE id = %s", [record.id])
        [row] = cr.dictfetchall()
        self.assertEqual(row["customer_id"], customer.id)
        row = {name: value for name, value in row.items() if name not in OWN}
        names = {customer.id: "customer", record.id: "record"}
        cr.execute(
            "SELECT partner_id, company_id, reason, error, create_uid FROM customer_refresh_queue"
        )
        queue = [(names.get(partner), *rest) for partner, *rest in cr.fetchall()]
        cr.execute("SELECT cron_id, call_at, create_uid FROM ir_cron_trigger")
        question.invalidate_recordset()
        return {
            "row": {
                name: names.get(value, value) if name.startswith(("partner", "customer")) else value
                for name, value in row.items()
            },
            "queue": queue,
            "triggers": cr.fetchall(),
            # one tells the workers at once, the other for all calls of half a second
            "woken": any(name in ("_notifydb", "notify_soon") for name in called),
            "answer": (
                names.get(question.answer_id.id),
                question.answered_date,
                question.answered_user_id,
                question.response_hours,
            ),
            "own answer": (record.answered_date, record.answer_id),
            "messages": len(record.message_ids),
            "followers": record.message_partner_ids,
        }

    def test_same_traces(self):
        for values in ({}, {"direction": "in", "needs_answer": True}, {"outcome": "not_reached"}):
            with self.subTest(values):
                by_orm = self._get_traces(self._log_by_orm, **values)
                self.env["customer.interaction"].search([("request_key", "=", "k1")]).unlink()
                by_api = self._get_traces(self._log_by_api, **values)
                self.assertEqual(by_api, by_orm)
                self.assertEqual(by_api["row"]["team_id"], self.salesperson.sale_team_id.id)
                self.assertEqual(len(by_api["queue"]), 1)
                self.assertEqual(
                    [trigger[0] for trigger in by_api["triggers"]],
                    [self.env.ref(REFRESH_CRON).id],
                )
                self.assertTrue(by_api["woken"])

    def test_answers_the_question(self):
        traces = self._get_traces(self._log_by_api)
        self.assertEqual(traces["answer"][0], "record")
        self.assertEqual(str(traces["answer"][1]), "2026-06-15 09:00:00")
        self.assertEqual(traces["answer"][2], self.salesperson)

    def test_a_question_that_was_answered_already(self):
        self._log_by_orm(self.contact, date="2026-06-15 09:30:00")
        asked = self._log_by_api(self.contact, direction="in", needs_answer=True)
        self.assertEqual(str(asked.answered_date), "2026-06-15 09:30:00")

    def test_sent_again_nothing_follows_again(self):
        self._log_by_api(self.contact)
        self.env.flush_all()
        self.env["customer.refresh.queue"].search([]).unlink()
        self._log_by_api(self.contact)
        self.assertFalse(self.env["customer.refresh.queue"].search([]))
