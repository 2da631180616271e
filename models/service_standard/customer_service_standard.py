from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.folded_text import FoldedChar
from ..complaint.customer_complaint import SEVERITIES


class CustomerServiceStandard(models.Model):
    """How fast complaints of some kind are answered and solved, in working hours.

    Every standard that fits a complaint gives it its deadlines: the tightest counts first.
    """

    _name = "customer.service.standard"
    _description = "Service Standard"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = FoldedChar(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    # A condition that lost its record would be none at all: the standard would fit everybody.
    team_ids = fields.Many2many(
        string="Teams",
        comodel_name="customer.complaint.team",
        relation="customer_service_standard_team_rel",
        column1="standard_id",
        column2="team_id",
        ondelete="restrict",
        check_company=True,
        help="Empty: complaints of every team.",
    )
    severity = fields.Selection(selection=SEVERITIES, help="Empty: every severity.")
    tier_ids = fields.Many2many(
        string="Tiers",
        comodel_name="customer.tier",
        relation="customer_service_standard_tier_rel",
        column1="standard_id",
        column2="tier_id",
        ondelete="restrict",
        check_company=True,
        help="Empty: customers of every tier, and those without one.",
    )
    first_response_hours = fields.Float(
        string="First response within", help="Working hours; 0: no target."
    )
    solution_hours = fields.Float(string="Solved within", help="Working hours; 0: no target.")
    warning_hours = fields.Float(
        string="Warn before",
        default=1.0,
        help="Working hours before a deadline at which the responsible person is reminded; "
        "0: no reminder.",
    )
    escalation_user_id = fields.Many2one(
        string="Escalate to",
        comodel_name="res.users",
        ondelete="set null",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Who gets an activity when a deadline is missed. Empty: the team leader, else the "
        "responsible person.",
    )
    escalation_reassigns = fields.Boolean(
        string="Hand over",
        help="The person it is escalated to becomes responsible for the complaint.",
    )
    deadline_count = fields.Integer(string="Deadlines", compute="_compute_deadline_results")
    kept_ratio = fields.Float(
        string="Kept",
        compute="_compute_deadline_results",
        help="0 to 1: share of the deadlines that were kept, of those kept or missed.",
    )

    _hours_range = models.Constraint(
        "CHECK(first_response_hours >= 0 AND first_response_hours <= 2000"
        " AND solution_hours >= 0 AND solution_hours <= 2000"
        " AND first_response_hours + solution_hours > 0)",
        "Give a service standard a target for the first response, for the solution or both, "
        "of at most 2,000 working hours.",
    )
    _warning_range = models.Constraint(
        "CHECK(warning_hours >= 0 AND warning_hours <= 2000)",
        "A reminder comes 0 to 2,000 working hours before the deadline.",
    )

    def _compute_deadline_results(self):
        groups = self.env["customer.complaint.deadline"]._read_group(
            [("standard_id", "in", self.ids)], ["standard_id"], ["__count", "kept_ratio:avg"]
        )
        results = {standard: (count, kept or 0.0) for standard, count, kept in groups}
        for standard in self:
            standard.deadline_count, standard.kept_ratio = results.get(standard, (0, 0.0))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = (
            self.env["customer.complaint.deadline"]
            .sudo()
            .search([("standard_id", "in", self.ids)], limit=1)
        )
        if used:
            raise UserError(
                self.env._(
                    "Complaints were measured by %(standard)s, and that is kept. Archive it: "
                    "then it makes no new deadlines.",
                    standard=used.standard_id.name,
                )
            )

    def _get_targets(self):
        """Return kind of deadline -> target in working hours."""
        self.ensure_one()
        targets = {
            "first_response": self.first_response_hours,
            "solution": self.solution_hours,
        }
        return {kind: hours for kind, hours in targets.items() if hours > 0}

    def _fits(self, complaint, tier):
        """Tell whether a complaint of a customer of a tier is measured by this standard."""
        self.ensure_one()
        return (
            self.company_id == complaint.company_id
            and (not self.severity or self.severity == complaint.severity)
            and (not self.team_ids or complaint.team_id in self.team_ids)
            and (not self.tier_ids or tier in self.tier_ids)
        )

    def action_open_deadlines(self):
        """Open the deadlines of the standard. Public: button."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_value.customer_complaint_deadline_action"
        )
        return action | {"domain": [("standard_id", "=", self.id)], "context": {}}
