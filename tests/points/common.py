from odoo import Command, fields

from ..common import CustomerValueCommon


class PointsCommon(CustomerValueCommon):
    """A program that gives a point for each unit of paid invoices, and takes 100 for 10."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._create_program(cls.company)
        cls.contact = cls.env["res.partner"].create(
            {"name": "Brandon of Azure", "parent_id": cls.customer.id, "email": "b@azure.example"}
        )
        cls.today = fields.Date.context_today(cls.company)

    @classmethod
    def _create_program(cls, company, **values):
        return cls.env["loyalty.program"].create(
            {
                "name": f"Points of {company.name}",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "company_id": company.id,
                "rule_ids": [],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_order",
                            "discount": 10,
                            "discount_applicability": "order",
                            "required_points": 100,
                        }
                    )
                ],
                "customer_points": True,
                "customer_points_from": "2020-01-01",
                "customer_points_rate": 1.0,
                **values,
            }
        )

    @classmethod
    def _switch_on_booking(cls, company):
        """Let outstanding points be booked; return the accounts (liability, expense)."""
        accounts = [
            cls.env["account.account"]
            .with_company(company)
            .create({"name": name, "code": code, "account_type": kind})
            for name, code, kind in (
                ("Points owed", "259901", "liability_current"),
                ("Points given", "659901", "expense"),
            )
        ]
        company.write(
            {
                "customer_points_is_booked": True,
                "customer_points_journal_id": cls.env["account.journal"].create(
                    {
                        "name": "Points",
                        "code": "PTS",
                        "type": "general",
                        "company_id": company.id,
                    }
                ),
                "customer_points_liability_account_id": accounts[0],
                "customer_points_expense_account_id": accounts[1],
            }
        )
        return accounts

    @classmethod
    def _card(cls, partner=None, program=None):
        cards = cls.env["loyalty.card"].search(
            [
                ("program_id", "=", (program or cls.program).id),
                ("partner_id", "=", (partner or cls.customer).id),
            ]
        )
        return cards

    def _balance(self, partner=None, program=None):
        """Return the balance after the queue is drained, and check that all sums agree."""
        self._drain()
        self._check_sums()
        return sum(self._card(partner, program).mapped("points"))

    def _check_sums(self):
        """Balance, history and lots of every card say the same; nothing is owed beside points."""
        self.env.flush_all()
        self.env["customer.points.entry"].search([], limit=1)  # what is noted is booked first
        self.env.invalidate_all()
        for card in self.env["loyalty.card"].with_context(active_test=False).search([]):
            if not card.program_id.customer_points:
                continue
            told = sum(line.issued - line.used for line in card.history_ids)
            lots = self.env["customer.points.lot"].search([("card_id", "=", card.id)])
            entries = self.env["customer.points.entry"].search([("card_id", "=", card.id)])
            self.assertAlmostEqual(card.points, told, 3, "history")
            self.assertAlmostEqual(card.points, sum(lots.mapped("points")), 3, "lots")
            self.assertAlmostEqual(card.points, sum(entries.mapped("points")), 3, "entries")
            lefts = lots.mapped("points")
            self.assertFalse(min(lefts, default=0) < 0 < max(lefts, default=0), lefts)
            if not card.program_id.customer_points_allow_negative:
                self.assertGreaterEqual(card.points, -0.0005)

    @classmethod
    def _quote(cls, partner, price=200.0, **values):
        return cls._order(partner, price=price, confirm=False, **values)

    @classmethod
    def _redeem(cls, order, confirm=True):
        """Put the reward of the program on a quotation, as its button does."""
        order._update_programs_and_rewards()
        rewards = order._get_claimable_rewards()
        for card, reward in rewards.items():
            order._apply_program_reward(reward[:1], card)
        if confirm:
            order.action_confirm()
        return bool(rewards)
