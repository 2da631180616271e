import secrets
from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..guard.plural import count_days
from .customer_play_template import GOALS

STATES = [
    ("draft", "Draft"),
    ("starting", "Starting"),
    ("running", "Running"),
    ("measuring", "Being measured"),
    ("done", "Done"),
    ("cancelled", "Stopped"),
]
OPEN_STATES = ("starting", "running", "measuring")
CRON = "customer_value.ir_cron_customer_play"


class CustomerPlay(models.Model):
    """A retention, win-back or growth action on a list of customers, with a control group.

    A manager builds and starts it; everything else is done by a job (``_cron_work``): drawing the
    groups, the steps, leaving, the outcome (docs/plays.md).
    """

    _name = "customer.play"
    _description = "Play"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _guarded_fields = frozenset(
        {"state", "starter_id", "start_date", "started_on", "end_date", "measure_until", "seed"}
    )

    name = fields.Char(required=True, translate=True)
    state = fields.Selection(
        selection=STATES, required=True, default="draft", readonly=True, copy=False, index=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    template_id = fields.Many2one(
        string="Made from",
        comodel_name="customer.play.template",
        ondelete="set null",
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        string="Owner",
        comodel_name="res.users",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        help="Gets the activities of customers without a salesperson.",
    )
    reason = fields.Text(string="Why", translate=True)
    domain = fields.Char(string="For whom", required=True, default="[]")
    goal = fields.Selection(selection=GOALS, required=True, default="purchase")
    period_days = fields.Integer(string="Runs for (days)", default=30)
    after_days = fields.Integer(string="Measured after it (days)", default=30)
    is_offer = fields.Boolean(string="With an offer")
    is_retention = fields.Boolean(string="Teaches the verdicts")
    is_worth_only = fields.Boolean(
        string="Only who is worth it", help="Leaves out who stays anyway, and who is let go."
    )
    is_complaint_allowed = fields.Boolean(string="Also with an open complaint")
    control_percent = fields.Float(
        string="Control group (%)",
        digits=(5, 2),
        default=20,
        help="Percent of the customers, drawn at random, who get nothing: only against them it "
        "can be told what the play has brought.",
    )
    budget = fields.Monetary(help="Steps that would cost more in total are left out; 0: no limit.")
    seed = fields.Integer(
        readonly=True, copy=False, help="Whoever draws again with this number gets the same groups."
    )
    starter_id = fields.Many2one(
        string="Started by",
        comodel_name="res.users",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="Customers are found with their rights.",
    )
    start_date = fields.Date(string="Started on", readonly=True, copy=False)
    started_on = fields.Datetime(string="Start", readonly=True, copy=False)
    end_date = fields.Date(string="Last day", readonly=True, copy=False)
    measure_until = fields.Date(string="Measured until", readonly=True, copy=False)
    step_ids = fields.One2many(comodel_name="customer.play.step", inverse_name="play_id", copy=True)
    member_ids = fields.One2many(comodel_name="customer.play.member", inverse_name="play_id")
    action_ids = fields.One2many(comodel_name="customer.play.action", inverse_name="play_id")
    result_ids = fields.One2many(comodel_name="customer.play.result", inverse_name="play_id")

    _days_range = models.Constraint(
        "CHECK(period_days BETWEEN 1 AND 365 AND after_days BETWEEN 0 AND 365)",
        "A play runs for 1 to 365 days, and is measured for 0 to 365 days after.",
    )
    _control_range = models.Constraint(
        "CHECK(control_percent BETWEEN 0 AND 90)",
        "The control group is 0 to 90 % of the customers.",
    )
    _budget_range = models.Constraint("CHECK(budget >= 0)", "A budget cannot be negative.")

    @api.constrains("domain")
    def _check_domain(self):
        for play in self:
            self._read_domain(play.domain)

    @api.model
    def _read_domain(self, text):
        """Return a filter on customers as a domain.

        :raise ValidationError: it is none, or names what there is not or the user may not see
        """
        profiles = self.env["customer.profile"]
        try:
            domain = Domain(literal_eval(text or "[]"))
            profiles._search(domain)
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "“%(text)s” is no filter on customers: choose its conditions anew.", text=text
                )
            ) from error
        return domain

    def write(self, vals):
        """Refuse to change what a started play is measured by: UserError."""
        fixed = {*self._get_fixed_fields()} & vals.keys()
        if fixed and not self.env.su and any(play.state != "draft" for play in self):
            raise UserError(
                self.env._(
                    "A play that has started is measured as it was built. Stop it, and start a "
                    "copy with the changes."
                )
            )
        return super().write(vals)

    @api.model
    def _get_fixed_fields(self):
        return (
            *("company_id", "domain", "goal", "period_days", "after_days", "is_offer"),
            *("is_retention", "is_worth_only", "is_complaint_allowed", "control_percent"),
            "step_ids",
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        if any(play.state != "draft" for play in self):
            raise UserError(
                self.env._("A play that has started is kept with its outcome. Stop it instead.")
            )

    # === STARTING AND STOPPING ===

    def action_try(self):
        """Open the dry run: whom, why, what it costs, what it should bring. Public: button.

        :raise AccessError: for users who may not change plays
        """
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Start a play"),
            "res_model": "customer.play.start",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_play_id": self.id},
        }

    def action_start(self):
        """Start the play; the job draws the groups and takes the steps. Public: button.

        :raise AccessError: for users who may not change plays
        :raise UserError: without steps, or when it has started already
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("%(play)s has started already.", play=self.name))
        self._check_steps()
        today = self.env["customer.profile"]._get_today(self.company_id)
        end = fields.Date.add(today, days=self.period_days)
        self.sudo().write(
            {
                "state": "starting",
                "starter_id": self.env.uid,
                "seed": secrets.randbelow(2**31),
                "start_date": today,
                "started_on": fields.Datetime.now(),
                "end_date": end,
                "measure_until": fields.Date.add(end, days=self.after_days),
            }
        )
        self._wake_worker()
        return True

    def action_stop(self):
        """Take no further steps; what was brought so far stays. Public: button.

        :raise AccessError: for users who may not change plays
        """
        self.check_access("write")
        for play in self.filtered(lambda play: play.state in OPEN_STATES):
            play.sudo()._leave_all("stopped")
            play.sudo().state = "cancelled"
        return True

    def _check_steps(self):
        self.ensure_one()
        if not self.step_ids:
            raise UserError(self.env._("Add a step first: a play without steps does nothing."))
        for step in self.step_ids:
            step._check_complete()
            if step.day > self.period_days:
                raise UserError(
                    self.env._(
                        "“%(step)s” is on day %(day)s, but the play runs for %(days)s.",
                        step=step.name,
                        day=step.day,
                        days=count_days(self.env, self.period_days),
                    )
                )

    def _leave_all(self, reason):
        """Let everybody who is still in the plays go, with all steps that wait."""
        members = self.env["customer.play.member"].sudo()
        members.search([("play_id", "in", self.ids), ("state", "=", "active")])._leave(reason)

    @api.model
    def _wake_worker(self):
        self.env.ref(CRON).sudo()._trigger()

    # === LISTS ===

    def action_open_members(self):
        """Open the customers of the play; those ``members`` says. Public: button."""
        self.ensure_one()
        self.check_access("read")
        parts = {
            "play": [("group", "=", "play")],
            "control": [("group", "=", "control")],
            "left": [("state", "=", "left")],
        }
        part = parts.get(self.env.context.get("members"), [])
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_value.customer_play_member_action"
        )
        return action | {"domain": [("play_id", "=", self.id), *part], "context": {}}

    def action_open_actions(self):
        """Open what was and will be done, or what was ``paid`` for (context). Public: button."""
        self.ensure_one()
        self.check_access("read")
        paid = [("state", "=", "done")] if self.env.context.get("paid") else []
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_value.customer_play_action_action"
        )
        return action | {"domain": [("play_id", "=", self.id), *paid], "context": {}}
