from odoo import fields, models


class CustomerComplaintTeam(models.Model):
    """Who works on complaints."""

    _name = "customer.complaint.team"
    _description = "Complaint Team"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
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
    user_id = fields.Many2one(string="Team leader", comodel_name="res.users", ondelete="set null")
    member_ids = fields.Many2many(
        comodel_name="res.users", relation="customer_complaint_team_member_rel"
    )
