from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from .access import GROUPS_STANDING
from .folded_text import FoldedChar, GramsIndex, IndexedFoldedChar
from .input_reader import clean_address, get_address_forms

NEWEST = "active desc, id desc"


class CrmLead(models.Model):
    """Who calls or writes without being a contact yet: leads by number, e-mail address and name."""

    _inherit = "crm.lead"

    name = IndexedFoldedChar()
    partner_name = IndexedFoldedChar()
    contact_name = IndexedFoldedChar()
    display_name = FoldedChar()
    customer_phone_number_ids = fields.One2many(
        string="Phone numbers",
        comodel_name="customer.phone.number",
        inverse_name="lead_id",
        readonly=True,
        copy=False,
        groups=GROUPS_STANDING,
    )

    _customer_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _customer_name_grams_idx = GramsIndex("name")
    _customer_partner_grams_idx = GramsIndex("partner_name")
    _customer_contact_grams_idx = GramsIndex("contact_name")

    def _compute_email_normalized(self):
        result = super()._compute_email_normalized()
        for lead in self.filtered(lambda one: not (one.email_from or "").isascii()):
            address = email_normalize(clean_address(lead.email_from), strict=False)
            lead.email_normalized = address
        return result

    def _compute_phone_sanitized(self):
        """Odoo reads the number whenever it changes, by whatever way; our table follows."""
        result = super()._compute_phone_sanitized()
        self.env["customer.phone.number"]._follow(self)
        return result

    def _phone_get_sanitize_triggers(self):
        return [*super()._phone_get_sanitize_triggers(), "company_id"]

    @api.model
    def _match_leads(self, kind, texts, company):
        """Return text -> the newest lead a company knows by it, of those that it knows one by.

        With all rights, as who calls or writes does not depend on who picks up. None for our
        own lines and colleagues. A lost lead only where no open one has it: who it was is known.
        The same number of queries for any number of texts.

        :param str kind: ``phone`` or ``email``; leads have no reference
        """
        if kind not in ("phone", "email"):
            return {}
        domains = self._get_sender_domains(kind, texts, company)
        if not domains:
            return {}
        fits = Domain.OR(mine for mine, _contacts in domains.values())
        companies = [False, *company.sudo().parent_ids.ids]
        # Private: who shows a lead asks for the reader's rights (``_get_customer_form_action``).
        leads = self.sudo().with_context(active_test=False)
        leads = leads.search(fits & Domain("company_id", "in", companies), order=NEWEST)
        colleagues = self.env["res.partner"]
        if leads:
            same = Domain.OR(contacts for _mine, contacts in domains.values())
            colleagues = colleagues._find_colleagues(same, company)
        return {
            text: found[0]
            for text, (mine, contacts) in domains.items()
            if (found := leads.filtered_domain(mine)) and not colleagues.filtered_domain(contacts)
        }

    @api.model
    def _get_sender_domains(self, kind, texts, company):
        """Return text -> (domain of leads, domain of contacts) with a number or address."""
        if kind == "phone":
            numbers = self.env["customer.phone.number"]._match(texts, company)
            return {
                text: (Domain("id", "in", list(leads)), Domain("id", "in", list(contacts)))
                for text, (contacts, leads) in numbers.items()
                if leads
            }
        keys = {text: get_address_forms(text) for text in texts}
        return {
            text: (Domain("email_normalized", "in", forms),) * 2
            for text, forms in keys.items()
            if forms
        }
