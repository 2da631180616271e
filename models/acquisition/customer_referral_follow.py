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
        facts = self._read_purchases(referrals, scope)
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
    def _read_purchases(self, referrals, scope):
        """Return customer id -> (day of the first purchase that was kept, first paid invoice).

        Paid: nothing is open, and money has come for it; given back as in the facts of sales. Only
        an invoice counts as paid for which enough of what is kept came as money, and only where
        enough is kept of all.
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
                """WITH %(paid_part)s, document AS (
                    SELECT *, SUM(revenue) OVER (PARTITION BY partner_id) AS all_kept
                      FROM sale_move
                ), credited AS (
                    SELECT reversed_entry_id AS id, SUM(revenue) AS revenue
                      FROM document
                     WHERE reversed_entry_id IS NOT NULL
                  GROUP BY reversed_entry_id
                )
                SELECT m.partner_id, MIN(m.invoice_date) FILTER (WHERE m.is_purchase),
                          (ARRAY_AGG(m.id ORDER BY m.invoice_date, m.id)
                           FILTER (WHERE m.is_purchase AND m.payment_state IN ('paid', 'in_payment')
                                     AND p.part > 0
                                     AND (a.amount = 0 OR m.all_kept > a.amount - 0.00001
                                          AND LEAST(m.revenue + COALESCE(n.revenue, 0),
                                              m.revenue * p.part) > a.amount - 0.00001)))[1]
                     FROM unnest(%(customers)s::int[], %(amounts)s::numeric[])
                       AS a(partner_id, amount)
                     JOIN document m USING (partner_id)
                LEFT JOIN credited n ON n.id = m.id
                LEFT JOIN paid_part p ON p.id = m.id
                    WHERE m.move_type IN ('out_invoice', 'out_receipt')
                 GROUP BY m.partner_id""",
                paid_part=self._get_paid_part_sql(scope, list(least)),
                customers=list(least),
                amounts=list(least.values()),
            )
        )
        return {partner: rest for partner, *rest in rows}

    @api.model
    def _get_paid_part_sql(self, scope, customers):
        """Return the CTEs up to ``paid_part``: what share of each document came as money.

        Not what credit notes settled, whatever they name: so it does not matter whether they were
        there before the money. Cash discounts and exchange differences take nothing away.
        """
        profiles = self.env["customer.profile"]
        return SQL(
            """sale_move AS (
                SELECT * FROM customer_work_sale_move WHERE partner_id = ANY(%(customers)s)
            ), %(instalment)s, %(settlement)s, paid_part AS (
                SELECT s.invoice_id AS id, s.money / NULLIF(s.owed + i.open_amount
                       + COALESCE(c.credited, 0), 0) AS part
                  FROM (SELECT invoice_id, SUM(money) FILTER (WHERE day <= %(today)s) AS money,
                               SUM(money + lost) AS owed
                          FROM settlement
                      GROUP BY invoice_id) s
                  JOIN (SELECT invoice_id, COALESCE(SUM(amount_residual)
                               FILTER (WHERE NOT is_on_its_way), 0) AS open_amount
                          FROM instalment
                      GROUP BY invoice_id) i USING (invoice_id)
             LEFT JOIN (SELECT i.invoice_id, SUM(r.amount) AS credited
                          FROM instalment i
                          JOIN account_partial_reconcile r ON r.debit_move_id = i.id
                          JOIN account_move_line l ON l.id = r.credit_move_id
                          JOIN account_move n ON n.id = l.move_id AND n.move_type = 'out_refund'
                      GROUP BY i.invoice_id) c USING (invoice_id)
            )""",
            customers=customers,
            instalment=profiles._get_instalment_sql(scope),
            settlement=profiles._get_settlement_sql(scope),
            today=scope.today,
        )
