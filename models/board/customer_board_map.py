from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..calendar.reader_date import write_day
from ..profile.customer_profile import SEGMENTS, STAGES
from .board_tile import Before, Moves, Series, Tile
from .customer_board_customer import MOVES_VIEW, PROFILE, PROFILE_VIEW, SNAPSHOT

COHORT = "customer.cohort"
FORECAST = "customer.sales.forecast"
FORECAST_MONTHS = 12


class CustomerBoard(models.AbstractModel):
    """The segment map, who moved between segments and tiers, cohorts, and the forecast."""

    _inherit = "customer.board"

    @api.model
    def _get_boards(self):
        boards = super()._get_boards() | {
            "map": (
                self.env._("Segment map"),
                self.env._("How do customers buy, and who moved where?"),
                self._get_map_board,
            ),
        }
        if self._may_read_forecast():
            boards["forecast"] = (
                self.env._("Forecast"),
                self.env._("What will come in, and how right were we?"),
                self._get_forecast_board,
            )
        return boards

    @api.model
    def _may_read_forecast(self):
        return self.env[FORECAST].has_access("read") and self._may_read_fields(
            FORECAST, ["expected_amount:sum", "actual_amount:sum"]
        )

    # === THE MAP === #

    @api.model
    def _get_map_board(self, window):
        moves = self._get_moves(window)
        if not moves:
            return {"grids": [self._get_segment_grid()], "notes": [self._get_no_month_note()]}
        return {"grids": [self._get_segment_grid(), self._get_segment_moves(moves)]}

    @api.model
    def _get_moves(self, window):
        """Return the :class:`Moves` asked for; ``None`` while no month end has one before it.

        :raise UserError: for a month end without one before it, or a start that is none before
        """
        moved = self._in_company() & Domain("previous_date", "!=", False)
        months = dict(self.env[SNAPSHOT]._read_group(moved, ["date:day"], ["previous_date:max"]))
        day = window.month or max(months, default=None)
        starts = sorted({date for date in {*months, *months.values()} if day and date < day})
        if (window.month and day not in months) or (window.since and window.since not in starts):
            raise UserError(self.env._("Choose one of the months of the page."))
        if not months:
            return None
        since = window.since if window.since != months[day] else None
        return Moves(day, since, months[day], sorted(months, reverse=True), starts[::-1])

    @api.model
    def _get_no_month_note(self):
        return self.env._(
            "Who moved where is shown from the second month end on: at the end of each month the "
            "numbers of every customer are kept."
        )

    @api.model
    def _get_value_modes(self):
        return [
            Series(self.env._("Customers")),
            Series(self.env._("Revenue"), "revenue_365:sum", "money"),
            Series(self.env._("Net profit"), "net_profit_365:sum", "money"),
        ]

    @api.model
    def _get_segment_grid(self):
        """Lifecycle stage against buying score: each cell is a part of one segment."""
        stages = self._get_choices(
            PROFILE, "stage", [key for key, _l in STAGES if key != "prospect"]
        )
        scores = [
            (1, self.env._("1, least")), (2, "2"), (3, "3"), (4, "4"), (5, self.env._("5, most")),
        ]  # fmt: skip
        return self._get_grid(
            "segments", self.env._("Rhythm and buying score"), PROFILE,
            self._in_company() & Domain("fm_score", "!=", False),
            ("stage", stages), ("fm_score", scores), self._get_value_modes(),
            row_title=self.env._("Lifecycle stage"),
            column_title=self.env._("Buying score: how often and how much"),
            view=PROFILE_VIEW,
        )  # fmt: skip

    @api.model
    def _get_choices(self, model_name, name, keys):
        """Return (value, text) of some values of a selection, in the user's language."""
        texts = dict(self.env[model_name]._fields[name]._description_selection(self.env))
        return [(key, texts[key]) for key in keys]

    @api.model
    def _get_segment_moves(self, moves):
        choices = self._get_choices(SNAPSHOT, "segment", [key for key, _label in SEGMENTS])
        before = "start_segment" if moves.since else "previous_segment"
        return self._get_moves_grid(
            "segment_moves", self.env._("From segment to segment"), moves,
            (before, [*choices, (False, self.env._("Not a customer yet"))]), ("segment", choices),
            row_title=self.env._("Segment before"),
            column_title=self.env._("Segment at the end of the month"),
        )  # fmt: skip

    @api.model
    def _get_tier_moves(self, moves, tiers):
        tiers = [*((tier.id, tier.name) for tier in tiers), (False, self.env._("No tier"))]
        return self._get_moves_grid(
            "tier_moves", self.env._("From tier to tier"), moves,
            ("start_tier_id" if moves.since else "previous_tier_id", tiers), ("tier_id", tiers),
            row_title=self.env._("Tier before"),
            column_title=self.env._("Tier at the end of the month"),
        )  # fmt: skip

    @api.model
    def _get_moves_grid(self, name, title, moves, row, column, **options):
        """Return who moved from one month end to another, with what rows and columns add up to."""
        day, begin = moves.day, moves.since or moves.before
        if moves.since:
            options["context"] = {"customer_since": begin.isoformat()}
        grid = self._get_grid(
            name, title, SNAPSHOT, self._in_company() & Domain("date", "=", day), row, column,
            self._get_value_modes(), view=MOVES_VIEW, **options,
        )  # fmt: skip
        self._add_totals(grid, row, column)
        return grid | {
            "month": day.isoformat(),
            "months": self._name_month_ends(moves.months),
            "since": begin.isoformat(),
            "starts": self._name_month_ends(moves.starts),
            "note": self.env._(
                "From %(before)s to %(day)s.",
                before=write_day(self.env, begin),
                day=write_day(self.env, day),
            ),
        }

    @api.model
    def _name_month_ends(self, days):
        """Return (ISO day, ISO first day of its month) of month ends; the page names months."""
        return [(day.isoformat(), self._get_month_of(day).isoformat()) for day in days]

    @api.model
    def _add_totals(self, grid, row, column):
        """Add to a grid what its rows and columns add up to, in place."""
        cells, all_of = grid["cells"], self.env._("All")
        inside = [Domain(name, "in", [key for key, _text in keys]) for name, keys in (row, column)]
        (row_name, rows), (column_name, columns) = row, column
        for line, (key, _text) in zip(cells, rows, strict=True):
            domain = Domain(row_name, "=", key) & inside[1]
            line.append(self._prepare_total(line, domain))
        last = [
            self._prepare_total([line[place] for line in cells], inside[0] & domain)
            for place, domain in enumerate(
                [*(Domain(column_name, "=", key) for key, _text in columns), inside[1]]
            )
        ]
        cells.append(last)
        grid["rows"].append(all_of)
        grid["columns"].append(all_of)

    @api.model
    def _prepare_total(self, cells, domain):
        """Return the cell of all of some cells; of numbers nobody knows the sum is not known."""
        filled = [cell["values"] for cell in cells if cell]
        if not filled:
            return None
        known = [
            [value for value in values if value is not False]
            for values in zip(*filled, strict=True)
        ]
        known = [[value for value in values if value is not None] for values in known]
        values = [sum(values) if values else None for values in known]
        return {"values": values, "domain": list(domain), "is_total": True}

    # === COHORTS === #

    @api.model
    def _get_cohort_grid(self, today):
        """Month won against months later: how many bought, their share, and what they brought."""
        calendar = self.env.company._get_customer_calendar()
        start = calendar.get_month_start(today)
        months = [calendar.add_months(start, -ago) for ago in range(12, -1, -1)]
        grid = self._get_grid(
            "cohorts",
            self.env._("Who comes back, and what they bring"), COHORT, self._in_company(),
            ("first_month:day", [(month, month.isoformat()) for month in months]),
            ("age_months", [(age, str(age)) for age in range(13)]),
            [
                Series(self.env._("Customers"), "buyer_count:sum"),
                Series(self.env._("Gross profit"), "gross_profit:sum", "money"),
                Series(self.env._("Revenue"), "revenue:sum", "money"),
            ],
            is_month=True, row_title=self.env._("Won in"), column_title=self.env._("Months later"),
        )  # fmt: skip
        self._add_share(grid, self.env._("Share of who was won"))
        return grid

    @api.model
    def _add_share(self, grid, label):
        """Add to a grid of counts the share of the first column of each row, in place."""
        grid["modes"].insert(1, {"label": label, "unit": "share"})
        for cells in grid["cells"]:
            whole = cells[0] and cells[0]["values"][0]
            for cell in filter(None, cells):
                count = cell["values"][0]
                cell["values"] = [count, count / whole if whole else None, *cell["values"][1:]]

    # === FORECAST === #

    @api.model
    def _get_forecast_board(self, window):
        """What was expected of each month a month ahead, its range, and what came."""
        calendar = self.env.company._get_customer_calendar()
        start = calendar.get_month_start(window.today)
        made_ahead = self._in_company() & Domain(
            [
                ("month", ">=", calendar.add_months(start, -FORECAST_MONTHS)),
                ("is_over", "=", True),
                ("months_ahead", "=", 1),
            ]
        )
        current = self._in_company() & Domain("is_current", "=", True)
        return {
            "tiles": self._get_forecast_tiles(current, made_ahead, start),
            "charts": [self._get_forecast_chart(current | made_ahead)],
            "notes": [
                self.env._(
                    "The range is what 8 of 10 months stay in. "
                    "Past months: as expected a month ahead."
                )
            ],
        }

    @api.model
    def _get_forecast_tiles(self, current, made_ahead, start):
        this_month = current & Domain("month", "=", start)
        view = "customer_sales_forecast_view_list_actual"
        ahead = self.env._("Expected of this and the next three months")
        none = self.env._("Not worked out yet: made in the night after the first customers.")
        return [
            Tile(
                "this_month", self.env._("Expected of this month"), FORECAST, this_month,
                "expected_amount:sum", unit="money", good=0, none=none,
            ),
            Tile(
                "billed", self.env._("Of this, invoiced so far"), FORECAST, this_month,
                "actual_amount:sum", unit="money", good=0, view=view, none=none,
            ),
            Tile(
                "ahead", ahead, FORECAST, current, "expected_amount:sum", unit="money", good=0,
                none=none,
            ),
            Tile(
                "came", self.env._("Came in over the last 12 months"), FORECAST, made_ahead,
                "actual_amount:sum", unit="money", view=view,
                none=self.env._("Not worked out yet: needs a forecast of a month that is over."),
                before=Before(
                    made_ahead, self.env._("Expected a month ahead"), "", "expected_amount:sum"
                ),
            ),
        ]  # fmt: skip

    @api.model
    def _get_forecast_chart(self, domain):
        chart = self._get_chart(
            "forecast",
            self.env._("Expected sales with their range, and what came"), FORECAST, domain,
            "month:day",
            [
                Series(self.env._("At least"), "low_amount:sum", "money"),
                Series(self.env._("Expected"), "expected_amount:sum", "money"),
                Series(self.env._("At most"), "high_amount:sum", "money"),
                Series(self.env._("Invoiced"), "actual_amount:sum", "money"),
            ],
            type="band", view="customer_sales_forecast_view_list_actual", is_month=True,
        )  # fmt: skip
        return chart if chart["labels"] else None
