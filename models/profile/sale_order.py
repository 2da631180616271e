from odoo import api, fields, models

from ..base.access import GROUPS_REVENUE, GROUPS_STANDING


class SaleOrder(models.Model):
    """What sales sees of the customer on a quotation or order."""

    _inherit = "sale.order"

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

    @api.depends("partner_id.commercial_partner_id", "company_id")
    def _compute_customer_profile_id(self):
        profiles = self.env["customer.profile"]._find_profiles(
            self, lambda order: order.partner_id.commercial_partner_id
        )
        for order, profile in profiles.items():
            order.customer_profile_id = profile

    @api.depends_context("uid")
    @api.depends("partner_id.commercial_partner_id", "company_id")
    def _compute_customer_alerts(self):
        for order in self:
            order.customer_alerts = order.customer_profile_id._get_document_alerts() or False

    @api.depends("amount_untaxed", "currency_rate")
    def _compute_customer_untaxed_amount(self):
        for order in self:
            order.customer_untaxed_amount = order.amount_untaxed / (order.currency_rate or 1.0)
