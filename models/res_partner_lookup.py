from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..engine.phone_number import extract_number

# Numbers of switchboards belong to many; nobody reads more.
MAX_CONTACTS = 20


class ResPartner(models.Model):
    """Who calls or writes: contacts by number and e-mail address."""

    _inherit = "res.partner"

    # Looked up while the phone rings and for every mail; without them that reads all contacts.
    _customer_phone_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
    _customer_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")

    @api.model
    def _find_customers_by_number(self, number, company):
        """Return the contacts a company knows by a number, the most likely one first."""
        digits = extract_number(number)
        sanitized = digits and self._phone_format(number=digits, country=company.country_id)
        if not sanitized:
            return self.browse()
        return self._find_customers(Domain("phone_sanitized", "=", sanitized), company)

    @api.model
    def _find_customers_by_email(self, email, company):
        """Return the contacts a company knows by an address, the most likely one first.

        Never the company's own people: what they pass on is somebody else's.
        """
        normalized = email_normalize(email or "", strict=False)
        if not normalized:
            return self.browse()
        found = self._find_customers(Domain("email_normalized", "=", normalized), company)
        return found.filtered("partner_share")

    @api.model
    def _find_customers(self, domain, company):
        """Search active contacts of the company: customers before others, then the newest."""
        found = self.with_context(active_test=True).search_fetch(
            domain & Domain("company_id", "in", [False, company.id]),
            ["commercial_partner_id", "customer_rank"],
            order="id desc",
            limit=MAX_CONTACTS,
        )
        return found.sorted(
            lambda partner: not (
                partner.customer_rank or partner.commercial_partner_id.customer_rank
            )
        )
