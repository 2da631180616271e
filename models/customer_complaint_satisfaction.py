from odoo import api, models

COUNTED_FIELDS = {
    "partner_id",
    "company_id",
    "severity",
    "open_date",
    "close_date",
    "duplicate_of_id",
}


class CustomerComplaint(models.Model):
    """Whatever changes how a complaint weighs on the satisfaction queues the customer."""

    _inherit = "customer.complaint"

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._queue_satisfaction(complaints._get_satisfaction_pairs())
        return complaints

    def write(self, vals):
        if COUNTED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        before = self._get_satisfaction_pairs()
        result = super().write(vals)
        self._queue_satisfaction(before | self._get_satisfaction_pairs())
        return result

    def unlink(self):
        pairs = self._get_satisfaction_pairs()
        result = super().unlink()
        self._queue_satisfaction(pairs)
        return result

    @api.model
    def _queue_satisfaction(self, pairs):
        self.env["customer.refresh.queue"]._enqueue(pairs, "complaint")

    def _get_satisfaction_pairs(self):
        """Return (customer id, company id) of the complaints whose customer is known."""
        return {
            (complaint.customer_id.id, complaint.company_id.id)
            for complaint in self.sudo()
            if complaint.customer_id
        }
