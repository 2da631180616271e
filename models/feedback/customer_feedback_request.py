from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import get_lang

from ..calendar.reader_date import write_day
from .customer_feedback import FEEDBACK_KINDS
from .customer_feedback_rule import CAUSES

STATES = [
    ("queued", "To send"),
    ("sent", "Asked"),
    ("answered", "Answered"),
    ("declined", "Does not want to be asked"),
    ("expired", "Not answered"),
    ("skipped", "Not asked"),
    ("failed", "Failed"),
]
SKIP_REASONS = [
    ("sampled_out", "Not in the share asked"),
    ("quiet", "Asked shortly before"),
    ("opt_out", "Does not want to be asked"),
    ("blacklisted", "E-mail address on the blacklist"),
    ("no_email", "No e-mail address"),
    ("archived", "Contact is archived"),
]
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
PATH = "/customer/feedback"


class CustomerFeedbackRequest(models.Model):
    """Queue and journal of asking: one row per document that could be asked about.

    Business transactions write nothing here: the cron finds finished documents by itself
    (``customer_feedback_request_collect``), decides, and sends through the mail queue
    (``customer_feedback_request_send``). Of the tokens only hashes are kept.

    What mails and page show: links, levels, the document, in the language of the contact.

    Answering by link: whoever has the token may answer once, until it expires.
    """

    _name = "customer.feedback.request"
    _description = "Request for Feedback"
    _contact_history = ("partner_id", "customer_id")
    _is_guarded = True
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    cause = fields.Selection(selection=CAUSES, required=True, readonly=True)
    kind = fields.Selection(
        selection=FEEDBACK_KINDS, string="Question", required=True, readonly=True
    )
    state = fields.Selection(
        selection=STATES, required=True, default="queued", readonly=True, index=True
    )
    skip_reason = fields.Selection(selection=SKIP_REASONS, string="Why not", readonly=True)
    error = fields.Text(readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    partner_id = fields.Many2one(
        string="Contact",
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    customer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_customer_id",
        store=True,
        precompute=True,
        ondelete="cascade",
        index=True,
    )
    res_model = fields.Char(string="Document model", readonly=True)
    res_id = fields.Many2oneReference(string="Document", model_field="res_model", readonly=True)
    event_date = fields.Datetime(string="Event", readonly=True)
    sent_date = fields.Datetime(string="Asked on", readonly=True)
    asked_emails = fields.Char(
        string="Asked at",
        readonly=True,
        copy=False,
        help="The addresses the mail went to, with commas between them.",
    )
    earlier_request_id = fields.Many2one(
        string="Earlier request",
        comodel_name="customer.feedback.request",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="Asked the same customer or address shortly before.",
    )
    skip_explanation = fields.Char(string="In detail", compute="_compute_skip_explanation")
    reminder_days = fields.Integer(readonly=True)
    reminder_date = fields.Datetime(string="Reminded on", readonly=True)
    valid_days = fields.Integer(readonly=True, default=30)
    expires_date = fields.Datetime(string="Valid until", readonly=True)
    token_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    reminder_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    feedback_ids = fields.One2many(
        string="Answer", comodel_name="customer.feedback", inverse_name="request_id"
    )

    _document_uniq = models.Constraint(
        "UNIQUE(cause, res_model, res_id)", "Each document is asked about once."
    )
    _token_uniq = models.Constraint("UNIQUE(token_hash)", "A token belongs to one request.")
    _reminder_uniq = models.Constraint("UNIQUE(reminder_hash)", "A token belongs to one request.")
    _recent_idx = models.Index("(company_id, customer_id, sent_date) WHERE sent_date IS NOT NULL")
    _asked_emails_idx = models.Index(
        "USING gin (string_to_array(asked_emails, ',')) WHERE asked_emails IS NOT NULL"
    )

    @api.depends("partner_id.commercial_partner_id")
    def _compute_customer_id(self):
        for request in self:
            request.customer_id = request.partner_id.commercial_partner_id

    @api.depends("earlier_request_id", "skip_reason")
    def _compute_skip_explanation(self):
        for request in self:
            earlier = request.earlier_request_id.sudo()  # the contact may be hidden
            request.skip_explanation = False
            if earlier:
                causes = dict(earlier._fields["cause"]._description_selection(self.env))
                request.skip_explanation = self.env._(
                    "%(contact)s was asked on %(date)s at %(addresses)s (%(cause)s).",
                    contact=earlier.partner_id.display_name,
                    date=write_day(self.env, earlier.sent_date),
                    addresses=earlier.asked_emails or earlier.partner_id.email or "",
                    cause=causes[earlier.cause],
                )
            elif request.skip_reason == "quiet":
                # Another company's request: nothing of it may be told.
                request.skip_explanation = self.env._(
                    "A question went to this address within the days to be quiet."
                )

    def action_retry(self):
        """Send failed requests again. Public: button.

        :raise AccessError: for users who may not change requests
        """
        self.check_access("write")
        failed = self.filtered(lambda request: request.state == "failed")
        failed.sudo().write({"state": "queued", "error": False})
        self._wake_worker()
        return True

    def _get_feedback_link(self, level=None):
        """Return the link of the mail being made, with a level to choose beforehand.

        It holds the token and nothing else; where there is none (previews), a link to nothing.
        """
        self.ensure_one()
        token = self.env.context.get("feedback_tokens", {}).get(self.id, "preview")
        query = "" if level is None else f"?level={int(level)}"
        return f"{self.company_id.get_base_url()}{PATH}/{token}{query}"

    def _get_mail_levels(self):
        """Return (link, digits, words) of the levels a mail offers."""
        self.ensure_one()
        if self.kind == "gap":
            return []
        levels = self._get_levels(self.kind)
        return [
            (self._get_feedback_link(level), self._localize(level), text) for level, text in levels
        ]

    @api.model
    def _get_levels(self, kind):
        """Return (level, words) of a scale in the language of the environment."""
        if kind == "nps":
            ends = {0: self.env._("not at all likely"), 10: self.env._("extremely likely")}
            return [(level, ends.get(level, "")) for level in range(11)]
        words = [
            self.env._("very bad"),
            self.env._("bad"),
            self.env._("fair"),
            self.env._("good"),
            self.env._("very good"),
        ]
        return list(enumerate(words, 1))

    @api.model
    def _localize(self, number):
        """Write a number in the digits of the language."""
        text = str(number)
        return text.translate(PERSIAN_DIGITS) if self._get_lang_code()[:2] == "fa" else text

    @api.model
    def _get_lang_code(self):
        return get_lang(self.env).code

    def _get_contact_lang(self):
        """Return the language to ask in: of the contact, else of the company."""
        self.ensure_one()
        company = self.company_id.partner_id.lang
        return get_lang(self.env, self.partner_id.lang or company).code

    @api.model
    def _get_direction(self):
        """Return ``rtl`` or ``ltr``."""
        return get_lang(self.env).direction

    def _get_document_name(self):
        """Return the number of the document, "" when there is none (any more) of the customer's.

        Whatever a row says: the public page shows nothing else.
        """
        self.ensure_one()
        document = self.env["customer.feedback"]._find_document(
            self.res_model, self.res_id, self.customer_id, self.company_id
        )
        return document.display_name if document is not None else ""

    def _get_question(self):
        """Return the question of the request as a sentence."""
        self.ensure_one()
        company, document = self.company_id.name, self._get_document_name()
        if self.kind == "nps":
            return self.env._(
                "How likely are you to recommend %(company)s to a friend or colleague?",
                company=company,
            )
        if self.kind == "gap":
            return self.env._(
                "What did you expect of %(company)s, and what did you get?", company=company
            )
        questions = {
            "delivery": self.env._("How satisfied are you with delivery %(name)s?", name=document),
            "invoice": self.env._("How satisfied are you with order %(name)s?", name=document),
            "complaint": self.env._(
                "How satisfied are you with the way we solved complaint %(name)s?", name=document
            ),
        }
        general = self.env._("How satisfied are you with %(company)s?", company=company)
        return questions.get(self.cause, general) if document else general

    @api.model
    def _find_open(self, token, lock=False):
        """Return the request a token may still answer, else an empty one.

        Unknown, used and expired tokens give the same, by the same query.

        :param bool lock: hold the row to the end of the transaction, to answer it; others who
            want the same wait, and then find it answered
        """
        requests = self.sudo()
        requests.flush_model()
        digest = self._hash(token)
        # FOR UPDATE on a row another transaction has changed meanwhile is a conflict of
        # transactions: Odoo repeats the whole call, which then finds the row answered.
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM customer_feedback_request
                    WHERE (token_hash = %s OR reminder_hash = %s)
                      AND state = 'sent' AND expires_date > %s
                    %s""",
                digest,
                digest,
                fields.Datetime.now(),
                SQL("FOR UPDATE") if lock else SQL(),
            )
        )
        return requests.browse([id_ for (id_,) in rows])

    @api.model
    def _get_portal_domain(self, partner):
        """Return the domain of what a contact's customer was asked."""
        customer = partner.commercial_partner_id
        states = ("sent", "answered", "declined", "expired")
        return Domain("customer_id", "=", customer.id or 0) & Domain("state", "in", states)

    def _is_answerable_by(self, partner):
        """Whether a contact may answer: asked themselves, or as the customer they work for."""
        self.ensure_one()
        is_open = self.state == "sent" and self.expires_date > fields.Datetime.now()
        asked = self.partner_id
        return is_open and asked in (partner, partner.commercial_partner_id)

    @api.model
    def _find_for_portal(self, request_id, partner, lock=False):
        """Return the request a signed-in contact may answer, else an empty one.

        :param bool lock: as for :meth:`_find_open`
        """
        requests = self.sudo()
        domain = self._get_portal_domain(partner) & Domain("id", "=", request_id)
        found = requests.search(domain, limit=1)
        if found and lock:
            found.lock_for_update(allow_referencing=True)
            found.invalidate_recordset()
        return found if found and found._is_answerable_by(partner) else requests.browse()

    def _answer(self, answer):
        """Record the answer of a locked request.

        :raise UserError: when the answer is none; the request stays open
        """
        self.ensure_one()
        values = {"source": "link", "request_id": self.id}
        answers = self.env["customer.feedback"]
        document = answers._find_document(
            self.res_model, self.res_id, self.customer_id, self.company_id
        )
        if document is not None:
            values |= {"res_model": self.res_model, "res_id": self.res_id}
        feedback = answers._register_answer(
            self.company_id, self.partner_id, self.kind, answer, **values
        )
        self.write({"state": "answered"})
        return feedback

    def _decline(self):
        """Never ask this contact again."""
        self.ensure_one()
        self.partner_id.feedback_optout = True
        self.write({"state": "declined"})
