from odoo import models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Interactions follow a merge: contact, customer, participants and related document.

    Odoo moves the columns that refer to a contact, and leaves each participant once. It does
    not know our reference by model and id, nor that the kept contact can be somebody's.
    """

    _inherit = "base.partner.merge.automatic.wizard"

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
        customers = dst_partner | dst_partner.commercial_partner_id
        self._refer_interactions_to(customers)
        # Questions of one of the contacts may have been answered to the other.
        self.env["customer.interaction"]._match_answers(customers)
        return result

    def _refer_interactions_to(self, customers):
        """Give the interactions of merged contacts the customer those now belong to."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE customer_interaction i
                      SET customer_id = p.commercial_partner_id
                     FROM res_partner p
                    WHERE p.id = i.partner_id
                      AND (i.customer_id = ANY(%(ids)s) OR i.partner_id = ANY(%(ids)s))
                      AND i.customer_id IS DISTINCT FROM p.commercial_partner_id
                RETURNING i.id""",
                ids=customers.ids,
            )
        )
        self.env["customer.interaction"].invalidate_model(["customer_id"])
