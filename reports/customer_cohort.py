from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.access import GROUPS_PROFIT, GROUPS_REVENUE
from ..models.base.nullable import NullableMonetary

# The month that is running, and twelve before it.
COHORT_MONTHS = 13


class CustomerCohort(models.Model):
    """What customers won during the last year did in each month since: one row per month.

    Read from the documents with the SQL of the facts, so that a company sees it on its first
    day; of the customers whose first purchase day lies in this month or the twelve before.
    Months are those of the company's calendar.
    """

    _name = "customer.cohort"
    _inherit = "customer.date.bounds.mixin"
    _description = "Months of New Customers"
    _auto = False
    _order = "first_month desc, month, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(string="Customer", comodel_name="res.partner", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    first_month = fields.Date(
        string="Won in", readonly=True, help="First day of the month of the first purchase."
    )
    month = fields.Date(readonly=True, help="First day of the month.")
    age_months = fields.Integer(
        string="Months later", readonly=True, aggregator=None, help="0: the month of the first."
    )
    buyer_count = fields.Integer(
        string="Bought",
        readonly=True,
        help="1: kept something of a purchase in this month; 0: only gave something back.",
    )
    revenue = fields.Monetary(
        readonly=True, groups=GROUPS_REVENUE, help="Untaxed, credit notes negative."
    )
    gross_profit = NullableMonetary(
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Revenue less cost of goods. Empty while a cost is still to be filled in.",
    )

    @property
    def _table_query(self):
        self.env.flush_all()
        return SQL(
            """SELECT id, partner_id, company_id, currency_id, first_month, month, age_months,
                      buyer_count, revenue, gross_profit
                 FROM (%s) AS months""",
            SQL(" UNION ALL ").join(
                self._get_company_sql(company.sudo()) for company in self.env.companies
            ),
        )

    @api.model
    def _get_company_sql(self, company):
        """Rows of one company; the id is that of a document and of the company together."""
        profiles = self.env["customer.profile"].sudo()  # ids only; the rules hold for the rows
        calendar, today = company._get_customer_calendar(), profiles._get_today(company)
        first_month = calendar.add_months(calendar.get_month_start(today), 1 - COHORT_MONTHS)
        start, number = calendar.get_month_start_sql, calendar.get_month_number_sql
        found = profiles._search(
            [("company_id", "=", company.id), ("first_occasion_date", ">=", first_month)]
        )
        partner_ids = [row[0] for row in self.env.execute_query(found.select("partner_id"))]
        return SQL(
            """SELECT id, partner_id, company_id, currency_id, first_month, month,
                      %(number)s - %(first_number)s AS age_months, buyer_count, revenue,
                      gross_profit
                 FROM (WITH %(moves)s
               SELECT MIN(m.id)::bigint * 1048576 + %(company)s AS id, p.partner_id,
                      p.company_id, p.currency_id,
                      %(first_month)s AS first_month, %(month)s AS month,
                      BOOL_OR(m.is_purchase)::int AS buyer_count, SUM(m.revenue) AS revenue,
                      CASE WHEN NOT BOOL_OR(m.cost_missing)
                           THEN SUM(m.revenue - COALESCE(m.cost, 0)) END AS gross_profit
                 FROM sale_move m
                 JOIN customer_profile p
                   ON p.partner_id = m.partner_id AND p.company_id = %(company)s
                WHERE m.invoice_date >= %(first_month)s AND m.invoice_date <= %(today)s
             GROUP BY p.id, 6) AS company""",
            moves=profiles._get_sale_move_sql(profiles._get_scope(company, partner_ids)),
            company=company.id,
            today=today,
            first_month=start(SQL.identifier("p", "first_occasion_date")),
            month=start(SQL.identifier("m", "invoice_date")),
            number=number(SQL.identifier("month")),
            first_number=number(SQL.identifier("first_month")),
        )
