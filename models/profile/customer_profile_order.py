from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_REVENUE
from ..base.scope import YEAR, Scope


class CustomerProfile(models.Model):
    """Facts from quotations and sales orders."""

    _inherit = "customer.profile"

    open_quotation_count = fields.Integer(
        string="Open quotations", readonly=True, groups=GROUPS_REVENUE
    )
    open_quotation_amount = fields.Monetary(
        string="Open quotations, untaxed", readonly=True, groups=GROUPS_REVENUE
    )
    open_order_count = fields.Integer(string="Open orders", readonly=True, groups=GROUPS_REVENUE)
    open_order_amount = fields.Monetary(
        string="Open orders, untaxed",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="What is not invoiced yet of confirmed orders, line by line, at the rate of the "
        "order.",
    )
    order_line_count_total = fields.Integer(
        string="Order lines", readonly=True, groups=GROUPS_REVENUE
    )
    order_line_count_365 = fields.Integer(
        string="Order lines, last 365 days", readonly=True, groups=GROUPS_REVENUE
    )

    @api.model
    def _get_fact_families(self):
        return super()._get_fact_families() | {"order": self._get_order_facts_sql}

    @api.model
    def _get_fact_defaults(self):
        return super()._get_fact_defaults() | {
            "open_quotation_count": 0,
            "open_quotation_amount": 0,
            "open_order_count": 0,
            "open_order_amount": 0,
            "order_line_count_total": 0,
            "order_line_count_365": 0,
        }

    @api.model
    def _get_order_facts_sql(self, scope: Scope) -> SQL:
        """Open quotations and orders in company currency, and confirmed order lines."""
        return SQL(
            """WITH %(contact)s, orders AS (
                SELECT c.partner_id, so.id, so.state, so.date_order,
                       so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1) AS amount
                  FROM contact c
                  JOIN sale_order so ON so.partner_id = c.id
                 WHERE so.company_id = %(company)s AND so.state IN ('draft', 'sent', 'sale')
            ), %(open_order)s, head AS (
                SELECT o.partner_id,
                       COUNT(*) FILTER (WHERE o.state <> 'sale') AS open_quotation_count,
                       SUM(o.amount) FILTER (WHERE o.state <> 'sale') AS open_quotation_amount,
                       COUNT(p.id) AS open_order_count,
                       SUM(p.amount) AS open_order_amount
                  FROM orders o
             LEFT JOIN open_order p ON p.id = o.id
              GROUP BY o.partner_id
            ), line AS (
                SELECT o.partner_id,
                       COUNT(*) AS order_line_count_total,
                       COUNT(*) FILTER (WHERE %(day)s > %(year)s) AS order_line_count_365
                  FROM orders o
                  JOIN sale_order_line l ON l.order_id = o.id
                 WHERE o.state = 'sale' AND l.display_type IS NULL
                   AND NOT COALESCE(l.is_downpayment, FALSE)
                   AND %(day)s <= %(today)s
              GROUP BY o.partner_id
            )
            SELECT h.partner_id, open_quotation_count,
                   ROUND(COALESCE(open_quotation_amount, 0)::numeric, %(decimals)s)
                       AS open_quotation_amount,
                   open_order_count, COALESCE(open_order_amount, 0) AS open_order_amount,
                   COALESCE(order_line_count_total, 0) AS order_line_count_total,
                   COALESCE(order_line_count_365, 0) AS order_line_count_365
              FROM head h
         LEFT JOIN line ON line.partner_id = h.partner_id""",
            contact=self._get_contact_sql(scope),
            open_order=self._get_open_order_sql(scope),
            company=scope.company_id,
            day=scope.local_day(SQL("o.date_order")),
            today=scope.today,
            year=fields.Date.subtract(scope.today, days=YEAR),
            decimals=self.env["res.company"].browse(scope.company_id).currency_id.decimal_places,
        )

    @api.model
    def _get_open_order_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``open_order``, after ``orders``: what is not invoiced yet."""
        return self.env["sale.order"]._get_open_order_sql(
            SQL(
                "SELECT s.* FROM orders JOIN sale_order s ON s.id = orders.id AND s.state = 'sale'"
            ),
            scope.today,
        )

    @api.model
    def _get_open_documents_sql(self, scope: Scope) -> SQL:
        """The orders in the open amount: ``id``, ``partner_id``."""
        return SQL(
            """WITH %(contact)s, orders AS (
                SELECT c.partner_id, so.id
                  FROM contact c
                  JOIN sale_order so ON so.partner_id = c.id
                 WHERE so.company_id = %(company)s AND so.state = 'sale'
            ), %(open_order)s
            SELECT o.id, o.partner_id
              FROM orders o
              JOIN open_order p ON p.id = o.id""",
            contact=self._get_contact_sql(scope),
            open_order=self._get_open_order_sql(scope),
            company=scope.company_id,
        )

    @api.model
    def _get_metric_documents(self):
        return super()._get_metric_documents() | {
            "open_quotation_amount": ("sale.order", self._get_open_quotation_domain),
            "open_order_amount": ("sale.order", self._get_open_order_domain),
            "order_line_count_total": ("sale.order.line", self._get_order_line_domain),
            "order_line_count_365": ("sale.order.line", self._get_year_order_line_domain),
        }

    def _get_order_domain(self):
        self.ensure_one()
        return Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
            ]
        )

    def _get_open_quotation_domain(self):
        """Domain of the quotations in ``open_quotation_amount``."""
        return self._get_order_domain() & Domain("state", "in", ("draft", "sent"))

    def _get_open_order_domain(self):
        """Domain of the orders in ``open_order_amount``."""
        return self._get_counted_domain("customer_open_of_id")

    def _get_order_line_domain(self):
        """Domain of the lines counted in ``order_line_count_total``."""
        end = fields.Date.add(self._get_today(self.company_id), days=1)
        return Domain(
            [
                ("display_type", "=", False),
                ("is_downpayment", "=", False),
                ("order_id.state", "=", "sale"),
                ("order_id.date_order", "<", self._to_utc(end)),
            ]
        ) & Domain("order_id", "any", self._get_order_domain())

    def _get_year_order_line_domain(self):
        """Domain of the lines counted in ``order_line_count_365``."""
        return self._get_order_line_domain() & self._get_year_domain("order_id.date_order")
