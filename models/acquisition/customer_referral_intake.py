from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize, plaintext2html

from .customer_referral import MAX_LENGTHS

SOURCE = "Referral"


class CustomerReferral(models.Model):
    """Who comes by a link, or with a code."""

    _inherit = "customer.referral"

    @api.model
    def _register_by_link(self, referrer, answers):
        """Make a lead of what somebody wrote on the public page, once for an address.

        Who is known already is noted as such; the page says the same to everybody.

        :param dict answers: texts by name, see ``MAX_LENGTHS``
        :raise UserError: a name or every way to answer is missing, or something is no address
        """
        values = self._read_answers(answers)
        # A button pressed twice: the second begins anew, and finds what the first has stored.
        query = "UPDATE customer_referrer SET id = id WHERE id = %s"
        self.env.cr.execute(SQL(query, referrer.id), log_exceptions=False)
        domain = [("referrer_id", "=", referrer.id)]
        same = (
            [("email", "=", values["email"])]
            if values["email"]
            else [("phone", "=", values["phone"])]
        )
        if self.sudo().search_count([*domain, *same], limit=1):
            return
        contacts, lead = self._find_known(referrer.company_id, values)
        is_known = bool(contacts or lead)
        lead = lead if is_known else self._make_lead(referrer, values)
        referral = self.sudo().create(
            {
                "referrer_id": referrer.id,
                "way": "link",
                "name": values["name"],
                "email": values["email"],
                "phone": values["phone"],
                "lead_id": lead.id,
            }
        )
        referral.is_approved = False  # by whom they say they are, or by a manager
        if is_known and referral.state != "refused":
            referral._refuse("known")
        if referral.state != "refused":
            referral._ask_to_confirm()

    @api.model
    def _read_answers(self, answers):
        values = {
            name: " ".join(str(answers.get(name) or "").replace("\x00", "").split())[:length]
            if name != "note"
            else str(answers.get(name) or "").replace("\x00", "").strip()[:length]
            for name, length in MAX_LENGTHS.items()
        }
        if not values["name"] or not (values["email"] or values["phone"]):
            raise UserError(
                self.env._("Please tell us your name, and an e-mail address or a phone number.")
            )
        if values["email"]:
            address = email_normalize(values["email"])
            if not address:
                raise UserError(self.env._("This is no e-mail address. Please look at it again."))
            values["email"] = address
        return values

    @api.model
    def _find_known(self, company, values):
        """Return (contacts, lead) somebody is known as already, by address or number."""
        partners = self.env["res.partner"].sudo()
        for kind in ("email", "phone"):
            if values[kind]:
                contacts, lead = partners._find_sender(kind, values[kind], company)
                if contacts or lead:
                    return contacts, lead
        return partners, self.env["crm.lead"].sudo()

    @api.model
    def _make_lead(self, referrer, values):
        source = self.env["utm.mixin"].sudo()._find_or_create_record("utm.source", SOURCE)
        company = referrer.company_id
        seller = referrer.partner_id.user_id
        leads = self.env["crm.lead"].sudo().with_company(company)
        return leads.create(
            {
                "name": self.env._("Referral: %(name)s", name=values["name"]),
                "contact_name": values["name"],
                "partner_name": values["company_name"],
                "email_from": values["email"],
                "phone": values["phone"],
                "description": plaintext2html(values["note"]) if values["note"] else False,
                "company_id": company.id,
                "source_id": source.id,
                "user_id": seller.id if company in seller.company_ids else False,
                "type": "lead" if self.env.user.has_group("crm.group_use_lead") else "opportunity",
            }
        )

    @api.model
    def _register_by_code(self, lead, code):
        """Note that a lead came with a code.

        :raise UserError: there is no such code, or it cannot count
        """
        referrer = self.env["customer.referrer"]._find_by_code(
            code, lead.sudo().company_id or self.env.company
        )
        if not referrer:
            raise UserError(
                self.env._("There is no referral code “%(code)s”. Look at it again.", code=code)
            )
        counting = [("lead_id", "=", lead.id), ("state", "!=", "refused")]
        if other := self.sudo().search(counting, limit=1):
            if other.referrer_id == referrer:
                return other
            raise UserError(other._get_objection_text("other"))
        is_trusted = self.env.user.has_group("customer_value.customer_value_group_manager")
        referral = self.sudo().create(
            {
                "referrer_id": referrer.id,
                "way": "code",
                "name": lead.contact_name or lead.partner_name or lead.name,
                "email": lead.email_normalized,
                "phone": lead.phone,
                "lead_id": lead.id,
            }
        )
        referral.is_approved = is_trusted
        if referral.state == "refused":
            raise UserError(referral._get_objection_text(referral.refuse_reason))
        return referral
