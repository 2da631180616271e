from odoo import api, fields, models

from ..base.access import GROUPS_PROFIT
from ..base.nullable import NullableFloat, NullableMonetary

KINDS = [("reorder", "Reorder"), ("cross_sell", "Cross-sell"), ("up_sell", "Up-sell")]
STATES = [
    ("open", "Open"),
    ("quoted", "On a quotation"),
    ("accepted", "Bought"),
    ("rejected", "Rejected"),
    ("expired", "Expired"),
]
ACTIVE_STATES = ("open", "quoted")
REJECT_REASONS = [
    ("not_needed", "Not needed"),
    ("too_expensive", "Too expensive"),
    ("bought_elsewhere", "Bought elsewhere"),
    ("unsuitable", "Does not fit"),
    ("other", "Another reason"),
]


class CustomerRecommendation(models.Model):
    """A product a customer should be offered, why, and what became of it.

    Made and updated by the refresh (``customer_recommendation_refresh.py``); people quote or
    reject. No unique constraint: it would contain the customer, and merging contacts would then
    drop rows. The refresh leaves one open row per customer, kind and product.
    """

    _name = "customer.recommendation"
    _description = "Product Recommendation"
    _order = "partner_id, kind, rank, id"
    _rec_name = "product_id"

    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    product_category_id = fields.Many2one(related="product_id.categ_id")
    state = fields.Selection(selection=STATES, default="open", required=True, readonly=True)
    rank = fields.Integer(readonly=True, aggregator=None, help="1 is the best of its kind.")
    date = fields.Date(
        string="Shown since",
        required=True,
        readonly=True,
        help="A product bought within the look-back from this day on counts as a hit.",
    )
    decided_date = fields.Date(
        string="Decided on", readonly=True, help="The day it was bought, rejected or expired."
    )

    # === WHY: the figures; the sentence is put together in the reader's language === #
    because_product_id = fields.Many2one(
        string="Because of",
        comodel_name="product.product",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    support_count = fields.Integer(string="Bought it", readonly=True, aggregator=None)
    base_count = fields.Integer(string="Out of", readonly=True, aggregator=None)
    lift = NullableFloat(
        readonly=True,
        aggregator=None,
        digits=(16, 2),
        help="How many times more often both are bought together than chance would have it.",
    )
    gap_days = NullableFloat(
        string="Own gap (days)", readonly=True, aggregator=None, digits=(16, 1)
    )
    last_purchase_date = fields.Date(string="Last bought", readonly=True)
    usual_quantity = fields.Float(
        string="Usual quantity",
        readonly=True,
        aggregator=None,
        digits="Product Unit",
        help="Of a reorder: what this customer buys at a time; else what buyers buy at a time.",
    )
    expected_profit = NullableMonetary(
        string="Expected profit",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Price for this customer less cost, times the usual quantity, times the share of "
        "the reason (all of it for a reorder). Company currency.",
    )
    reason = fields.Char(compute="_compute_reason")
    stock_status = fields.Selection(
        selection=[
            ("in_stock", "In stock"),
            ("on_order", "On order"),
            ("none", "Out of stock"),
            ("unlimited", "Always available"),
        ],
        string="Stock",
        compute="_compute_stock_status",
    )

    # === OUTCOME === #
    order_id = fields.Many2one(
        string="Quotation",
        comodel_name="sale.order",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    reject_reason = fields.Selection(
        selection=REJECT_REASONS, string="Reason of the rejection", readonly=True
    )
    reject_note = fields.Char(string="Note on the rejection", readonly=True)
    decided_by_id = fields.Many2one(string="Decided by", comodel_name="res.users", readonly=True)
    hit_rate = NullableFloat(
        string="Hit rate",
        readonly=True,
        aggregator="avg",
        help="1: bought within the look-back. 0: rejected or not bought. Empty: still open.",
    )

    _customer_idx = models.Index("(company_id, partner_id, state)")
    _date_idx = models.Index("(company_id, date)")

    @api.depends("product_id.display_name")
    def _compute_display_name(self):
        for recommendation in self:
            recommendation.display_name = recommendation.product_id.display_name

    @api.model
    def _get_hit(self, state):
        """Return what a state counts in the hit rate; ``None`` while it is open."""
        return {"accepted": 1.0, "rejected": 0.0, "expired": 0.0}.get(state)
