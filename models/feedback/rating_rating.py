from odoo import api, models

from .customer_feedback_answer import CRON


class RatingRating(models.Model):
    _inherit = "rating.rating"

    # The timeline finds the answers of a customer through their contacts.
    _partner_idx = models.Index("(partner_id) WHERE consumed IS TRUE")

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        if any(ratings.mapped("consumed")):
            self._wake_feedback()
        return ratings

    def write(self, vals):
        result = super().write(vals)
        if not {"consumed", "rating", "feedback", "partner_id"}.isdisjoint(vals):
            self._wake_feedback()
        return result

    @api.model
    def _wake_feedback(self):
        """Have the new rating read as an answer soon; giving it waits for nothing."""
        if cron := self.env.ref(CRON, raise_if_not_found=False):
            cron.sudo()._trigger()
