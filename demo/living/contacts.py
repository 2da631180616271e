"""Calls and visits, complaints, answers and opportunities."""

from datetime import datetime, time, timedelta

from .base import DAYS, Sample

KINDS = ("offices", "restaurants", "shops")
CALLS = (
    ("Asked about the delivery", "in", 6),
    ("Ordered by telephone", "in", 11),
    ("Price of the new range", "out", 9),
    ("Payment of the last invoice", "out", 7),
    ("Follow-up after the delivery", "out", 5),
    ("Visit to look at the store room", "out", 45),
)
COMPLAINTS = (
    ("Box arrived damaged", "damaged", "2"),
    ("Two cartons missing", "incomplete", "1"),
    ("Delivered four days late", "late", "1"),
    ("Wrong article", "wrong", "2"),
    ("Price differs from the offer", "invoice", "1"),
    ("Lamp stopped working after a week", "defect", "2"),
)
COMMENTS = (
    (5, "Always on time, friendly drivers."),
    (5, "Best coffee in town, and your people know what we need."),
    (4, "Good, but the invoice came twice."),
    (3, "The delivery was late again."),
    (2, "Nobody called back."),
    (1, "Third damaged box this year."),
)


class Contacts(Sample):
    """What was spoken, complained about, answered and hoped for."""

    def talk(self):
        """Two years of calls, visits and answered questions, and some that wait for an answer."""
        interactions = self.env["customer.interaction"].with_context(tracking_disable=True)
        customers = self.get_customers()
        if interactions.search_count([("partner_id", "in", customers.ids)], limit=1):
            return
        vals_list = [*self.prepare_calls(customers), *self.prepare_questions(customers)]
        teams = self.env["crm.team"].search(
            [("company_id", "in", (self.company.id, False))], limit=2
        )
        for vals in vals_list:
            vals["team_id"] = teams[(vals["user_id"] or 0) % len(teams)].id if teams else False
        vals_list.sort(key=lambda vals: vals["date"])
        self.backdate({one: one.date for one in interactions.create(vals_list)})

    def prepare_calls(self, customers):
        """Calls and visits of each customer."""
        vals_list = []
        for customer in customers:
            for _number in range(self.dice.choice((1, 2, 3, 5, 9))):
                subject, direction, minutes = self.dice.choice(CALLS)
                vals_list.append(
                    {
                        "partner_id": customer.id,
                        "kind": "visit" if minutes > 40 else "call",
                        "direction": direction,
                        "subject": subject,
                        "date": self.moment(self.dice.randrange(1, DAYS)),
                        "duration_minutes": minutes + self.dice.randrange(4),
                        "user_id": customer.user_id.id,
                        "outcome": "reached" if direction == "out" else False,
                    }
                )
        return vals_list

    def prepare_questions(self, customers):
        """Questions of some customers, answered within a day but for the last ones."""
        vals_list = []
        for number in range(66):
            customer = self.dice.choice(customers)
            ago = self.dice.randrange(5, DAYS) if number > 5 else self.dice.randrange(1, 4)
            asked = {
                "partner_id": customer.id,
                "kind": "call" if number % 3 else "email",
                "direction": "in",
                "subject": "Please call back about the next order",
                "needs_answer": True,
                "date": self.moment(ago),
                "user_id": customer.user_id.id,
                "outcome": "callback",
            }
            vals_list.append(asked)
            if number > 5:
                hours = self.dice.choice((1, 2, 4, 22))
                called = {"kind": "call", "direction": "out", "duration_minutes": 4}
                called |= {"subject": "Called back", "outcome": "reached", "needs_answer": False}
                vals_list.append(asked | called | {"date": asked["date"] + timedelta(hours=hours)})
        return vals_list

    def complain(self):
        """Complaints of two years, each answered and solved in its time; the last ones are open."""
        complaints = self.env["customer.complaint"]
        customers = self.get_customers()
        if complaints.search_count([("partner_id", "in", customers.ids)], limit=1):
            return
        agents = self.env["res.users"].search([("login", "in", ("service", "sales"))])
        told = {}
        ages = sorted((self.dice.randrange(20, DAYS - 30) for _number in range(30)), reverse=True)
        for ago, customer in zip((*ages, 8, 6, 4, 2, 1), self.pick(customers, 35), strict=True):
            subject, category, severity = self.dice.choice(COMPLAINTS)
            received = self.moment(ago)
            with self.at(received):
                complaint = complaints.create(
                    {
                        "subject": subject,
                        "partner_id": customer.id,
                        "category_id": self.env.ref(
                            f"customer_value.customer_complaint_category_{category}"
                        ).id,
                        "severity": severity,
                        "user_id": self.dice.choice(agents).id,
                        "open_date": received,
                    }
                )
            self.serve(complaint, received, is_over=ago > 8)
            told[complaint] = received
        self.backdate(told)

    def serve(self, complaint, received, is_over):
        """Answer a complaint and, if it is one of the past, solve it."""
        if not is_over and self.dice.random() < 0.4:
            return
        hours = self.dice.choice((1, 2, 3, 20))
        with self.at(received + timedelta(hours=hours)):
            complaint.action_mark_answered()
            stage = "progress" if not is_over else "solved"
            stage = self.env.ref(f"customer_value.customer_complaint_stage_{stage}")
        if not is_over:
            complaint.stage_id = stage
            return
        with self.at(received + timedelta(hours=hours + self.dice.choice((3, 20, 50, 120)))):
            complaint.write(
                {
                    "stage_id": stage.id,
                    "resolution": "Replaced at once, with apologies.",
                    "hours": self.dice.choice((0.5, 1, 2)),
                }
            )

    def answer(self):
        """Stars, recommendations and gaps of two years; more of them good than bad."""
        feedbacks = self.env["customer.feedback"]
        customers = self.get_customers()
        if feedbacks.search_count([("partner_id", "in", customers.ids)], limit=1):
            return
        factors = self.env["customer.feedback.factor"]._get_factors(self.company)
        told = {}
        ages = [2, 1, *(self.dice.randrange(5, DAYS - 20) for _number in range(250))]
        ages.sort(reverse=True)
        for ago in ages:
            customer = self.dice.choice(customers)
            mood, comment = self.dice.choices(COMMENTS, (25, 20, 25, 14, 10, 6))[0]
            if ago in ages[-2:]:  # somebody is to be called back
                mood, comment = COMMENTS[-1]
            kind = self.dice.choices(("rating", "nps", "gap"), (25, 55, 20))[0]
            values = {
                "rating": mood,
                "nps": min(10, mood * 2 + self.dice.randrange(2)),
                "levels": {
                    factor.id: (4, max(1, min(5, mood + self.dice.randint(-1, 1))))
                    for factor in factors
                },
                "comment": comment if self.dice.random() < 0.5 else "",
            }
            given = self.moment(ago)
            with self.at(given):
                feedback = feedbacks._register_answer(
                    self.company, customer, kind, values, source="agent", date=given
                )
            if feedback.loop_state == "open" and ago > 4:
                with self.at(given + timedelta(hours=self.dice.choice((2, 5, 26, 60)))):
                    feedback._close_loop(customer.user_id)
            told[feedback] = given
        self.backdate(told)

    def find_leads(self):
        """Opportunities of two years from a few sources: won by a first purchase, lost, open."""
        leads = self.env["crm.lead"]
        if leads.search_count([("name", "=like", "Supply of %")], limit=1):
            return
        customers = self.get_customers()
        begun = self.win_leads(customers)
        for number in range(50):
            ago = self.dice.randrange(1, 420 if number > 23 else 60)
            known = self.dice.choice(customers) if number % 3 == 0 else customers.browse()
            lead = leads.create(
                self.prepare_lead(self.dice.choice(customers))
                | {
                    "partner_id": known.id,
                    "partner_name": False if known else f"Prospect {number + 1} Ltd",
                    "email_from": f"prospect{number + 1}@example.com",
                }
            )
            begun[lead] = self.moment(ago)
            if number > 23:
                end = begun[lead] + timedelta(days=self.dice.randrange(1, ago + 1) // 2)
                with self.at(end):
                    won = self.dice.random() < 0.35
                    lead.action_set_won() if won else lead.action_set_lost()
        self.backdate(begun)

    def prepare_lead(self, like):
        """Return the values of an opportunity of somebody like a customer."""
        sources = self.env["utm.source"].search([], limit=4)
        return {
            "name": f"Supply of {self.dice.choice(KINDS)}",
            "type": "opportunity",
            "expected_revenue": self.dice.randrange(5, 60) * 100,
            "source_id": self.dice.choice(sources).id if sources else False,
            "user_id": like.user_id.id,
            "customer_industry_id": like.industry_id.id,
            "country_id": like.country_id.id,
        }

    def win_leads(self, customers):
        """Half of the customers began as an opportunity, won with their first invoice.

        :return: lead -> when it was written down
        """
        first = self.env["account.move"]._read_group(
            [("partner_id", "in", customers.ids), ("state", "=", "posted")],
            ["partner_id"],
            ["invoice_date:min"],
        )
        begun = {}
        for customer, day in first:
            if self.dice.random() < 0.5:
                continue
            lead = self.env["crm.lead"].create(
                self.prepare_lead(customer)
                | {"partner_id": customer.id, "partner_name": customer.name}
            )
            won = datetime.combine(day, time(9, 30))
            begun[lead] = won - timedelta(days=self.dice.randrange(6, 40))
            with self.at(won):
                lead.action_set_won()
        return begun
