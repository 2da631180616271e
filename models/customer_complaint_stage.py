from odoo import fields, models


class CustomerComplaintStage(models.Model):
    """A step in the handling of complaints; shared by all companies and teams."""

    _name = "customer.complaint.stage"
    _description = "Stage of a Complaint"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean(string="Folded in Kanban")
    is_waiting = fields.Boolean(
        string="Waiting for the customer", help="Deadlines stand still meanwhile."
    )
    is_solved = fields.Boolean(string="Solved", help="The complaint is closed.")
