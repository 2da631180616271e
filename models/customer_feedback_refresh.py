from odoo import api, models

ANSWER_FIELDS = {"partner_id", "company_id", "date", "rating", "nps", "is_void"}


class CustomerFeedback(models.Model):
    """Whatever changes what was answered queues the customer."""

    _inherit = "customer.feedback"

    @api.model_create_multi
    def create(self, vals_list):
        answers = super().create(vals_list)
        answers._queue_satisfaction(answers._get_satisfaction_pairs())
        return answers

    def write(self, vals):
        if ANSWER_FIELDS.isdisjoint(vals):
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
        self.env["customer.refresh.queue"]._enqueue(pairs, "feedback")

    def _get_satisfaction_pairs(self):
        """Return (customer id, company id) of the answers."""
        return {(answer.customer_id.id, answer.company_id.id) for answer in self.sudo()}
