from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import GROUPS_REVENUE, GROUPS_STANDING

QUOTATION_STATES = ("draft", "sent")


class SaleOrder(models.Model):
    """What sales sees of the customer on a quotation or order."""

    _inherit = "sale.order"

    customer_moved_from_id = fields.Many2one(
        string="Customer when confirmed",
        comodel_name="res.partner",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="Set when the contact has moved to another customer since then.",
    )
    customer_counted_for_id = fields.Many2one(
        string="Counted for",
        comodel_name="res.partner",
        compute="_compute_customer_counted_for_id",
        search="_search_customer_counted_for_id",
        compute_sudo=True,
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
        string="Company currency", related="company_id.currency_id"
    )
    customer_untaxed_amount = fields.Monetary(
        string="Untaxed, company currency",
        compute="_compute_customer_untaxed_amount",
        currency_field="customer_company_currency_id",
        groups=GROUPS_REVENUE,
        help="At the rate of the order, as counted in the customer profile.",
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

    def write(self, vals):
        """Forget whose the order was: a quotation, and one for somebody else, is nobody's yet."""
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

    @api.depends("amount_untaxed", "currency_rate")
    def _compute_customer_untaxed_amount(self):
        for order in self:
            order.customer_untaxed_amount = order.amount_untaxed / (order.currency_rate or 1.0)
