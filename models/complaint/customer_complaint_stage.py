from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CustomerComplaintStage(models.Model):
    """A step in the handling of complaints; shared by all companies and teams."""

    _name = "customer.complaint.stage"
    _description = "Stage of a Complaint"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
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

    @api.constrains("is_solved")
    def _check_is_solved(self):
        """Complaints keep what they are: closing and opening them sets dates, and asks."""
        domain = [("stage_id", "in", self.ids)]
        complaints = self.env["customer.complaint"].sudo().search_fetch(domain, ["close_date"])
        for complaint in complaints:
            if bool(complaint.close_date) != complaint.stage_id.is_solved:
                raise ValidationError(
                    self.env._(
                        "There are complaints in stage “%(stage)s”: move them to another stage "
                        "first.",
                        stage=complaint.stage_id.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if not {"is_solved", "is_waiting"}.isdisjoint(vals):
            self._check_both_kinds(self.search([]))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last(self):
        self._check_both_kinds(self.search([("id", "not in", self.ids)]))

    @api.model
    def _check_both_kinds(self, stages):
        working = stages.filtered(lambda s: not s.is_solved and not s.is_waiting)
        if not working or not any(stages.mapped("is_solved")):
            raise UserError(
                self.env._(
                    "There must be a stage for complaints that are worked on, and one for "
                    "solved ones."
                )
            )
