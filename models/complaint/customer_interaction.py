from odoo import api, models


class CustomerInteraction(models.Model):
    _inherit = "customer.interaction"

    @api.model
    def _get_document_models(self):
        return [*super()._get_document_models(), "customer.complaint"]
