"""Purchases of a few products in a few categories."""

from odoo.addons.customer_value.engine.recommendation import (
    PurchaseLines,
    UsualLimits,
    get_stopped_categories,
)

TODAY = 740_000
# product -> category; product 40 has none
CATEGORIES = {10: 7, 11: 7, 12: 7, 20: 9, 21: 9, 30: 11, 40: -1}


def find(rows):
    """Return (lines, categories, what was stopped) of (customer, product, days ago, revenue)."""
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    customers, products, ago, revenues = columns
    days = [TODAY - number for number in ago]
    lines = PurchaseLines.of(customers, products, days, [1] * len(rows), revenues, revenues)
    categories = [CATEGORIES[product] for product in lines.products.tolist()]
    usual = UsualLimits.from_json({"categories": [], "limits": [], "overall": 90.0})
    return lines, categories, get_stopped_categories(lines, categories, TODAY, usual)
