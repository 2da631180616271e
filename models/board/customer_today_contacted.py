from odoo import api, fields, models
from odoo.tools import SQL


class CustomerToday(models.AbstractModel):
    """Whom somebody called, met or wrote to today, or tried to: no row of today's page.

    A mail counts wherever it was written: on the customer, or on one of their documents.
    """

    _inherit = "customer.today"

    @api.model
    def _get_contacted_sql(self, scope):
        """Return the query of the customers contacted today, as ``partner_id``."""
        return SQL(
            """SELECT i.customer_id AS partner_id
                 FROM customer_interaction i
                WHERE i.direction <> 'in' AND i.date >= %(begin)s AND i.date < %(end)s
                  AND i.customer_id IS NOT NULL AND %(companies)s
                UNION
               SELECT partner_id FROM (%(written)s) w WHERE partner_id IS NOT NULL""",
            companies=scope.where_company(SQL("i.company_id")),
            written=self._get_written_sql(scope),
            **self._get_today_bounds(scope),
        )

    @api.model
    def _get_today_bounds(self, scope):
        """Return ``begin`` and ``end`` of the day as SQL, in UTC."""
        return {
            name: SQL("(%s::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", day, scope.timezone)
            for name, day in (("begin", scope.today), ("end", fields.Date.add(scope.today, days=1)))
        }

    @api.model
    def _get_written_sql(self, scope):
        """Return the query of those colleagues wrote to today.

        What hangs on a document counts for its customer only if it went to one of theirs.
        """
        return SQL(
            """WITH written AS MATERIALIZED (
                SELECT m.id, m.model, m.res_id, m.message_type
                  FROM mail_message m
                 WHERE m.date >= %(begin)s AND m.date < %(end)s
                   AND m.message_type IN ('comment', 'email_outgoing')
                   AND m.subtype_id = %(comment)s AND NOT COALESCE(m.is_internal, FALSE)
                   AND m.author_id IN (
                       SELECT u.partner_id FROM res_users u WHERE NOT COALESCE(u.share, FALSE))
            )
            SELECT p.commercial_partner_id AS partner_id
              FROM written m
              JOIN res_partner p ON m.model = 'res.partner' AND p.id = m.res_id
         UNION ALL
            SELECT p.commercial_partner_id
              FROM written m
              JOIN (%(documents)s) d ON d.model = m.model AND d.id = m.res_id
              JOIN res_partner p ON p.id = d.partner_id
             WHERE (d.company_id IS NULL OR %(companies)s)
               AND (m.message_type = 'email_outgoing' OR EXISTS (
                   SELECT FROM (
                       SELECT a.res_partner_id FROM mail_message_res_partner_rel a
                        WHERE a.mail_message_id = m.id
                        UNION ALL
                       SELECT n.res_partner_id FROM mail_notification n
                        WHERE n.mail_message_id = m.id
                   ) addressee
                     JOIN res_partner r ON r.id = addressee.res_partner_id
                    WHERE r.commercial_partner_id = p.commercial_partner_id))""",
            comment=self.env.ref("mail.mt_comment").id,
            documents=self._get_written_documents_sql(),
            companies=scope.where_company(SQL("d.company_id")),
            **self._get_today_bounds(scope),
        )

    @api.model
    def _get_written_documents_sql(self):
        """Return the documents on which colleagues write to customers, and whose they are."""
        return SQL(
            """SELECT 'customer.complaint' AS model, id, customer_id AS partner_id, company_id
                 FROM customer_complaint
            UNION ALL SELECT 'customer.feedback', id, customer_id, company_id
                 FROM customer_feedback
            UNION ALL SELECT 'customer.interaction', id, customer_id, company_id
                 FROM customer_interaction
            UNION ALL SELECT 'crm.lead', id, partner_id, company_id FROM crm_lead
            UNION ALL SELECT 'sale.order', id, COALESCE(customer_moved_from_id, partner_id),
                      company_id
                 FROM sale_order
            UNION ALL SELECT 'account.move', id, partner_id, company_id
                 FROM account_move
                WHERE move_type IN ('out_invoice', 'out_refund')
            UNION ALL SELECT 'stock.picking', id, partner_id, company_id FROM stock_picking"""
        )
