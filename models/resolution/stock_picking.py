from odoo import api, models


class StockPicking(models.Model):
    """Transfers tell the complaints they return or replace goods for when they are done."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "customer.complaint.result.mixin"]

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Offer the latest transfers first where what came back is chosen."""
        if self.env.context.get("customer_latest_first") and order in (None, self._order):
            order = "date_done DESC, scheduled_date DESC, id DESC"
        return super()._search(domain, offset=offset, limit=limit, order=order, **kwargs)

    def _action_done(self):
        result = super()._action_done()
        self._follow_made()
        return result

    def action_cancel(self):
        """Tell complaints that nothing comes of a transfer. Public: button."""
        result = super().action_cancel()
        self._tell_lost_results(self._get_lost_results())
        return result

    def _find_result_complaints(self):
        return self.env["customer.complaint"]._find_by_results(pickings=self)
