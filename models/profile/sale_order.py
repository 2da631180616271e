from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import GROUPS_EMPLOYEES, GROUPS_REVENUE, GROUPS_STANDING

QUOTATION_STATES = ("draft", "sent")


class SaleOrder(models.Model):
    """What sales sees of the customer on a quotation or order."""

    _inherit = "sale.order"
    _guarded_fields = frozenset({"customer_moved_from_id"})

    customer_moved_from_id = fields.Many2one(
        string="Customer when confirmed",
        comodel_name="res.partner",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups=GROUPS_EMPLOYEES,
        help="Set when the contact has moved to another customer since then.",
    )
    customer_counted_for_id = fields.Many2one(
        string="Counted for",
        comodel_name="res.partner",
        compute="_compute_customer_counted_for_id",
        search="_search_customer_counted_for_id",
        compute_sudo=True,
        groups=GROUPS_EMPLOYEES,
        help="The customer of the first posted invoice; without one, of the contact when the "
        "order was confirmed.",
    )
    customer_profile_id = fields.Many2one(
        string="Customer value",
        comodel_name="customer.profile",
        compute="_compute_customer_profile_id",
        groups=GROUPS_STANDING,
    )
    customer_alerts = fields.Json(compute="_compute_customer_alerts", groups=GROUPS_STANDING)
    customer_company_currency_id = fields.Many2one(
        string="Company currency",
        comodel_name="res.currency",
        compute="_compute_customer_company_currency_id",
        groups=GROUPS_EMPLOYEES,
    )
    customer_untaxed_amount = fields.Monetary(
        string="Untaxed, company currency",
        compute="_compute_customer_untaxed_amount",
        currency_field="customer_company_currency_id",
        groups=GROUPS_REVENUE,
        help="At the rate of the order, as counted in the customer profile.",
    )

    customer_open_of_id = fields.Many2one(
        string="In the open orders of",
        comodel_name="res.partner",
        compute="_compute_customer_open_of_id",
        search="_search_customer_open_of_id",
        groups=GROUPS_REVENUE,
    )
    customer_open_amount = fields.Monetary(
        string="Not invoiced yet, company currency",
        compute="_compute_customer_open_amount",
        currency_field="customer_company_currency_id",
        groups=GROUPS_REVENUE,
        help="Untaxed, line by line, less advances not taken off an invoice yet; drafts and later "
        "invoices are still to come.",
    )

    @api.depends(
        "partner_id.commercial_partner_id",
        "customer_moved_from_id.commercial_partner_id",
        "order_line.invoice_lines.move_id.state",
        "order_line.invoice_lines.move_id.invoice_date",
        "order_line.invoice_lines.move_id.commercial_partner_id.commercial_partner_id",
    )
    def _compute_customer_counted_for_id(self):
        for order in self:
            named = order._get_invoiced_customers()[:1]
            named = named or order.customer_moved_from_id or order.partner_id
            order.customer_counted_for_id = named.commercial_partner_id

    def _get_customers(self):
        """Return the customers an order is counted for or was ordered by."""
        ordered = self.customer_moved_from_id or self.partner_id
        return self.customer_counted_for_id | ordered.commercial_partner_id

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse whose an order was from outside."""
        for vals in vals_list:
            self._check_guarded(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Forget whose the order was: a quotation, and one for somebody else, is nobody's yet."""
        self._check_guarded(vals)
        if "partner_id" in vals or vals.get("state") in QUOTATION_STATES:
            vals = vals | {"customer_moved_from_id": False}
        return super().write(vals)

    def _get_invoiced_customers(self):
        """Return the customers on the posted invoices of an order, those of the first one first."""
        moves = self.order_line.invoice_lines.move_id.filtered(
            lambda move: move.state == "posted" and move.is_sale_document(include_receipts=True)
        )
        return moves.sorted(lambda move: (move.invoice_date, move.id)).commercial_partner_id

    @api.model
    def _search_customer_counted_for_id(self, operator, value):
        self._check_field_access(self._fields["customer_counted_for_id"], "read")
        return self.env["customer.profile"]._search_whose(
            SQL("SELECT id FROM customer_order"), operator, value
        )

    @api.depends("customer_counted_for_id", "company_id")
    def _compute_customer_profile_id(self):
        profiles = self.env["customer.profile"]._find_profiles(
            self, lambda order: order.customer_counted_for_id
        )
        for order, profile in profiles.items():
            order.customer_profile_id = profile

    @api.depends_context("uid")
    @api.depends("customer_counted_for_id", "company_id")
    def _compute_customer_alerts(self):
        for order in self:
            order.customer_alerts = order.customer_profile_id._get_document_alerts() or False

    @api.depends("company_id")
    def _compute_customer_company_currency_id(self):
        for order in self:
            order.customer_company_currency_id = order.company_id.currency_id

    @api.depends("amount_untaxed", "currency_rate")
    def _compute_customer_untaxed_amount(self):
        for order in self:
            order.customer_untaxed_amount = order.amount_untaxed / (order.currency_rate or 1.0)

    @api.depends("state", "order_line.untaxed_amount_to_invoice", "order_line.price_subtotal")
    def _compute_customer_open_amount(self):
        self.customer_open_amount = 0.0
        for company, orders in self.filtered("id").grouped("company_id").items():
            for order, amount in self._get_open_amounts(
                SQL("id = ANY(%s)", list(orders._origin.ids)),
                self.env["customer.profile"]._get_today(company),
            ).items():
                self.browse(order).customer_open_amount = amount

    @api.depends("customer_counted_for_id", "customer_open_amount")
    def _compute_customer_open_of_id(self):
        profiles = self.env["customer.profile"].sudo()
        rows = profiles._read_documents(
            profiles._get_open_documents_sql, self, self.customer_counted_for_id
        )
        for order in self:
            order.customer_open_of_id = rows.get(order.id, {}).get("partner_id")

    @api.model
    def _search_customer_open_of_id(self, operator, value):
        self._check_field_access(self._fields["customer_open_of_id"], "read")
        profiles = self.env["customer.profile"]
        return profiles._search_documents(profiles._get_open_documents_sql, operator, value)

    @api.model
    def _get_open_amounts(self, where, today):
        """Return order -> what is not invoiced yet of it, untaxed, company currency.

        :param SQL where: condition on ``sale_order``; confirmed orders only are looked at
        :param today: up to which day invoices count
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "WITH %s SELECT id, amount FROM open_order ORDER BY id",
                self._get_open_order_sql(
                    SQL("SELECT * FROM sale_order WHERE state = 'sale' AND %s", where), today
                ),
            )
        )
        return {order: float(amount) for order, amount in rows}

    @api.model
    def _get_open_order_sql(self, orders, today) -> SQL:
        """CTEs up to ``open_order``: ``id`` and ``amount`` of what is not invoiced yet.

        The one source of open orders, of profile and forecast. By line, never less than nothing
        and never more than was ordered: the smaller of what is left by quantity and by amount,
        so that neither a price given on the invoice nor an allowance leaves something to
        invoice. Advances count until an invoice takes them off. Untaxed, company currency, to
        the cent.

        :param SQL orders: query with all columns of the orders
        :param today: drafts and invoices after that day are still to come
        """
        return SQL(
            """%(ordered)s, %(invoiced)s, open_line AS (
                SELECT l.order_id, l.rate, l.decimals,
                       CASE WHEN l.is_downpayment THEN 0 WHEN l.amount > 0
                            THEN GREATEST(LEAST(l.amount, l.amount - i.amount,
                                 l.amount * (1 - i.quantity / NULLIF(l.quantity, 0))), 0)
                            ELSE LEAST(GREATEST(l.amount, l.amount - i.amount,
                                 l.amount * (1 - i.quantity / NULLIF(l.quantity, 0))), 0)
                       END AS amount,
                       CASE WHEN l.is_downpayment THEN i.amount ELSE 0 END AS advance
                  FROM ordered_line l
             LEFT JOIN invoiced_line i ON i.id = l.id
            ), open_order AS (
                SELECT id, amount
                  FROM (SELECT order_id AS id,
                               ROUND(GREATEST(SUM(amount) - GREATEST(SUM(advance), 0), 0) / rate,
                                     decimals) AS amount
                          FROM open_line
                      GROUP BY order_id, rate, decimals) o
                 WHERE amount > 0
            )""",
            ordered=self._get_ordered_line_sql(orders),
            invoiced=self._get_invoiced_line_sql(today),
        )

    @api.model
    def _get_ordered_line_sql(self, orders) -> SQL:
        """CTE ``ordered_line``: quantity and amount that lines come to, in the order's currency.

        What is invoiced on delivery comes to what was delivered once nothing more is under way.
        """
        return SQL(
            """ordered_line AS (
                SELECT l.id, l.order_id, l.currency_id, u.factor AS unit,
                       c.decimal_places AS decimals,
                       COALESCE(NULLIF(o.currency_rate, 0), 1)::numeric AS rate,
                       COALESCE(l.is_downpayment, FALSE) AS is_downpayment, q.quantity,
                       CASE WHEN l.product_uom_qty = 0
                            THEN COALESCE(l.untaxed_amount_to_invoice, 0)
                                 + COALESCE(l.untaxed_amount_invoiced, 0)
                            ELSE l.price_subtotal * q.quantity / l.product_uom_qty::numeric
                       END AS amount
                  FROM (%s) o
                  JOIN res_company k ON k.id = o.company_id
                  JOIN res_currency c ON c.id = k.currency_id
                  JOIN sale_order_line l ON l.order_id = o.id AND l.display_type IS NULL
             LEFT JOIN product_product p ON p.id = l.product_id
             LEFT JOIN product_template t ON t.id = p.product_tmpl_id
             LEFT JOIN uom_uom u ON u.id = l.product_uom_id
            CROSS JOIN LATERAL (
                        SELECT CASE
                            WHEN l.product_uom_qty = 0 THEN l.qty_delivered
                            WHEN t.invoice_policy IS DISTINCT FROM 'delivery' THEN l.product_uom_qty
                            WHEN t.type = 'consu' AND o.delivery_status = 'full'
                            THEN l.qty_delivered
                            WHEN l.product_uom_qty < 0
                            THEN LEAST(l.product_uom_qty, l.qty_delivered)
                            ELSE GREATEST(l.product_uom_qty, l.qty_delivered) END::numeric
                            AS quantity) q
            )""",
            orders,
        )

    @api.model
    def _get_invoiced_line_sql(self, today) -> SQL:
        """CTE ``invoiced_line``: quantity and amount posted, in unit and currency of the order."""
        return SQL(
            """invoiced_line AS (
                SELECT l.id,
                       SUM(s.sign * i.quantity::numeric
                           * COALESCE(u.factor, l.unit, 1)::numeric
                           / COALESCE(l.unit, 1)::numeric) AS quantity,
                       SUM(CASE WHEN m.currency_id = l.currency_id THEN s.sign * i.price_subtotal
                                ELSE -i.balance * l.rate END) AS amount
                  FROM ordered_line l
                  JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
                  JOIN account_move_line i ON i.id = r.invoice_line_id
                  JOIN account_move m ON m.id = i.move_id
             LEFT JOIN uom_uom u ON u.id = i.product_uom_id
            CROSS JOIN LATERAL (
                        SELECT CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS sign) s
                 WHERE m.state = 'posted' AND m.invoice_date <= %s
              GROUP BY l.id
            )""",
            today,
        )
