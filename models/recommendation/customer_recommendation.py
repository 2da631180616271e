from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import GROUPS_PROFIT
from ..base.nullable import NullableFloat, NullableMonetary
from ..guard.digits import write_digits
from ..guard.plural import count_days

KINDS = [
    ("reorder", "Reorder"),
    ("cross_sell", "Cross-sell"),
    ("up_sell", "Up-sell"),
    ("win_back", "Win back"),
]
# Own products, in the customer's own quantities.
OWN_KINDS = ("reorder", "win_back")
STATES = [
    ("open", "Still to offer"),
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
# Two years of hit rates; nobody looks further back.
KEPT_DAYS = 730
DECIDED_STATES = ("accepted", "rejected", "expired")


class CustomerRecommendation(models.Model):
    """A product a customer should be offered, why, and what became of it.

    Made and updated by the refresh (``customer_recommendation_refresh.py``); people quote or
    reject. No unique constraint: it would contain the customer, and merging contacts would then
    drop rows. The refresh leaves one open row per customer, kind and product.

    What the reader sees now: the reason in words, and whether the product is there.

    Recommendations of a customer: how many, where to see them, where they go.
    """

    _name = "customer.recommendation"
    _description = "Product Recommendation"
    _inherit = "customer.date.bounds.mixin"
    _order = "partner_id, rank, kind, id"
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
        help="How many times more customers have both than chance would have it.",
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
        help="Of own products: what this customer buys at a time; else what buyers buy at a time.",
    )
    expected_profit = NullableMonetary(
        string="Expected profit",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Price for this customer less cost, times the usual quantity, times the share of "
        "the reason (all of it for own products). Company currency.",
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
    hit_ratio = NullableFloat(
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

    @api.depends_context("lang")
    @api.depends(
        "kind", "because_product_id", "support_count", "base_count", "gap_days",
        "last_purchase_date",
    )  # fmt: skip
    def _compute_reason(self):
        today = {
            company: self.env["customer.profile"]._get_today(company)
            for company in self.sudo().company_id
        }
        for recommendation in self:
            # Names of products a person may not open are no secret in a reason.
            secret = recommendation.sudo()
            recommendation.reason = secret._get_reason(today[secret.company_id])

    def _get_reason(self, today):
        self.ensure_one()
        if self.kind == "reorder":
            return self.env._(
                "Every %(gap)s, last %(pause)s ago",
                gap=count_days(self.env, round(self.gap_days or 0)),
                pause=count_days(self.env, (today - (self.last_purchase_date or today)).days),
            )
        figures = {
            "count": write_digits(self.env, self.support_count),
            "base": write_digits(self.env, self.base_count),
        }
        if self.kind == "up_sell":
            return self.env._(
                "%(count)s of %(base)s customers alike who bought %(product)s went on to it",
                **figures,
                product=self.because_product_id.display_name or "",
            )
        if self.because_product_id:
            return self.env._(
                "%(count)s of %(base)s customers who bought %(product)s also bought it",
                **figures,
                product=self.because_product_id.display_name,
            )
        return self.env._("Bought by %(count)s of %(base)s customers", **figures)

    @api.depends("product_id", "company_id")
    def _compute_stock_status(self):
        for company, recommendations in self.sudo().grouped("company_id").items():
            status = self._get_stock_statuses(company, recommendations.product_id)
            for recommendation in recommendations:
                recommendation.stock_status = status.get(recommendation.product_id.id)

    @api.model
    def _get_stock_statuses(self, company, products):
        """Return product id -> whether the product is there now, in a company."""
        products = products.with_company(company).with_context(allowed_company_ids=company.ids)
        return {product.id: self._get_stock_status(product) for product in products}

    @api.model
    def _get_stock_status(self, product):
        if not product.is_storable:
            return "unlimited"
        if product.free_qty > 0:
            return "in_stock"
        return "on_order" if product.incoming_qty > 0 else "none"

    @api.model
    def _count_open(self, company, customers):
        """Return customer id -> number of open recommendations in a company."""
        groups = self._read_group(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", customers.ids),
                ("state", "=", "open"),
            ],
            ["partner_id"],
            ["__count"],
        )
        return {customer.id: count for customer, count in groups}

    @api.model
    def _get_customer_action(self, customer):
        """Return the action that lists the recommendations for one customer."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Recommendations for %(customer)s", customer=customer._get_plain_name()
            ),
            "res_model": self._name,
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "domain": [("partner_id", "=", customer.id)],
            "context": {"search_default_open": 1},
        }

    @api.model
    def _follow(self, partners):
        """Give the recommendations of partners to their customers of today, as they are."""
        self.env.flush_all()
        moved = self.env.execute_query(
            SQL(
                """UPDATE customer_recommendation r
                      SET partner_id = p.commercial_partner_id
                     FROM res_partner p
                    WHERE p.id = r.partner_id AND p.commercial_partner_id <> p.id
                      AND p.id = ANY(%s)
                RETURNING r.id""",
                partners.ids,
            )
        )
        if moved:
            self.invalidate_model(["partner_id"])

    @api.autovacuum
    def _gc_recommendations(self):
        """Delete what was decided long ago, after :data:`KEPT_DAYS`: hits and misses alike."""
        limit = fields.Date.today() - timedelta(days=KEPT_DAYS)
        self.search([("state", "in", DECIDED_STATES), ("date", "<", limit)]).unlink()
