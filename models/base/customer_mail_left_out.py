import base64
import contextlib
import email
import hashlib
import html
import re
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools.mail import email_split_and_format

from .customer_mail_screening import MAX_LINE, TAKEN_IN
from .folded_text import FoldedChar, FoldedText

KEEP_DAYS = 90
MAX_PREVIEW = 2000
REASONS = [
    ("auto_reply", "Automatic reply"),
    ("bounce", "Report of a mail not delivered"),
    ("receipt", "Receipt of a mail delivered or read"),
    ("calendar", "Answer to an invitation"),
    ("recall", "Asks to take a mail back"),
    ("mass_mail", "Mailing list or mass mail"),
    ("program", "Written by a program"),
    ("own_address", "Comes from an address of ours"),
    ("refused", "The address takes no mails of this sender"),
    ("storm", "Too many mails of one sender"),
    ("loop", "Answer to the notice of too many mails"),
    ("duplicate_id", "Has the Message-Id of another mail"),
]
RESULTS = [("customer.interaction", "Interaction"), ("customer.complaint", "Complaint")]
STATES = [("left_out", "Left out"), ("taken_in", "Taken in")]


class CustomerMailLeftOut(models.Model):
    """A mail to a channel or team that became nothing, and why: nothing is lost.

    With one button it becomes what it would have been, as if it came in now for the first time.
    """

    _name = "customer.mail.left.out"
    _description = "Mail Left Out"
    _inherit = ["customer.company.mixin", "customer.request.mixin"]
    _order = "date desc, id desc"
    _rec_name = "subject"

    state = fields.Selection(
        selection=STATES, required=True, default="left_out", readonly=True, index=True
    )
    reason = fields.Selection(selection=REASONS, required=True, readonly=True)
    date = fields.Datetime(string="Sent on", required=True, readonly=True)
    email_from = FoldedChar(string="From", readonly=True)
    email_to = FoldedChar(string="To", readonly=True)
    subject = FoldedChar(readonly=True)
    preview = FoldedText(string="Text", readonly=True)
    raw = fields.Binary(string="Original mail", attachment=True, readonly=True)
    raw_name = fields.Char(compute="_compute_raw_name")
    alias_id = fields.Many2one(
        string="Address",
        comodel_name="mail.alias",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        help="Of the channel or team the mail came to; empty for answers.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    res_model = fields.Selection(selection=RESULTS, string="Would be", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="res_model",
        readonly=True,
        help="What it answers, or has become.",
    )
    route_values = fields.Json(readonly=True)
    taken_date = fields.Datetime(string="Taken in on", readonly=True)
    taken_uid = fields.Many2one(
        string="Taken in by", comodel_name="res.users", ondelete="set null", readonly=True
    )

    _request_uniq = models.Constraint("UNIQUE(request_key)", "This mail is in the list already.")
    _list_idx = models.Index("(company_id, date DESC, id DESC)")

    def _compute_raw_name(self):
        for mail in self:
            mail.raw_name = f"mail-{mail.id}.eml"

    # === KEEPING ===

    @api.model
    def _keep(self, message, message_dict, route, reason):
        """Enter a mail in the list, once.

        :param message: the mail with its headers
        :param message_dict: what Odoo has parsed of it
        :param route: (model, thread id, values, user id, alias) it would have taken
        :param str reason: of ``REASONS``
        """
        model, thread_id, values, _user_id, alias = route
        alias = alias or self.env["mail.alias"]
        key = self._get_key(message, message_dict, model, thread_id or f"to {alias.id}")
        if self._is_recorded(key):
            return
        records = self.env[model]
        recipients = email_split_and_format(message_dict.get("to") or "")
        # Nobody may write the list: only the mail gateway does, as whoever fetches the mails.
        self.sudo().create(
            {
                "request_key": key,
                "reason": reason,
                "date": records._get_mail_date(message_dict.get("date")),
                "email_from": records._clean_text(message_dict.get("email_from"), MAX_LINE),
                "email_to": records._clean_text(", ".join(sorted(recipients)), MAX_LINE),
                "subject": records._clean_text(message_dict.get("subject"), MAX_LINE),
                "preview": self._get_preview(records, message_dict),
                "raw": base64.b64encode(self._get_raw(message)),
                "alias_id": alias.id,
                "company_id": records._get_mail_company(thread_id, values or {}).id,
                "res_model": model,
                "res_id": thread_id or False,
                "route_values": self._get_route_values(values),
            }
        )

    @api.model
    def _get_key(self, message, message_dict, model, place):
        """Return what two copies of a mail to one place have in common."""
        told = [model, place, message_dict.get("body")]
        for name, value in message.raw_items():
            if name.lower() in ("from", "date", "subject", "message-id"):
                told.append((name.lower(), str(value)))
        digest = hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()
        return f"left:{digest}"

    @api.model
    def _get_preview(self, records, message_dict):
        text = str(message_dict.get("body") or "")[: MAX_PREVIEW * 5]
        return records._clean_text(html.unescape(re.sub(r"<[^>]*>", " ", text)), MAX_PREVIEW)

    @api.model
    def _get_raw(self, message):
        """Return a mail as it came, or as near to it as broken headers allow."""
        for policy in (message.policy.clone(refold_source="none"), email.policy.compat32):
            # Written by anybody: there is no list of what the generator raises.
            with contextlib.suppress(Exception):
                return message.as_bytes(policy=policy)
        lines = [f"{name}: {' '.join(str(value).split())}" for name, value in message.raw_items()]
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")

    @api.model
    def _get_route_values(self, values):
        """Return what the address gives to its records; not what the screening found out."""
        plain = (str, int, float, bool)
        return {
            name: value
            for name, value in (values or {}).items()
            if isinstance(value, plain) and name not in ("request_key", "needs_answer")
        }

    @api.autovacuum
    def _gc_left_out(self):
        """Delete mails nobody has missed for long."""
        since = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        old = self.search([("create_date", "<", since)], order="id", limit=1000)
        old.unlink()
        return len(old), len(old) == 1000

    # === TAKING IN ===

    def action_take_in(self):
        """Make of mails what they would have become, and open it. Public: button.

        :raise AccessError: for users who may not make such records, or not write on what a mail
            answers
        """
        self.check_access("read")
        for model, mails in self.grouped("res_model").items():
            self.env[model].check_access("create")
            answered = self.env[model].browse([mail.res_id for mail in mails if mail.res_id])
            answered.exists().check_access("write")
        # The gateway's own rights from here on: a mail comes in as it would have by itself.
        mails = self.sudo().filtered(lambda mail: mail.state == "left_out")
        mails.lock_for_update()
        for mail in mails:
            mail._take_in()
        return self.action_open() if len(self) == 1 else True

    def _take_in(self):
        """Give a mail to Odoo's gateway once more, on the way it would have taken."""
        self.ensure_one()
        mail = self.with_env(self.env(user=SUPERUSER_ID, context={TAKEN_IN: self.id}))
        raw = base64.b64decode(mail.with_context(bin_size=False).raw)
        message = email.message_from_bytes(raw, policy=email.policy.SMTP)
        threads = mail.env["mail.thread"]
        message_dict = threads.message_parse(message)
        records = mail.env[mail.res_model]
        user = threads._mail_find_user_for_gateway(message_dict["email_from"], alias=mail.alias_id)
        thread_id = mail.res_id and records.browse(mail.res_id).exists().id
        values = dict(mail.route_values or {})
        route = (mail.res_model, thread_id, values, user.id or SUPERUSER_ID, False)
        route = records._screen_mail(message, message_dict, route)
        message_dict.update(threads._message_parse_post_process(message, message_dict, [route]))
        thread_id = threads._message_route_process(message, message_dict, [route])
        self.write(
            {
                "state": "taken_in",
                "res_id": thread_id,
                "taken_date": fields.Datetime.now(),
                "taken_uid": self.env.uid,
            }
        )

    def action_open(self):
        """Open what a mail answers or has become. Public: button."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
