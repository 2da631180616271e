from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CustomerComplaintMerge(models.TransientModel):
    """Makes one complaint of several about the same matter."""

    _name = "customer.complaint.merge"
    _description = "Merge Complaints"
    _inherit = "customer.gate.mixin"

    complaint_ids = fields.Many2many(string="Complaints", comodel_name="customer.complaint")
    target_id = fields.Many2one(
        string="Goes on",
        comodel_name="customer.complaint",
        domain="[('id', 'in', complaint_ids)]",
        help="Takes over messages, attachments, activities and links of the others.",
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "customer.complaint":
            chosen = self.env["customer.complaint"].browse(self.env.context.get("active_ids", []))
            target = chosen.sorted(lambda c: (bool(c.close_date), c.open_date, c.id))[:1]
            values["complaint_ids"] = [Command.set(chosen.ids)]
            values["target_id"] = target.id
        return values

    def action_merge(self):
        """Merge the complaints and open the one that goes on. Public: button.

        :raise UserError: when they are not of one customer in one company
        :raise AccessError: for users who may not work on them
        """
        self.ensure_one()
        self.complaint_ids.check_access("write")
        if not self.target_id:
            raise UserError(self.env._("Choose the complaint that goes on."))
        self.complaint_ids._merge_into(self.target_id)
        return self.target_id._get_records_action(context={})
