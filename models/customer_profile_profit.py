from odoo import api, fields, models
from odoo.tools import float_round

from .access import GROUPS_PROFIT
from .nullable import NullableMonetary

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
        company = self.env.company
        return {
            "order_line_count": company.customer_cost_per_order_line,
            "delivery_count": company.customer_cost_per_delivery,
            "return_count": company.customer_cost_per_return,
            "late_amount_days": company.customer_capital_cost_percent / 100 / 365,
        }

    @api.model
    def _add_profit(self, rows):
        """Add cost to serve and net profit in company currency to rows of facts, in place."""
        digits = self.env.company.currency_id.decimal_places
        rates = self._get_cost_drivers()
        for row in rows:
            for window in WINDOWS:
                # Half a cent goes up, as everywhere in Odoo; round() would make it even.
                cost = float_round(
                    sum(row[f"{driver}_{window}"] * rate for driver, rate in rates.items()),
                    precision_digits=digits,
                )
                gross = row[f"gross_profit_{window}"]
                row[f"cost_to_serve_{window}"] = cost
                row[f"net_profit_{window}"] = None if gross is None else round(gross - cost, digits)
