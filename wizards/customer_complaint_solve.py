from odoo import api, fields, models


class CustomerComplaintSolve(models.TransientModel):
    """Say how a complaint was solved, and close it; though something is still to be made, too."""

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
    is_outstanding = fields.Boolean(compute="_compute_is_outstanding")
    resolution = fields.Text(
        string="How it was solved",
        compute="_compute_resolution",
        store=True,
        readonly=False,
        help="In words the customer may read.",
    )
    reason = fields.Char(help="For colleagues; kept with the complaint.")

    @api.depends("complaint_id")
    def _compute_is_outstanding(self):
        for wizard in self:
            wizard.is_outstanding = bool(wizard.outstanding_notice)

    @api.depends("complaint_id")
    def _compute_resolution(self):
        for wizard in self:
            wizard.resolution = wizard.complaint_id.resolution

    def action_solve(self):
        """Close the complaint, whatever is still to be made for it. Public: button.

        :raise UserError: when nobody has written down how it was solved
        :raise AccessError: for users who may not work on complaints
        """
        self.ensure_one()
        self._write_resolution()
        if self.is_outstanding:
            self.complaint_id._solve_anyway(self.reason)
        else:
            self.complaint_id.action_solve()
        return {"type": "ir.actions.act_window_close"}

    def _write_resolution(self):
        self.complaint_id.check_access("write")
        if self.resolution and self.resolution != self.complaint_id.resolution:
            self.complaint_id.resolution = self.resolution
