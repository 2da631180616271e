from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, email_normalize

from ..base.access import MANAGER
from ..base.phone_plan import PhonePlan

STATES = [
    ("invited", "Invited"),
    ("registered", "Registered"),
    ("bought", "Bought"),
    ("rewarded", "Paid and rewarded"),
    ("refused", "Refused"),
]
REASONS = [
    ("self", "It is the same customer"),
    ("circle", "Brought, directly or not, whom they would be brought by"),
    ("known", "Was a customer or lead before"),
    ("other", "Somebody else brought them"),
    ("by_hand", "Refused by a manager"),
]
MAX_LENGTHS = {"name": 100, "email": 254, "phone": 40, "company_name": 100, "note": 2000}


class CustomerReferral(models.Model):
    """Who brought whom, and how far it has come: invited, registered, bought, paid and rewarded.

    What people say is who brought whom; all else follows from the documents
    (``customer_referral_follow``). A referral entered by somebody who is no manager is rewarded
    once a manager has approved it: nobody does a friend a favour.
    """

    _name = "customer.referral"
    _description = "Referral"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _contact_history = ("referred_id",)
    _check_company_auto = True
    _order = "id desc"

    referrer_id = fields.Many2one(
        string="Brought by",
        comodel_name="customer.referrer",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        related="referrer_id.company_id",
        store=True,
        precompute=True,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    way = fields.Selection(
        selection=[("hand", "By hand"), ("code", "Code"), ("link", "Link")],
        required=True,
        default="hand",
        readonly=True,
    )
    state = fields.Selection(
        selection=STATES, required=True, default="invited", readonly=True, index=True
    )
    refuse_reason = fields.Selection(selection=REASONS, string="Why refused", readonly=True)
    name = fields.Char(string="Who", required=True)
    email = fields.Char()
    phone = fields.Char()
    lead_id = fields.Many2one(
        comodel_name="crm.lead", ondelete="set null", index="btree_not_null", check_company=True
    )
    referred_id = fields.Many2one(
        string="Became customer",
        comodel_name="res.partner",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    date = fields.Datetime(
        string="Since", required=True, readonly=True, default=fields.Datetime.now
    )
    bought_date = fields.Date(string="First bought on", readonly=True)
    move_id = fields.Many2one(
        string="First paid invoice",
        comodel_name="account.move",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        groups=MANAGER,
    )
    is_approved = fields.Boolean(string="Approved", readonly=True)
    approved_by_id = fields.Many2one(
        comodel_name="res.users", ondelete="set null", index="btree_not_null", readonly=True
    )

    # An index, not a constraint: a merge of contacts would delete rows of a table with the latter.
    _referred_uniq = models.UniqueIndex("(referred_id, company_id) WHERE state <> 'refused'")

    @api.model_create_multi
    def create(self, vals_list):
        """Note who brought whom; whoever is no manager needs one to approve the reward.

        :raise UserError: it is the same customer, a circle, or somebody else brought them
        """
        self.check_access("create")
        if not self.env.su:  # before anything is told of referrals that are there
            vals_list = [self._with_plain_ids(vals) for vals in vals_list]
            self._check_named(vals_list)
        for vals in vals_list:
            self._check_brought_once(vals)
        referrals = super().create(vals_list)
        is_trusted = self.env.su or self.env.user.has_group(MANAGER)
        for referral in referrals.sudo():
            customer = referral.referred_id.commercial_partner_id
            customer = customer or referral.lead_id.partner_id.commercial_partner_id
            values = {"is_approved": referral.is_approved or is_trusted}
            if customer or referral.lead_id:
                values |= {"state": "registered", "referred_id": customer.id}
            reason = referral._find_objection(customer)
            if reason and not self.env.su:
                raise UserError(referral._get_objection_text(reason))
            if reason:
                values |= {"state": "refused", "refuse_reason": reason}
            referral.write(values)
        referrals._queue()
        return referrals

    def write(self, vals):
        """Refuse to change who brought whom once a reward hangs on it: UserError."""
        self.check_access("write")
        decisive = {"referrer_id", "referred_id", "lead_id"} & vals.keys()
        if decisive and not self.env.su and any(r.state in ("bought", "rewarded") for r in self):
            raise UserError(
                self.env._("Who brought whom cannot be changed after the first purchase.")
            )
        result = super().write(vals)
        if decisive and not self.env.su:
            for referral in self.sudo():
                customer = referral.referred_id.commercial_partner_id
                if reason := referral._find_objection(customer):
                    raise UserError(referral._get_objection_text(reason))
            self._queue()
        return result

    # === OBJECTIONS ===

    @api.model
    def _check_brought_once(self, vals):
        """Raise UserError for a customer somebody has brought already; ids are looked at later."""
        customer = self._get_given(vals, "referred_id").commercial_partner_id.with_env(self.env)
        referrer = self._get_given(vals, "referrer_id")
        if not customer or not customer.has_access("read"):
            return
        domain = [
            ("company_id", "=", referrer.company_id.id),
            ("state", "!=", "refused"),
            ("referred_id.commercial_partner_id", "=", customer.id),
        ]
        if self.sudo().search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "%(who)s cannot be brought once more: somebody else brought them.",
                    who=customer.display_name,
                )
            )

    def _find_objection(self, customer):
        """Return why a referral cannot count, ``None`` if it can.

        :param customer: the commercial partner they became, if there is one yet
        """
        self.ensure_one()
        referrer = self.referrer_id.partner_id.commercial_partner_id
        if self._is_same(referrer, customer):
            return "self"
        if not customer:
            return None
        is_brought, is_circle = self._read_chain(referrer, customer)
        if is_brought:
            return "other"
        return "circle" if is_circle else None

    def _read_chain(self, referrer, customer):
        """Return whether earlier referrals brought a customer, and who brought the referrer.

        The second: whether the customer is among those above the referrer, the first referral of
        each counting. Only that chain is read, however many referrals there are.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE above AS (
                    SELECT %(referrer)s::int4 AS id
                     UNION
                    SELECT up.id
                      FROM above a
                CROSS JOIN LATERAL (
                           SELECT p.commercial_partner_id AS id
                             FROM res_partner c
                             JOIN customer_referral r ON r.referred_id = c.id
                             JOIN customer_referrer f ON f.id = r.referrer_id
                             JOIN res_partner p ON p.id = f.partner_id
                            WHERE c.commercial_partner_id = a.id AND r.state <> 'refused'
                              AND r.company_id = %(company)s AND r.id < %(referral)s
                         ORDER BY r.id
                            LIMIT 1) up
                )
                SELECT EXISTS (
                           SELECT
                             FROM res_partner c
                             JOIN customer_referral r ON r.referred_id = c.id
                            WHERE c.commercial_partner_id = %(customer)s AND r.state <> 'refused'
                              AND r.company_id = %(company)s AND r.id < %(referral)s),
                       EXISTS (SELECT FROM above WHERE id = %(customer)s)""",
                referrer=referrer.id,
                customer=customer.id,
                company=self.company_id.id,
                referral=self.id,
            )
        )
        return rows[0]

    def _is_same(self, referrer, customer):
        """Whether both are one: the customer, a contact, an address, number or tax number of it."""
        if customer and customer == referrer:
            return True
        if self.rewarded_date:  # who shares a number with them since is somebody else all the same
            return False
        own = self.env["res.partner"].sudo().with_context(active_test=False)
        own = own.search([("commercial_partner_id", "=", referrer.id)])
        emails = {email_normalize(self.email or "", strict=False), customer.email_normalized}
        if (emails - {False, None, ""}) & {*own.mapped("email_normalized")}:
            return True
        plan = PhonePlan(self.company_id.country_id)
        numbers = {plan.complete((self.phone or "").strip()), *_get_numbers(customer)}
        if (numbers - {""}) & {*_get_numbers(own)}:
            return True
        return bool({*map(_get_plain_vat, customer)} & {*map(_get_plain_vat, own)} - {""})

    def _get_objection_text(self, reason):
        self.ensure_one()
        label = dict(self._fields["refuse_reason"]._description_selection(self.env))[reason]
        return self.env._(
            "%(who)s cannot be brought by %(referrer)s: %(reason)s.",
            who=self.name,
            referrer=self.referrer_id.partner_id.display_name,
            reason=label,
        )

    # === BUTTONS ===

    def action_approve(self):
        """Let the referral be rewarded. Public: button.

        :raise AccessError: for users who are not managers
        """
        self._check_manager()
        self.sudo().write({"is_approved": True, "approved_by_id": self.env.uid})
        self._queue()
        return True

    def action_refuse(self):
        """Refuse the referral; what was given for it is taken back. Public: button.

        :raise AccessError: for users who are not managers
        """
        self._check_manager()
        self.sudo()._refuse("by_hand")
        return True

    def _check_manager(self):
        self.check_access("write")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers of Customer Value can decide that."))

    def _refuse(self, reason):
        """End referrals for a reason; the reward follows."""
        self.write({"state": "refused", "refuse_reason": reason})
        self._mark_rewards()

    def _queue(self):
        """Have the customers they became looked at again, soon."""
        pairs = {
            (referral.referred_id.commercial_partner_id.id, referral.company_id.id)
            for referral in self.sudo()
            if referral.referred_id
        }
        self.env["customer.refresh.queue"].sudo()._enqueue(pairs, "referral")

    def _merge(self, customer):
        """Give the referrals of merged contacts to the one that stays; the first of them counts."""
        both = (self.referred_id | customer).ids
        rows = self.search([("referred_id", "in", both)], order="id")
        for in_company in rows.grouped("company_id").values():
            in_company.filtered(lambda row: row.state != "refused")[1:]._refuse("other")
            self.flush_model()
            in_company.referred_id = customer
        self.flush_model()


def _get_numbers(partners):
    """Return the numbers of contacts in E.164; an extension is one of many at its number."""
    rows = partners._find_phone_numbers()
    return rows.filtered(lambda row: not row.extension).mapped("number")


def _get_plain_vat(partner):
    """Return a tax number as it may be compared: without signs, and the code of its country."""
    plain = "".join(sign for sign in (partner.vat or "").upper() if sign.isalnum())
    return plain.removeprefix(partner.country_id.code or "")
