import random
from datetime import datetime, timedelta

from odoo import Command
from odoo.tools import SQL

from .common import TODAY, TodayCommon


class BoardCommon(TodayCommon):
    """A year of a small company, with something on every board."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shoppers = [cls._create_customer(f"Shopper {number}") for number in range(12)]
        dice = random.Random(5)
        for number, shopper in enumerate(cls.shoppers):
            first = dice.randrange(30, 700)
            for _times in range(1 + number % 4):
                day = cls._day(TODAY) - timedelta(days=first)
                cls._invoice(shopper, day, dice.randrange(20, 400))
                first = max(first - dice.randrange(5, 90), 0)
        cls._serve()
        cls._run_nightly()
        cls._snapshot()
        cls._play()
        cls._forecast()
        cls._spend()
        cls._give_points()
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _serve(cls):
        """Deliveries on time and late, complaints, answers, questions."""
        for shopper in cls.shoppers[:4]:
            order = cls._order(shopper)
            if shopper == cls.shoppers[0]:
                order.picking_ids.move_ids.date_deadline = datetime(2026, 6, 1)
            cls._deliver(order)
        standard = {"name": "Fast", "first_response_hours": 1, "company_id": cls.company.id}
        cls.env["customer.service.standard"].create(standard)
        complaints = cls.env["customer.complaint"]
        for shopper, ago in zip(cls.shoppers[:3], (40, 3, 400), strict=True):
            complaints.create(
                {
                    "subject": "Loose leg",
                    "partner_id": shopper.id,
                    "open_date": datetime(2026, 6, 15) - timedelta(days=ago),
                }
            )
        deadlines = complaints.search([]).deadline_ids.sudo()
        deadlines._evaluate(datetime(2026, 6, 15, 9))
        deadlines[:1].state = "kept"
        cls._give_feedback()
        cls._ask_questions()

    @classmethod
    def _give_feedback(cls):
        factor = cls.env["customer.feedback.factor"].search([], limit=1)
        for shopper, values in zip(
            cls.shoppers,
            (
                {"kind": "nps", "nps": 10}, {"kind": "nps", "nps": 3}, {"kind": "nps", "nps": 9},
                {"kind": "rating", "rating": 1}, {"kind": "rating", "rating": 4},
                {
                    "kind": "gap",
                    "line_ids": [
                        Command.create(
                            {"factor_id": factor.id, "expectation": 5, "perception": 2}
                        )
                    ],
                },
            ),
            strict=False,
        ):  # fmt: skip
            cls.env["customer.feedback"].create(
                {"partner_id": shopper.id, "date": "2026-06-10 10:00:00", **values}
            )

    @classmethod
    def _give_points(cls):
        program = cls.env["loyalty.program"].create(
            {
                "name": "Zolfa Club",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "company_id": cls.company.id,
                "rule_ids": [],
                "customer_points": True,
                "customer_points_from": "2020-01-01",
                "customer_points_value": 0.25,
            }
        )
        for number, shopper in enumerate(cls.shoppers[:3]):
            card = cls.env["loyalty.card"].create(
                {"program_id": program.id, "partner_id": shopper.id}
            )
            correction = cls.env["loyalty.card.update.balance"].create(
                {"card_id": card.id, "new_balance": 40 + number, "description": "Moved in"}
            )
            correction.action_update_card_point()

    @classmethod
    def _ask_questions(cls):
        for shopper in cls.shoppers[:3]:
            question = cls.env["customer.interaction"].create(
                {
                    "partner_id": shopper.id,
                    "direction": "in",
                    "needs_answer": True,
                    "date": "2026-06-08 08:00:00",
                }
            )
        question.action_mark_answered()

    @classmethod
    def _snapshot(cls):
        """Three month ends: everybody was active, then slipping, then as they are, but for two."""
        snapshots = cls.env["customer.profile.snapshot"]
        profiles = cls.env["customer.profile"].search([("company_id", "=", cls.company.id)])
        now = {profile.id: profile.stage for profile in profiles}
        for day, stage in (("2026-03-31", "active"), ("2026-04-30", "slipping")):
            cls._set(profiles, stage=stage, segment="loyal")
            snapshots._take(cls.company, cls._day(day))
        stages = ["lapsed", "active", "won_back", "new"]
        for number, profile in enumerate(profiles):
            cls._set(profile, stage=stages[number % 4], segment="champions")
        snapshots._take(cls.company, cls._day("2026-05-31"))
        for profile in profiles:
            cls._set(profile, stage=now[profile.id])
        cls._set(profiles[:2], stage="slipping")
        cls._set(profiles[2], net_profit_365=-12.5)
        tier = cls.env["customer.tier"].search([], limit=1)
        journal = cls.env["customer.tier.change"].sudo()
        for reason in ("upgrade", "downgrade", "override"):
            journal.create(
                {
                    "partner_id": cls.shoppers[0].id,
                    "company_id": cls.company.id,
                    "date": "2026-05-05",
                    "new_tier_id": tier.id,
                    "reason": reason,
                }
            )
        cls.env["customer.benefit.grant"].sudo().create(
            {
                "partner_id": cls.shoppers[0].id,
                "company_id": cls.company.id,
                "kind": next(iter(cls.env["customer.tier"]._get_benefit_kinds())),
                "state": "granted",
                "reason": "tier",
                "date": TODAY,
            }
        )

    @classmethod
    def _set(cls, profiles, **values):
        cls.env.flush_all()
        for name, value in values.items():
            cls.env.cr.execute(
                SQL(
                    "UPDATE customer_profile SET %s = %s WHERE id = ANY(%s)",
                    SQL.identifier(name),
                    value,
                    profiles.ids,
                )
            )
        cls.env.invalidate_all()

    @classmethod
    def _play(cls):
        plays = cls.env["customer.play"].sudo()
        values = {"company_id": cls.company.id, "user_id": cls.manager.id}
        play = plays.create({"name": "Call them", **values})
        step = cls.env["customer.play.step"].sudo().create({"play_id": play.id, "name": "Call"})
        member = cls.env["customer.play.member"].sudo().create(
            {
                "play_id": play.id, "company_id": cls.company.id, "group": "play",
                "partner_id": cls.shoppers[0].id,
            }
        )  # fmt: skip
        action = {
            "play_id": play.id, "member_id": member.id, "step_id": step.id,
            "partner_id": cls.shoppers[0].id, "kind": "activity", "due_date": TODAY,
            "company_id": cls.company.id,
            "state": "done", "cost": 7.5,
        }  # fmt: skip
        cls.env["customer.play.action"].sudo().create(action)
        play.write(
            {
                "state": "running",
                "uplift_profit": 30.0,
                "uplift_low": 10.0,
                "uplift_high": 50.0,
                "uplift_spent": 7.5,
            }
        )
        # Over, without an outcome that could be told; over, and people still buy.
        for name, state in (("Write to them", "done"), ("Visit them", "measuring")):
            plays.create({"name": name, **values}).state = state

    @classmethod
    def _spend(cls):
        """Half a year of advertising on the source of two customers, and a fair without any."""
        source, fair = cls.env["utm.source"].create([{"name": "Billboards"}, {"name": "Fair"}])
        for amount, where in ((90, source), (30, fair)):
            cls.env["customer.acquisition.cost"].create(
                {
                    "name": "Posters", "company_id": cls.company.id, "source_id": where.id,
                    "date_from": "2025-12-01", "date_to": "2026-05-31", "amount": amount,
                }
            )  # fmt: skip
        found = cls.env["customer.acquisition"].sudo()
        found = found.search([("partner_id", "in", [one.id for one in cls.shoppers[:2]])])
        found.source_id = source

    @classmethod
    def _forecast(cls):
        forecasts = cls.env["customer.sales.forecast"].sudo()
        forecasts.search([]).unlink()
        for month, made, current, actual in (
            ("2026-05-01", "2026-04-01", False, 90.0),
            ("2026-06-01", "2026-06-01", True, 40.0),
            ("2026-07-01", "2026-06-01", True, None),
        ):
            forecasts.create(
                {
                    "company_id": cls.company.id, "date": TODAY, "made_month": made,
                    "month": month, "months_ahead": 0 if made == month else 1,
                    "is_current": current, "is_over": not current, "expected_amount": 100.0,
                    "low_amount": 80.0, "high_amount": 120.0, "actual_amount": actual,
                }
            )  # fmt: skip

    def _as(self, user, company=None):
        env = self.env(user=user)
        return env(context={"allowed_company_ids": (company or self.company).ids, "lang": "en_US"})

    def _board(self, name, user=None, days=365, company=None):
        env = self._as(user or self.manager, company)
        return env["customer.board"].get_board(name, days)

    def _names(self, user=None):
        return [name for name, _title in self._board("value", user)["boards"]]

    def _tile(self, board, name):
        return next(tile for tile in board["tiles"] if tile["name"] == name)

    def _open(self, action, user=None, domain=None):
        model = self._as(user or self.manager)[action["res_model"]]
        return model.with_context(**action["context"]).search(domain or action["domain"])
