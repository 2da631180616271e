import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.isolation import run_isolated

_logger = logging.getLogger(__name__)
GIFT_PROGRAMS = ("coupons", "gift_card", "promo_code", "next_order_coupons")


class CustomerTier(models.Model):
    """What happens once when a tier is reached: a welcome gift, and a mail that tells of it."""

    _inherit = "customer.tier"

    benefit_is_priority = fields.Boolean(
        string="Deliver first",
        help="New deliveries of orders of these customers are urgent: they get goods first.",
    )
    benefit_program_ids = fields.Many2many(
        string="Programs for them only",
        comodel_name="loyalty.program",
        relation="customer_tier_loyalty_program_rel",
        column1="tier_id",
        column2="program_id",
        help="Discounts, coupons and loyalty programs that only customers of tiers that name them "
        "may use.",
    )
    benefit_gift_program_id = fields.Many2one(
        string="Welcome gift",
        comodel_name="loyalty.program",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('program_type', 'in', ('coupons', 'gift_card')), "
        "('company_id', 'in', (company_id, False))]",
        help="A coupon of this program is given when the tier is reached: once for each customer "
        "and tier.",
    )

    @api.constrains("benefit_gift_program_id", "company_id")
    def _check_gift(self):
        for tier in self.sudo():
            program = tier.benefit_gift_program_id
            if not program:
                continue
            if program.program_type not in GIFT_PROGRAMS or not program.reward_ids:
                raise ValidationError(
                    self.env._(
                        "The welcome gift of tier %(tier)s is a coupon: choose a program of "
                        "coupons or gift cards that has a reward.",
                        tier=tier.name,
                    )
                )
            if program.company_id and program.company_id != tier.company_id:
                raise ValidationError(
                    self.env._(
                        "The program of the welcome gift of tier %(tier)s belongs to another "
                        "company.",
                        tier=tier.name,
                    )
                )

    @api.model
    def _reach(self, company, moves, today):
        """Give the gifts of tiers that were reached, and have the customers told. Never in posting.

        The number of queries depends on the gifts given, not on the customers.

        :param dict moves: customer id -> (id of the tier before, id of the tier now), False: none
        """
        tiers = self.sudo().with_context(active_test=False)
        tiers = tiers.search([("company_id", "=", company.id)])
        ranks = {tier.id: tier.sequence for tier in tiers}
        reached = {
            partner: tiers.browse(new)
            for partner, (old, new) in moves.items()
            if new and ranks.get(new, 0) > ranks.get(old or 0, float("-inf"))
        }
        self._give_gifts(company, reached, today)
        self.env["customer.tier.change"]._request_mails(company, list(moves), today)

    @api.model
    def _give_gifts(self, company, reached, today):
        """Give each customer the gift of the tier reached, unless it was given before."""
        gifts = {partner: tier for partner, tier in reached.items() if tier.benefit_gift_program_id}
        if not gifts:
            return
        grants = self.env["customer.benefit.grant"].sudo()
        domain = [("company_id", "=", company.id), ("kind", "=", "gift")]
        given = grants.search([*domain, ("partner_id", "in", list(gifts))])
        had = {(grant.partner_id.id, grant.tier_id.id) for grant in given}
        due = sorted(partner for partner, tier in gifts.items() if (partner, tier.id) not in had)

        def give(some):
            self._create_gifts(company, {partner: gifts[partner] for partner in some}, today)

        for partner, error in run_isolated(self.env, due, give).items():
            _logger.error("Welcome gift of customer %s failed", partner, exc_info=error)
            body = self.env._("The welcome gift of the loyalty tier could not be given: %s", error)
            self.env["res.partner"].sudo().browse(partner)._message_log_batch({partner: body})

    @api.model
    def _create_gifts(self, company, gifts, today):
        """Create the coupons, their history and the rows of the journal.

        The program's mail with the code goes to those who want such mails.
        """
        plain = self.env["loyalty.card"].sudo().with_company(company)
        cards = plain.with_context(loyalty_no_mail=True).create(
            [
                {
                    "program_id": tier.benefit_gift_program_id.id,
                    "partner_id": partner,
                    "points": tier._get_gift_points(),
                }
                for partner, tier in gifts.items()
            ]
        )
        cards = cards.with_env(plain.env)
        refusing = cards.partner_id._find_gift_mail_refusing()
        cards.filtered(lambda card: card.partner_id not in refusing)._send_creation_communication()
        history = self.env["loyalty.history"].sudo()
        history.create(
            [
                {
                    "card_id": card.id,
                    "issued": card.points,
                    "description": self.env._(
                        "Welcome to tier %(tier)s", tier=gifts[card.partner_id.id].name
                    ),
                }
                for card in cards
            ]
        )
        self.env["customer.benefit.grant"].sudo().create(
            [
                {
                    **{"partner_id": card.partner_id.id, "company_id": company.id, "kind": "gift"},
                    **{"tier_id": gifts[card.partner_id.id].id, "new_value": card.id},
                    **{"state": "granted", "reason": "tier", "date": today},
                }
                for card in cards
            ]
        )

    def _get_gift_points(self):
        """Return the points of the dearest reward, so that the coupon buys any of them."""
        return max(self.benefit_gift_program_id.reward_ids.mapped("required_points"), default=1)
