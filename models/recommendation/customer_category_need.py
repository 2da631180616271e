from datetime import timedelta

from odoo import api, fields, models

from ..base.access import GROUPS_REVENUE
from ..base.nullable import NullableFloat
from ..guard.digits import write_digits

WINDOW_DAYS = 365


class CustomerCategoryNeed(models.Model):
    """What a customer spends on a product category, beside what customers alike spend on it.

    Alike: companies (or persons) of the same value class, the customer itself left out. Expected
    is the mean share of the category among them, times all this customer spends: the need. Below
    it, the rest is bought elsewhere or not at all. Company currency, 365 days, returns taken off.
    Written by ``customer_category_need_refresh``; nobody writes it by hand.
    """

    _name = "customer.category.need"
    _description = "Need of a Customer by Product Category"
    _inherit = "customer.date.bounds.mixin"
    _order = "is_gap desc, wallet_percent, id"
    _rec_name = "category_id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    category_id = fields.Many2one(
        string="Product category",
        comodel_name="product.category",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    date_from = fields.Date(string="From", readonly=True)
    date = fields.Date(string="As of", readonly=True)
    spent = fields.Monetary(
        readonly=True, groups=GROUPS_REVENUE, help="Without taxes, less what was credited."
    )
    expected = fields.Monetary(
        string="Customers alike",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="What customers alike with the same total spend on this category.",
    )
    gap = fields.Monetary(
        readonly=True,
        groups=GROUPS_REVENUE,
        help="What customers alike spend more on it in a year; 0 when it is less.",
    )
    wallet_percent = NullableFloat(
        string="Share of wallet (%)",
        digits=(5, 1),
        aggregator="avg",
        readonly=True,
        help="Spent of what customers alike would spend, at most 100; empty with fewer than "
        "five customers alike.",
    )
    alike_count = fields.Integer(string="Customers alike (number)", readonly=True, aggregator=None)
    buyer_count = fields.Integer(string="Of them buy it", readonly=True, aggregator=None)
    is_gap = fields.Boolean(
        string="To offer",
        readonly=True,
        help="At least 3 of 10 customers alike (five or more) buy it, and this one spends less "
        "than half of what is usual.",
    )
    reason = fields.Char(compute="_compute_reason", help="In exact figures.")

    _customer_idx = models.Index("(partner_id, company_id)")

    @api.depends("alike_count", "buyer_count", "category_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        for need in self:
            need.reason = self.env._(
                "%(buyers)s of %(alike)s customers alike buy %(category)s.",
                buyers=write_digits(self.env, need.buyer_count),
                alike=write_digits(self.env, need.alike_count),
                category=need.category_id.sudo().name,
            )

    def action_open_lines(self):
        """Open the invoice lines the spent amount is made of. Public: button.

        :raise AccessError: when the user may not read invoices
        """
        self.ensure_one()
        self.check_access("read")
        lines = self.env["account.move.line"]
        lines.check_access("read")
        view = self.env.ref("customer_value.account_move_line_view_list_profit").id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoice lines: %(category)s", category=self.category_id.name),
            "res_model": lines._name,
            "views": [(view, "list"), (view, "kanban")],
            "mobile_view_mode": "kanban",
            "domain": self._get_line_domain(),
            "context": {"create": False},
        }

    def _get_line_domain(self):
        self.ensure_one()
        # After a merge the day is empty: the numbers are made anew, these are still of the window.
        until = self.date or self.date_from + timedelta(days=WINDOW_DAYS)
        return [
            ("company_id", "child_of", self.company_id.id),
            ("parent_state", "=", "posted"),
            ("move_id.move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ("move_id.commercial_partner_id.commercial_partner_id", "=", self.partner_id.id),
            ("move_id.invoice_date", ">", self.date_from),
            ("move_id.invoice_date", "<=", until),
            ("display_type", "=", "product"),
            ("is_downpayment", "=", False),
            ("product_id.categ_id", "=", self.category_id.id),
        ]
