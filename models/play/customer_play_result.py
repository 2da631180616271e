from odoo import fields, models

from ..base.access import GROUPS_PROFIT
from ..base.nullable import NullableFloat

MEASURES = [
    ("reached", "Reached (% of the customers)"),
    ("bought", "Bought (% of the customers)"),
    ("paid", "Paid (% of the customers)"),
    ("answered", "Answered (% of the customers)"),
    ("revenue", "Revenue per customer"),
    ("net_profit", "Net profit per customer"),
]
SHARES = ("reached", "bought", "paid", "answered")


class CustomerPlayResult(models.Model):
    """One line of the outcome: play group, control group, and the difference with its range."""

    _name = "customer.play.result"
    _description = "Outcome of a Play"
    _is_guarded = True
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "play_id, sequence, id"
    _rec_name = "measure"

    play_id = fields.Many2one(
        comodel_name="customer.play", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="play_id.company_id", store=True, index=True)
    sequence = fields.Integer(readonly=True)
    measure = fields.Selection(selection=MEASURES, required=True, readonly=True)
    play_value = NullableFloat(string="Play group", readonly=True, groups=GROUPS_PROFIT)
    control_value = NullableFloat(string="Control group", readonly=True, groups=GROUPS_PROFIT)
    difference = NullableFloat(
        readonly=True, groups=GROUPS_PROFIT, help="What the play changed, per customer."
    )
    low = NullableFloat(string="At least", readonly=True, groups=GROUPS_PROFIT)
    high = NullableFloat(
        string="At most",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="In 95 of 100 such plays the true difference lies between these two.",
    )

    def action_open_members(self):
        """Open the customers a number is worked out from. Public: button.

        Of a share those it counts, as a filter to be taken off; ``members`` of the context says
        of which group, without it both are shown one below the other.
        """
        self.ensure_one()
        self.check_access("read")
        action = self.play_id.action_open_members()
        shown = {f"search_default_{self.measure}": 1} if self.measure in SHARES else {}
        if not self.env.context.get("members"):
            shown["search_default_group_group"] = 1
        return action | {"context": shown}
