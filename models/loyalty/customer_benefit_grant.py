from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from ..base.access import MANAGER


class CustomerBenefitGrant(models.Model):
    """Journal: which benefit a customer got, what was there before, and why it ended.

    A row that has not ended says what we have given (*granted*), or what the tier would give and
    we did not (*held*). There is one for each customer, company and benefit at most. Rows are
    written by the refresh and by the two buttons of managers only.
    """

    _name = "customer.benefit.grant"
    _description = "Benefit of a Customer"
    _inherit = "customer.date.bounds.mixin"
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
    kind = fields.Selection(
        selection=lambda self: self.env["customer.tier"]._get_benefit_labels(),
        string="Benefit",
        required=True,
        readonly=True,
    )
    tier_id = fields.Many2one(comodel_name="customer.tier", ondelete="restrict", readonly=True)
    old_value = fields.Json(readonly=True, help="Empty: the contact had no value of its own.")
    new_value = fields.Json(readonly=True)
    is_inherent = fields.Boolean(
        string="Comes with the tier",
        compute="_compute_is_inherent",
        help="Acts by the tier itself: nothing is written to the customer, and it ends with it.",
    )
    old_text = fields.Char(string="Before", compute="_compute_texts")
    new_text = fields.Char(string="By the tier", compute="_compute_texts")
    state = fields.Selection(
        selection=[("granted", "Given"), ("held", "Not given"), ("ended", "Ended")],
        required=True,
        readonly=True,
    )
    reason = fields.Selection(
        selection=[
            ("tier", "The tier gives it"),
            ("changed", "Changed by somebody else"),
            ("partnership", "The partner level gives a pricelist"),
            ("better", "The customer has a better one"),
            ("same", "The customer had it already"),
            ("failed", "It could not be given"),
            ("by_hand", "Decided by a manager"),
            ("merged", "The contacts were merged"),
            ("moved", "The contact belongs to another customer"),
        ],
        required=True,
        readonly=True,
    )
    failed_value = fields.Json(
        string="Not given",
        readonly=True,
        help="What could not be given in its place; it is not tried again.",
    )
    note = fields.Char(readonly=True, help="The error of a benefit that could not be given.")
    date = fields.Date(string="Since", required=True, readonly=True)
    end_date = fields.Date(string="Ended on", readonly=True)
    user_id = fields.Many2one(
        string="By",
        comodel_name="res.users",
        readonly=True,
        ondelete="set null",
        help="Empty when the tier decided.",
    )

    _open_uniq = models.UniqueIndex(
        "(partner_id, company_id, kind) WHERE state <> 'ended' AND kind <> 'gift'",
        "A customer has each benefit of a company once: end the one that is open first.",
    )
    _gift_uniq = models.UniqueIndex(
        "(partner_id, company_id, tier_id) WHERE state = 'granted' AND kind = 'gift'",
        "A customer gets the welcome gift of a tier once.",
    )

    @api.depends("kind")
    def _compute_is_inherent(self):
        kinds = {kind for kind, _label in self.env["customer.tier"]._get_inherent_labels()}
        for grant in self:
            grant.is_inherent = grant.kind in kinds

    @api.depends_context("lang")
    @api.depends("kind", "old_value", "new_value")
    def _compute_texts(self):
        kinds = self.env["customer.tier"]._get_benefit_kinds()
        for grant in self:
            grant.old_text = grant._get_value_text(kinds, (grant.old_value or {}).get("own"))
            grant.new_text = grant._get_value_text(kinds, grant.new_value)

    def _get_value_text(self, kinds, value):
        """Return a value as people read it; what was deleted since has no name."""
        if self.kind == "gift" and value:
            return self.env["loyalty.card"].sudo().browse(value).exists().code or ""
        if self.is_inherent:
            return self.env["customer.tier"]._get_inherent_text(self.kind, value)
        if not value or self.kind not in kinds:
            return ""
        field = self.env["res.partner"]._fields[kinds[self.kind]]
        if field.type == "many2one":
            return self.env[field.comodel_name].sudo().browse(value).exists().display_name or ""
        return format_amount(self.env, value, self.company_id.currency_id)

    def _get_for_decision(self):
        """Return the benefit with the rights to decide about it.

        :raise AccessError: when the user is no manager, or may not see the benefit
        :raise UserError: when it comes with the tier itself
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only managers of Customer Value can give or take back a benefit.")
            )
        if self.is_inherent:
            raise UserError(
                self.env._(
                    "%(benefit)s comes with the tier and ends with it: change the tier, or set "
                    "another one for the customer.",
                    benefit=dict(self._fields["kind"]._description_selection(self.env))[self.kind],
                )
            )
        return self.sudo()

    @api.model
    def _filter_gifts(self, cards, with_ended=False):
        """Return which cards are welcome gifts of their customer; cards with all rights.

        A gift whose row in the journal has ended, such as after a merge, is anybody's.

        :param with_ended: also where the row has ended
        """
        if not cards.partner_id:
            return cards.browse()
        domain = [("partner_id", "in", cards.partner_id.ids)]
        domain += [("kind", "=", "gift")]
        domain += [] if with_ended else [("state", "=", "granted")]
        given = set(self.sudo().search(domain).mapped("new_value"))
        return cards.filtered(lambda card: card.id in given)

    def action_give(self):
        """Give a benefit that was not given, in place of what the customer has. Public: button.

        :raise AccessError: for users who are not managers
        :raise UserError: when it is given already or has ended
        """
        grant = self._get_for_decision()
        if grant.state != "held":
            raise UserError(self.env._("Only a benefit that is not given can be given now."))
        self.env["customer.tier"]._give_by_hand(grant)
        return True

    def action_withdraw(self):
        """Take a benefit back; the tier does not give it again by itself. Public: button.

        :raise AccessError: for users who are not managers
        :raise UserError: when it is not given
        """
        grant = self._get_for_decision()
        if grant.state != "granted":
            raise UserError(self.env._("Only a benefit that is given can be taken back."))
        if grant.kind == "gift":
            if not grant._take_gifts_back("by_hand"):
                raise UserError(
                    self.env._("The customer has used this gift, it cannot be taken back.")
                )
            return True
        self.env["customer.tier"]._withdraw_by_hand(grant)
        return True

    # === GIFTS ===

    def _take_gifts_back(self, reason):
        """End gifts of the journal and empty the coupons nobody has used; return those.

        A coupon is used once it is on an order, or any of its points were spent.
        """
        company_today = {c: self.env["customer.profile"]._get_today(c) for c in self.company_id}
        cards = {grant: grant._get_gift_card() for grant in self}
        unused = self.filtered(lambda grant: cards[grant] and grant._is_unused(cards[grant]))
        for grant in unused:
            card = cards[grant]
            vals = {"card_id": card.id, "used": card.points}
            vals["description"] = self.env._("Welcome gift taken back")
            self.env["loyalty.history"].sudo().create(vals)
            card.with_context(loyalty_no_mail=True).write({"points": 0, "active": False})
            grant.write(
                {
                    **{"state": "ended", "reason": reason, "user_id": self.env.uid},
                    "end_date": company_today[grant.company_id],
                }
            )
        return unused

    def _get_gift_card(self):
        return self.env["loyalty.card"].sudo().browse(self.new_value or []).exists()

    def _is_unused(self, card):
        spent = self.env["loyalty.history"].sudo()
        spent = spent.search_count([("card_id", "=", card.id), ("used", ">", 0)], limit=1)
        lines = self.env["sale.order.line"].sudo()
        on_orders = lines.search_count([("coupon_id", "=", card.id)], limit=1)
        return not spent and not on_orders and card.points > 0

    def _merge_gifts(self, customer):
        """Let gifts follow merged customers; of two of a tier, the coupon stays, the row ends."""
        own = self.search([("partner_id", "=", customer.id), ("kind", "=", "gift")])
        had = {(grant.company_id, grant.tier_id) for grant in own if grant.state == "granted"}
        for grant in self.filtered(lambda one: one.kind == "gift" and one.state == "granted"):
            place = (grant.company_id, grant.tier_id)
            if place in had:
                today = self.env["customer.profile"]._get_today(grant.company_id)
                grant.write({"state": "ended", "reason": "merged", "end_date": today})
            had.add(place)
        self.flush_model()
