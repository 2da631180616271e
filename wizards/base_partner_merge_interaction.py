from odoo import models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Interactions follow a merge: contact, customer, participants and related document.

    Odoo moves the columns that refer to a contact, computes the customer again and leaves each
    participant once. It does not know our reference by model and id.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Queue the customers whose contacts, with all their documents, go to another."""
        src_partners._queue_everywhere((src_partners.commercial_partner_id - src_partners).ids)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_reference_fields(self, src_partners, dst_partner):
        result = super()._update_reference_fields(src_partners, dst_partner)
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE customer_interaction SET res_id = %s
                    WHERE res_model = 'res.partner' AND res_id = ANY(%s)
                RETURNING id""",
                dst_partner.id,
                src_partners.ids,
            )
        )
        self.env["customer.interaction"].invalidate_model(["res_id", "document_ref"])
        return result

    def _update_values(self, src_partners, dst_partner):
        result = super()._update_values(src_partners, dst_partner)
        # Questions of one of the contacts may have been answered to the other.
        self.env["customer.interaction"]._match_answers(dst_partner.commercial_partner_id)
        return result
