from odoo import api, models
from odoo.tools import email_normalize, email_normalize_all


class CustomerCorrespondenceMixin(models.AbstractModel):
    """A thread with one customer: what others write is not kept in it, nor sent to them.

    Contacts are corrected and records become one: an old mail then leads whoever answers it to
    what is another customer's by now.
    """

    _name = "customer.correspondence.mixin"
    _description = "Correspondence With One Customer"

    def write(self, vals):
        """Part from whoever is no longer the customer."""
        if "partner_id" not in vals:
            return super().write(vals)
        before = {record: (record.partner_id, record.customer_id) for record in self.sudo()}
        result = super().write(vals)
        for record, (partner, customer) in before.items():
            if customer != record.customer_id:
                record._part_from(partner, customer)
        return result

    def _part_from(self, partner, customer):
        """Keep a former customer from reading along; extended by what else knows them."""
        self.ensure_one()
        strangers = self.message_partner_ids.filtered(
            lambda follower: (
                follower.partner_share
                and (follower == partner or follower.commercial_partner_id == customer)
                and follower.commercial_partner_id != self.customer_id
            )
        )
        self.message_unsubscribe(partner_ids=strangers.ids)

    # === WHO WRITES ===

    @api.model
    def _get_stored_address(self):
        """Return the name of the field with the address of who is no contact yet."""
        return self._mail_get_primary_email_field()

    def _get_copied_addresses(self):
        """Return the addresses the customer has sent copies to: they may answer, too."""
        self.ensure_one()
        stored = email_normalize(self[self._get_stored_address()] or "", strict=False)
        copied = []
        for message in self.message_ids.filtered("incoming_email_cc"):
            author = message.author_id
            is_theirs = self.customer_id and author.commercial_partner_id == self.customer_id
            if is_theirs or (stored and email_normalize(message.email_from or "") == stored):
                copied += email_normalize_all(message.incoming_email_cc)
        return copied

    def _is_kept_in(self, message_dict):
        """Whether a mail belongs into this thread: one of us, or its customer, has written it."""
        self.ensure_one()
        author = self.env["res.partner"].browse(message_dict.get("author_id")).sudo()
        sender = message_dict.get("email_from") or ""
        if (author and not author.partner_share) or self._is_colleague(sender):
            return True
        partners = self.env["res.partner"].sudo()
        known = author | partners._find_customers_by_email(sender, self.company_id)
        if self.customer_id and known:
            return bool(known & self.partner_id) or self.customer_id in known.commercial_partner_id
        address = email_normalize(sender, strict=False)
        stored = email_normalize(self[self._get_stored_address()] or "", strict=False)
        addresses = {self.partner_id.email_normalized, stored, *self._get_copied_addresses()}
        is_theirs = bool(address) and address in addresses
        return is_theirs or not (self.customer_id or stored)

    @api.model
    def _is_colleague(self, sender):
        """Whether an address is one of a user of ours; the gateway looks up authors later."""
        address = email_normalize(sender, strict=False)
        domain = [("email_normalized", "=", address), ("partner_share", "=", False)]
        return bool(address and self.env["res.partner"].sudo().search_count(domain, limit=1))

    def _get_own_route(self, message, message_dict, route):
        """Return the route of a mail into a record of its writer's own; False if it has one."""
        self.ensure_one()
        model, _thread_id, _values, user_id, _alias = route
        values = self._prepare_own_route_values()
        channel = self._get_mail_channel(values)
        values["request_key"] = self._get_mail_key(message, message_dict, channel)
        values |= self._get_screened_values(message, message_dict, channel)
        if not self._is_taken_in() and self._is_recorded(values["request_key"]):
            return False
        # Without the alias: the mail answers something, and came to whatever address.
        return (model, False, values, user_id, False)

    def _prepare_own_route_values(self):
        """Return what a record made of a stray answer has in common with this one."""
        self.ensure_one()
        return {"company_id": self.company_id.id}

    # === WHO IS WRITTEN TO ===

    def _is_stranger(self, partner):
        """Whether a contact is of another customer."""
        self.ensure_one()
        customer = self.sudo().customer_id
        return bool(
            customer
            and partner.partner_share
            and partner != self.sudo().partner_id
            and partner.commercial_partner_id != customer
        )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Send what comes from outside to us and its customer only, whoever it answers."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        author = message.sudo().author_id
        if not self or (author and not author.partner_share):
            return recipients
        partners = self.env["res.partner"].sudo().browse([r["id"] for r in recipients if r["id"]])
        strangers = set(partners.filtered(self._is_stranger).ids)
        return [recipient for recipient in recipients if recipient["id"] not in strangers]

    def _sort_suggested_messages(self, messages):
        """Answer to what one of us or the customer wrote, not to a former customer's mail."""
        messages = super()._sort_suggested_messages(messages)
        records = {record.id: record for record in self.sudo()}
        return messages.filtered(
            lambda message: message.res_id in records
            and records[message.res_id]._is_kept_in(
                {"author_id": message.author_id.id, "email_from": message.email_from}
            )
        )

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """Suggest nobody of another customer, whoever was written to before."""
        suggested = super()._message_get_suggested_recipients_batch(*args, **kwargs)
        for record in self:
            suggested[record.id] = [
                recipient
                for recipient in suggested[record.id]
                if not record._is_stranger(
                    self.env["res.partner"].sudo().browse(recipient.get("partner_id") or [])
                )
            ]
        return suggested
