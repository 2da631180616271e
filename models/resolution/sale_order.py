from odoo import models


class SaleOrder(models.Model):
    """Replacements tell their complaints when they are confirmed, cancelled or deleted."""

    _name = "sale.order"
    _inherit = ["sale.order", "customer.complaint.result.mixin"]

    def action_confirm(self):
        """Close the complaints for which a confirmed order is all that was missing."""
        result = super().action_confirm()
        self._follow_made()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self._tell_lost_results(self._get_lost_results())
        return result

    def _find_result_complaints(self):
        return self.env["customer.complaint"]._find_by_results(orders=self)
