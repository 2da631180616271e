import re

from odoo import api, fields, models
from odoo.tools import consteq, hmac
from odoo.tools.misc import get_lang

PLACE = re.compile(r"\{(\w+)\}")
# What an SMS is paid for by the sign is short: path, and signs of the key.
PATH, MAC_SIGNS = "/customer/o", 16
NOTHING_SENT = ("cancelled", "failed")


class CustomerOutreachMessage(models.Model):
    """SMS a person writes to customers of a list: each tells how to hear no more.

    They count in the days to be quiet, as questions and contacts of plays do.
    """

    _inherit = "customer.outreach.message"

    is_by_hand = fields.Boolean(
        string="Written to a list",
        readonly=True,
        help="Somebody wrote it to customers chosen in a list; no play did.",
    )

    _by_hand_idx = models.Index("(customer_id, create_date) WHERE is_by_hand")
    _by_hand_address_idx = models.Index("(address, create_date) WHERE is_by_hand")

    @api.model
    def _queue_sms(self, contacts, company, text):
        """Put an SMS to each contact into the queue, from the user; the job sends them.

        With all rights: nobody writes messages but this, whoever may act was asked before.

        :param contacts: contacts that have a number SMS can be sent to
        :param text: what is said, with places ``{name}``, ``{company}``, ``{salesperson}``,
            ``{phone}``
        :return: the messages, in the order of the contacts
        """
        numbers = contacts._get_outreach_addresses("sms")
        values = [
            {
                "channel": "sms",
                "company_id": company.id,
                "partner_id": contact.id,
                "user_id": self.env.uid,
                "address": numbers[contact],
                "text": self._fill_text(text, contact, company),
                "lang": get_lang(self.env, contact.lang or company.partner_id.lang).code,
                "is_by_hand": True,
            }
            for contact in contacts
        ]
        messages = self.sudo().create(values)
        for message in messages:  # the link holds the number of the message
            message.way_out = message._get_way_out()
        self._wake_sender()
        return messages

    @api.model
    def _fill_text(self, text, contact, company):
        """Return a text with its places filled for a contact; other brackets stay."""
        user = contact.commercial_partner_id.user_id or self.env.user
        places = {
            "name": contact.name or contact.commercial_partner_id.name or "",
            "company": company.name,
            "salesperson": user.name,
            "phone": user.phone or company.phone or "",
        }
        return PLACE.sub(lambda found: places.get(found[1], found[0]), text).strip()

    @api.model
    def _find_written(self, customers, addresses, since):
        """Return (ids of customers, numbers) somebody wrote to by hand since then, or will."""
        sent = [
            ("is_by_hand", "=", True),
            ("state", "not in", NOTHING_SENT),
            ("create_date", ">", since),
            *("|", ("customer_id", "in", customers.ids), ("address", "in", [*addresses])),
        ]
        # With all rights: that somebody was written to, by whomever; no message is told.
        rows = self.sudo().search_fetch(sent, ["customer_id", "address"])
        return {*rows.customer_id.ids}, {*rows.mapped("address")}

    def _find_second_ones(self):
        """Return those whose customer or number got one from a list, or will, shortly before.

        The window leaves them out; here it is two people who wrote at the same moment.
        """
        mine = self.filtered("is_by_hand")
        if not mine:
            return mine
        days = max(company.feedback_quiet_days for company in mine.company_id.sudo())
        since = fields.Datetime.subtract(min(mine.mapped("create_date")), days=days)
        others = self.sudo().search(
            [
                ("is_by_hand", "=", True),
                ("state", "not in", NOTHING_SENT),
                ("create_date", ">", since),
                *("|", ("customer_id", "in", mine.customer_id.ids)),
                ("address", "in", mine.mapped("address")),
            ]
        )
        return mine.filtered(lambda message: any(map(message._is_second_to, others)))

    def _is_second_to(self, other):
        """Whether this one was written after another one to the same, within the days of quiet."""
        days = self.company_id.sudo().feedback_quiet_days
        is_same = self.customer_id == other.customer_id or self.address == other.address
        since = fields.Datetime.subtract(self.create_date, days=days)
        return is_same and other.id < self.id and other.create_date > since

    def _take_back(self):
        """Cancel what waits and nobody is sending this moment.

        :return: what has certainly not gone out: a gateway may have had what was tried before
        """
        waiting = self.filtered(lambda message: message.state == "waiting")
        free = waiting.try_lock_for_update(allow_referencing=True)
        free = free.filtered(lambda message: message.state == "waiting")
        untried = free.filtered(lambda message: not message.attempt_count)
        free._set_state("cancelled", cancel_reason="taken_back")
        return untried

    # === OPTING OUT ===

    def _get_way_out(self):
        """Return the line below an SMS that tells how to hear no more, in its language."""
        link = f"{self.company_id.get_base_url()}{PATH}/{self._get_optout_key()}"
        return self.with_context(lang=self.lang).env._("No more SMS: %(link)s", link=link)

    def _get_optout_key(self):
        """Return what opens the page to opt out for this message, and for no other."""
        self.ensure_one()
        mac = hmac(self.env(su=True), "customer.outreach.message", self.id)
        return f"m{self.id}-{mac[:MAC_SIGNS]}"

    @api.model
    def _find_by_optout_key(self, key):
        """Return the message a link belongs to, with all rights; empty for any other text."""
        number = key.partition("-")[0].removeprefix("m")
        messages = self.sudo()
        if not key.isascii() or not number.isdigit() or len(number) > 9:
            return messages.browse()
        message = messages.browse(int(number)).exists()
        is_key = message.is_by_hand and consteq(message._get_optout_key(), key)
        return message if is_key else messages.browse()

    def _opt_out(self):
        """Note that the contact wants no more SMS, once."""
        self.ensure_one()
        optouts = self.env["customer.play.optout"].sudo()
        same = [("partner_id", "=", self.partner_id.id), ("channel", "=", self.channel)]
        if not optouts.search_count([*same, ("address", "=", self.address)], limit=1):
            optouts._note(self.partner_id, self.channel, address=self.address)

    def _get_contact_lang(self):
        """Return the language the message is written in."""
        self.ensure_one()
        return get_lang(self.env, self.lang).code
