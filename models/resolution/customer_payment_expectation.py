from odoo import api, models
from odoo.tools import SQL

# Of a complaint that is still open.
NO_END = 10**7


class CustomerPaymentExpectation(models.Model):
    """Complaints hold payments back: those of the customer, and those about the invoice."""

    _inherit = "customer.payment.expectation"

    @api.model
    def _get_complaint_days(self, company, partner_ids):
        profiles = self.env["customer.profile"]
        scope = profiles._get_scope(company, partner_ids)
        rows = self.env.execute_query(
            SQL(
                """WITH %(contact)s
                SELECT c.partner_id, l.move_id, %(opened)s - DATE '0001-01-01' + 1,
                       COALESCE(%(closed)s - DATE '0001-01-01' + 1, %(no_end)s)
                  FROM contact c
                  JOIN customer_complaint p ON p.customer_id = c.id
             LEFT JOIN account_move_line l ON l.id = p.invoice_line_id
                 WHERE %(companies)s AND p.duplicate_of_id IS NULL
              ORDER BY p.id""",
                contact=profiles._get_contact_sql(scope),
                opened=scope.local_day(SQL("p.open_date")),
                closed=scope.local_day(SQL("p.close_date")),
                no_end=NO_END,
                companies=scope.where_company(SQL("p.company_id")),
            )
        )
        return [*super()._get_complaint_days(company, partner_ids), *rows]
