from odoo import models


class AccountMove(models.Model):
    """Credit notes tell the complaints they were made for what becomes of them."""

    _name = "account.move"
    _inherit = ["account.move", "customer.complaint.result.mixin"]

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._follow_made()
        return posted

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "cancel":
            self._tell_lost_results(self._get_lost_results())
        return result

    def _find_result_complaints(self):
        notes = self.filtered(lambda move: move.move_type == "out_refund")
        return self.env["customer.complaint"]._find_by_results(moves=notes)
