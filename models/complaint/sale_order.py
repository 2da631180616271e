from odoo import api, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "customer.complaint.document.mixin"]

    @api.model
    def _get_complaint_paths(self):
        return ["order_line_id.order_id", "replacement_ids"]

    def _get_complaint_defaults(self):
        lines = self.order_line.filtered(lambda line: not line.display_type)
        line = lines if len(lines) == 1 else lines.browse()
        return super()._get_complaint_defaults() | {"default_order_line_id": line.id}
