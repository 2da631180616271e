from odoo import fields, models


class CustomerSettingsMixin(models.AbstractModel):
    """What is printed of loyalty, and where points are booked."""

    _inherit = "customer.settings.mixin"

    customer_points_on_invoice = fields.Boolean(
        related="company_id.customer_points_on_invoice", readonly=False
    )
    customer_points_is_booked = fields.Boolean(
        related="company_id.customer_points_is_booked", readonly=False
    )
    customer_points_journal_id = fields.Many2one(
        related="company_id.customer_points_journal_id",
        readonly=False,
        domain=[("type", "=", "general")],
        check_company=True,
    )
    customer_points_liability_account_id = fields.Many2one(
        related="company_id.customer_points_liability_account_id",
        readonly=False,
        domain=[("internal_group", "=", "liability")],
        check_company=True,
    )
    customer_points_expense_account_id = fields.Many2one(
        related="company_id.customer_points_expense_account_id",
        readonly=False,
        domain=[("internal_group", "in", ("expense", "income"))],
        check_company=True,
    )
