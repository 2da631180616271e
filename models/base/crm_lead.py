from odoo import models

from .folded_text import GramsIndex, IndexedFoldedChar


class CrmLead(models.Model):
    """Leads are found however their names are written."""

    _inherit = "crm.lead"

    name = IndexedFoldedChar()
    partner_name = IndexedFoldedChar()
    contact_name = IndexedFoldedChar()

    _customer_name_grams_idx = GramsIndex("name")
    _customer_partner_grams_idx = GramsIndex("partner_name")
    _customer_contact_grams_idx = GramsIndex("contact_name")
