from odoo import models


class RatingRating(models.Model):
    _inherit = "rating.rating"

    # The timeline finds the answers of a customer through their contacts.
    _partner_idx = models.Index("(partner_id) WHERE consumed IS TRUE")
