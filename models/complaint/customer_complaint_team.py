from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.folded_text import FoldedChar

ASSIGNMENTS = [
    ("manual", "By hand"),
    ("turn", "In turn"),
    ("load", "To who has the fewest open complaints"),
]


class CustomerComplaintTeam(models.Model):
    """Who works on complaints, and the address customers complain to."""

    _name = "customer.complaint.team"
    _description = "Complaint Team"
    _inherit = ["customer.company.mixin", "customer.gate.mixin", "mail.alias.mixin"]
    # What mails become: whoever could say would name any record, with all rights.
    _guarded_fields = frozenset({"alias_defaults", "alias_model_id", "alias_force_thread_id"})
    _order = "sequence, name, id"
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
    calendar_id = fields.Many2one(
        string="Working hours",
        comodel_name="resource.calendar",
        ondelete="set null",
        check_company=True,
        help="Empty: the working hours of the company.",
    )
    user_id = fields.Many2one(
        string="Team leader",
        comodel_name="res.users",
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    member_ids = fields.Many2many(
        string="Members",
        comodel_name="res.users",
        relation="customer_complaint_team_member_rel",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    approver_id = fields.Many2one(
        string="Approves",
        comodel_name="res.users",
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets the requests that need a manager. Empty: the team leader, or any manager.",
    )
    accountant_id = fields.Many2one(
        string="Makes credit notes",
        comodel_name="res.users",
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets the requests of those without rights on invoices. Empty: any accountant.",
    )
    assignment = fields.Selection(
        selection=ASSIGNMENTS,
        required=True,
        default="manual",
        help="Who gets new complaints nobody is responsible for.",
    )
    alias_id = fields.Many2one(help="Mails to this address become complaints.")
    template_id = fields.Many2one(
        string="Confirmation of receipt",
        comodel_name="mail.template",
        ondelete="set null",
        domain="[('model', '=', 'customer.complaint')]",
        help="Sent to customers who complain by mail or on the portal. Empty: none.",
    )
    open_count = fields.Integer(string="Open complaints", compute="_compute_open_count")

    @api.constrains("template_id")
    def _check_template(self):
        """A template of something else would be filled from a record of the same number."""
        for team in self.sudo():
            if team.template_id and team.template_id.model != "customer.complaint":
                raise ValidationError(
                    self.env._(
                        "%(template)s is not made for complaints: choose a template of complaints "
                        "as the confirmation of receipt.",
                        template=team.template_id.name,
                    )
                )

    def _compute_open_count(self):
        counts = dict(
            self.env["customer.complaint"]._read_group(
                [("team_id", "in", self.ids), ("close_date", "=", False)], ["team_id"], ["__count"]
            )
        )
        for team in self:
            team.open_count = counts.get(team, 0)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("customer.complaint")
        if self.id:
            defaults = literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = {**defaults, "team_id": self.id}
        return values

    def _pick_members(self, count):
        """Return the members who get the next complaints, as a list of users; [] for by hand."""
        self.ensure_one()
        members = self.sudo().member_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )
        if self.assignment == "manual" or not members:
            return []
        domain = [("user_id", "in", members.ids)]
        if self.assignment == "turn":
            domain += [("team_id", "=", self.id)]
            last = dict(self._read_assigned(domain, "id:max"))
            queue = sorted(members, key=lambda user: (last.get(user, 0), user.id))
            return [queue[number % len(queue)] for number in range(count)]
        load = dict(self._read_assigned([*domain, ("close_date", "=", False)], "__count"))
        picked = []
        for _number in range(count):
            user = min(members, key=lambda user: (load.get(user, 0), user.id))
            load[user] = load.get(user, 0) + 1
            picked.append(user)
        return picked

    def _read_assigned(self, domain, aggregate):
        complaints = self.env["customer.complaint"].sudo()
        return complaints._read_group(domain, ["user_id"], [aggregate])

    def action_open_complaints(self):
        """Open the complaints of the team that are not solved. Public: button."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "customer.complaint",
            "views": [(False, "kanban"), (False, "list"), (False, "form")],
            "domain": [("team_id", "=", self.id)],
            "context": {"default_team_id": self.id, "search_default_open": 1},
        }
