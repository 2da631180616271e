from odoo import api, models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "customer.complaint.document.mixin"]

    @api.model
    def _get_complaint_paths(self):
        return ["picking_id", "return_ids"]

    def _get_complaint_defaults(self):
        partner = self.sale_id.partner_id or self.partner_id
        return super()._get_complaint_defaults() | {
            "default_partner_id": partner.id,
            "default_picking_id": self.id,
        }
