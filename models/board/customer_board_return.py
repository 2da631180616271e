from functools import partial

from odoo import api, models

from .board_tile import Before, Series, Tile

BALANCES = "customer.points.balance"
POINTS = "customer.points.entry"
SOURCES = "customer.acquisition.report"


class CustomerBoard(models.AbstractModel):
    """What winning and keeping customers costs: sources and their payback, and points."""

    _inherit = "customer.board"

    @api.model
    def _get_source_chart(self, window):
        return self._get_chart(
            "sources", self.env._("What sources cost, and what they brought"), SOURCES,
            self._in_company() & window.contains("date"), "source_id",
            [
                Series(self.env._("Cost"), "cost:sum", "money"),
                Series(self.env._("Customers won"), "won_count:sum"),
                Series(self.env._("Cost per customer"), "cost_per_customer:avg", "money"),
                Series(self.env._("Payback (months)"), "payback_months:avg", "score"),
                Series(self.env._("Lifetime value ÷ cost"), "value_to_cost:avg", "score"),
            ],
        )  # fmt: skip

    @api.model
    def _get_source_tiles(self, window):
        tile = partial(self._get_source_tile, window)
        nobody = self.env._("No customer was won in this year.")
        return [
            tile("acquisition_cost", self.env._("Spent on winning customers"), "cost:sum", good=0),
            tile(
                "cost_per_customer", self.env._("Cost per customer won"), "cost_per_customer:avg",
                good=-1, help=self.env._("What was spent in a year ÷ customers won in it."),
                empty=nobody,
            ),
            tile(
                "payback", self.env._("Payback (months)"), "payback_months:avg", unit="score",
                good=-1, none=nobody,
                help=self.env._(
                    "Cost per customer won ÷ net profit of a customer's month. Empty without a "
                    "profit."
                ),
                empty=self.env._(
                    "Together, the customers won in this year have brought no profit so far that "
                    "could pay back what winning them cost."
                ),
            ),
        ]  # fmt: skip

    @api.model
    def _get_source_tile(self, window, name, label, measure, **options):
        """Return a tile of costs and of the customers won, compared with the year before."""
        before = Before(
            self._in_company() & window.before.contains("date"),
            self.env._("The 365 days before"),
        )
        return Tile(
            name, label, SOURCES, self._in_company() & window.contains("date"), measure,
            before=before, group="source_id", **({"unit": "money"} | options),
        )  # fmt: skip

    # === POINTS === #

    @api.model
    def _get_points_tiles(self, window):
        """Return what customers hold in points, and what the company owes by it."""
        none = self.env._("Not worked out yet: no points have been given.")
        return [
            self._get_now_tile(
                "points", self.env._("Points outstanding"), POINTS, [], "points:sum",
                unit="score", good=0, group="program_id", none=none,
            ),
            self._get_now_tile(
                "points_value", self.env._("Value of points outstanding"), BALANCES,
                [("is_latest", "=", True)], "outstanding_amount:sum", unit="money", good=0,
                view="customer_points_balance_view_list_latest", none=none,
                help=self.env._("Points × what the program says a point is worth today."),
            ),
        ]  # fmt: skip
