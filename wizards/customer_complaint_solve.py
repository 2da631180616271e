from odoo import fields, models


class CustomerComplaintSolve(models.TransientModel):
    """Close a complaint though something is still to be made for it, with a reason."""

    _name = "customer.complaint.solve"
    _description = "Solve a Complaint Anyway"
    _inherit = "customer.gate.mixin"

    complaint_id = fields.Many2one(
        comodel_name="customer.complaint",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    outstanding_notice = fields.Char(related="complaint_id.outstanding_notice", related_sudo=False)
    reason = fields.Char(required=True, help="For colleagues; kept with the complaint.")

    def action_solve(self):
        """Close the complaint. Public: button.

        :raise UserError: when nobody has written down how it was solved
        :raise AccessError: for users who may not work on complaints
        """
        self.ensure_one()
        self.complaint_id._solve_anyway(self.reason)
        return {"type": "ir.actions.act_window_close"}
