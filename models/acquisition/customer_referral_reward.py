import logging

import psycopg2

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

CRON = "customer_value.ir_cron_customer_referral"
SIDES = ("referrer", "referred")


class CustomerReferral(models.Model):
    """The reward of both sides, in points of a loyalty program, and taking it back.

    A referral says what each side should have; a job books the difference to what it has. So it
    does not matter how often, or after which event, that is done. What was spent meanwhile cannot
    be taken back: the job takes it as soon as there are points again.
    """

    _inherit = "customer.referral"

    program_id = fields.Many2one(
        string="Points program",
        comodel_name="loyalty.program",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
    )
    promised_referrer = fields.Float(string="Promised to who brought them", readonly=True)
    promised_referred = fields.Float(string="Promised to who came", readonly=True)
    given_referrer = fields.Float(string="Points of who brought them", readonly=True)
    given_referred = fields.Float(string="Points of who came", readonly=True)
    rewarded_date = fields.Date(
        string="First rewarded on",
        readonly=True,
        help="From then on a number, address or tax number both sides share is no objection.",
    )
    least_amount = fields.Monetary(
        string="Smallest invoice",
        readonly=True,
        help="Net: the setting of the company when the reward was first due. 0: any.",
    )
    is_reward_due = fields.Boolean(string="Reward is due", readonly=True, index="btree_not_null")

    def _mark_rewards(self):
        """Note what is to be given or taken back, and have the job do it."""
        for referral in self:
            values = {}
            company = referral.company_id.sudo()
            program = company.customer_referral_program_id
            if referral.state == "rewarded" and not referral.rewarded_date:
                today = self.env["customer.profile"]._get_today(company)
                least = company.customer_referral_least_amount
                values = {"rewarded_date": today, "least_amount": least}
            if referral.state == "rewarded" and program and not referral.program_id:
                values |= {
                    "program_id": program.id,
                    "promised_referrer": company.customer_referral_points,
                    "promised_referred": company.customer_referral_points_referred,
                }
            referral.write({**values, "is_reward_due": True})
        self.env.ref(CRON).sudo()._trigger()

    @api.model
    def _cron_reward(self):
        """Book what is due, one referral after the other; several workers may."""
        due = self.sudo().search([("is_reward_due", "=", True)], order="id")
        for done, referral in enumerate(due, 1):
            try:
                with self.env.cr.savepoint():
                    if referral.try_lock_for_update():
                        referral._settle_reward()
            except psycopg2.OperationalError as error:
                _logger.info("Reward of a referral postponed: %s", error)
                self.env.cr.rollback()
            except Exception:
                _logger.exception("The reward of referral %s could not be booked", referral.id)
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(due) - done):
                return

    def _settle_reward(self):
        """Book the difference between what each side should have and what it has."""
        self.ensure_one()
        self.invalidate_recordset()
        for side in SIDES if self.program_id else ():
            should = self._get_owed(side)
            change = should - self[f"given_{side}"]
            if change:
                partner = self.referrer_id.partner_id if side == "referrer" else self.referred_id
                booked = self._give_referral_reward(partner.commercial_partner_id, change)
                self[f"given_{side}"] += booked
        self.is_reward_due = any(self[f"given_{side}"] != self._get_owed(side) for side in SIDES)

    def _get_owed(self, side):
        """Return how many points a side should have for this referral now."""
        if self.state != "rewarded":
            return 0.0
        if side == "referrer" and self.referrer_id.is_optout and not self.given_referrer:
            return 0.0
        return self[f"promised_{side}"]

    def _give_referral_reward(self, customer, points):
        """Put points on a customer's card, or take them off: hook of the ledger of points.

        :param points: below zero to take back; a balance never falls below zero
        :return: the points that were booked
        """
        cards = self._get_reward_cards(customer)
        cards.lock_for_update(allow_referencing=True)
        cards.invalidate_recordset(["points"])
        if points > 0:
            return self._book_on_card(cards[:1], points)
        booked = 0.0
        for card in cards:
            part = max(points - booked, -max(card.points, 0.0))
            booked += self._book_on_card(card, part) if part else 0.0
        return booked

    def _book_on_card(self, card, points):
        """Change a balance, with an entry in its history; return the points."""
        card.points += points
        self.env["loyalty.history"].sudo().create(
            {
                "card_id": card.id,
                "description": self._get_reward_text(points),
                "issued": max(points, 0.0),
                "used": max(-points, 0.0),
            }
        )
        return points

    def _get_reward_cards(self, customer):
        """Return the customer's cards in the program of the referral; one is made if need be.

        After a merge of contacts there may be several.
        """
        cards = self.env["loyalty.card"].sudo()
        cards = cards.with_context(loyalty_no_mail=True, tracking_disable=True)
        found = cards.search(
            [
                ("program_id", "=", self.program_id.id),
                ("partner_id.commercial_partner_id", "=", customer.id),
            ],
            order="id",
        )
        values = {"program_id": self.program_id.id, "partner_id": customer.id}
        return found or cards.create(values)

    def _get_reward_text(self, points):
        """Return what stands in the history of the card; names nobody."""
        if points > 0:
            return self.env._("Referral")
        return self.env._("Referral: taken back")
