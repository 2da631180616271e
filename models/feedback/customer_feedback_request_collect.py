import hashlib
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# A stopped cron may catch up for so long; later nobody remembers what is asked about.
LATE_DAYS = 7
BATCH_SIZE = 200
SAMPLE_STEPS = 10_000


class CustomerFeedbackRequest(models.Model):
    """Finding what to ask about: finished documents no row of the journal stands for.

    The journal itself tells what is done, so that nothing is asked twice or forgotten,
    whenever a worker stops and however many there are.
    """

    _inherit = "customer.feedback.request"

    @api.model
    def _get_candidate_queries(self):
        """Return cause -> (model, method returning its finished documents as SQL).

        The SQL selects document id, contact id, second choice of contact and moment (``date``).
        Extended by every feature whose end customers may be asked about.
        """
        return {
            "delivery": ("stock.picking", self._get_delivery_candidates),
            "invoice": ("account.move", self._get_invoice_candidates),
            "complaint": ("customer.complaint", self._get_complaint_candidates),
        }

    @api.model
    def _get_delivery_candidates(self, company, first, last):
        return SQL(
            """SELECT p.id, p.partner_id, o.partner_id AS other_id, p.date_done AS date
                 FROM stock_picking p
                 JOIN stock_location l ON l.id = p.location_dest_id AND l.usage = 'customer'
            LEFT JOIN sale_order o ON o.id = p.sale_id
                WHERE p.state = 'done' AND p.company_id = %s
                  AND p.date_done BETWEEN %s AND %s""",
            company.id,
            first,
            last,
        )

    @api.model
    def _get_invoice_candidates(self, company, first, last):
        """Invoices by the moment their last payment was matched."""
        return SQL(
            """SELECT m.id, m.partner_id, m.commercial_partner_id AS other_id, paid.date
                 FROM (SELECT l.move_id, MAX(r.create_date) AS date
                         FROM account_partial_reconcile r
                         JOIN account_move_line l ON l.id = r.debit_move_id
                        WHERE r.create_date >= %(first)s AND r.company_id = %(company)s
                     GROUP BY l.move_id) paid
                 JOIN account_move m ON m.id = paid.move_id
                WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
                  AND m.payment_state IN ('paid', 'in_payment')
                  AND m.company_id = %(company)s AND paid.date <= %(last)s""",
            company=company.id,
            first=first,
            last=last,
        )

    @api.model
    def _get_complaint_candidates(self, company, first, last):
        return SQL(
            """SELECT c.id, c.partner_id, c.customer_id AS other_id, c.close_date AS date
                 FROM customer_complaint c
                WHERE c.company_id = %s AND c.duplicate_of_id IS NULL
                  AND c.close_date BETWEEN %s AND %s""",
            company.id,
            first,
            last,
        )

    @api.model
    def _collect_batch(self, limit=BATCH_SIZE):
        """Enter due documents in the journal; those out of the sample as such.

        :return: number of documents entered
        """
        rules = self.env["customer.feedback.rule"].sudo().search([])
        return sum(self._collect_rule(rule, limit) for rule in rules)

    @api.model
    def _collect_rule(self, rule, limit):
        model, method = self._get_candidate_queries()[rule.cause]
        last = fields.Datetime.now() - timedelta(days=rule.delay_days)
        first = max(rule.active_since or last, last - timedelta(days=LATE_DAYS))
        for name in self._get_candidate_models(model):
            self.env[name].flush_model()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT c.id, c.partner_id, c.other_id, c.date
                     FROM (%s) c
                    WHERE COALESCE(c.partner_id, c.other_id) IS NOT NULL
                      AND NOT EXISTS (
                          SELECT 1 FROM customer_feedback_request r
                           WHERE r.cause = %s AND r.res_model = %s AND r.res_id = c.id)
                 ORDER BY c.date, c.id
                    LIMIT %s""",
                method(rule.company_id, first, last),
                rule.cause,
                model,
                limit,
            )
        )
        contacts = self._choose_contacts(rule.company_id, rows)
        values = [
            self._get_row(rule, model, res_id, partner, date)
            for (res_id, _partner, _other, date), partner in zip(rows, contacts, strict=True)
        ]
        return self._insert_rows(values)

    @api.model
    def _get_candidate_models(self, model):
        """Return the models whose pending writes the query of a cause must see."""
        if model == "account.move":
            return [model, "account.move.line", "account.partial.reconcile"]
        return [model]

    @api.model
    def _choose_contacts(self, company, rows):
        """Return whom to ask for each row: the first of its contacts with an e-mail address.

        The second choice is who ordered: a firm the goods only went to is never asked.
        """
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        chosen = []
        known = partners.browse({id_ for row in rows for id_ in row[1:3] if id_})
        known.fetch(["active", "email_normalized", "commercial_partner_id"])
        for _res_id, partner_id, other_id, _date in rows:
            contact, other = partners.browse(partner_id), partners.browse(other_id)
            customer = (other or contact).commercial_partner_id
            options = [
                option
                for option in (contact, other, customer)
                if option.commercial_partner_id == customer
            ]
            able = [option for option in options if option.active and option.email_normalized]
            chosen.append((able or options)[0])
        return chosen

    @api.model
    def _get_row(self, rule, model, res_id, partner, date):
        sampled = self._is_sampled(rule.cause, model, res_id, rule.asked_percent)
        return {
            "cause": rule.cause,
            "kind": rule.kind,
            "state": "queued" if sampled else "skipped",
            "skip_reason": None if sampled else "sampled_out",
            "company_id": rule.company_id.id,
            "partner_id": partner.id,
            "customer_id": partner.commercial_partner_id.id,
            "res_model": model,
            "res_id": res_id,
            "event_date": date,
            "reminder_days": rule.reminder_days,
            "valid_days": rule.valid_days,
        }

    @api.model
    def _is_sampled(self, cause, model, res_id, share):
        """Return whether a document is in the sample: by hash, so always the same answer."""
        digest = hashlib.sha256(f"{cause}:{model}:{res_id}".encode()).digest()
        return int.from_bytes(digest[:8]) % SAMPLE_STEPS < share / 100 * SAMPLE_STEPS

    @api.model
    def _insert_rows(self, rows):
        """Insert rows of the journal; a document another worker has entered is left alone."""
        if not rows:
            return 0
        names = [*rows[0], "create_uid", "create_date"]
        technical = {"create_uid": self.env.uid, "create_date": fields.Datetime.now()}
        lines = [tuple((row | technical)[name] for name in names) for row in rows]
        inserted = self.env.execute_query(
            SQL(
                """INSERT INTO customer_feedback_request (%s) VALUES %s
              ON CONFLICT (cause, res_model, res_id) DO NOTHING
                RETURNING id""",
                SQL(", ").join(SQL.identifier(name) for name in names),
                SQL(", ").join(SQL("%s", line) for line in lines),
            )
        )
        return len(inserted)
