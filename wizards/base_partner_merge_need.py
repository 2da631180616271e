from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Needs of merged customers are worked out anew: two rows of a category are no need."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Contacts of another customer take their invoices away from it."""
        self.env["customer.category.need"]._forget(src_partners.commercial_partner_id)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_values(self, src_partners, dst_partner):
        result = super()._update_values(src_partners, dst_partner)
        self.env["customer.category.need"]._forget(dst_partner | dst_partner.commercial_partner_id)
        return result
