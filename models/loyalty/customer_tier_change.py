from odoo import api, fields, models

from ..base.access import GROUPS_PROFIT

MAIL_BATCH = 100
MAIL_CRON = "customer_value.ir_cron_customer_tier_mail"
MAIL_TEMPLATE = "customer_value.mail_template_tier_change"
LEFT_MAIL_TEMPLATE = "customer_value.mail_template_tier_left"
MAIL_REASONS = ("upgrade", "downgrade", "override", "override_end")


class CustomerTierChange(models.Model):
    """Append-only journal: which tier a customer got, when, why, and who decided."""

    _name = "customer.tier.change"
    _description = "Tier Change"
    _inherit = ["customer.date.bounds.mixin", "customer.mailed.mixin"]
    _contact_history = ("partner_id",)
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    date = fields.Date(required=True, readonly=True)
    old_tier_id = fields.Many2one(
        string="From", comodel_name="customer.tier", ondelete="restrict", readonly=True
    )
    new_tier_id = fields.Many2one(
        string="To", comodel_name="customer.tier", ondelete="restrict", readonly=True
    )
    reason = fields.Selection(
        selection=[
            ("upgrade", "Earned a higher tier"),
            ("downgrade", "No longer meets the rules"),
            ("override", "Set by hand"),
            ("override_end", "The manual tier ended"),
            ("extension", "Kept longer by hand"),
        ],
        required=True,
        readonly=True,
    )
    note = fields.Char(readonly=True)
    values = fields.Json(
        readonly=True,
        groups=GROUPS_PROFIT,
        help="What was measured on that day, in company currency, days or purchase days.",
    )
    user_id = fields.Many2one(
        string="By",
        comodel_name="res.users",
        readonly=True,
        ondelete="set null",
        help="Empty when the rules decided.",
    )

    is_mail_due = fields.Boolean(
        string="Customer is to be told",
        readonly=True,
        help="A job sends the mail, never the document that changed the tier.",
    )

    _mail_due_idx = models.Index("(id) WHERE is_mail_due")

    @api.model
    def _get_change_on(self, partner, company, day):
        """Return the change by which a customer had their tier on a day; none without a tier."""
        domain = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        if day:
            domain.append(("date", "<=", day))
        change = self.sudo().search(domain, limit=1)
        return change if change.new_tier_id else change.browse()

    @api.model
    def _get_text_on(self, partner, company, day):
        """Return what the tier of a customer prints on documents of a day, in their language."""
        return self._get_change_on(partner, company, day).new_tier_id.benefit_text or ""

    def _get_since(self):
        """Return the day the tier of the change was reached: keeping it longer begins nothing."""
        self.ensure_one()
        domain = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("date", "<=", self.date),
        ]
        for change in self.search(domain):
            if change.new_tier_id == self.new_tier_id != change.old_tier_id:
                return change.date
        return self.date

    # === TELLING THE CUSTOMER ===

    @api.model
    def _request_mails(self, company, partner_ids, today):
        """Have the job tell customers of the changes of a day, where the company wants that."""
        if not partner_ids or not company.sudo().customer_tier_mail:
            return
        changes = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", partner_ids),
                ("date", "=", today),
                ("reason", "in", MAIL_REASONS),
            ]
        )
        changes.is_mail_due = True
        self.env.ref(MAIL_CRON).sudo()._trigger()

    @api.model
    def _cron_mail(self, limit=MAIL_BATCH):
        """Put the mails about changed tiers into the mail queue; of several, the last one."""
        crons = self.env["ir.cron"]
        due = self.sudo().search([("is_mail_due", "=", True)], order="id", limit=limit)
        due = due.try_lock_for_update()
        last = {(one.partner_id, one.company_id): one for one in due.sorted("id")}
        for change in last.values():
            change._mail_customer()
        due.is_mail_due = False
        left = self.sudo().search_count([("is_mail_due", "=", True)])
        crons._commit_progress(len(due), remaining=left)

    def _mail_customer(self):
        """Queue the mail, unless the tier changed again or the customer wants none."""
        partner, company = self.partner_id, self.company_id
        template = self._get_mail_template()
        domain = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        is_last = self.search([*domain, ("reason", "in", MAIL_REASONS)], limit=1) == self
        is_refused = bool(partner._find_tier_mail_refusing())
        has_left = not partner.active or not partner.email_normalized
        if company.customer_tier_mail and template and is_last and not (is_refused or has_left):
            if error := self._try_to_queue_mail(template):
                body = self.env._("The mail about the loyalty tier could not be made: %s", error)
                partner._message_log(body=body)

    def _get_mail_template(self):
        """Return the template of the company, else ours; another one where no tier is left."""
        company = self.company_id
        template, name = company.customer_tier_mail_template_id, MAIL_TEMPLATE
        if not self.new_tier_id:
            template, name = company.customer_tier_left_mail_template_id, LEFT_MAIL_TEMPLATE
        if template.model != self._name:  # none, or its maker has changed it since
            template = self.env.ref(name, raise_if_not_found=False)
        return template

    def _get_contact_lang(self):
        """Return the language the customer is written to."""
        return self.partner_id.lang or self.env.user.lang or "en_US"

    def _get_direction(self):
        """Return ``rtl`` or ``ltr``, as the customer reads."""
        lang = self.env["res.lang"]._get_data(code=self._get_contact_lang())
        return lang.direction or "ltr"

    def _get_benefit_texts(self):
        """Return what the new tier gives, in the words a customer may read."""
        return self.new_tier_id.sudo()._get_portal_texts()
