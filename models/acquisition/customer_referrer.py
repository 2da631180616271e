import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, consteq, get_lang
from odoo.tools.misc import hmac

from ..base.access import GROUPS_PROFIT, GROUPS_REVENUE, USER
from ..base.nullable import NullableMonetary

PATH = "/customer/referral"
# Signs that are not taken for one another; 31 ** 10 codes.
CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXY"
CODE_LENGTH = 10


class CustomerReferrer(models.Model):
    """A customer who may bring others: by a code, by a link, and what came of it.

    The link holds a key that only this database can make (HMAC); nothing of it is stored.
    """

    _name = "customer.referrer"
    _description = "Customer Who Refers Others"
    _is_guarded = True
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _contact_history = ("partner_id",)
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    code = fields.Char(required=True, readonly=True, copy=False)
    link = fields.Char(compute="_compute_link")
    is_optout = fields.Boolean(
        string="Does not want to refer",
        readonly=True,
        help="The link opens nothing, and nothing more is given for referrals.",
    )
    referral_ids = fields.One2many(comodel_name="customer.referral", inverse_name="referrer_id")
    referral_count = fields.Integer(string="Referrals", compute="_compute_referral_count")
    tree_count = fields.Integer(
        string="Customers brought",
        compute="_compute_tree",
        help="Those who bought, and whom these have brought in turn.",
    )
    tree_revenue = NullableMonetary(
        string="Their revenue", compute="_compute_tree", groups=GROUPS_REVENUE
    )
    tree_profit = NullableMonetary(
        string="Their net profit",
        compute="_compute_tree",
        groups=GROUPS_PROFIT,
        help="Since their first document. Empty while that of one of them is not known.",
    )

    # Indexes, not constraints: a merge of contacts would delete rows of a table with the latter.
    _code_uniq = models.UniqueIndex("(code)")
    _partner_uniq = models.UniqueIndex("(partner_id, company_id)")

    @api.model
    def _get_for(self, partner, company):
        """Return who refers for a contact's customer in a company, made if there is nobody."""
        customer = partner.commercial_partner_id
        rows = self.sudo()
        found = rows.search(
            [("partner_id", "=", customer.id), ("company_id", "=", company.id)], limit=1
        )
        return found or rows.create(
            {"partner_id": customer.id, "company_id": company.id, "code": self._make_code()}
        )

    @api.model
    def _get_for_portal(self, customer, company):
        """Return who refers for a portal user's customer, all rights; nobody without a reward."""
        referrers = self.sudo()
        if not company.sudo().customer_referral_program_id:
            return referrers.browse()
        return referrers._get_for(customer, company).filtered(lambda one: not one.is_optout)

    @api.model
    def _make_code(self):
        return "".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))

    @api.model
    def _find_by_code(self, code, company):
        """Return who refers by a code as people type it, with all rights; else nobody."""
        plain = "".join(sign for sign in (code or "").upper() if sign.isalnum())
        if len(plain) != CODE_LENGTH or not plain.isascii():
            return self.sudo().browse()
        domain = [("code", "=", plain), ("company_id", "=", company.id), ("is_optout", "=", False)]
        return self.sudo().search(domain, limit=1)

    # === THE LINK ===

    @api.depends("partner_id", "company_id")
    def _compute_link(self):
        for referrer in self:
            base = referrer.company_id.get_base_url()
            referrer.link = f"{base}{PATH}/{referrer._get_key()}"

    def _get_key(self):
        """Return what opens the page of this referrer, and of no other."""
        self.ensure_one()
        return f"{self.id}-{hmac(self.env(su=True), 'customer.referrer', self.id)}"

    @api.model
    def _find_by_key(self, key):
        """Return the referrer a link belongs to, with all rights; empty for any other text."""
        number, _dash, _mac = key.partition("-")
        referrers = self.sudo()
        if not key.isascii() or not number.isdigit() or len(number) > 9:
            return referrers
        named = referrers.browse(int(number))
        if not named or not consteq(named._get_key(), key):  # before anything is read
            return referrers
        found = named.exists()
        return found if found.partner_id.active and not found.is_optout else referrers

    def _get_page_lang(self):
        """Return the language of the public page: of the company, whoever refers."""
        self.ensure_one()
        return get_lang(self.env, self.company_id.partner_id.lang).code

    # === WHAT CAME OF IT ===

    @api.depends("referral_ids")
    def _compute_referral_count(self):
        counts = dict(
            self.env["customer.referral"]._read_group(
                [("referrer_id", "in", self.ids)], ["referrer_id"], ["__count"]
            )
        )
        for referrer in self:
            referrer.referral_count = counts.get(referrer._origin, 0)

    @api.depends("referral_ids.state", "referral_ids.referred_id")
    def _compute_tree(self):
        """Add up the profiles below each; two queries for any number of referrers."""
        trees = self._read_trees()
        ids = {customer for tree in trees.values() for customer in tree}
        domain = [("partner_id", "in", list(ids)), ("company_id", "in", self.company_id.ids)]
        profiles = self.env["customer.profile"].sudo().search(domain)
        found = {(profile.company_id, profile.partner_id.id): profile for profile in profiles}
        for referrer in self:
            own = [
                found[referrer.company_id, customer]
                for customer in trees.get(referrer.id, ())
                if (referrer.company_id, customer) in found
            ]
            profits = [profile.net_profit_total for profile in own]
            referrer.tree_count = len(own)
            referrer.tree_revenue = sum(profile.revenue_total for profile in own)
            referrer.tree_profit = None if False in map(_known, profits) else sum(profits)

    def _read_trees(self):
        """Return referrer id -> ids of the customers they brought, and who those brought.

        Only those who bought; over commercial partners of today. A circle, which cannot be made,
        would be walked once.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE edge AS (
                    SELECT f.company_id, p.commercial_partner_id AS parent,
                           c.commercial_partner_id AS child
                      FROM customer_referral r
                      JOIN customer_referrer f ON f.id = r.referrer_id
                      JOIN res_partner p ON p.id = f.partner_id
                      JOIN res_partner c ON c.id = r.referred_id
                     WHERE r.state IN ('bought', 'rewarded')
                ), tree AS (
                    SELECT f.id, f.company_id, e.child
                      FROM customer_referrer f
                      JOIN res_partner p ON p.id = f.partner_id
                      JOIN edge e
                        ON e.company_id = f.company_id AND e.parent = p.commercial_partner_id
                     WHERE f.id = ANY(%s)
                     UNION
                    SELECT t.id, t.company_id, e.child
                      FROM tree t
                      JOIN edge e ON e.company_id = t.company_id AND e.parent = t.child
                )
                SELECT id, ARRAY_AGG(child ORDER BY child) FROM tree GROUP BY id""",
                self.ids,
            )
        )
        return dict(rows)

    def action_open_tree(self):
        """Open the customers they brought, with those they brought in turn. Public: button."""
        self.ensure_one()
        self.check_access("read")
        customers = self.sudo()._read_trees().get(self.id, [])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers brought"),
            "res_model": "customer.profile",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "domain": [
                ("partner_id", "in", customers),
                ("company_id", "=", self.company_id.id),
            ],
        }

    def action_open_referrals(self):
        """Open whom they referred. Public: button."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_value.customer_referral_action"
        )
        return action | {
            "domain": [("referrer_id", "=", self.id)],
            "context": {"default_referrer_id": self.id},
        }

    # === OPTING OUT ===

    def action_opt_out(self):
        """Note that they do not want to refer anybody. Public: button.

        :raise AccessError: for users who do not work with customers
        """
        return self._set_optout(True)

    def action_opt_in(self):
        """Note that they do want to refer. Public: button.

        :raise AccessError: for users who do not work with customers
        """
        return self._set_optout(False)

    def _set_optout(self, is_optout):
        self.check_access("read")
        if not self.env.user.has_group(USER):
            raise AccessError(self.env._("Only users of Customer Value can note that."))
        self.sudo().is_optout = is_optout
        return True

    def _merge(self, customer):
        """Leave one referrer per company of contacts that become one, with all referrals."""
        rows = self.search([("partner_id", "in", (self.partner_id | customer).ids)], order="id")
        for in_company in rows.grouped("company_id").values():
            kept = in_company.filtered(lambda row: row.partner_id == customer)[:1] or in_company[:1]
            others = in_company - kept
            others.referral_ids.referrer_id = kept
            kept.is_optout = any(in_company.mapped("is_optout"))
            self.flush_model()
            others.unlink()
            kept.partner_id = customer
        self.flush_model()


def _known(value):
    return value is not False
