from odoo import api, models


class CustomerRecommendation(models.Model):
    """The purchases loaded for recommendations also tell what is not bought any more."""

    _inherit = "customer.recommendation"

    @api.model
    def _follow_purchases(self, company, partner_ids, lines, today):
        result = super()._follow_purchases(company, partner_ids, lines, today)
        self.env["customer.stopped.category"].sudo()._refresh(company, partner_ids, lines, today)
        return result
