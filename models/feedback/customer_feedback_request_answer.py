from odoo import api, fields, models
from odoo.tools import SQL


class CustomerFeedbackRequest(models.Model):
    """Answering by link: whoever has the token may answer once, until it expires."""

    _inherit = "customer.feedback.request"

    @api.model
    def _find_open(self, token, lock=False):
        """Return the request a token may still answer, else an empty one.

        Unknown, used and expired tokens give the same, by the same query.

        :param bool lock: hold the row to the end of the transaction, to answer it; others who
            want the same wait, and then find it answered
        """
        requests = self.sudo()
        requests.flush_model()
        digest = self._hash(token)
        # FOR UPDATE on a row another transaction has changed meanwhile is a conflict of
        # transactions: Odoo repeats the whole call, which then finds the row answered.
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM customer_feedback_request
                    WHERE (token_hash = %s OR reminder_hash = %s)
                      AND state = 'sent' AND expires_date > %s
                    %s""",
                digest,
                digest,
                fields.Datetime.now(),
                SQL("FOR UPDATE") if lock else SQL(),
            )
        )
        return requests.browse([id_ for (id_,) in rows])

    def _answer(self, answer):
        """Record the answer of a locked request.

        :raise UserError: when the answer is none; the request stays open
        """
        self.ensure_one()
        values = {"source": "link", "request_id": self.id}
        if self.res_id and self.res_model in self.env:
            values |= {"res_model": self.res_model, "res_id": self.res_id}
        feedback = self.env["customer.feedback"]._register_answer(
            self.company_id, self.partner_id, self.kind, answer, **values
        )
        self.write({"state": "answered"})
        return feedback

    def _decline(self):
        """Never ask this contact again."""
        self.ensure_one()
        self.partner_id.feedback_optout = True
        self.write({"state": "declined"})
