"""What else happens at the desks: what is chosen, calls, letters, interviews, steps for many."""

from datetime import timedelta

from odoo import Command

from .base import Sample

TAGS = ("Recall", "Carrier", "Packaging")
REASONS = {"Order": "سفارش", "Delivery": "تحویل", "Invoice": "فاکتور", "Advice": "مشاوره"}
ASKED = (45, 38, 31, 24, 17, 10, 4)
AWAY = """From: {name} <{email}>
To: office@example.com
Subject: Out of office
Message-Id: <away-{number}@example.com>
Date: {date}
Auto-Submitted: auto-replied
Content-Type: text/plain

I am on holiday until next week."""


class Desk(Sample):
    """Parts that fill the screens of every day."""

    def choose(self):
        """Tags, reasons, a channel, a source's account, and what the tiers give."""
        tags, reasons = self.env["customer.complaint.tag"], self.env["customer.interaction.reason"]
        if tags.search_count([], limit=1):
            return
        tags.create([{"name": name} for name in TAGS])
        for reason, persian in zip(
            reasons.create([{"name": name} for name in REASONS]), REASONS.values(), strict=True
        ):
            self.write_in_two(reason, "name", reason.name, persian)
        self.env["customer.intake.channel"].create(
            [
                {"name": "Office mail", "alias_name": "office"},
                {"name": "Fax", "kind": "fax", "alias_name": "fax"},
            ]
        )
        plan = self.env["account.analytic.plan"].search([], limit=1)
        account = self.env["account.analytic.account"].create(
            {"name": "Advertising", "plan_id": plan.id, "company_id": self.company.id}
        )
        self.env["customer.acquisition.account"].create(
            {
                "analytic_account_id": account.id,
                "source_id": self.env["utm.source"].search([], limit=1).id,
            }
        )
        tiers = self.env["customer.tier"].search(
            [("company_id", "=", self.company.id)], order="sequence desc", limit=2
        )
        for tier, days in zip(tiers, (30, 15), strict=False):
            thanks = f"Thank you for being a {tier.name} customer."
            self.write_in_two(tier, "benefit_text", thanks, "سپاس از این‌که مشتری ما هستید.")
            tier.benefit_payment_term_id = self.env.ref(
                f"account.account_payment_term_{days}days", raise_if_not_found=False
            )

    def ring(self):
        """Calls of the last weeks: answered, missed, and from somebody unknown."""
        calls = self.env["customer.call"]
        if calls.search_count([], limit=1):
            return
        agents = ("laleh", "navid", "sales")
        for number in range(24):
            customer = self.dice.choice(self.get_customers())
            begin = self.moment(self.dice.randrange(40))
            begin = min(begin, begin.now() - timedelta(hours=3))
            facts = {"call_id": f"demo-{number}", "direction": "in", "agent": agents[number % 3]}
            facts |= {"from": customer.phone if number % 6 else f"+98 21 6600 {1000 + number}"}
            facts |= {"to": "+98 21 8800 0000"}
            ended = ("missed", 1) if number % 4 == 0 else ("hangup", self.dice.randrange(2, 12))
            steps = [("ringing", 0), ("answered", 0.2), ended]
            for kind, minutes in steps if ended[0] == "hangup" else (steps[0], ended):
                at = begin + timedelta(minutes=minutes)
                with self.at(at):
                    event = facts | {"kind": kind, "at": at.strftime("%Y-%m-%d %H:%M:%S.000000")}
                    calls._register_event(self.company, event)

    def decide(self):
        """What managers decide about single customers: a tier by hand, who wants no letters."""
        optouts = self.env["customer.play.optout"]
        if optouts.search_count([], limit=1):
            return
        customers = self.get_customers()
        optouts._note(self.pick(customers, 2), "email", user=self.get_manager())
        optouts._note(self.pick(customers, 1), "letter")
        tiers = self.env["customer.tier"].search(
            [("company_id", "=", self.company.id)], order="sequence desc", limit=2
        )
        profiles = self.env["customer.profile"].search(
            [("partner_id", "in", customers.ids), ("tier_id", "!=", tiers[:1].id)],
            order="revenue_365 desc, id",
            limit=3,
        )
        for profile in profiles:
            self.env["customer.tier.override"].with_user(self.get_manager()).create(
                {
                    "profile_id": profile.id,
                    "tier_id": tiers[:1].id,
                    "until_date": self.day(-90),
                    "reason": "Promised in the yearly talk",
                }
            ).action_apply()

    def interview(self):
        """Half of those who left were asked why."""
        interviews = self.env["customer.lost.interview"]
        if interviews.search_count([], limit=1):
            return
        lost = self.env["customer.profile"].search(
            [("stage", "=", "lapsed"), ("company_id", "=", self.company.id)], order="partner_id"
        )
        reasons = self.env["customer.lost.reason"].search([])
        for number, profile in enumerate(lost[: max(8, len(lost) // 2)]):
            interviews.create(
                {
                    "partner_id": profile.partner_id.id,
                    "user_id": profile.partner_id.user_id.id or self.get_manager().id,
                    "date": self.day(self.dice.randrange(2, 60)),
                    "reason_id": self.dice.choices(reasons, range(len(reasons), 0, -1))[0].id,
                    "competitor": self.dice.choice(("Rival Supplies", "Bazaar Direct", "")),
                    "chance": self.dice.choice(("none", "low", "medium", "high")),
                    "note": self.dice.choice(("They were cheaper.", "Our buyer has left.", "")),
                    "next_date": self.day(-20) if number % 4 == 0 else False,
                }
            )

    def plan_for_many(self):
        """Two steps for many customers, by who works with them."""
        if self.env["customer.bulk"].search_count([], limit=1):
            return
        overdue = self.env["customer.profile"].search([("contact_due_date", "<", self.today)])
        for customers, summary in (
            (overdue.partner_id[:12], "Say hello again"),
            (self.pick(self.get_customers(), 8), "Invite to the open day"),
        ):
            self.env["customer.bulk.start"].with_user(self.get_manager()).create(
                {
                    "kind": "activity",
                    "company_id": self.company.id,
                    "partner_ids": [Command.set(customers.ids)],
                    "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                    "summary": summary,
                    "date_deadline": self.day(-5),
                }
            ).action_start()

    def invite(self):
        """A customer with a tier below the highest, points and a complaint sees the portal."""
        users = self.env["res.users"].with_context(no_reset_password=True)
        if users.search_count([("login", "=", "customer")]):
            return
        profiles = self.env["customer.profile"].search(
            [("company_id", "=", self.company.id), ("tier_id", "!=", False)],
            order="revenue_365 desc",
        )
        complaints = self.env["customer.complaint"].search([])
        climbing = profiles.filtered(lambda one: one.tier_id != profiles[:1].tier_id) or profiles
        known = climbing.partner_id & complaints.partner_id.commercial_partner_id
        partner = (known or climbing.partner_id)[:1]
        users.create(
            {
                "partner_id": partner.id,
                "login": "customer",
                "password": "customer",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )

    def give(self):
        """Points for some complaints: made, and one that waits for a manager."""
        resolutions = self.env["customer.complaint.resolution"]
        if resolutions.search_count([], limit=1):
            return
        complaints = self.env["customer.complaint"].search(
            [("partner_id", "in", self.get_customers().ids)], order="open_date desc", limit=14
        )
        for number, complaint in enumerate(complaints):
            resolution = resolutions.with_user(self.get_manager()).create(
                {
                    "complaint_id": complaint.id,
                    "kind": "points",
                    "points": 10 + 5 * (number % 4),
                    "reason": "With our apologies",
                }
            )
            if number > 1:
                with self.at(self.moment(5 * number)):
                    resolution.action_confirm()

    def ask(self):
        """Questions after deliveries of the last weeks; half of the customers answered."""
        requests = self.env["customer.feedback.request"]
        if requests.search_count([], limit=1):
            return
        rule = self.env["customer.feedback.rule"].with_context(active_test=False)
        rule = rule.search([("company_id", "=", self.company.id), ("cause", "=", "delivery")])
        with self.at(self.moment(60)):
            rule.active = True
        for ago in ASKED:
            asked = self.moment(ago)
            with self.at(asked):
                requests._collect_rule(rule, 6)
                requests._send_batch()
            for request in requests.search([("state", "=", "sent")]):
                if self.dice.random() < 0.5:
                    stars = self.dice.choices((5, 4, 3, 2), (8, 6, 2, 1))[0]
                    said = asked + timedelta(hours=self.dice.randrange(2, 60))
                    with self.at(said):
                        feedback = request._answer({"rating": stars, "comment": ""})
                        feedback.date = said  # the default is a clock of its own
                    if ago > ASKED[-1]:
                        with self.at(said + timedelta(hours=3)):
                            feedback._close_loop(self.get_manager())
        with self.at(self.moment(0)):
            requests._expire_batch()

    def receive(self):
        """Mails no person wrote: they are kept aside."""
        if self.env["customer.mail.left.out"].search_count([], limit=1):
            return
        channel = self.env["customer.intake.channel"].search([("kind", "=", "email")], limit=1)
        if not channel.alias_domain_id:
            domains = self.env["mail.alias.domain"]
            domain = self.company.alias_domain_id or domains.search([], limit=1)
            channel.alias_domain_id = domain or domains.create({"name": "demo.example.com"})
        for number, customer in enumerate(self.pick(self.get_customers(), 5)):
            sent = self.moment(number + 1)
            raw = AWAY.format(
                name=customer.name,
                email=customer.email,
                number=number,
                date=sent.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            )
            raw = raw.replace("office@example.com", channel.alias_id.alias_full_name)
            with self.at(sent):
                self.env["mail.thread"].message_process(None, raw.encode())

    def send_nothing(self):
        """Nobody is told of what was made up: what waits to be sent counts as sent."""
        mails = self.env["mail.mail"].search([("state", "=", "outgoing")])
        mails.write({"state": "sent"})
