from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.access import GROUPS_REVENUE
from ..base.folded_text import FoldedChar
from ..base.nullable import NullableMonetary

CHANCES = [
    ("none", "None: they will not come back"),
    ("low", "Low"),
    ("medium", "Medium"),
    ("high", "High"),
]


class CustomerLostInterview(models.Model):
    """What a customer who left says: why, for whom, and whether they may come back.

    Recorded by whoever spoke with them. What was lost is read from the profile at that moment and
    stays; whether they bought again is asked anew by each look at the statistics
    (``customer.lost.report``).
    """

    _name = "customer.lost.interview"
    _description = "Interview of a Lost Customer"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _contact_history = ("partner_id", "customer_id")
    _guarded_fields = frozenset({"last_purchase_date", "revenue_lost"})

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        string="Spoke with",
        comodel_name="res.partner",
        required=True,
        ondelete="restrict",
        index=True,
    )
    customer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_customer_id",
        store=True,
        precompute=True,
        ondelete="restrict",
        index=True,
    )
    user_id = fields.Many2one(
        string="Asked by",
        comodel_name="res.users",
        ondelete="set null",
        index="btree_not_null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env["customer.profile"]._get_today(self.env.company),
    )
    reason_id = fields.Many2one(
        string="Main reason",
        comodel_name="customer.lost.reason",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('company_id', 'in', (company_id, False))]",
    )
    competitor = FoldedChar(string="Buys from", help="Who supplies them now.")
    chance = fields.Selection(
        selection=CHANCES, string="Chance of return", required=True, default="low"
    )
    note = fields.Text(string="In their words")
    next_date = fields.Date(
        string="Speak again on", help="Plans a call with the customer for this day."
    )
    last_purchase_date = fields.Date(string="Last purchase", readonly=True)
    revenue_lost = NullableMonetary(
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Revenue of the 365 days that ended with the last purchase before the interview.",
    )

    @api.depends("partner_id.commercial_partner_id")
    def _compute_customer_id(self):
        for interview in self:
            interview.customer_id = interview.partner_id.commercial_partner_id

    @api.constrains("reason_id", "company_id")
    def _check_reason(self):
        for interview in self:
            company = interview.reason_id.company_id
            if company and company != interview.company_id:
                raise ValidationError(
                    self.env._("Choose a reason of the company, or one that all companies share.")
                )

    @api.constrains("date")
    def _check_date(self):
        for interview in self:
            if interview.date > self.env["customer.profile"]._get_today(interview.company_id):
                raise ValidationError(self.env._("An interview cannot be in the future."))

    @api.model_create_multi
    def create(self, vals_list):
        """Note what was lost, name competitors as before, and plan the next call."""
        interviews = super().create([self._with_known_competitor(vals) for vals in vals_list])
        interviews._note_loss()
        interviews._plan_call()
        return interviews

    def write(self, vals):
        """Follow a change of the customer or of the day to speak again."""
        result = super().write(self._with_known_competitor(vals))
        if {"partner_id", "company_id", "date"} & vals.keys():
            self._note_loss()
        if vals.get("next_date"):
            self._plan_call()
        return result

    @api.model
    def _with_known_competitor(self, vals):
        """Return values with a competitor written as in earlier interviews: one bar of a chart."""
        name = " ".join((vals.get("competitor") or "").split())
        if not name:
            return vals
        known = self.sudo().search(
            [("competitor", "ilike", name), ("company_id", "in", self.env.companies.ids)],
            order="id",
        )
        same = known.filtered(lambda one: _fold(one.competitor) == _fold(name))[:1]
        return {**vals, "competitor": same.competitor or name}

    def _note_loss(self):
        """Write what the profiles say of the last purchase; one query for any number.

        Of who has bought since, the documents tell how it was on the day of the interview: a
        query per day.
        """
        profiles = self.env["customer.profile"].sudo()
        profiles = profiles.search_fetch(
            [
                ("partner_id", "in", self.customer_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
            ["partner_id", "company_id", "last_occasion_date", "revenue_before_pause"],
        )
        found = {
            (one.partner_id, one.company_id): (one.last_occasion_date, one.revenue_before_pause)
            for one in profiles
        }
        every = self.sudo()
        losses = {one: found.get((one.customer_id, one.company_id), (False, None)) for one in every}
        later = every.filtered(lambda one: losses[one][0] and losses[one][0] > one.date)
        for (company, date), interviews in later.grouped(lambda i: (i.company_id, i.date)).items():
            then = every._get_losses(company, interviews.customer_id, date)
            losses |= {one: then.get(one.customer_id.id, (False, None)) for one in interviews}
        for interview, (day, revenue) in losses.items():
            interview.write(
                {"last_purchase_date": day or False, "revenue_lost": revenue if day else None}
            )

    @api.model
    def _get_losses(self, company, customers, date):
        """Return id of customer -> last purchase up to a day, and revenue of the year to it."""
        profiles = self.env["customer.profile"].with_company(company)
        self.env.flush_all()
        scope = profiles._get_scope(company, customers.ids, date)
        rows = self.env.execute_query_dict(profiles._get_sales_facts_sql(scope))
        return {
            row["partner_id"]: (row["last_occasion_date"], row["revenue_before_pause"])
            for row in rows
        }

    def _plan_call(self):
        for interview in self.filtered("next_date"):
            user = interview.user_id or self.env.user
            interview.customer_id.with_context(
                lang=user.lang, mail_activity_quick_update=True
            ).activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=interview.next_date,
                summary=self.with_context(lang=user.lang).env._("Win them back?"),
                user_id=user.id,
            )

    def action_open_partner(self):
        """Open the customer. Public: button."""
        self.ensure_one()
        self.check_access("read")
        return self.customer_id._get_records_action(context={})


def _fold(text):
    return (text or "").casefold().replace("\u200c", " ").split()
