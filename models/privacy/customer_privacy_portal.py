import json

from odoo import api, models
from odoo.fields import Domain

from ..prints import reader_text as reader

FEEDBACK = "feedback"
SHOWN_ROWS = 200


class CustomerPrivacy(models.AbstractModel):
    """What contacts see and decide for themselves on the portal.

    Only about the contact who is signed in, never about colleagues; what we think of a customer
    (value, scores, notes of ours) is not told here.
    """

    _inherit = "customer.privacy"

    # === WAYS ===

    @api.model
    def _get_portal_ways(self, partner):
        """Return how we may speak to a contact, as they may change it.

        :return: list of dict: ``key``, ``name``, ``is_wanted``, ``is_own`` (whether the contact
            can take back what was said, as nobody else said it)
        """
        partner = partner.sudo()
        ways = [self._get_portal_asking(partner)]
        rows = self._get_refusals(partner)
        names = {
            "email": self.env._("Offers by e-mail"),
            "activity": self.env._("Calls about offers"),
            "sms": self.env._("Offers by SMS"),
        }
        for channel, label in rows._fields["channel"]._description_selection(self.env):
            refusals = rows.filtered(lambda row, channel=channel: row.channel == channel)
            ways.append(
                {
                    "key": channel,
                    "name": names.get(channel, label),
                    "is_wanted": not refusals,
                    "is_own": all(row.partner_id == partner for row in refusals),
                }
            )
        return ways

    @api.model
    def _get_portal_asking(self, partner):
        """Return the way by which we ask for feedback: refused by the contact, the customer, or
        for the address."""
        is_refused = partner.feedback_optout
        by_others = (partner.commercial_partner_id - partner).feedback_optout
        if not (is_refused or by_others) and partner.email_normalized:
            by_others = partner._is_feedback_refused([partner.email_normalized], self.env.company)
        return {
            "key": FEEDBACK,
            "name": self.env._("Questions about how satisfied you are, by e-mail"),
            "is_wanted": not (is_refused or by_others),
            "is_own": not by_others,
        }

    @api.model
    def _get_refusals(self, partner):
        """Return what keeps plays from a contact: said by anybody of the customer, or for the
        address."""
        rows = self.env["customer.play.optout"].sudo()
        domain = Domain("customer_id", "=", partner.commercial_partner_id.id)
        if address := partner.email_normalized:
            domain |= Domain("channel", "=", "email") & Domain("address", "=", address)
        return rows.search(domain)

    @api.model
    def _set_portal_ways(self, partner, wanted):
        """Note by which ways a contact wants to hear of us; saying it again changes nothing.

        What somebody else has said stays.

        :param wanted: keys of the ways that are wanted; unknown ones are left out
        """
        partner = partner.sudo()
        for way in self._get_portal_ways(partner):
            is_wanted = way["key"] in wanted
            if is_wanted == way["is_wanted"] or not (way["is_own"] or not is_wanted):
                continue
            if way["key"] == FEEDBACK:
                partner.feedback_optout = not is_wanted
            elif is_wanted:
                rows = self._get_refusals(partner)
                rows.filtered(
                    lambda row, way=way: row.channel == way["key"] and row.partner_id == partner
                ).unlink()
            else:
                self.env["customer.play.optout"].sudo()._note(partner, way["key"])

    # === WHAT IS STORED ===

    @api.model
    def _get_portal_record(self, partner):
        """Return what we keep about a contact: list of (title, explanation, names, rows).

        Rows are lists of texts in the reader's language.
        """
        partner = partner.sudo()
        return [
            self._get_portal_contact(partner),
            self._get_portal_complaints(partner),
            self._get_portal_answers(partner),
            self._get_portal_questions(partner),
            self._get_portal_contacts_made(partner),
        ]

    def _get_portal_contact(self, partner):
        names = ("name", "email", "phone", "street", "street2", "zip", "city", "country_id", "lang")
        rows = [
            [partner._fields[name]._description_string(self.env), self._write_value(partner, name)]
            for name in names
            if partner[name]
        ]
        numbers = self.env["customer.phone.number"].sudo()
        rows += [
            [self.env._("Number we know you by"), number.written or number.number or ""]
            for number in numbers.search([("partner_id", "=", partner.id)])
        ]
        explanation = self.env._("You can change it under “My account”.")
        return (self.env._("How to reach you"), explanation, [], rows)

    def _get_portal_complaints(self, partner):
        complaints = self._search_own("customer.complaint", partner, "open_date desc")
        rows = [
            [one.name, self._write_day(one.open_date), one.subject, one.stage_id.name or ""]
            for one in complaints
        ]
        names = [
            self.env._("Number"),
            self.env._("Received on"),
            self.env._("Subject"),
            self.env._("State"),
        ]
        return (self.env._("Your complaints"), "", names, rows)

    def _get_portal_answers(self, partner):
        answers = self._search_own("customer.feedback", partner, "date desc")
        rows = []
        for answer in answers:
            score = answer.nps if answer.kind == "nps" else answer.rating
            is_number = score is not False and answer.kind != "gap"
            rows.append(
                [
                    self._write_day(answer.date),
                    self._write_value(answer, "kind"),
                    reader.write_number(self.env, score) if is_number else "",
                    answer.comment or "",
                ]
            )
        names = [
            self.env._("Date"),
            self.env._("Question"),
            self.env._("Answer"),
            self.env._("Comment"),
        ]
        return (self.env._("Your answers"), "", names, rows)

    def _get_portal_questions(self, partner):
        requests = self._search_own("customer.feedback.request", partner, "id desc")
        rows = [
            [
                self._write_day(one.sent_date),
                self._write_value(one, "state"),
                one.asked_emails or "",
            ]
            for one in requests
            if one.sent_date
        ]
        names = [self.env._("Asked on"), self.env._("State"), self.env._("Asked at")]
        return (self.env._("When we asked you"), "", names, rows)

    def _get_portal_contacts_made(self, partner):
        interactions = self._search_own("customer.interaction", partner, "date desc")
        rows = [
            [
                self._write_day(one.date),
                self._write_value(one, "kind"),
                self._write_value(one, "direction"),
            ]
            for one in interactions
        ]
        names = [self.env._("Date"), self.env._("By"), self.env._("Direction")]
        explanation = self.env._("Calls, visits and letters between you and us.")
        return (self.env._("When we were in contact"), explanation, names, rows)

    def _search_own(self, model_name, partner, order):
        """Return the latest records of a model about one contact."""
        records = self.env[model_name].sudo()
        return records.search([("partner_id", "=", partner.id)], order=order, limit=SHOWN_ROWS)

    def _write_day(self, moment):
        return reader.write_date(self.env, moment)

    def _write_value(self, record, name):
        """Return a value as people read it."""
        field, value = record._fields[name], record[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        return (value.display_name if field.relational else value) or ""

    @api.model
    def _export_portal_record(self, partner):
        """Return the same as a JSON text, to keep or hand on."""
        content = {
            title: [dict(zip(names, row, strict=True)) if names else row for row in rows]
            for title, _explanation, names, rows in self._get_portal_record(partner)
        }
        content[self.env._("How we may speak to you")] = {
            way["name"]: way["is_wanted"] for way in self._get_portal_ways(partner)
        }
        return json.dumps(content, ensure_ascii=False, indent=1)
