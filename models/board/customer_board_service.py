from odoo import api, models
from odoo.fields import Domain

from ..calendar.reader_number import write_digits
from .board_tile import COUNT, Before, Series, Tile
from .customer_board_customer import PROFILE, PROFILE_VIEW

ANSWERS = "customer.answer.report"
COMPLAINTS = "customer.complaint"
DEADLINES = "customer.complaint.deadline"
FEEDBACK = "customer.feedback"
GAPS = "customer.gap.report"
PLAYS = "customer.play"
RATES = "customer.complaint.rate"
RESPONSES = "customer.interaction.response"
TIER_CHANGES = "customer.tier.change"


class CustomerBoard(models.AbstractModel):
    """The boards of loyalty, satisfaction, service and plays."""

    _inherit = "customer.board"

    @api.model
    def _get_boards(self):
        boards = super()._get_boards() | {
            "loyalty": (
                self.env._("Loyalty"),
                self.env._("Do customers move up, and what do the tiers bring?"),
                self._get_loyalty_board,
            ),
            "satisfaction": (
                self.env._("Satisfaction"),
                self.env._("Do customers get what they expect?"),
                self._get_satisfaction_board,
            ),
            "service": (
                self.env._("Service"),
                self.env._("Do we answer and solve as fast as we promise?"),
                self._get_service_board,
            ),
        }
        if self.env[PLAYS].has_access("read") and self._may_read_fields(
            PLAYS, ["uplift_profit:sum"]
        ):
            boards["plays"] = (
                self.env._("Plays"),
                self.env._("What did our actions bring, and what did they cost?"),
                self._get_plays_board,
            )
        return boards

    @api.model
    def _get_flow_tile(self, window, name, label, model, measure=COUNT, **options):
        """Return a tile of what happened in the window, compared with the window before.

        :param options: ``moment``: its datetime field; ``extra``: more of the domain
        """
        moment = options.pop("moment", "date")
        whole = self._in_company("child_of") & Domain(options.pop("extra", []))
        before = Before(
            whole & self._in_period(window.before, model, moment),
            self.env._("The %(days)s days before", days=write_digits(self.env, str(window.days))),
        )
        domain = whole & self._in_period(window, model, moment)
        return Tile(name, label, model, domain, measure, before=before, **options)

    @api.model
    def _in_period(self, window, model, name):
        """Domain of a day or moment of a model within the window."""
        is_day = self.env[model]._fields[name].type == "date"
        return window.contains(name) if is_day else self._in_window(window, name)

    @api.model
    def _get_now_tile(self, name, label, model, domain, measure=COUNT, **options):
        whole = self._in_company("child_of") & Domain(domain)
        return Tile(name, label, model, whole, measure, **options)

    # === LOYALTY === #

    @api.model
    def _get_loyalty_board(self, window):
        month_end, moves = self._get_month_end(), self._get_moves(window)
        tiers = self.env["customer.tier"].search_fetch(
            self._in_company("parent_of"), ["name", "sequence"]
        )
        mix = self._get_chart(
            "tiers", self.env._("Customers and revenue by tier"), PROFILE,
            self._in_company() & Domain("stage", "!=", "prospect"), "tier_id",
            self._get_value_modes(), order=list(tiers), view=PROFILE_VIEW,
        )  # fmt: skip
        return {
            "tiles": [
                *self._get_tier_tiles(window, month_end, bool(tiers)),
                *self._get_points_tiles(window),
            ],
            "charts": [mix],
            "grids": [self._get_tier_moves(moves, tiers)] if moves else [],
            "notes": [] if moves else [self._get_no_month_note()],
            "has_periods": True,
        }

    @api.model
    def _get_tier_tiles(self, window, month_end, has_tiers):
        moves = {
            "upgrades": (self.env._("Moved up"), "upgrade", 1),
            "downgrades": (self.env._("Moved down"), "downgrade", -1),
            "by_hand": (self.env._("Set by hand"), "override", 0),
        }
        none = "" if has_tiers else self.env._("Not worked out yet: there is no tier.")
        return [
            self._get_profile_tile(
                month_end, "in_tier", self.env._("Customers with a tier"),
                [("tier_id", "!=", False)], group="tier_id", none=none,
            ),
            *(
                self._get_flow_tile(
                    window, name, label, TIER_CHANGES, extra=[("reason", "=", reason)], good=good,
                    none=none,
                )
                for name, (label, reason, good) in moves.items()
            ),
            self._get_now_tile(
                "grants", self.env._("Benefits given now"), "customer.benefit.grant",
                [("state", "=", "granted")], good=0, group="kind",
            ),
        ]  # fmt: skip

    # === SATISFACTION === #

    @api.model
    def _get_satisfaction_board(self, window):
        answers = self._in_company("child_of") & self._in_window(window, "date")
        return {
            "tiles": self._get_satisfaction_tiles(window),
            "charts": [
                self._get_chart(
                    "gaps", self.env._("Expected and perceived, by factor (1 to 5)"), GAPS,
                    answers & Domain("side", "=", "expected"), "factor_id",
                    [
                        Series(self.env._("Expected"), "expectation:avg", "score"),
                        Series(self.env._("Perceived"), "perception:avg", "score"),
                        Series(self.env._("Gap"), "gap:avg", "score"),
                    ],
                ),
                self._get_chart(
                    "nps_months", self.env._("NPS, month by month"), ANSWERS,
                    answers & Domain("nps_count", ">", 0), "date:month",
                    [Series(self.env._("NPS"), "nps:avg", "score"), Series(self.env._("Answers"),
                    "nps_count:sum")],
                    type="line",
                ),
            ],
            "has_periods": True,
        }  # fmt: skip

    @api.model
    def _get_satisfaction_tiles(self, window):
        flow, now = self._get_flow_tile, self._get_now_tile
        return [
            flow(
                window, "nps", self.env._("NPS"), ANSWERS, "nps:avg", extra=[("nps_count", ">", 0)],
                unit="score",
                help=self.env._("Share of 9 and 10 less share of 0 to 6, -100 to 100."),
                empty=self._get_no_answer_text(),
            ),
            flow(
                window, "rating", self.env._("Mean rating (1 to 5)"), ANSWERS, "rating:avg",
                extra=[("rating_count", ">", 0)], unit="score", empty=self._get_no_answer_text(),
            ),
            flow(
                window, "gap", self.env._("Gap between perceived and expected"), GAPS, "gap:avg",
                extra=[("side", "=", "expected")], unit="score",
                help=self.env._("Below 0: less than expected."),
                empty=self._get_no_answer_text(),
            ),
            Tile(
                "otif", self.env._("On time in full, last 365 days"), PROFILE,
                self._in_company() & Domain("otif_line_count", ">", 0), "otif_on_time_count:sum",
                "otif_line_count:sum", unit="share", view=PROFILE_VIEW, group="segment",
                help=self.env._("Order lines delivered in full by the promised day."),
                empty=self.env._("No goods kept in stock were promised for a day of this time."),
            ),
            flow(
                window, "rate", self.env._("Complaints per 1,000 deliveries"), RATES,
                "complaints_per_1000_deliveries:avg", unit="score", good=-1, group="kind",
                empty=self.env._("Nothing was delivered in this time."),
            ),
            now(
                "dissatisfied", self.env._("Dissatisfied customers"), PROFILE,
                [("satisfaction_state", "=", "dissatisfied")], good=-1, view=PROFILE_VIEW,
                group="segment",
            ),
            now(
                "low",
                self.env._("Low answers to be answered"), FEEDBACK, [("loop_state", "=", "open")],
                good=-1,
            ),
        ]  # fmt: skip

    @api.model
    def _get_no_answer_text(self):
        return self.env._("Nobody has answered such a question in this time.")

    # === SERVICE === #

    @api.model
    def _get_service_board(self, window):
        judged = self._in_company("child_of") & Domain("state", "in", ("kept", "missed"))
        return {
            "tiles": self._get_service_tiles(window),
            "charts": [
                self._get_chart(
                    "kept_months", self.env._("Service standards kept, month by month"), DEADLINES,
                    judged & self._in_window(window, "start_date"), "start_date:month",
                    [
                        Series(self.env._("Share kept"), "kept_ratio:avg", "share"),
                        Series(self.env._("Deadlines")),
                    ],
                ),
                self._get_chart(
                    "response_kinds",
                    self.env._("How long customers wait for an answer"), RESPONSES,
                    self._in_company("child_of") & self._in_window(window, "date"), "kind",
                    [
                        Series(self.env._("Median (working hours)"), "response_median_hours:avg",
                        "hours"),
                        Series(self.env._("90 % within"), "response_p90_hours:avg", "hours"),
                        Series(self.env._("Still waiting"), "waiting_count:sum"),
                    ],
                ),
            ],
            "has_periods": True,
        }  # fmt: skip

    @api.model
    def _get_service_tiles(self, window):
        flow, now = self._get_flow_tile, self._get_now_tile
        return [
            *self._get_standard_tiles(window),
            flow(
                window, "received",
                self.env._("Complaints received"), COMPLAINTS, moment="open_date",
                extra=[("duplicate_of_id", "=", False)], good=-1, group="category_id",
            ),
            now(
                "open", self.env._("Complaints still open"), COMPLAINTS,
                [("stage_id.is_solved", "=", False)], good=-1, group="stage_id",
            ),
            flow(
                window, "response",
                self.env._("Complaints answered after (working hours)"), COMPLAINTS,
                "response_hours:avg", moment="open_date", unit="hours", good=-1,
                extra=[("response_hours", "!=", False)], help=self.env._("On average."),
                empty=self.env._("No complaint of this time has been answered."),
            ),
            flow(
                window, "solution",
                self.env._("Complaints solved after (working hours)"), COMPLAINTS,
                "solution_hours:avg", moment="open_date", unit="hours", good=-1,
                extra=[("solution_hours", "!=", False)], help=self.env._("On average."),
                empty=self.env._("No complaint of this time has been solved."),
            ),
            flow(
                window, "answered",
                self.env._("Half of the customers answered within (hours)"), RESPONSES,
                "response_median_hours:avg", unit="hours", good=-1,
                empty=self.env._("No question of this time has been answered."),
            ),
            now(
                "waiting", self.env._("Waiting for an answer"), "customer.interaction",
                [("needs_answer", "=", True), ("answered_date", "=", False)], good=-1,
                view="customer_interaction_view_list_waiting", group="user_id",
            ),
        ]  # fmt: skip

    @api.model
    def _get_standard_tiles(self, window):
        flow = self._get_flow_tile
        standards = self.env["customer.service.standard"]
        is_on = bool(standards.search_count(self._in_company("child_of"), limit=1))
        off = self.env._("Not worked out yet: no service standard is in force.")
        return [
            flow(
                window, "kept", self.env._("Service standards kept"), DEADLINES, "kept_ratio:avg",
                moment="start_date", extra=[("state", "in", ("kept", "missed"))], unit="share",
                group="state",
                empty=self.env._("No deadline of a service standard has been met or missed yet."),
                none="" if is_on else off,
            ),
            flow(
                window, "missed", self.env._("Service standards missed"), DEADLINES,
                moment="start_date", extra=[("state", "=", "missed")], good=-1, group="kind",
                none="" if is_on else off,
            ),
        ]  # fmt: skip
