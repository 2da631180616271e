from dataclasses import asdict

import numpy as np

from odoo import api, fields, models

from ...engine.recommendation import POPULARITY, REGRESSION, fit_affinity, get_up_sells
from ..base.nullable import NullableFloat

AFFINITY_RULES = [
    (REGRESSION, "What the same customers buy"),
    (POPULARITY, "Best sellers"),
]
# Products everybody buys, for customers whose own products say nothing.
BEST_SELLERS = 50


class CustomerPredictionModel(models.Model):
    """The fit also learns which products go together, on the same sales."""

    _inherit = "customer.prediction.model"

    affinity_rule = fields.Selection(
        selection=AFFINITY_RULES,
        string="Rule of the recommendations",
        readonly=True,
        help="New products are recommended by what the same customers buy, unless the products "
        "that are bought most were as good in the last fifth of the time.",
    )
    affinity_hit_ratio = NullableFloat(
        string="Hit rate",
        readonly=True,
        aggregator=None,
        help="Share of customers who bought one of five products recommended by what the same "
        "customers buy, and new to them, in the last fifth of the time. "
        "Empty: too few purchases to tell.",
    )
    affinity_popular_hit_ratio = NullableFloat(
        string="Hit rate of best sellers",
        readonly=True,
        aggregator=None,
        help="The same for the five products that are bought most, which the rule has to beat by "
        "more than chance.",
    )
    affinity_trial = fields.Json(readonly=True, groups="base.group_system")
    affinity_basket_count = fields.Integer(
        string="Purchases learned from", readonly=True, aggregator=None
    )
    affinity_customer_count = fields.Integer(
        string="Customers learned from", readonly=True, aggregator=None
    )
    affinity_product_count = fields.Integer(
        string="Products with a pair", readonly=True, aggregator=None
    )
    affinity_best_sellers = fields.Json(readonly=True, groups="base.group_system")

    def _activate(self, vals):
        """Let the pairs of products take over together with the prediction."""
        result = super()._activate(vals)
        self._fit_affinity(self.date)
        return result

    def _fit_affinity(self, today):
        """Learn from all purchases up to the end of a day, and store the pairs."""
        self.ensure_one()
        self = self.with_company(self.company_id)  # noqa: PLW0642
        lines = self.env["customer.purchase.history"]._get_lines(
            self.company_id, today, self._get_sample()
        )
        self._follow_purchases(lines)
        book, day = lines.get_basket_history(), today.toordinal()
        tables = fit_affinity(book, day)
        grade = tables.grade
        quantities = lines.get_usual_quantities(book.product_keys)
        categories, prices, profits = self._get_product_standing(book.product_keys)
        offers = self.env["customer.recommendation"]
        groups = offers._get_value_groups(self.company_id, book.customer_keys)
        up_sells = get_up_sells(book, day, categories, prices, profits, groups)
        self.write(
            {
                "affinity_rule": tables.rule,
                "affinity_hit_ratio": grade.hit_rate if grade else None,
                "affinity_popular_hit_ratio": grade.popularity if grade else None,
                "affinity_trial": asdict(grade) if grade else {},
                "affinity_basket_count": tables.total_baskets,
                "affinity_customer_count": len(book.customer_keys),
                "affinity_product_count": int((tables.others >= 0).any(axis=1).sum()),
                "affinity_best_sellers": self._get_best_sellers(book, quantities),
            }
        )
        self.flush_recordset()
        pairs = self.env["customer.product.affinity"]
        pairs._replace(self, tables, up_sells, book.product_keys, quantities)

    def _follow_purchases(self, lines):
        """Tell other rooms all that was bought, as it is in memory now: a hook.

        :param lines: PurchaseLines of the customers that are learned from
        """

    @api.model
    def _get_best_sellers(self, book, quantities):
        """Return (product id, customers who bought it, usual quantity), most purchases first."""
        buyers = np.bincount(book.owned[1], minlength=len(book.product_keys))
        top = book.get_top_products(BEST_SELLERS)
        return [
            [int(book.product_keys[place]), int(buyers[place]), float(quantities[place])]
            for place in top
        ]

    @api.model
    def _get_product_standing(self, product_ids):
        """Return category, price and profit of one unit now, in company currency, as arrays."""
        company = self.company_id
        products = self.env["product.product"].sudo().with_company(company)
        products = products.browse(product_ids.tolist())
        offers = self.env["customer.recommendation"]
        prices = np.array(
            [
                offers._get_net_price(company, product, self._get_list_price(product))
                for product in products
            ],
            dtype=float,
        )
        costs = np.array([product.standard_price for product in products], dtype=float)
        categories = np.array([product.categ_id.id or -1 for product in products], dtype=np.int64)
        return categories, prices, prices - costs

    def _get_list_price(self, product):
        """Return the price of one unit in company currency: Odoo keeps that of the main company."""
        currency = self.company_id.currency_id
        return product.currency_id._convert(product.lst_price, currency, self.company_id, self.date)
