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
    def _get_contact_sql(self, scope: Scope) -> SQL:
        """CTE ``contact``: every contact of the customers in scope, with its customer."""
        if scope.staged:
            return SQL("contact AS (SELECT id, partner_id FROM customer_work_contact)")
        return SQL(
            """contact AS (
                SELECT p.id, p.commercial_partner_id AS partner_id
                  FROM res_partner p
                 WHERE %s
            )""",
            scope.where_customer(SQL("p.commercial_partner_id")),
        )

    @api.model
    def _get_customer_order_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``customer_order``: orders and quotations, after ``contact``.

        Whoever a name on the order or its invoices leads to is looked at; only one has it
        (:meth:`_get_order_origin_sql`).
        """
        if scope.staged:
            return SQL("customer_order AS (SELECT id, partner_id FROM customer_work_order)")
        return self._get_named_order_sql(scope)

    @api.model
    def _get_named_order_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``customer_order``, looked up among the orders."""
        return SQL(
            """named_order AS (
                SELECT so.id
                  FROM contact c JOIN sale_order so ON so.partner_id = c.id
                 WHERE %(companies)s
                 UNION
                SELECT so.id
                  FROM contact c JOIN sale_order so ON so.customer_moved_from_id = c.id
                 WHERE %(companies)s
                 UNION
                SELECT so.id
                  FROM (%(documents)s) m
                  JOIN account_move_line i ON i.move_id = m.id
                  JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = i.id
                  JOIN sale_order_line l ON l.id = r.order_line_id
                  JOIN sale_order so ON so.id = l.order_id
                 WHERE %(companies)s
            ), billed_order AS (
                SELECT DISTINCT ON (l.order_id) l.order_id, m.commercial_partner_id
                  FROM named_order n
                  JOIN sale_order_line l ON l.order_id = n.id
                  JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
                  JOIN account_move_line i ON i.id = r.invoice_line_id
                  JOIN account_move m ON m.id = i.move_id
                 WHERE m.state = 'posted'
                   AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
              ORDER BY l.order_id, m.invoice_date, m.id
            ), customer_order AS (
                SELECT so.id, p.commercial_partner_id AS partner_id
                  FROM named_order n
                  JOIN sale_order so ON so.id = n.id
             LEFT JOIN billed_order b ON b.order_id = so.id
                  JOIN res_partner p ON p.id = COALESCE(
                       b.commercial_partner_id, so.customer_moved_from_id, so.partner_id)
                 WHERE %(customer)s
            )""",
            companies=scope.where_company(SQL("so.company_id")),
            documents=self._get_ordered_document_sql(scope),
            customer=scope.where_customer(SQL("p.commercial_partner_id")),
        )

    @api.model
    def _get_ordered_document_sql(self, scope: Scope) -> SQL:
        """SELECT of the posted sale documents that may have orders behind them."""
        if scope.staged:
            return SQL("SELECT id FROM customer_work_document WHERE is_ordered")
        return SQL(
            """SELECT m.id
                 FROM contact c
                 JOIN account_move m ON m.commercial_partner_id = c.id AND m.state = 'posted'
                  AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')"""
        )

    @api.model
    def _get_order_origin_sql(self, alias):
        """Return whom an order was with when it became final, as an SQL expression.

        The customer of its first posted invoice; without one, the customer the contact had when
        the order was confirmed; a quotation goes along with its contact.
        """
        return SQL(
            """COALESCE((
                SELECT whose_move.commercial_partner_id
                  FROM sale_order_line whose_line
                  JOIN sale_order_line_invoice_rel whose_rel
                    ON whose_rel.order_line_id = whose_line.id
                  JOIN account_move_line whose_item ON whose_item.id = whose_rel.invoice_line_id
                  JOIN account_move whose_move ON whose_move.id = whose_item.move_id
                 WHERE whose_line.order_id = %(order)s.id AND whose_move.state = 'posted'
                   AND whose_move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
              ORDER BY whose_move.invoice_date, whose_move.id
                 LIMIT 1), %(order)s.customer_moved_from_id, %(order)s.partner_id)""",
            order=SQL.identifier(alias),
        )

    @api.model
    def _search_whose(self, query, operator, value):
        """Search orders or transfers by the customer they are counted for, in any company.

        :param query: SELECT of an ``id`` after the CTEs of ``_get_customer_transfer_sql``
        """
        if operator != "in":
            return NotImplemented
        partner_ids = [partner for partner in value if partner]
        if not partner_ids:
            return Domain.FALSE
        return Domain("id", "in", self._select_whose(partner_ids, query))

    @api.model
    def _select_whose(self, partner_ids, query):
        """Return the SELECT of orders or transfers of some customers, in any company."""
        self.env.flush_all()
        scope = Scope(0, partner_ids, fields.Date.today(), "UTC")
        return SQL("(WITH %s %s)", self._get_customer_transfer_sql(scope), query)

    @api.model
    def _select_orders_of(self, partner_ids):
        """Return the SELECT of the orders of some customers, in any company."""
        return self._select_whose(partner_ids, SQL("SELECT id FROM customer_order"))

    @api.model
    def _get_order_facts_sql(self, scope: Scope) -> SQL:
        """Open quotations and orders in company currency, and confirmed order lines."""
        return SQL(
            """WITH %(contact)s, %(customer_order)s, orders AS (
                SELECT c.partner_id, so.id, so.state, so.date_order,
                       so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1) AS amount
                  FROM customer_order c
                  JOIN sale_order so ON so.id = c.id
                 WHERE so.state IN ('draft', 'sent', 'sale')
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
            customer_order=self._get_customer_order_sql(scope),
            open_order=self._get_open_order_sql(scope),
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
            """WITH %(contact)s, %(customer_order)s, orders AS (
                SELECT c.partner_id, so.id
                  FROM customer_order c
                  JOIN sale_order so ON so.id = c.id
                 WHERE so.state = 'sale'
            ), %(open_order)s
            SELECT o.id, o.partner_id
              FROM orders o
              JOIN open_order p ON p.id = o.id""",
            contact=self._get_contact_sql(scope),
            customer_order=self._get_customer_order_sql(scope),
            open_order=self._get_open_order_sql(scope),
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
                ("company_id", "child_of", self.company_id.id),
                ("customer_counted_for_id", "=", self.partner_id.id),
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
