from odoo import models


class CustomerInteraction(models.Model):
    _inherit = "customer.interaction"

    # The timeline asks of each meeting whether it was logged.
    _meeting_idx = models.Index("(res_id) WHERE res_model = 'calendar.event'")
