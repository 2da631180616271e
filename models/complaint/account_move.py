from odoo import api, models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "customer.complaint.document.mixin"]

    @api.model
    def _get_complaint_paths(self):
        return ["invoice_line_id.move_id", "credit_note_ids"]

    def _get_complaint_defaults(self):
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        line = lines if len(lines) == 1 else lines.browse()
        return super()._get_complaint_defaults() | {"default_invoice_line_id": line.id}
