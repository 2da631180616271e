from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from .access import GROUPS_STANDING
from .folded_text import FoldedChar, GramsIndex, IndexedFoldedChar
from .input_reader import clean_address, get_address_forms

# Numbers of switchboards belong to many; nobody reads more.
MAX_CONTACTS = 20
FETCHED = (
    *("commercial_partner_id", "customer_rank", "name", "phone", "email", "ref"),
    *("email_normalized", "partner_share"),
)
FIELD_OF_KIND = {"email": "email_normalized", "reference": "ref"}


class ResPartner(models.Model):
    """Who calls or writes: contacts and leads by number, address, reference and name.

    Our own lines and colleagues are no customers, whoever asks.
    """

    _inherit = "res.partner"

    name = IndexedFoldedChar()
    complete_name = IndexedFoldedChar()
    ref = FoldedChar()
    street = FoldedChar()
    street2 = FoldedChar()
    city = FoldedChar()
    display_name = FoldedChar()
    customer_phone_number_ids = fields.One2many(
        string="Phone numbers",
        comodel_name="customer.phone.number",
        inverse_name="partner_id",
        readonly=True,
        copy=False,
        groups=GROUPS_STANDING,
    )

    # Looked up for every mail; without it that reads all contacts.
    _customer_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _customer_name_grams_idx = GramsIndex("name")
    _customer_full_name_grams_idx = GramsIndex("complete_name")

    def _get_plain_name(self):
        """Return the name for a sentence: what a view shows beside it (address, VAT) is no name.

        ``display_name`` follows the context of the field somebody is choosing a contact in. Empty
        for no contact.
        """
        return self.complete_name or self.email or ""

    def _filter_of_others(self, company):
        """Return the contacts that belong to another company, neither this one nor one above it.

        Who works in several companies sees the contacts of all; a company speaks to its own and to
        those that all share.
        """
        owners = company.sudo().parent_ids
        return self.filtered(
            lambda one: (one.company_id | one.commercial_partner_id.sudo().company_id) - owners
        )

    def _find_reachable(self, field):
        """Return customer -> who is reached by a field: themselves, else their first contact.

        :param field: ``phone`` or ``email``
        :rtype: dict; without those nobody of whom has one, or the user may read
        """
        contacts = self.env["res.partner"].search_fetch(
            [("commercial_partner_id", "in", self.ids), (field, "!=", False)],
            ["commercial_partner_id", field],
            order="id desc",
        )
        reachable = {contact.commercial_partner_id: contact for contact in contacts}
        return reachable | {customer: customer for customer in self if customer[field]}

    def _compute_phone_sanitized(self):
        """Odoo reads the number whenever it changes, by whatever way; our table follows."""
        result = super()._compute_phone_sanitized()
        self.env["customer.phone.number"]._follow(self)
        return result

    def _phone_get_sanitize_triggers(self):
        return [*super()._phone_get_sanitize_triggers(), "company_id"]

    @api.model
    def _find_customers_by_number(self, number, company):
        """Return the contacts a company knows by a number, the most likely one first."""
        return self._find_sender("phone", number, company)[0]

    @api.model
    def _find_customers_by_email(self, email, company):
        """Return the contacts a company knows by an address, the most likely one first.

        Never the company's own people: what they pass on is somebody else's.
        """
        return self._find_sender("email", email, company)[0]

    @api.model
    def _find_sender(self, kind, text, company):
        """Return (contacts, lead) that a number or address belongs to, the most likely one first.

        A lead only where no contact is known; if it has a contact, that is who calls or writes.

        :param str kind: ``phone`` or ``email``
        """
        text = text or ""
        domain = self._get_company_contact_domain(company)
        contacts, lead = self._match_senders(
            kind, [text], company, domain, order="id desc", limit=MAX_CONTACTS
        )[text]
        by_rank = contacts.sorted(
            lambda partner: not (
                partner.customer_rank or partner.commercial_partner_id.customer_rank
            )
        )
        return by_rank, lead

    @api.model
    def _match_senders(self, kind, texts, company, domain, order="id", limit=None):
        """Return text -> (contacts, lead) it belongs to; parameters of :meth:`_match_contacts`.

        Whoever is no contact may be a lead, and the lead may have a contact with another number.
        """
        contacts = self._match_contacts(kind, texts, company, domain, order, limit)
        unknown = [text for text in texts if not contacts[text]]
        leads = self.env["crm.lead"]._match_leads(kind, unknown, company)
        known = Domain("id", "in", [lead.partner_id.id for lead in leads.values()]) & domain
        found = self._search_customers(known, company, order)
        for text, lead in leads.items():
            contacts[text] = found.filtered(lambda one, lead=lead: one.id == lead.partner_id.id)
        return {text: (contacts[text], leads.get(text, self.env["crm.lead"])) for text in texts}

    @api.model
    def _get_company_contact_domain(self, company):
        """Return the domain of the contacts a company works with, shared ones included."""
        return Domain("company_id", "in", [False, *company.sudo().parent_ids.ids])

    @api.model
    def _match_contacts(self, kind, texts, company, domain, order="id", limit=None):
        """Return text -> active contacts it belongs to, however it is written.

        The same number of queries for any number of texts.

        :param str kind: ``phone``, ``email`` or ``reference``
        :param company: its numbering plan and settings read numbers; its own people are none,
            nor is a contact that has an address of theirs, be it that one of them is kept twice
        :param domain: among which contacts to look
        :param limit: of contacts, of all texts together
        """
        if kind == "phone":
            numbers = self.env["customer.phone.number"]._match(texts, company)
            ids = {text: contacts for text, (contacts, _leads) in numbers.items()}
            same = Domain("id", "in", sorted(set().union(*ids.values())))
            found = self._search_customers(same & domain, company, order, limit)
            colleagues = self._find_colleagues(same, company) if found else found
            matches = {}
            for text, known in ids.items():
                mine = found.filtered(lambda partner, known=known: partner.id in known)
                ours = colleagues.filtered(lambda partner, known=known: partner.id in known)
                matches[text] = mine - mine._filter_doubles(ours)
            return matches
        field = FIELD_OF_KIND[kind]
        keys = {text: self._get_contact_keys(kind, text) for text in texts}
        same = Domain(field, "in", sorted(set().union(*keys.values())))
        found = self._search_customers(same & domain, company, order, limit).grouped(field)
        if found and kind == "email":
            for address in self._find_colleagues(same, company).mapped(field):
                found.pop(address, None)
        return {
            text: self.browse().union(*(found[form] for form in forms if form in found))
            for text, forms in keys.items()
        }

    @api.model
    def _find_colleagues(self, domain, company):
        """Return who of the contacts of a domain works here, with all rights."""
        contacts = self.sudo().with_context(active_test=True).search(domain)
        return contacts._filter_colleagues(company._get_family_partner_ids())

    @api.model
    def _get_contact_keys(self, kind, text):
        """Return what contacts may have in the field of the kind; empty without a text."""
        return get_address_forms(text) if kind == "email" else tuple(filter(None, [text]))

    def _compute_email_normalized(self):
        result = super()._compute_email_normalized()
        for partner in self.filtered(lambda one: not (one.email or "").isascii()):
            address = email_normalize(clean_address(partner.email), strict=False)
            partner.email_normalized = address
        return result

    @api.model
    def _search_customers(self, domain, company, order="id", limit=None):
        """Return active contacts that are none of us: no users, employees and own companies."""
        domain = Domain(domain).optimize(self)
        if domain.is_false():
            return self.browse()
        family = company._get_family_partner_ids()
        domain &= Domain("partner_share", "=", True)
        domain &= Domain("commercial_partner_id", "not in", family)
        partners = self.with_context(active_test=True)
        found = partners.search_fetch(domain, FETCHED, order=order, limit=limit)
        return found - found._filter_colleagues(family)

    def _filter_doubles(self, colleagues):
        """Return those contacts who are one of the colleagues, kept a second time.

        A telephone may be shared, and with it only the same name or address tells.
        """
        if not colleagues:
            return self.browse()
        names = {name.strip().casefold() for name in colleagues.mapped("name") if name}
        addresses = {address for address in colleagues.mapped("email_normalized") if address}
        return self.filtered(
            lambda partner: partner.email_normalized in addresses
            or (partner.name or "").strip().casefold() in names
        )

    def _filter_colleagues(self, family):
        """Return those contacts who are users, employees or own companies.

        :param family: the contacts that the company, its head office and its branches are
        """
        return self.filtered(
            lambda partner: not partner.partner_share
            or partner.commercial_partner_id.id in family
            or ("employee_ids" in partner._fields and partner.sudo().employee_ids)
        )
