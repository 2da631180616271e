from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Recommendations and blocked categories of merged customers stay; the refresh tidies up."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        result = super()._update_values(src_partners, dst_partner)
        self.env["customer.recommendation"]._follow(dst_partner)
        return result
