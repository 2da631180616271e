import json
import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..base.isolation import run_isolated

_logger = logging.getLogger(__name__)
GIFT_PROGRAMS = ("coupons", "gift_card", "promo_code", "next_order_coupons")


class CustomerTier(models.Model):
    """What comes with a tier itself, and once when it is reached: a welcome gift, a mail.

    The first acts wherever it is asked who holds the tier, and is written to nobody. The journal of
    benefits tells since when and until when each customer had it.
    """

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

    # === WHAT COMES WITH THE TIER ===

    @api.model
    def _get_inherent_labels(self):
        """Return (benefit, name) of what comes with a tier itself. Extended by other rooms."""
        labels = {
            "priority": self.env._("Deliveries first"),
            "programs": self.env._("Programs for them only"),
            "text": self.env._("Text on documents"),
        }
        return [*labels.items()]

    def _get_inherent_benefits(self):
        """Return benefit -> value, as the journal keeps it, of one tier; only what it gives."""
        self.ensure_one()
        tier = self.sudo().with_context(active_test=False)
        text = tier.benefit_text and self._fields["benefit_text"]._get_stored_translations(tier)
        values = {
            "priority": tier.benefit_is_priority,
            "programs": sorted(tier.benefit_program_ids.ids),
            "text": text,
        }
        return {kind: value for kind, value in values.items() if value}

    @api.model
    def _get_inherent_text(self, kind, value):
        """Return what the journal keeps of a benefit as people read it, ``""`` for none."""
        if not value:
            return ""
        if kind == "programs":
            programs = self.env["loyalty.program"].sudo().browse(value).exists()
            return ", ".join(programs.mapped("name"))
        if kind == "text":
            return value.get(self.env.lang) or value.get("en_US") or next(iter(value.values()), "")
        return self.env._("Deliveries come first") if kind == "priority" else ""

    @api.model
    def _follow_inherent(self, company, tiers_held, partner_ids, today):
        """Bring the journal to what comes with the tiers of customers: three statements for all.

        One where nothing differs, as for customers whose tier did not change.

        Whose tier gives the same as before keeps the row of then.

        :param dict tiers_held: partner id -> tier id of those who hold one
        :param partner_ids: everybody it is decided about
        """
        held = {partner: tier for partner, tier in tiers_held.items() if tier}
        given = [
            (tier.id, kind, json.dumps(value))
            for tier in self.sudo().browse(sorted({*held.values()}))
            for kind, value in tier._get_inherent_benefits().items()
        ]
        self.env["customer.benefit.grant"].flush_model()
        wanted = self._get_inherent_sql(held, given)
        due = self._find_inherent_due(company, wanted, list(partner_ids))
        if due:
            wanted = self._get_inherent_sql({p: held[p] for p in due if p in held}, given)
            ended = self._end_inherent(company, wanted, due, today)
            self._begin_inherent(company, wanted, ended, today)
            self.env["customer.benefit.grant"].invalidate_model()

    @api.model
    def _get_inherent_sql(self, held, given) -> SQL:
        """Rows (partner_id, tier_id, kind, value): what comes with the tiers customers hold.

        :param list given: (tier id, benefit, value as JSON)
        """
        tiers, kinds, values = zip(*given, strict=True) if given else ((), (), ())
        return SQL(
            """SELECT h.partner_id, b.tier_id, b.kind, b.value
                 FROM unnest(%s::int[], %s::int[]) AS h(partner_id, tier_id)
                 JOIN unnest(%s::int[], %s::varchar[], %s::jsonb[]) AS b(tier_id, kind, value)
                USING (tier_id)""",
            *(list(held), list(held.values())),
            *(list(tiers), list(kinds), list(values)),
        )

    @api.model
    def _find_inherent_due(self, company, wanted, partner_ids):
        """Return the customers whose open rows of the journal say something else."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT partner_id
                     FROM (%(wanted)s) w
                FULL JOIN (SELECT partner_id, kind, new_value
                             FROM customer_benefit_grant
                            WHERE company_id = %(company)s AND partner_id = ANY(%(partners)s)
                              AND state <> 'ended' AND kind <> 'gift' AND kind = ANY(%(kinds)s)
                          ) g USING (partner_id, kind)
                    WHERE w.value IS DISTINCT FROM g.new_value""",
                wanted=wanted,
                company=company.id,
                partners=partner_ids,
                kinds=[kind for kind, _label in self._get_inherent_labels()],
            )
        )
        return [partner for (partner,) in rows]

    @api.model
    def _end_inherent(self, company, wanted, partner_ids, today):
        """End what does not come with the tier any more; return (partner, benefit, value)."""
        return self.env.execute_query(
            SQL(
                """WITH wanted AS MATERIALIZED (%(wanted)s)
                UPDATE customer_benefit_grant g
                   SET state = 'ended', end_date = %(today)s, write_uid = %(uid)s,
                       write_date = NOW() AT TIME ZONE 'UTC',
                       reason = CASE WHEN p.commercial_partner_id <> p.id
                                THEN 'moved' ELSE 'tier' END
                  FROM res_partner p
                 WHERE p.id = g.partner_id AND g.company_id = %(company)s AND g.state = 'granted'
                   AND g.partner_id = ANY(%(partners)s) AND g.kind = ANY(%(kinds)s)
                   AND NOT EXISTS (SELECT FROM wanted w
                                    WHERE w.partner_id = g.partner_id AND w.kind = g.kind
                                      AND w.value = g.new_value)
             RETURNING g.partner_id, g.kind, g.new_value""",
                wanted=wanted,
                company=company.id,
                partners=partner_ids,
                kinds=[kind for kind, _label in self._get_inherent_labels()],
                today=today,
                uid=self.env.uid,
            )
        )

    @api.model
    def _begin_inherent(self, company, wanted, ended, today):
        """Note what comes with the tier now, and what it came in place of.

        :param ended: (partner, benefit, value) of the rows that ended just now
        """
        partners, kinds, values = zip(*ended, strict=True) if ended else ((), (), ())
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_benefit_grant
                       (partner_id, company_id, kind, tier_id, old_value, new_value, state, reason,
                        date, create_uid, create_date, write_uid, write_date)
                SELECT w.partner_id, %(company)s, w.kind, w.tier_id,
                       CASE WHEN e.value IS NOT NULL
                            THEN jsonb_build_object('own', e.value) END,
                       w.value, 'granted', 'tier', %(today)s, %(uid)s, NOW() AT TIME ZONE 'UTC',
                       %(uid)s, NOW() AT TIME ZONE 'UTC'
                  FROM (%(wanted)s) w
             LEFT JOIN unnest(%(partners)s::int[], %(kinds)s::varchar[], %(values)s::jsonb[])
                       AS e(partner_id, kind, value) USING (partner_id, kind)
                 WHERE NOT EXISTS (
                       SELECT FROM customer_benefit_grant g
                        WHERE g.partner_id = w.partner_id AND g.company_id = %(company)s
                          AND g.kind = w.kind AND g.state <> 'ended' AND g.kind <> 'gift')
           ON CONFLICT DO NOTHING
             RETURNING id""",
                wanted=wanted,
                company=company.id,
                partners=list(partners),
                kinds=list(kinds),
                values=[json.dumps(value) for value in values],
                today=today,
                uid=self.env.uid,
            )
        )

    # === WHAT COMES ONCE ===

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
        refusing = cards.partner_id._find_tier_mail_refusing()
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
