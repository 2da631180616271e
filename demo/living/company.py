"""The whole sample company: who serves, what serving costs, numbers, and plays."""

import time

from psycopg2 import OperationalError

from odoo import Command

from .contacts import Contacts
from .desk import Desk
from .look import Look
from .past import Past
from .payments import Payments
from .sales import Sales

TRIES = 8
# English, and what a reader of Persian finds.
POINTS = "Points for what is paid", "امتیاز برای آنچه پرداخت شده"
CATALOGUE = {
    "name": ("Catalogue of the season", "کاتالوگ فصل"),
    "reason": (
        "Their favourite articles have new colours.",
        "کالاهای مورد علاقه‌شان رنگ‌های تازه دارد.",
    ),
}
CATALOGUE_STEP = {
    "name": ("Letter with the catalogue", "نامه همراه کاتالوگ"),
    "text": (
        "Dear {name}, our new catalogue is here. {company}",
        "{name} گرامی، کاتالوگ تازه ما رسید. {company}",
    ),
}


class LivingCompany(Sales, Payments, Contacts, Desk, Past, Look):
    """All parts, in their order."""

    def make(self):
        """Make every part that is not there yet."""
        parts = (
            *(self.set_rates, self.set_rules, self.choose, self.hire, self.price_goods),
            self.win_customers,
            *(self.sell, self.fill_stock, self.deliver, self.pay),
            *(self.talk, self.complain, self.answer, self.find_leads, self.refer),
            *(self.fill_costs, self.remember, self.work_out, self.play, self.plan),
            *(self.ring, self.decide, self.interview, self.plan_for_many, self.give),
            *(self.date_points, self.ask, self.receive, self.send_nothing, self.work_out),
            self.invite,
            self.look,
        )
        for part in parts:
            name, begin, used = (
                part.__name__.replace("_", " "),
                time.monotonic(),
                time.process_time(),
            )
            print(name, flush=True)
            self.do(part)
            seconds, own = time.monotonic() - begin, time.process_time() - used
            print(f"{name}: {seconds:.0f} s, {own:.0f} s of processor", flush=True)

    def do(self, part):
        """Make a part and commit it; again, if a job of the server was at the same rows."""
        for attempt in range(TRIES):
            try:
                part()
                self.env.flush_all()
                self.cursor.commit()
                self.env.invalidate_all()
                return
            except OperationalError:
                if attempt + 1 == TRIES:
                    raise
                self.cursor.rollback()
                self.env.invalidate_all(flush=False)
                time.sleep(5)

    def set_rates(self):
        """What serving costs: without these, cost to serve is zero everywhere."""
        self.company.write(
            {
                "customer_cost_per_order_line": 0.8,
                "customer_cost_per_delivery": 6.0,
                "customer_cost_per_return": 12.0,
                "customer_cost_per_interaction_minute": 0.5,
                "customer_cost_per_complaint_hour": 25.0,
                "customer_capital_cost_percent": 9.0,
                "customer_retention_contact_cost": 4.0,
                "customer_retention_offer_cost": 12.0,
                "customer_retention_contact_uplift_percent": 10.0,
                "customer_retention_offer_uplift_percent": 20.0,
            }
        )

    def set_rules(self):
        """Service standards, how often whom to contact, what sources cost; points."""
        self.env["customer.service.standard"].with_context(active_test=False).search([]).write(
            {"active": True}
        )
        policies = self.env["customer.contact.policy"]
        if not policies.search_count([], limit=1):
            policies.create([{"value_class": "A", "days": 30}, {"value_class": "B", "days": 60}])
        costs = self.env["customer.acquisition.cost"]
        if not costs.search_count([], limit=1):
            sources = self.env["utm.source"].search([], limit=3)
            for source, amount in zip(sources, (900, 400, 250), strict=False):
                costs.create(
                    {
                        "name": f"Advertising: {source.name}",
                        "source_id": source.id,
                        "date_from": self.day(365),
                        "date_to": self.day(0),
                        "amount": amount,
                    }
                )
        self.give_points()

    def give_points(self):
        """Points for what is paid, and a discount for them."""
        programs = self.env["loyalty.program"]
        if not programs.search_count([("customer_points", "=", True)], limit=1):
            program = programs.create(
                {
                    "name": POINTS[0],
                    "program_type": "loyalty",
                    "applies_on": "both",
                    "trigger": "auto",
                    "company_id": self.company.id,
                    "customer_points": True,
                    "customer_points_from": self.day(180),
                    "customer_points_rate": 0.1,
                    "customer_points_value": 0.05,
                    "customer_points_months": 24,
                    "reward_ids": [
                        Command.create(
                            {"reward_type": "discount", "discount": 5, "required_points": 100}
                        )
                    ],
                }
            )
            self.write_in_two(program, "name", *POINTS)
            self.write_in_two(program, "portal_point_name", "Points", "امتیاز")
            for reward in program.reward_ids:
                persian = "۵٪ تخفیف روی سفارش شما"
                self.write_in_two(reward, "description", reward.description, persian)

    def hire(self):
        """Two more salespeople beside the one of the demo users, and somebody for each customer."""
        users = self.env["res.users"].with_context(no_reset_password=True)
        group = self.env.ref("sales_team.group_sale_salesman")
        for login, name in (("laleh", "Laleh Sales"), ("navid", "Navid Sales")):
            if users.search_count([("login", "=", login)]):
                continue
            users.create(
                {
                    "name": name,
                    "login": login,
                    "password": login,
                    "email": f"{login}@example.com",
                    "group_ids": [Command.link(group.id)],
                }
            )
        if "odoobot_state" in users:  # its chat would cover the first screen on a phone
            users.search([("odoobot_state", "!=", "disabled")]).odoobot_state = "disabled"
        sellers = users.search([("login", "in", ("sales", "laleh", "navid"))])
        buyers = self.env["account.move"].search([("move_type", "=", "out_invoice")])
        for customer in buyers.commercial_partner_id.sorted("id"):
            customer.user_id = customer.user_id or self.dice.choice(sellers)

    def fill_costs(self):
        """What goods cost when they were sold."""
        self.env["account.move.line"]._cron_fill_cost_history()

    def work_out(self):
        """Compute everything now instead of tonight, with a prediction of today."""
        models = self.env["customer.prediction.model"]
        if models._get_active(self.company).date != self.today:
            self.work_at_night(self.today)
            models._request(self.company)
            models.search([("state", "=", "requested")])._fit()
        self.work_at_night(self.today)
        self.env["customer.payment.model"]._make(self.company)
        self.env["customer.category.need"]._refresh_company(self.company)
        self.env["customer.sales.forecast"]._make(self.company)
        self.env["customer.prospect.group"]._build(self.company)

    def refer(self):
        """A few customers who brought others."""
        referrals = self.env["customer.referral"]
        if referrals.search_count([], limit=1):
            return
        customers = self.get_customers()
        for number, partner in enumerate(self.pick(customers, 3)):
            referrer = self.env["customer.referrer"]._get_for(partner, self.company)
            referrals.create(
                {
                    "referrer_id": referrer.id,
                    "name": f"Friend of {partner.name}",
                    "email": f"friend{number}@example.com",
                }
            )

    def plan(self):
        """Plans for three of the best customers, one of them due for a review."""
        plans = self.env["customer.account.plan"]
        if plans.search_count([], limit=1):
            return
        best = self.env["customer.profile"].search(
            [("company_id", "=", self.company.id), ("value_class", "=", "A")],
            order="revenue_365 desc",
            limit=3,
        )
        for number, profile in enumerate(best):
            plans.create(
                {
                    "partner_id": profile.partner_id.id,
                    "user_id": profile.partner_id.user_id.id or self.env.uid,
                    "strategy": "Become their only supplier of office supplies.",
                    "start_date": self.day(90),
                    "review_date": self.day(30 * number - 28),
                    "aim_ids": [
                        Command.create(
                            {"measure": "revenue", "target": round(profile.revenue_365 * 1.2)}
                        )
                    ],
                }
            )

    def play(self):
        """A play that runs, and one by letter."""
        plays = self.env["customer.play"]
        if plays.search_count([("start_date", "=", self.today)], limit=1):
            return
        self.begin_play("save")
        template = self.env["customer.play.template"].create(
            {
                "name": CATALOGUE["name"][0],
                "domain": "[('stage', '=', 'active'), ('value_class', '=', 'B')]",
                "step_ids": [Command.create({"name": CATALOGUE_STEP["name"][0], "kind": "letter"})],
            }
        )
        for record, texts in ((template, CATALOGUE), (template.step_ids, CATALOGUE_STEP)):
            for name, both in texts.items():
                self.write_in_two(record, name, *both)
        self.start(template)
