from odoo import api, models
from odoo.tools import SQL

from ...engine.prediction import CustomerFacts
from ..calendar.company_calendar import get_next_month_sql

FACTS_SIZE = 100_000


class CustomerSalesForecast(models.Model):
    """What a forecast is made from: the customers' facts, and revenue by month."""

    _inherit = "customer.sales.forecast"

    @api.model
    def _iterate_facts(self, company, today, partner_ids=None):
        """Yield (customer ids, CustomerFacts, purchase factors) of who bought, many at a time."""
        self.env["customer.profile"].flush_model()
        chosen = SQL("TRUE") if partner_ids is None else SQL("partner_id = ANY(%s)", partner_ids)
        last = 0
        while True:
            rows = self.env.execute_query(
                SQL(
                    """SELECT partner_id, occasion_count,
                              first_occasion_date - DATE '0001-01-01' + 1,
                              last_occasion_date - DATE '0001-01-01' + 1,
                              revenue_total::float8, COALESCE(gross_profit_total, 0)::float8,
                              COALESCE(purchase_factor, 'NaN')::float8
                         FROM customer_profile
                        WHERE company_id = %s AND occasion_count > 0 AND partner_id > %s AND %s
                     ORDER BY partner_id
                        LIMIT %s""",
                    company.id,
                    last,
                    chosen,
                    FACTS_SIZE,
                )
            )
            if not rows:
                return
            ids, *columns, factors = zip(*rows, strict=True)
            yield ids, CustomerFacts.of(today.toordinal(), *columns), factors
            last = ids[-1]

    @api.model
    def _get_archived(self, company):
        """Return archived customers: nothing more is expected of them."""
        self.env["res.partner"].flush_model(["active"])
        rows = self.env.execute_query(
            SQL(
                """SELECT f.partner_id
                     FROM customer_profile f
                     JOIN res_partner p ON p.id = f.partner_id
                    WHERE f.company_id = %s AND NOT p.active""",
                company.id,
            )
        )
        return [partner for (partner,) in rows]

    @api.model
    def _get_month_revenues(self, company, until):
        """Return (month, month of the customer's first document, revenue) up to a day.

        Months as year · 12 + month - 1 of the company's calendar. The customer is today's
        commercial partner of the one on the document. Company currency, credit notes negative.
        """
        self.env["account.move"].flush_model()
        return self.env.execute_query(
            SQL(
                """WITH sale AS (
                    SELECT COALESCE(p.commercial_partner_id, p.id) AS customer,
                           %s AS month,
                           SUM(m.amount_untaxed_signed) AS revenue
                      FROM account_move m
                      JOIN res_partner p ON p.id = m.commercial_partner_id
                     WHERE %s
                       AND m.state = 'posted'
                       AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                       AND m.invoice_date <= %s
                  GROUP BY 1, 2
                ), dated AS (
                    SELECT month, revenue, MIN(month) OVER (PARTITION BY customer) AS first
                      FROM sale
                )
                SELECT month, first, SUM(revenue)::float8
                  FROM dated
              GROUP BY 1, 2
              ORDER BY 1, 2""",
                company._get_customer_calendar().get_month_number_sql(SQL("m.invoice_date")),
                company._where_counted(SQL("m.company_id")),
                until,
            )
        )

    @api.model
    def _update_actual(self, company, today):
        """Write what was invoiced in the months that have begun, to all their forecasts."""
        self.env["account.move"].flush_model()
        self.flush_model()
        self.env.execute_query(
            SQL(
                """WITH invoiced AS (
                    SELECT f.month, COALESCE(SUM(m.amount_untaxed_signed), 0) AS amount
                      FROM (SELECT DISTINCT month
                              FROM customer_sales_forecast
                             WHERE company_id = %(company)s AND month <= %(today)s) f
                 LEFT JOIN account_move m
                        ON %(companies)s
                       AND m.state = 'posted'
                       AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                       AND m.invoice_date >= f.month
                       AND m.invoice_date < %(next)s
                       AND m.invoice_date <= %(today)s
                  GROUP BY f.month
                )
                UPDATE customer_sales_forecast f
                   SET actual_amount = i.amount, is_over = %(next)s <= %(today)s
                  FROM invoiced i
                 WHERE f.company_id = %(company)s AND f.month = i.month
                   AND (f.actual_amount, f.is_over)
                       IS DISTINCT FROM (i.amount, %(next)s <= %(today)s)
             RETURNING f.id""",
                next=get_next_month_sql(SQL("f.month")),
                company=company.id,
                companies=company._where_counted(SQL("m.company_id")),
                today=today,
            )
        )
        self.invalidate_model()
