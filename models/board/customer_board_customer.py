from functools import partial

from odoo import api, models
from odoo.fields import Domain

from ..base.scope import YEAR
from ..calendar.reader_date import write_day
from ..profile.customer_profile import VALUE_CLASSES
from .board_tile import Before, Series, Tile, Window, get_measured_field

PROFILE = "customer.profile"
SNAPSHOT = "customer.profile.snapshot"
PROFILE_VIEW = "customer_profile_view_list_board"
MOVES_VIEW = "customer_profile_snapshot_view_list_moves"
PREDICTED = ("lifetime_value", "predicted_profit", "value_at_risk")
BUYING = ("new", "active", "won_back")


class CustomerBoard(models.AbstractModel):
    """The boards of value, retention and acquisition: what profiles and snapshots say."""

    _inherit = "customer.board"

    @api.model
    def _get_boards(self):
        return super()._get_boards() | {
            "value": (
                self.env._("Value"),
                self.env._("What are our customers worth, and who makes the profit?"),
                self._get_value_board,
            ),
            "retention": (
                self.env._("Retention"),
                self.env._("Who stays, who leaves, and how much is at stake?"),
                self._get_retention_board,
            ),
            "acquisition": (
                self.env._("Acquisition"),
                self.env._("Do we win new customers, and do they come back?"),
                self._get_acquisition_board,
            ),
        }

    @api.model
    def _get_month_end(self):
        """Return the day of the last snapshot of the current company, ``False`` without one."""
        snapshots = self.env[SNAPSHOT]
        return snapshots.search_fetch(self._in_company(), ["date"], order="date desc", limit=1).date

    @api.model
    def _get_profile_tile(self, month_end, name, label, domain, measure="__count", **options):
        """Return a tile of profiles, compared with the last snapshot unless told otherwise.

        What is asked of the profile must be in the snapshot, too: by the same names.
        """
        domain = Domain(domain)
        if month_end and "before" not in options:
            options["before"] = Before(
                self._in_company() & Domain("date", "=", month_end) & domain,
                self.env._("On %(day)s", day=write_day(self.env, month_end)),
                model=SNAPSHOT,
            )
        measured = get_measured_field(measure)
        defaults = {"view": PROFILE_VIEW, "group": "segment"}
        if measured in PREDICTED:
            defaults["empty"] = self.env._("No customer has a prediction yet.")
        elif measured == "net_profit_365":
            defaults["empty"] = self.env._("What the goods have cost is not known.")
        whole = self._in_company() & domain
        return Tile(name, label, PROFILE, whole, measure, **(defaults | options))

    # === VALUE === #

    @api.model
    def _get_value_board(self, window):
        return {"tiles": self._get_value_tiles(), "charts": self._get_value_charts()}

    @api.model
    def _get_value_tiles(self):
        """Customers, revenue and profit of the last 365 days, and what the next ones may bring."""
        tile = partial(self._get_profile_tile, self._get_month_end())
        buyers = [("occasion_count_365", ">", 0)]
        loss = [("net_profit_365", "<", 0)]
        before = Before(
            self._in_company(), self.env._("The 365 days before"), "", "revenue_previous_365:sum"
        )
        return [
            tile(
                "revenue",
                self.env._("Revenue, last 365 days"), [], "revenue_365:sum", unit="money",
                before=before,
            ),
            tile(
                "net_profit", self.env._("Net profit, last 365 days"), [], "net_profit_365:sum",
                unit="money", help=self.env._("Gross profit less what serving the customers cost."),
            ),
            tile("buyers", self.env._("Customers who bought, last 365 days"), buyers),
            tile(
                "pareto", self.env._("Customers who make 80 % of the profit"),
                [("value_class", "in", ("A", "B"))], good=0, group="value_class",
                help=self.env._(
                    "Value classes A and B: the fewest customers who make 80 % of the profit."
                ),
            ),
            tile(
                "loss", self.env._("Lost on customers at a loss"), loss, "net_profit_365:sum",
                unit="money",
                help=self.env._("Those whose net profit of the last 365 days is below zero."),
            ),
            tile(
                "lifetime_value",
                self.env._("Lifetime value"), [], "lifetime_value:sum", unit="money",
                help=self.env._("Net profit so far, and what is expected of the next 12 months."),
            ),
            tile(
                "predicted_profit",
                self.env._("Expected profit, 12 months"), [], "predicted_profit:sum",
                unit="money",
            ),
        ]  # fmt: skip

    @api.model
    def _get_value_charts(self):
        classes = [("value_class", "!=", False)]
        series = [
            Series(self.env._("Customers")),
            Series(self.env._("Revenue"), "revenue_365:sum", "money"),
            Series(self.env._("Net profit"), "net_profit_365:sum", "money"),
        ]
        return [
            self._get_chart(
                "classes", self.env._("Few customers make most of the profit"), PROFILE,
                self._in_company() & Domain(classes), "value_class", series,
                order=[key for key, _label in VALUE_CLASSES], view=PROFILE_VIEW,
            ),
            self._get_chart(
                "months", self.env._("Revenue and profit of a year, month by month"), SNAPSHOT,
                self._in_company(), "date:day", series[1:], type="line", view=MOVES_VIEW,
                is_month=True,
            ),
        ]  # fmt: skip

    # === RETENTION === #

    @api.model
    def _get_retention_board(self, window):
        has_moves, month_end = bool(self._get_moves(window)), self._get_month_end()
        window = Window(window.today, YEAR)
        return {
            "tiles": [
                *self._get_retention_tiles(month_end),
                *(self._get_move_tiles(window) if has_moves else []),
            ],
            "charts": [self._get_stage_chart()],
            "grids": [self._get_cohort_grid(window.today)],
            "notes": [] if has_moves else [self._get_no_month_note()],
        }

    @api.model
    def _get_retention_tiles(self, month_end):
        """Who is there, who is slipping, and how much is at stake."""
        tile = partial(self._get_profile_tile, month_end)
        slipping = [("stage", "=", "slipping")]
        return [
            tile("active", self.env._("Customers who buy"), [("stage", "in", BUYING)]),
            tile("slipping", self.env._("Slipping away"), slipping, good=-1),
            tile(
                "revenue_at_risk",
                self.env._("Revenue of who is slipping"), slipping, "revenue_365:sum",
                unit="money", good=-1, help=self.env._("Their revenue of the last 365 days."),
            ),
            tile(
                "value_at_risk",
                self.env._("Value at risk"), [], "value_at_risk:sum", unit="money",
                good=-1,
                help=self.env._("Expected profit, times the chance that the customer leaves."),
            ),
        ]  # fmt: skip

    @api.model
    def _get_move_tiles(self, window):
        """Who moved from one month end to the next, by the snapshots of the last year."""
        return [
            self._get_move_tile(
                window, "churned", self.env._("Left, last 12 months"), good=-1,
                moved=[("stage", "=", "lapsed"), ("previous_stage", "not in", (False, "lapsed"))],
            ),
            self._get_move_tile(
                window, "saved", self.env._("Saved, last 12 months"),
                help=self.env._("Were slipping at one month end, and buying at the next."),
                moved=[("stage", "in", ("new", "active")), ("previous_stage", "=", "slipping")],
            ),
            self._get_move_tile(
                window, "won_back", self.env._("Won back, last 12 months"),
                moved=[
                    ("stage", "=", "won_back"),
                    ("previous_stage", "not in", (False, "won_back")),
                ],
            ),
        ]  # fmt: skip

    @api.model
    def _get_move_tile(self, window, name, label, moved, **options):
        """Return a tile of who moved from one month end to the next, last year and before."""
        moved = self._in_company() & Domain(moved)
        before = Before(moved & window.before.contains("date"), self.env._("The 12 months before"))
        domain = moved & window.contains("date")
        return Tile(
            name, label, SNAPSHOT, domain, before=before, view=MOVES_VIEW, group="date:month",
            **options,
        )  # fmt: skip

    @api.model
    def _get_stage_chart(self):
        stages = list(dict(self.env[PROFILE]._fields["stage"].selection))
        return self._get_chart(
            "stages", self.env._("Where customers stand"), PROFILE,
            self._in_company() & Domain("stage", "!=", "prospect"), "stage",
            [
                Series(self.env._("Customers")),
                Series(self.env._("Revenue"), "revenue_365:sum", "money"),
                Series(self.env._("Net profit"), "net_profit_365:sum", "money"),
            ],
            order=stages, view=PROFILE_VIEW,
        )  # fmt: skip

    # === ACQUISITION === #

    @api.model
    def _get_acquisition_board(self, window):
        window = Window(window.today, YEAR)
        won = self._in_company() & window.contains("first_occasion_date")
        months = self._in_company() & Domain("age_months", "=", 0)
        return {
            "tiles": [*self._get_acquisition_tiles(window), *self._get_source_tiles(window)],
            "charts": [
                self._get_chart(
                    "won_months",
                    self.env._("Customers won, month by month"), "customer.cohort", months,
                    "month:day",
                    [
                        Series(self.env._("Customers won")),
                        Series(self.env._("Revenue of their first month"), "revenue:sum", "money"),
                        Series(self.env._("Gross profit of their first month"), "gross_profit:sum",
                        "money"),
                    ],
                    is_month=True,
                ),
                self._get_chart(
                    "won_stages",
                    self.env._("Where those stand today who were won in a year"), PROFILE,
                    won, "stage", [Series(self.env._("Customers"))], view=PROFILE_VIEW,
                ),
                self._get_source_chart(window),
            ],
        }  # fmt: skip

    @api.model
    def _get_acquisition_tiles(self, window):
        """New customers against those who had bought before."""
        won, earlier = (one.contains("first_occasion_date") for one in (window, window.before))
        before = Before(self._in_company() & earlier, self.env._("The 365 days before"))
        again = Domain("occasion_count", ">=", 2)
        regular = Domain("first_occasion_date", "<=", window.start)
        tile = partial(self._get_profile_tile, False)
        return [
            tile("won", self.env._("Customers won, last 365 days"), won, before=before),
            tile(
                "won_again", self.env._("Of these, bought again"), won & again,
                before=Before(self._in_company() & earlier & again,
                self.env._("The 365 days before")),
                help=self.env._(
                    "On two days or more since the first. Who was won earlier had more time."
                ),
            ),
            tile(
                "new_revenue", self.env._("Revenue of new customers"), won, "revenue_365:sum",
                unit="money", help=self.env._("Of those won in the last 365 days."),
            ),
            tile(
                "repeat_revenue",
                self.env._("Revenue of regular customers"), regular, "revenue_365:sum",
                unit="money", help=self.env._("Of those won earlier: their last 365 days."),
                before=Before(
                    self._in_company() & regular, self.env._("The 365 days before"), "",
                    "revenue_previous_365:sum",
                ),
            ),
            tile(
                "new_profit", self.env._("Net profit of new customers"), won, "net_profit_365:sum",
                unit="money",
            ),
            tile(
                "repeat_profit", self.env._("Net profit of regular customers"), regular,
                "net_profit_365:sum", unit="money",
            ),
        ]  # fmt: skip
