from odoo import api, models

from .api_error import InvalidInput
from .api_method import external
from .input_reader import InputReader

MOST_FOUND = 100
LONGEST_ADDRESS = 254


class CustomerApi(models.AbstractModel):
    """Finding contacts by what another program knows of them."""

    _inherit = "customer.api"

    @api.model
    @api.readonly
    @external
    def find_customers(self, company_id, phone=None, email=None, reference=None, limit=20):
        """Return the contacts with a phone number, an e-mail address or a reference. Public: RPC.

        Whole values are compared, however the number or the address is written; there is no
        search by part, so that nobody reads all contacts. A contact that fits any of the
        given values is found, those that fit more of them first.

        :param int company_id: the company whose contacts to look through, shared ones included
        :param str phone: national numbers are read as of the company's country
        :param str email: one address
        :param str reference: internal reference of the contact
        :param int limit: 1 to 100, default 20
        :return: list of dictionaries: ``partner_id``, ``name``, ``is_company``, ``phone``,
            ``email``, ``reference``, ``customer_id`` and ``customer_name`` (the commercial
            partner), ``matched_by`` (list of the argument names that fit); ``""`` where
            nothing is known
        :raise InvalidInput: nothing to look for, or a value that cannot be one
        :raise NotAllowed: no API access, or not in this company
        """
        self = self._in_company(company_id)  # noqa: PLW0642
        given = {"phone": phone, "email": email, "reference": reference, "limit": limit}
        reader = InputReader(self.env, given)
        limit = reader.whole("limit", 1, MOST_FOUND, 20)
        wanted = {
            name: text
            for name in ("phone", "email", "reference")
            if (text := reader.text(name, LONGEST_ADDRESS))
        }
        if not wanted:
            raise InvalidInput(self.env._("Give a phone number, an e-mail or a reference."))
        matches = {}
        for name, text in wanted.items():
            for partner in self._match_contacts(name, [text])[text][:limit]:
                matches.setdefault(partner, []).append(name)
        best = sorted(matches, key=lambda partner: (-len(matches[partner]), partner.id))
        return [self._get_contact(partner, matches[partner]) for partner in best[:limit]]

    @api.model
    def _get_contact(self, partner, matched_by):
        customer = partner.commercial_partner_id
        return {
            "partner_id": partner.id,
            "name": partner.name or "",
            "is_company": partner.is_company,
            "phone": partner.phone or "",
            "email": partner.email or "",
            "reference": partner.ref or "",
            "customer_id": customer.id,
            "customer_name": customer.name or "",
            "matched_by": matched_by,
        }

    @api.model
    def _match_contacts(self, kind, texts):
        """Return text -> contacts of the company it belongs to, by ascending id.

        :param kind: ``phone``, ``email`` or ``reference``
        """
        partners = self.env["res.partner"].sudo()
        country = kind == "phone" and self._get_company_value(self.env.company.id, "country_id")
        return partners._match_contacts(kind, texts, country, self._get_contact_domain())
