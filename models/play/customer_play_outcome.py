import logging

import psycopg2

from odoo import api, fields, models

from ..base.access import GROUPS_PROFIT
from ..base.nullable import NullableFloat, NullableMonetary
from ..calendar.reader_number import write_money

_logger = logging.getLogger(__name__)


class CustomerPlay(models.Model):
    """The job, and what is said of the outcome."""

    _inherit = "customer.play"

    measured_on = fields.Datetime(readonly=True, copy=False)
    member_count = fields.Integer(string="Customers", compute="_compute_counts")
    play_count = fields.Integer(string="In the play group", compute="_compute_counts")
    control_count = fields.Integer(string="In the control group", compute="_compute_counts")
    left_count = fields.Integer(string="Left early", compute="_compute_counts")
    spent = fields.Monetary(compute="_compute_counts", groups=GROUPS_PROFIT)
    expected_gain = NullableMonetary(
        string="Expected", compute="_compute_counts", groups=GROUPS_PROFIT
    )
    uplift_profit = NullableMonetary(
        string="Brought",
        readonly=True,
        copy=False,
        groups=GROUPS_PROFIT,
        help="Net profit of the play group beyond that of the control group, after all costs.",
    )
    uplift_low = NullableMonetary(string="Brought at least", readonly=True, copy=False,
                                  groups=GROUPS_PROFIT)  # fmt: skip
    uplift_high = NullableMonetary(string="Brought at most", readonly=True, copy=False,
                                   groups=GROUPS_PROFIT)  # fmt: skip
    uplift_spent = NullableMonetary(
        string="Spent when measured",
        readonly=True,
        copy=False,
        groups=GROUPS_PROFIT,
        help="What the steps had cost when it was last measured what they brought.",
    )
    return_ratio = NullableFloat(
        string="Brought per amount spent",
        compute="_compute_return_ratio",
        groups=GROUPS_PROFIT,
        help="Net profit brought, after all costs, divided by what the steps cost.",
    )
    outcome_sentence = fields.Char(compute="_compute_outcome_sentence", groups=GROUPS_PROFIT)

    @api.depends("member_ids.state", "action_ids.cost")
    def _compute_counts(self):
        """Count customers and cost; two queries for any number of plays."""
        members, actions = self.env["customer.play.member"], self.env["customer.play.action"]
        groups = members._read_group(
            [("play_id", "in", self.ids)],
            ["play_id", "group", "state"],
            ["__count", "expected_gain:sum"],
        )
        done = [("play_id", "in", self.ids), ("state", "=", "done")]
        costs = dict(actions._read_group(done, ["play_id"], ["cost:sum"]))
        for play in self:
            own = [row[1:] for row in groups if row[0] == play._origin]
            play.member_count = sum(row[2] for row in own)
            play.play_count = sum(row[2] for row in own if row[0] == "play")
            play.control_count = sum(row[2] for row in own if row[0] == "control")
            play.left_count = sum(row[2] for row in own if row[1] == "left")
            play.expected_gain = sum(row[3] or 0 for row in own) if own else None
            play.spent = costs.get(play._origin, 0)

    @api.depends("uplift_profit", "uplift_spent")
    def _compute_return_ratio(self):
        for play in self:
            is_known = play.uplift_profit is not False and play.uplift_spent
            play.return_ratio = play.uplift_profit / play.uplift_spent if is_known else None

    @api.depends("uplift_profit", "uplift_low", "uplift_high", "state")
    def _compute_outcome_sentence(self):
        for play in self:
            play.outcome_sentence = play._get_outcome_sentence()

    def _get_outcome_sentence(self):
        """Return what can be said of the outcome, and what cannot."""
        if self.state in ("draft", "starting"):
            return ""
        if self.uplift_low is False:
            return self.env._(
                "Not enough data: what a play has brought can be told against a control group of "
                "two customers or more whose profit is known."
            )
        texts = {
            name: write_money(self.env, self[field], self.currency_id)
            for name, field in (
                ("brought", "uplift_profit"), ("low", "uplift_low"), ("high", "uplift_high"),
                ("cost", "spent"),
            )
        }  # fmt: skip
        if self.uplift_low <= 0 <= self.uplift_high:
            return self.env._(
                "No effect can be told from chance: between %(low)s and %(high)s net profit, for "
                "%(cost)s spent.",
                **texts,
            )
        return self.env._(
            "The play brought %(brought)s net profit, between %(low)s and %(high)s, after "
            "%(cost)s spent.",
            **texts,
        )

    # === THE JOB ===

    @api.model
    def _cron_work(self):
        """Draw groups, take steps, end and measure: what is due now, in short transactions."""
        actions = self.env["customer.play.action"]
        steps = [self._enroll_batch, actions._act_batch, self._end_batch, self._measure_batch]
        for step in steps:
            while True:
                try:
                    done = step()
                except (psycopg2.OperationalError, psycopg2.IntegrityError) as error:
                    # Another worker was faster, or took a customer into another play.
                    _logger.info("A play is postponed: %s", error)
                    self.env.cr.rollback()
                    done = 0
                time_left = self.env["ir.cron"]._commit_progress(done, remaining=0)
                if not done:
                    break
                if not time_left:
                    self._wake_worker()
                    return

    @api.model
    def _end_batch(self):
        """Take no more steps in one play whose last day is over; return whether there was one."""
        for play in self.sudo().search([("state", "=", "running")], order="id"):
            today = self.env["customer.profile"]._get_today(play.company_id)
            if today > play.end_date and play.try_lock_for_update(allow_referencing=True):
                waiting = [("play_id", "=", play.id), ("state", "=", "waiting")]
                play.env["customer.play.action"].search(waiting).write(
                    {"state": "skipped", "skip_reason": "period"}
                )
                members = play.member_ids.filtered(lambda member: member.state == "active")
                members.write({"state": "finished"})
                play.state = "measuring"
                self.env.flush_all()
                return 1
        return 0

    @api.model
    def _measure_batch(self):
        """Measure one play that was not measured today; return whether there was one."""
        for play in self.sudo().search([("state", "in", ("running", "measuring"))], order="id"):
            today = self.env["customer.profile"]._get_today(play.company_id)
            is_over = today > play.measure_until
            is_new = not play.measured_on or play._get_local_day(play.measured_on) < today
            is_last = is_over and play.state == "measuring"
            if (is_new or is_last) and play.try_lock_for_update(allow_referencing=True):
                play._measure()
                if is_last:
                    play._finish()
                self.env.flush_all()
                return 1
        return 0

    def _finish(self):
        """Close the play; what it teaches goes into all verdicts."""
        self.state = "done"
        if self.is_retention:
            self.company_id._request_full_refresh()

    def _get_success_finder(self):
        """Return the reason to leave when the aim is reached, and who finds those customers."""
        members = self.env["customer.play.member"]
        if self.goal == "payment":
            return "paid", members._find_payers
        return "bought", members._find_buyers

    def _get_local_day(self, moment):
        timezone = self.env["customer.profile"]._get_timezone(self.company_id)
        return fields.Datetime.context_timestamp(self.with_context(tz=timezone), moment).date()
