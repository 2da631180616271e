from odoo import api, models

TRACKED_FIELDS = {"partner_id", "company_id", "date", "duration_minutes", "outcome"}


class CustomerInteraction(models.Model):
    """Whatever changes what a customer has cost or when we last spoke queues the customer."""

    _inherit = "customer.interaction"

    def _after_create(self):
        result = super()._after_create()
        self._enqueue_customers(self._get_customer_pairs())
        return result

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
        self.env["customer.refresh.queue"]._enqueue(pairs, "interaction")

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the interactions whose customer is known."""
        return {
            (interaction.customer_id.id, interaction.company_id.id)
            for interaction in self.sudo()
            if interaction.customer_id
        }
