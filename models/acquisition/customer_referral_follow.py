from odoo import api, fields, models
from odoo.tools import SQL, email_normalize


class CustomerReferral(models.Model):
    """How far a referral has come: read from the documents by the refresh of the customer."""

    _inherit = "customer.referral"

    @api.model
    def _follow(self, company, scope):
        """Bring the referrals of refreshed customers to where their documents are.

        The state is worked out anew each time, so the order of events does not matter: what was
        paid and is not given back counts, whatever happened in between. One query where nobody
        was referred.
        """
        referrals = self._find_followed(company, scope)
        if not referrals:
            return
        referrals._link_customers()
        began = self._read_beginnings(company, referrals)
        facts = self._read_purchases(referrals)
        days = self.with_context(tz=self.env["customer.profile"]._get_timezone(company))
        for referral in referrals.sorted("id"):
            customer = referral.referred_id.commercial_partner_id
            if referral.state == "refused" or not customer:
                continue
            since = fields.Datetime.context_timestamp(days, referral.date).date()
            is_known = customer in began and began[customer] < since
            reason = "known" if is_known else referral._find_objection(customer)
            if reason:
                referral._refuse(reason)
                continue
            kept, paid_move = facts.get(customer.id, (None, None))
            state = "registered"
            if kept:
                state = "rewarded" if paid_move and referral.is_approved else "bought"
            values = {"state": state, "bought_date": kept, "move_id": paid_move}
            changed = {
                name: value
                for name, value in values.items()
                if (referral[name].id if name == "move_id" else referral[name] or None)
                != (value or (False if name == "move_id" else None))
            }
            if changed:
                referral.write(changed)
                referral._mark_rewards()

    @api.model
    def _find_followed(self, company, scope):
        """Return the referrals in a company whose customers, or leads' customers, are refreshed."""
        rows = self.env.execute_query(
            SQL(
                """SELECT r.id
                     FROM customer_referral r
                LEFT JOIN crm_lead l ON l.id = r.lead_id
                     JOIN res_partner p ON p.id = COALESCE(r.referred_id, l.partner_id)
                     JOIN customer_work_partner w ON w.partner_id = p.commercial_partner_id
                    WHERE r.company_id = %s
                 ORDER BY r.id""",
                company.id,
            )
        )
        return self.browse([id_ for (id_,) in rows])

    def _link_customers(self):
        """Note which customer a lead has become; of two referrals of one, the first counts."""
        for referral in self.sorted("id"):
            customer = referral.lead_id.partner_id.commercial_partner_id
            if referral.referred_id or not customer or referral.state == "refused":
                continue
            if reason := referral._find_objection(customer):
                referral._refuse(reason)
            else:
                values = {"referred_id": customer.id, "state": "registered"}
                if referral._is_somebody_else(customer):
                    values["is_approved"] = False
                referral.write(values)
        self.flush_model()

    def _is_somebody_else(self, customer):
        """Whether a mail confirmed the referral, and nobody of the customer has that address.

        A lead can be given to any customer: the word of one person is not that of another.
        """
        if self.way != "link" or self.approved_by_id:
            return False
        people = self.env["res.partner"].sudo().with_context(active_test=False)
        domain = [("commercial_partner_id", "=", customer.id)]
        return email_normalize(self.email or "") not in people.search(domain).mapped(
            "email_normalized"
        )

    @api.model
    def _read_beginnings(self, company, referrals):
        """Return customer -> day of the first order or invoice of each that has one."""
        rows = self.env["customer.acquisition"].search(
            [
                ("partner_id", "in", referrals.referred_id.commercial_partner_id.ids),
                ("company_id", "=", company.id),
                ("state", "=", "counts"),
            ]
        )
        return {row.partner_id: row.date for row in rows}

    @api.model
    def _read_purchases(self, referrals):
        """Return customer id -> (day of the first purchase that was kept, first paid invoice).

        Paid: nothing is open, and money has come for it; given back as in the facts of sales. Only
        an invoice counts as paid of which enough is kept, and only where enough is kept of all.
        """
        least = {}
        for referral in referrals.filtered(lambda one: one.state != "refused"):
            company = referral.company_id.sudo()
            amount = company.customer_referral_least_amount
            if referral.rewarded_date:
                amount = referral.least_amount
            least[referral.referred_id.commercial_partner_id.id] = amount
        rows = self.env.execute_query(
            SQL(
                """WITH document AS (
                    SELECT *, SUM(revenue) OVER (PARTITION BY partner_id) AS all_kept
                      FROM customer_work_sale_move
                     WHERE partner_id = ANY(%(customers)s)
                ), credited AS (
                    SELECT reversed_entry_id AS id, SUM(revenue) AS revenue
                      FROM document
                     WHERE reversed_entry_id IS NOT NULL
                  GROUP BY reversed_entry_id
                )
                SELECT m.partner_id, MIN(m.invoice_date) FILTER (WHERE m.is_purchase),
                          (ARRAY_AGG(m.id ORDER BY m.invoice_date, m.id)
                           FILTER (WHERE m.is_purchase AND m.payment_state IN ('paid', 'in_payment')
                                     AND (a.amount = 0 OR m.all_kept > a.amount - 0.00001
                                          AND m.revenue + COALESCE(n.revenue, 0)
                                              > a.amount - 0.00001)
                                     AND %(is_money)s))[1]
                     FROM unnest(%(customers)s::int[], %(amounts)s::numeric[])
                       AS a(partner_id, amount)
                     JOIN document m USING (partner_id)
                LEFT JOIN credited n ON n.id = m.id
                    WHERE m.move_type IN ('out_invoice', 'out_receipt')
                 GROUP BY m.partner_id""",
                is_money=self._get_is_money_sql(),
                customers=list(least),
                amounts=list(least.values()),
            )
        )
        return {partner: rest for partner, *rest in rows}

    @api.model
    def _get_is_money_sql(self):
        """Return the condition that money, not only a credit note, settled the document ``m``."""
        return SQL(
            """(EXISTS (
                SELECT 1
                  FROM account_move_line d
                  JOIN account_partial_reconcile p ON p.debit_move_id = d.id
                  JOIN account_move_line c ON c.id = p.credit_move_id
                  JOIN account_move s ON s.id = c.move_id
                 WHERE d.move_id = m.id
                   AND (s.origin_payment_id IS NOT NULL OR s.statement_line_id IS NOT NULL))
             OR EXISTS (
                SELECT 1
                  FROM account_move__account_payment r
                  JOIN account_payment y ON y.id = r.payment_id
                 WHERE r.invoice_id = m.id AND y.state IN ('in_process', 'paid')))"""
        )
