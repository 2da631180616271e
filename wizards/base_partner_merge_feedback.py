from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Whoever did not want to be asked is not asked after a merge either."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        is_optout = any((src_partners | dst_partner).sudo().mapped("feedback_optout"))
        result = super()._update_values(src_partners, dst_partner)
        if is_optout:
            dst_partner.sudo().feedback_optout = True
        return result
