from odoo import api, models, tools
from odoo.fields import Domain

from ..guard.res_users import GROUP_API
from .api_error import InvalidInput, NotAllowed, NotFound
from .api_method import external
from .api_reader import ApiReader

MAX_FOUND = 100
MAX_ADDRESS_LENGTH = 254


class CustomerApi(models.AbstractModel):
    """What other programs may ask and tell: few methods, callable over JSON-2 and XML-RPC.

    Each concern has a file of its own (``customer_api_*.py``). Public methods are decorated
    with ``@api.model`` and ``@external``, take their arguments by name and answer with
    ``str``, ``int``, ``float``, ``bool``, ``list`` and ``dict`` only: XML-RPC has no null.
    They check the user's group and company first and then work with all rights, so that the
    user needs none on customers, interactions or documents.

    Finding contacts by what another program knows of them.
    """

    _name = "customer.api"
    _description = "Customer Value for Other Programs"

    @api.model
    def _with_clean_context(self):
        """Return the model with the language and the companies of the context, nothing else.

        :raise InvalidInput: when these are not what they have to be
        """
        given = self.env.context
        context = {}
        installed = dict(self.env(context={})["res.lang"].get_installed())
        if isinstance(given.get("lang"), str) and given["lang"] in installed:
            context["lang"] = given["lang"]
        clean = self.with_env(self.env(context=context))
        companies = given.get("allowed_company_ids") or []
        if not isinstance(companies, list | tuple) or not all(
            type(company) is int and 0 < company < 2**31 for company in companies
        ):
            raise InvalidInput(clean.env._("“allowed_company_ids” must be a list of company ids."))
        if not companies:
            return clean
        return self.with_env(self.env(context={**context, "allowed_company_ids": list(companies)}))

    @api.model
    def _check_may_call(self):
        """Refuse users without API access."""
        if not (self.env.su or self.env.user.has_group(GROUP_API)):
            raise NotAllowed(
                self.env._(
                    "This needs the right “Customer Value: API access”. "
                    "Ask your administrator for it."
                )
            )

    @api.model
    def _in_company(self, company_id):
        """Return the model working in one company, which the user must be allowed in."""
        company = ApiReader(self.env, {"company_id": company_id}).whole("company_id")
        if not company:
            raise InvalidInput(self.env._("“company_id” is missing."))
        if company not in self.env.companies.ids:
            raise NotAllowed(
                self.env._("You may not work in company %(company)s.", company=company)
            )
        return self.with_env(
            self.env(context={**self.env.context, "allowed_company_ids": [company]})
        )

    @api.model
    def _get_contact_domain(self):
        """Return the domain of the contacts of the company, shared ones included."""
        return Domain("company_id", "in", [False, *self._get_company_chain(self.env.company.id)])

    @api.model
    @tools.ormcache("company_id")
    def _get_company_chain(self, company_id):
        """Return the ids of a company and those above it; Odoo lets nobody move a company."""
        path = self._get_company_value(company_id, "parent_path")
        return tuple(int(number) for number in path.split("/") if number)

    @api.model
    def _get_company_value(self, company_id, name):
        """Return one field of a company without reading the hundred others."""
        company = self.env["res.company"].sudo().with_context(prefetch_fields=False)
        return company.browse(company_id)[name]

    @api.model
    def _find_contacts(self, partner_ids):
        """Return contacts of the company, archived ones too, or refuse the first missing id."""
        partners = (
            self.env["res.partner"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch(
                Domain("id", "in", partner_ids) & self._get_contact_domain(),
                ["commercial_partner_id"],
            )
        )
        self._check_contacts_found(partner_ids, partners._ids)
        return partners

    @api.model
    def _check_contacts_found(self, partner_ids, found):
        """Refuse the first id that was not found."""
        for partner_id in partner_ids:
            if partner_id not in found:
                raise NotFound(
                    self.env._("There is no contact %(partner)s here.", partner=partner_id)
                )

    @api.model
    @api.readonly
    @external
    def find_customers(self, company_id, phone=None, email=None, reference=None, limit=20):
        """Return the contacts with a phone number, an e-mail address or a reference. Public: RPC.

        Whole values are compared, however the number or the address is written; there is no
        search by part, so that nobody reads all contacts. A contact that fits any of the
        given values is found, those that fit more of them first. Users, employees and own
        companies are no customers.

        :param int company_id: the company whose contacts to look through, shared ones included
        :param str phone: national numbers are read as of the company's country, numbers without
            an area code as of its area
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
        reader = ApiReader(self.env, given)
        limit = reader.whole("limit", 1, MAX_FOUND, 20)
        wanted = {
            name: text
            for name in ("phone", "email", "reference")
            if (text := reader.text(name, MAX_ADDRESS_LENGTH))
        }
        if not wanted:
            raise InvalidInput(self.env._("Give a phone number, an e-mail or a reference."))
        matches = {}
        for name, text in wanted.items():
            for partner in self._match_senders(name, [text])[text][0][:limit]:
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
    def _match_senders(self, kind, texts):
        """Return text -> (contacts of the company by ascending id, lead) it belongs to.

        :param kind: ``phone``, ``email`` or ``reference``
        """
        partners = self.env["res.partner"].sudo()
        return partners._match_senders(kind, texts, self.env.company, self._get_contact_domain())
