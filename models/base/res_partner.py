from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...engine.service import extract_phone_number
from .folded_text import FoldedChar, GramsIndex, IndexedFoldedChar

# Numbers of switchboards belong to many; nobody reads more.
MAX_CONTACTS = 20
# Fewer are extensions, which everybody has.
MIN_DIGITS = 5
FETCHED = (
    *("commercial_partner_id", "customer_rank", "name", "phone", "email", "ref"),
    *("phone_sanitized", "email_normalized"),
)
FIELD_OF_KIND = {"phone": "phone_sanitized", "email": "email_normalized", "reference": "ref"}


class ResPartner(models.Model):
    """Who calls or writes: contacts by number, e-mail address, reference and name."""

    _inherit = "res.partner"

    name = IndexedFoldedChar()
    complete_name = IndexedFoldedChar()
    ref = FoldedChar()

    # Looked up while the phone rings and for every mail; without them that reads all contacts.
    _customer_phone_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
    _customer_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _customer_name_grams_idx = GramsIndex("name")
    _customer_full_name_grams_idx = GramsIndex("complete_name")

    def _get_plain_name(self):
        """Return the name for a sentence: what a view shows beside it (address, VAT) is no name.

        ``display_name`` follows the context of the field somebody is choosing a contact in. Empty
        for no contact.
        """
        return self.complete_name or self.email or ""

    @api.model
    def _find_customers_by_number(self, number, company):
        """Return the contacts a company knows by a number, the most likely one first."""
        return self._find_likely_customers("phone", number, company)

    @api.model
    def _find_customers_by_email(self, email, company):
        """Return the contacts a company knows by an address, the most likely one first.

        Never the company's own people: what they pass on is somebody else's.
        """
        return self._find_likely_customers("email", email, company).filtered("partner_share")

    @api.model
    def _find_likely_customers(self, kind, text, company):
        """Return the contacts that fit: customers before others, then the newest."""
        domain = Domain("company_id", "in", [False, *company.sudo().parent_ids.ids])
        found = self._match_contacts(
            kind, [text or ""], company.country_id, domain, order="id desc", limit=MAX_CONTACTS
        )
        return found[text or ""].sorted(
            lambda partner: not (
                partner.customer_rank or partner.commercial_partner_id.customer_rank
            )
        )

    @api.model
    def _match_contacts(self, kind, texts, country, domain, order="id", limit=None):
        """Return text -> active contacts it belongs to, however it is written.

        One query for any number of texts, and one for each number that no numbering plan knows.

        :param str kind: ``phone``, ``email`` or ``reference``
        :param country: its numbering plan reads national numbers
        :param domain: among which contacts to look
        :param limit: of contacts, of all texts together
        """
        field = FIELD_OF_KIND[kind]
        keys = {text: self._normalize_contact_key(kind, text, country) for text in texts}
        partners = self.with_context(active_test=True)
        found = {}
        if any(keys.values()):
            wanted = Domain(field, "in", sorted(set(filter(None, keys.values()))))
            rows = partners.search_fetch(wanted & domain, FETCHED, order=order, limit=limit)
            found = rows.grouped(field)
        matches = {text: found.get(key, self.browse()) for text, key in keys.items()}
        if kind == "phone":
            for text in (text for text, key in keys.items() if not key):
                matches[text] = partners._match_written_number(text, domain, order, limit)
        return matches

    @api.model
    def _normalize_contact_key(self, kind, text, country):
        """Return what the contacts have in the field of the kind, or a false value."""
        if not text:
            return False
        if kind == "phone":
            # What is dialled may come with a name, a scheme or a host around it.
            return self._phone_format(number=extract_phone_number(text) or text, country=country)
        return email_normalize(text, strict=False) if kind == "email" else text

    @api.model
    def _match_written_number(self, text, domain, order, limit):
        """Return contacts whose number has the same digits, for numbers of no known plan."""
        if sum(char.isdecimal() for char in text) < MIN_DIGITS:
            return self.browse()
        self.flush_model(["phone"])  # Odoo's search does not
        written = Domain("phone_mobile_search", "=", text)
        return self.search_fetch(written & domain, FETCHED, order=order, limit=limit)
