from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Needs of merged customers are worked out anew: two rows of a category are no need."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        result = super()._update_values(src_partners, dst_partner)
        self.env["customer.category.need"]._forget(dst_partner | dst_partner.commercial_partner_id)
        return result
