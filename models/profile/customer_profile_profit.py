from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from ..base.access import GROUPS_PROFIT
from ..base.nullable import NullableMonetary

WINDOWS = ("total", "365")


class CustomerProfile(models.Model):
    """Cost to serve and net profit: counted drivers times the rates of the company."""

    _inherit = "customer.profile"

    cost_to_serve_total = fields.Monetary(
        string="Cost to serve", readonly=True, groups=GROUPS_PROFIT
    )
    cost_to_serve_365 = fields.Monetary(
        string="Cost to serve, last 365 days", readonly=True, groups=GROUPS_PROFIT
    )
    net_profit_total = NullableMonetary(
        string="Net profit",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Gross profit less cost to serve since the first invoice.",
    )
    net_profit_365 = NullableMonetary(
        string="Net profit, last 365 days", readonly=True, groups=GROUPS_PROFIT
    )

    @api.model
    def _get_cost_drivers(self):
        """Return driver field (without window suffix) -> rate in company currency per unit.

        Extended by every feature that makes serving a customer cost something.
        """
        company = self.env.company.sudo()  # a rate tells less than the cost it is shown with
        return {
            "order_line_count": company.customer_cost_per_order_line,
            "delivery_count": company.customer_cost_per_delivery,
            "return_count": company.customer_cost_per_return,
            "late_amount_days": company.customer_capital_cost_percent / 100 / 365,
        }

    @api.model
    def _add_profit(self, rows):
        """Add cost to serve and net profit in company currency to rows of facts, in place.

        Every driver is rounded by itself: the list of the parts adds up to the number.
        """
        currency = self.env.company.currency_id
        rates = self._get_cost_drivers()
        for row in rows:
            for window in WINDOWS:
                costs = (
                    currency.round(row[f"{name}_{window}"] * rate) for name, rate in rates.items()
                )
                cost = currency.round(sum(costs))
                gross = row[f"gross_profit_{window}"]
                row[f"cost_to_serve_{window}"] = cost
                row[f"net_profit_{window}"] = (
                    None if gross is None else currency.round(float(gross) - cost)
                )

    @api.model
    def _get_metric_documents(self):
        metrics = {}
        for window in WINDOWS:
            metrics[f"cost_to_serve_{window}"] = (
                "customer.profit.part",
                partial(self._get_cost_part_domain, window),
            )
            metrics[f"net_profit_{window}"] = (
                "customer.profit.part",
                partial(self._get_profit_part_domain, window),
            )
        return super()._get_metric_documents() | metrics

    def _get_profit_part_domain(self, window):
        """Domain of the parts whose amounts add up to ``net_profit_<window>``."""
        self.ensure_one()
        return Domain([("profile_id", "=", self.id), ("window", "=", window)])

    def _get_cost_part_domain(self, window):
        """Domain of the parts whose costs add up to ``cost_to_serve_<window>``."""
        return self._get_profit_part_domain(window) & Domain("part", "!=", "gross_profit")
