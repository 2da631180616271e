from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.tools import SQL

from ..models.base.scope import YEAR
from ..models.calendar.reader_number import write_money


class CustomerTierPreview(models.TransientModel):
    """What the benefits cost per year, by the rules as they are and as drafted.

    Upper bounds by the sales of the last 365 days: what customers bought then, at the prices of
    the pricelist instead of the sales prices; points at their value; gifts once for who moves up.
    """

    _inherit = "customer.tier.preview"

    cost_ids = fields.One2many(
        string="What it costs per year",
        comodel_name="customer.tier.preview.cost",
        inverse_name="preview_id",
        readonly=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost_now = fields.Monetary(string="Costs now", readonly=True)
    cost_then = fields.Monetary(string="Would cost", readonly=True)
    cost_text = fields.Text(string="How it adds up", readonly=True)

    def _write_costs(self):
        """Work out the cost under the rules as they are and as drafted."""
        now, then, ups = {}, {}, {}
        for (old, new), profile_ids in self._compare().items():
            now.update(dict.fromkeys(profile_ids, old))
            then.update(dict.fromkeys(profile_ids, new))
            if old != new:
                ups.update(dict.fromkeys(profile_ids, new))
        tiers = self.line_ids.tier_id
        ranks = {tier.id: tier.sequence for tier in tiers}
        ups = {one: new for one, new in ups.items() if ranks.get(new, 0) > ranks.get(now[one], 0)}
        before = self._get_costs(tiers, now)
        after = self._get_costs(tiers, then)
        rows = []
        for tier in tiers.sorted("sequence", reverse=True):
            count = list(then.values()).count(tier.id)
            gifts = list(ups.values()).count(tier.id) * self._get_gift_value(tier)
            discount, points = after[tier.id]
            rows.append(
                {
                    **{"tier_id": tier.id, "customer_count": count, "discount": discount},
                    **{"points": points, "gifts": gifts, "total": discount + points + gifts},
                    "total_now": sum(before[tier.id]),
                }
            )
        self.write(
            {
                "cost_ids": [Command.clear(), *map(Command.create, rows)],
                "cost_now": sum(row["total_now"] for row in rows),
                "cost_then": sum(row["total"] for row in rows),
                "cost_text": self._get_cost_text(rows),
            }
        )

    def _get_cost_text(self, rows):
        """Return the sum in words."""
        amounts = {
            name: write_money(self.env, sum(row[name] for row in rows), self.currency_id)
            for name in ("discount", "points", "gifts", "total", "total_now")
        }
        return self.env._(
            "%(discount)s discounts (sales price less price of the tier, times what was bought in "
            "the last 365 days) + %(points)s additional points (revenue of the last 365 days × "
            "points more than others get × what a point is worth) + %(gifts)s welcome gifts of "
            "those who move up = %(total)s a year; with the rules as they are: %(total_now)s.",
            **amounts,
        )

    # === THE PARTS ===

    def _get_costs(self, tiers, held):
        """Return tier id -> (discounts, additional points) of a year, in company currency.

        :param dict held: profile id -> id of the tier it would hold
        """
        pairs = [(profile, tier) for profile, tier in held.items() if tier]
        sold, revenue = self._read_sales(pairs)
        worth = self._get_points_worth()
        costs = {}
        for tier in tiers:
            discount = self._get_discount(tier, sold[tier.id])
            more = max(tier.points_multiplier - 1, 0)
            costs[tier.id] = (discount, max(revenue[tier.id], 0) * more * worth)
        return costs

    def _read_sales(self, pairs):
        """Return tier id -> product id -> quantity sold in a year, and tier id -> revenue.

        One query, whatever the number of customers.
        """
        sold, revenue = defaultdict(dict), defaultdict(float)
        if not pairs:
            return sold, revenue
        self.env.flush_all()
        profiles, tiers = zip(*pairs, strict=True)
        rows = self.env.execute_query(
            SQL(
                """SELECT t.tier, l.product_id,
                          SUM(-SIGN(l.balance) * ABS(l.quantity) * COALESCE(u.factor, 1)
                              / COALESCE(NULLIF(v.factor, 0), 1))::float8,
                          -SUM(l.balance)::float8
                     FROM unnest(%(profiles)s::int4[], %(tiers)s::int4[]) AS t(profile, tier)
                     JOIN customer_profile p ON p.id = t.profile
                     JOIN res_partner k ON k.commercial_partner_id = p.partner_id
                     JOIN account_move m ON m.commercial_partner_id = k.id
                          AND %(companies)s AND m.state = 'posted'
                          AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                          AND m.invoice_date > %(today)s - %(year)s AND m.invoice_date <= %(today)s
                     JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
                LEFT JOIN product_product x ON x.id = l.product_id
                LEFT JOIN product_template s ON s.id = x.product_tmpl_id
                LEFT JOIN uom_uom u ON u.id = l.product_uom_id
                LEFT JOIN uom_uom v ON v.id = s.uom_id
                 GROUP BY t.tier, l.product_id""",
                profiles=list(profiles),
                tiers=list(tiers),
                companies=self.company_id._where_counted(SQL("m.company_id")),
                today=self.env["customer.profile"]._get_today(self.company_id),
                year=YEAR,
            )
        )
        for tier, product, quantity, amount in rows:
            revenue[tier] += amount
            if product and quantity:
                sold[tier][product] = quantity
        return sold, revenue

    def _get_discount(self, tier, sold):
        """Return what the pricelist of a tier takes off what was sold; never below 0."""
        pricelist = tier.benefit_pricelist_id.sudo()
        if not pricelist or not sold:
            return 0.0
        company, currency = self.company_id, self.currency_id
        products = self.env["product.product"].sudo().with_company(company).browse(sold)
        products = products.with_context(active_test=False)
        prices = pricelist.with_company(company)._get_products_price(
            products, 1.0, currency=currency
        )
        full = products._price_compute("list_price", currency=currency, company=company)
        return sum(
            quantity * max(full[product] - prices[product], 0)
            for product, quantity in sold.items()
            if quantity > 0
        )

    def _get_points_worth(self):
        """Return what the points for one unit of company currency are worth, in that currency.

        Of the program in which the tiers of the company multiply points; 0 without. A point is
        worth what it is valued at where it is outstanding.
        """
        program = self.env["loyalty.program"]._get_points_program(self.company_id)
        return program.customer_points_rate * program._get_booked_point_value() if program else 0.0

    @api.model
    def _get_reward_value(self, reward):
        """Return what a reward is worth in company currency; 0 where it depends on the order."""
        if reward.reward_type == "product":
            return reward.reward_product_id.standard_price * reward.reward_product_qty
        if reward.reward_type == "discount" and reward.discount_mode == "per_order":
            return reward.discount
        if reward.reward_type == "discount" and reward.discount_mode == "per_point":
            return reward.discount * reward.required_points
        return 0.0

    def _get_gift_value(self, tier):
        program = tier.benefit_gift_program_id.sudo()
        rewards = program.with_company(self.company_id).reward_ids
        return max(map(self._get_reward_value, rewards), default=0.0)


class CustomerTierPreviewCost(models.TransientModel):
    """What the benefits of one tier would cost per year."""

    _name = "customer.tier.preview.cost"
    _description = "Cost of a Tier Under Trial Rules"
    _inherit = "customer.gate.mixin"
    _order = "id"

    preview_id = fields.Many2one(
        comodel_name="customer.tier.preview", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="preview_id.currency_id")
    tier_id = fields.Many2one(comodel_name="customer.tier", ondelete="cascade", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    discount = fields.Monetary(string="Discounts", readonly=True)
    points = fields.Monetary(string="Additional points", readonly=True)
    gifts = fields.Monetary(string="Welcome gifts", readonly=True)
    total = fields.Monetary(string="Together", readonly=True)
    total_now = fields.Monetary(string="Now", readonly=True)
