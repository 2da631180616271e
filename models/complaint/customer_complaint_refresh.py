from odoo import api, models

TRACKED_FIELDS = {
    *("partner_id", "company_id", "open_date", "close_date", "hours", "severity"),
    "duplicate_of_id",
}


class CustomerComplaint(models.Model):
    """Whatever changes what a customer costs, or how content they are, queues the customer."""

    _inherit = "customer.complaint"

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._enqueue_customers(complaints._get_customer_pairs())
        return complaints

    def write(self, vals):
        if TRACKED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        before = self._get_customer_pairs()
        result = super().write(vals)
        self._enqueue_customers(before | self._get_customer_pairs())
        return result

    def unlink(self):
        pairs = self._get_customer_pairs()
        result = super().unlink()
        self._enqueue_customers(pairs)
        return result

    @api.model
    def _enqueue_customers(self, pairs):
        self.env["customer.refresh.queue"]._enqueue(pairs, "complaint")

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the complaints whose customer is known."""
        return {
            (complaint.customer_id.id, complaint.company_id.id)
            for complaint in self.sudo()
            if complaint.customer_id
        }
