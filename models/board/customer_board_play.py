from odoo import api, models
from odoo.fields import Domain

from .board_tile import Series
from .customer_board_service import PLAYS

OUTCOME_VIEW = "customer_play_view_list_outcome"


class CustomerBoard(models.AbstractModel):
    """The board of plays: what they brought beyond their control groups."""

    _inherit = "customer.board"

    @api.model
    def _get_plays_board(self, window):
        return {"tiles": self._get_play_tiles(window), "charts": [self._get_play_chart(window)]}

    @api.model
    def _get_play_tiles(self, window):
        now, told = self._get_now_tile, [("uplift_low", "!=", False)]
        done = [("state", "=", "done")]
        return [
            now("running", self.env._("Plays that run"), PLAYS, [("state", "=", "running")],
            good=0),
            now(
                "members", self.env._("Customers in running plays"), "customer.play.member",
                [("play_id.state", "=", "running")], good=0, group="play_id",
            ),
            now(
                "measuring", self.env._("Plays that are being measured"), PLAYS,
                [("state", "=", "measuring")], good=0, view=OUTCOME_VIEW,
                help=self.env._("No more steps are taken; purchases still count."),
            ),
            now(
                "over", self.env._("Plays that are done"), PLAYS, [("state", "=", "done")],
                good=0, view=OUTCOME_VIEW,
                help=self.env._("With what they brought, also where that cannot be told."),
            ),
            now(
                "uplift", self.env._("Brought beyond the control groups"), PLAYS, told,
                "uplift_profit:sum", unit="money",
                none=self.env._("Not worked out yet: no play has an outcome that can be told."),
                help=self.env._(
                    "Net profit after all costs, of the plays whose outcome can be told."
                ),
            ),
            now(
                "return",
                self.env._("Brought per amount spent"), PLAYS, [*told, ("uplift_spent", ">", 0)],
                "uplift_profit:sum", per="uplift_spent:sum", unit="score",
                help=self.env._(
                    "Net profit brought, after all costs, divided by what the steps cost."
                ),
                empty=self.env._("No play that cost something has an outcome that can be told."),
            ),
            now(
                "spent", self.env._("Spent on plays"), "customer.play.action", done, "cost:sum",
                unit="money", good=0, group="play_id",
            ),
        ]  # fmt: skip

    @api.model
    def _get_play_chart(self, window):
        """What can be told, and of every play that is done that it cannot be."""
        shown = Domain("uplift_low", "!=", False) | Domain("state", "=", "done")
        chart = self._get_chart(
            "plays", self.env._("What each play brought, and between what it lies"), PLAYS,
            self._in_company("child_of") & shown, "id",
            [
                Series(self.env._("Brought"), "uplift_profit:sum", "money"),
                Series(self.env._("At least"), "uplift_low:sum", "money"),
                Series(self.env._("At most"), "uplift_high:sum", "money"),
            ],
            view=OUTCOME_VIEW,
        )  # fmt: skip
        return chart if chart and chart["labels"] else None
