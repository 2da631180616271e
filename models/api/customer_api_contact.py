from odoo import api, models
from odoo.tools import SQL

from .api_error import NotFound
from .interaction_payload import ADDRESSES

NOBODY = ((), None)


class CustomerApi(models.AbstractModel):
    """Whom an interaction concerns: one query per kind of name for a whole batch."""

    _inherit = "customer.api"

    @api.model
    def _resolve_requests(self, requests):
        """Fill in contact, reason and user of requests.

        :raise NotFound: with the place, when one is named that is not there
        """
        contacts = self._get_named_contacts(requests)
        matches = self._get_matched_contacts(requests)
        reasons = self._get_reasons(requests)
        users = self._get_users(requests)
        for request in requests:
            given = request.given
            pair = contacts.get(given["partner_id"]) or self._choose_contact(given, matches)
            self._check_found(request, "reason_id", reasons)
            self._check_found(request, "user_login", users)
            if not pair[0] and not (given["phone"] or given["email"]):
                self._refuse_unknown(request, "reference", given["reference"])
            request.resolved = {
                "partner_id": pair[0],
                "customer_id": pair[1],
                "address": given["phone"] or given["email"] or False,
                "reason_id": given["reason_id"] or False,
                "user_id": users.get(given["user_login"], False),
                "lead": self._choose_lead(given, matches),
            }

    @api.model
    def _check_found(self, request, name, found):
        value = request.given[name]
        if value and value not in found:
            self._refuse_unknown(request, name, value)

    @api.model
    def _refuse_unknown(self, request, name, value):
        raise NotFound(
            self.env._(
                "%(place)s: nothing here has the %(name)s “%(value)s”.",
                place=request.place,
                name=name,
                value=value,
            )
        )

    @api.model
    def _get_named_contacts(self, requests):
        """Return id -> (contact, customer) of the ids given; refuse the first not there.

        Like ``_find_contacts``, without the ORM: one interaction has to be as fast as can be.
        """
        wanted = list(dict.fromkeys(r.given["partner_id"] for r in requests))
        wanted = [partner for partner in wanted if partner]
        if not wanted:
            return {}
        self.env["res.partner"].flush_model(["company_id", "commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id, commercial_partner_id FROM res_partner
                    WHERE id = ANY(%s) AND (company_id IS NULL OR company_id = ANY(%s))""",
                wanted,
                list(self._get_company_chain(self.env.company.id)),
            )
        )
        pairs = {partner: (partner, customer) for partner, customer in rows}
        self._check_contacts_found(wanted, pairs)
        return pairs

    @api.model
    def _get_matched_contacts(self, requests):
        """Return (kind of address, text) -> (contacts, lead), for requests that name no contact."""
        matches = {}
        for kind in ADDRESSES:
            texts = {r.given[kind] for r in requests if r.given[kind] and not r.given["partner_id"]}
            if texts:
                found = self._match_senders(kind, sorted(texts))
                matches.update({(kind, text): sender for text, sender in found.items()})
        return matches

    @api.model
    def _choose_contact(self, given, matches):
        """Return (contact, customer): the only contact, or the only customer, that fits.

        Both are ``False`` when it is not clear.
        """
        for kind in ADDRESSES:
            partners, _lead = matches.get((kind, given[kind]), NOBODY)
            customers = partners and partners.commercial_partner_id
            if len(customers) == 1:
                return (partners if len(partners) == 1 else customers).id, customers.id
        return False, False

    @api.model
    def _choose_lead(self, given, matches):
        """Return the lead that calls or writes, where no contact is known by it."""
        if given["partner_id"]:
            return self.env["crm.lead"]
        for kind in ADDRESSES:
            _partners, lead = matches.get((kind, given[kind]), NOBODY)
            if lead:
                return lead
        return self.env["crm.lead"]

    @api.model
    def _get_reasons(self, requests):
        """Return the ids of the reasons given that the company has."""
        wanted = {r.given["reason_id"] for r in requests} - {0}
        if not wanted:
            return set()
        domain = [
            ("id", "in", sorted(wanted)),
            ("company_id", "in", [False, self.env.company.id]),
        ]
        return set(self.env["customer.interaction.reason"].sudo().search(domain).ids)

    @api.model
    def _get_users(self, requests):
        """Return login -> id of the internal users given that work in the company."""
        wanted = {r.given["user_login"] for r in requests} - {""}
        if not wanted:
            return {}
        domain = [
            ("login", "in", sorted(wanted)),
            ("company_ids", "in", self.env.company.ids),
            ("share", "=", False),
        ]
        return {user.login: user.id for user in self.env["res.users"].sudo().search(domain)}
