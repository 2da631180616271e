from odoo import api, fields, models


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
    rotting_threshold_days = fields.Integer(
        string="Days to rot",
        help="Complaints that stay longer in this stage are marked. 0: never.",
    )

    @api.model
    def _get_first(self):
        """Return the stage of new complaints."""
        return self.search([("is_solved", "=", False)], limit=1)

    @api.model
    def _get_working(self):
        """Return the stage of complaints that wait for us: the last one before the end."""
        return self.search(
            [("is_solved", "=", False), ("is_waiting", "=", False)],
            order="sequence desc, id desc",
            limit=1,
        )

    @api.model
    def _get_solved(self):
        return self.search([("is_solved", "=", True)], limit=1)
