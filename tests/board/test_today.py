import random
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ...models.calendar.reader_date import format_day
from .common import NOW, TODAY, YESTERDAY, TodayCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestToday(TodayCommon):
    """Each reason, the order of stakes, who sees whom, and what makes a row leave."""

    def _slip(self, name, gain, **values):
        return self._add_known(name, retention_verdict="contact", retention_gain=gain, **values)

    def _write_day(self, day):
        return format_day(self.env, day)

    def _complain(self, customer, **values):
        return self.env["customer.complaint"].create(
            {"subject": "Scratched", "partner_id": customer.id, "user_id": False, **values}
        )

    def _get_reason(self, customer, user=None):
        rows = [row for row in self._today(user)["rows"] if row["id"] == customer.id]
        return rows and rows[0]["kind"]

    # === EACH SOURCE ===

    def test_slipping(self):
        kept = self._slip("Kept", 50, last_occasion_date="2026-01-02")
        self._add_known("Gone", retention_verdict="let_go", retention_gain=0)
        self._add_known("Loyal", retention_verdict="stays", retention_gain=0)
        self._slip("Asked lately", 90, last_interaction_date="2026-05-17")
        asked = self._slip("Asked long ago", 20, last_interaction_date="2026-05-16")
        rows = self._today()["rows"]
        self.assertEqual([row["id"] for row in rows], [kept.id, asked.id])
        self.assertEqual(
            rows[0]["reason"],
            f"Last bought on {self._write_day('2026-01-02')}, is slipping away and worth keeping.",
        )
        self.assertEqual(rows[1]["last_contact"], self._write_day("2026-05-16"))

    def test_due_purchase(self):
        for day, is_due in (
            ("2026-06-07", False),
            ("2026-06-08", True),
            ("2026-06-22", True),
            ("2026-06-23", False),
        ):
            customer = self._add_known(day, predicted_profit=100, next_purchase_date=day)
            self.assertEqual(self._get_reason(customer) == "due_purchase", is_due, day)
        self._predict(customer, next_purchase_date=TODAY, last_interaction_date="2026-06-02")
        self.assertFalse(self._get_reason(customer))

    def test_contact_due(self):
        self.env["customer.contact.policy"].create({"company_id": self.company.id, "days": 30})
        late = self._add_known("Late", last_interaction_date="2026-05-16")
        self._add_known("Early", last_interaction_date="2026-05-17")
        self._add_known("Never bought")
        row = self._today()["rows"][0]
        self.assertEqual((row["id"], row["kind"]), (late.id, "contact_due"))
        self.assertEqual(row["reason"], f"Should have heard from us by {self._write_day(TODAY)}.")
        self.assertEqual(self._names(), ["Late"])

    def test_complaint(self):
        customer = self._add_known("Complains")
        complaint = self._complain(customer, open_date=YESTERDAY)
        self._set_deadline(complaint, "2026-06-15 10:00:00")
        self.assertEqual(self._get_reason(customer), "complaint")
        self._set_deadline(complaint, "2026-06-15 08:00:00")
        self.assertEqual(self._get_reason(customer), "complaint_late")
        complaint.stage_id = self.env.ref("customer_value.customer_complaint_stage_waiting")
        self.assertFalse(self._get_reason(customer), "the customer's turn")
        complaint.write(
            {
                "stage_id": self.env.ref("customer_value.customer_complaint_stage_solved").id,
                "resolution": "Sent another.",
            }
        )
        self.assertFalse(self._get_reason(customer))

    def _set_deadline(self, complaint, moment):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE customer_complaint SET deadline_date = %s WHERE id = %s",
                moment,
                complaint.id,
            )
        )
        complaint.invalidate_recordset(flush=False)

    def test_waiting_for_answer(self):
        customer = self._add_known("Waits")
        question = self._ask(customer)
        self.assertEqual(self._get_reason(customer), "waiting")
        question.action_mark_answered()
        self.assertFalse(self._get_reason(customer))

    def _ask(self, customer, **values):
        return self.env["customer.interaction"].create(
            {
                "partner_id": customer.id,
                "direction": "in",
                "needs_answer": True,
                "date": YESTERDAY,
                "user_id": False,
                **values,
            }
        )

    def test_low_feedback(self):
        customer = self._add_known("Unhappy")
        values = {"partner_id": customer.id, "kind": "rating", "rating": 1, "date": YESTERDAY}
        answer = self.env["customer.feedback"].create(values)
        self.assertTrue(answer.is_low)
        answer.sudo().responsible_id = self.own_salesperson
        self.assertEqual(self._get_reason(customer), "low_feedback")
        answer.sudo().loop_state = "closed"
        self.assertFalse(self._get_reason(customer))

    def test_late_delivery(self):
        customer = self._add_known("Waits for goods")
        order = self._order(customer, user_id=self.own_salesperson.id)
        order.picking_ids.move_ids.date_deadline = "2026-06-15 01:00:00"
        self.assertFalse(self._get_reason(customer), "promised for today")
        order.picking_ids.move_ids.date_deadline = YESTERDAY
        self.assertEqual(self._get_reason(customer), "delivery_late")
        self.company.customer_delivery_tolerance_days = 1
        self.assertFalse(self._get_reason(customer), "within the tolerance")
        self.company.customer_delivery_tolerance_days = 0
        self._deliver(order)
        self.assertFalse(self._get_reason(customer))

    def test_call_of_a_play(self):
        customer = self._add_known("Azure", predicted_profit=100)
        play = self.env["customer.play"].create(
            {
                "name": "Save them",
                "domain": str([("partner_id", "=", customer.id)]),
                "control_percent": 0,
                "step_ids": [Command.create({"name": "Ring up", "kind": "activity", "day": 0})],
            }
        )
        action = self._act(play, customer)
        row = self._today()["rows"][0]
        self.assertEqual((row["id"], row["kind"]), (customer.id, "play_step"))
        self.assertIn(self._write_day(YESTERDAY[:10]), row["reason"])
        self.assertEqual(self._today(self.salesperson)["rows"], [], "whose call it is")
        for values, is_there in (
            ({"due_date": "2026-06-16"}, False),
            ({"due_date": TODAY}, True),
            ({"state": "skipped"}, False),
            ({"state": "done", "kind": "email"}, False),
            ({"kind": "activity"}, True),
        ):
            action.write(values)
            self.assertEqual(bool(self._get_reason(customer)), is_there, values)
        self._predict(customer, last_interaction_date=TODAY)
        self.assertFalse(self._get_reason(customer), "in touch since")
        self._predict(customer, last_interaction_date="2026-06-01")
        action.member_id.state = "left"
        self.assertFalse(self._get_reason(customer), "left the play")
        action.member_id.state = "finished"
        play.state = "measuring"
        self.assertFalse(self._get_reason(customer), "the play is over")
        play.state = "running"
        self.assertTrue(self._get_reason(customer))
        action.with_user(self.own_salesperson).action_not_reached()
        self.assertFalse(self._get_reason(customer))

    def _act(self, play, customer):
        """Return the call of a play as its job plans it."""
        play.state = "running"
        values = {"play_id": play.id, "company_id": self.company.id, "partner_id": customer.id}
        member = self.env["customer.play.member"].create({**values, "group": "play"})
        return self.env["customer.play.action"].create(
            {
                **values,
                "member_id": member.id,
                "step_id": play.step_ids.id,
                "kind": "activity",
                "due_date": YESTERDAY[:10],
                "state": "done",
                "user_id": self.own_salesperson.id,
            }
        )

    # === ORDER ===

    def test_order_of_stakes(self):
        """The same order as reckoned one by one with the formulas of docs/today.md."""
        dice = random.Random(7)
        expected = {}
        for number in range(20):
            profit = dice.randrange(1000)
            gain = dice.choice([0, dice.randrange(1, 200)])
            due = dice.choice([None, TODAY])
            often = dice.choice([0.5, 4])
            customer = self._add_known(
                f"Customer {number}",
                predicted_profit=profit,
                retention_verdict="offer" if gain else "stays",
                retention_gain=gain,
                next_purchase_date=due,
                expected_purchases=often,
            )
            stakes = [gain] if gain else []
            if due:
                stakes.append(profit / max(often, 1) * 0.1)
            if dice.random() < 0.4:
                self._ask(customer)
                stakes.append(profit * 0.2)
            if dice.random() < 0.4:
                self._complain(customer)
                stakes.append(profit * 0.2)
            if stakes:
                expected[customer.id] = max(stakes)
        self.company.customer_today_limit = 100
        found = self._today(self.manager, is_team=True)["rows"]
        stakes = {row["id"]: row["stake"] for row in found}
        self.assertEqual(set(stakes), set(expected))
        for customer, stake in expected.items():
            self.assertAlmostEqual(stakes[customer], stake, delta=0.0051)
        ordered = [expected[row["id"]] for row in found]
        self.assertEqual(ordered, sorted(ordered, reverse=True))
        bands = [row["band"] for row in found]
        self.assertEqual(bands, sorted(bands, key=["high", "medium", "low"].index))

    def test_unknown_customer_is_an_ordinary_one(self):
        for name, profit in (("Small", 10), ("Middle", 100), ("Large", 1000)):
            self._ask(self._add_known(name, predicted_profit=profit))
        self._ask(self._add_known("New", predicted_profit=None))
        self._ask(self._add_known("Loss", predicted_profit=-500))
        self.assertEqual(self._names(), ["Large", "Middle", "New", "Small", "Loss"])

    def test_one_row_with_all_reasons(self):
        customer = self._slip("Many reasons", 1, predicted_profit=1000)
        self._ask(customer)
        self._complain(customer)
        (row,) = self._today()["rows"]
        self.assertEqual(row["kind"], "waiting")  # as much as the complaint, and more urgent
        self.assertEqual(row["others"], ["Open complaint", "May be leaving"])

    def test_no_more_than_fits_a_day(self):
        for number in range(5):
            self._slip(f"Customer {number}", number + 1)
        self.company.customer_today_limit = 3
        day = self._today()
        self.assertEqual([row["name"] for row in day["rows"]], [f"Customer {n}" for n in (4, 3, 2)])
        self.assertEqual((day["total"], day["limit"]), (5, 3))
        for wrong in (0, -1, 101):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.company.customer_today_limit = wrong

    # === WHAT A ROW TELLS ===

    def test_row(self):
        customer = self._slip("Azure", 10)
        people = self.env["res.partner"].create(
            [
                {"name": "Ana", "parent_id": customer.id, "phone": "+1 202-555-0171"},
                {"name": "Ben", "parent_id": customer.id, "email": "ben@azure.example"},
            ]
        )
        products = self.env["product.product"]
        for kind, rank in (("cross_sell", 1), ("reorder", 2), ("reorder", 1)):
            self.env["customer.recommendation"].sudo().create(
                {
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "kind": kind,
                    "rank": rank,
                    "product_id": products.create({"name": f"{kind} {rank}"}).id,
                    "date": TODAY,
                }
            )
        row = self._today()["rows"][0]
        self.assertEqual(row["phone"], "+1 202-555-0171")
        self.assertEqual(row["offer"], "reorder 1")
        self.assertEqual(row["mail_partner_id"], people[1].id, "who has an address")
        customer.write({"phone": "+1 202-555-0199", "email": "a@azure.example"})
        row = self._today()["rows"][0]
        self.assertEqual((row["phone"], row["mail_partner_id"]), ("+1 202-555-0199", customer.id))

    def test_row_of_nobody_with_an_address(self):
        self._slip("Azure", 10)
        row = self._today()["rows"][0]
        self.assertEqual((row["phone"], row["mail_partner_id"]), (False, False))

    def test_only_who_sees_profit_sees_the_amount(self):
        self._slip("Azure", 10)
        self.assertNotIn("stake", self._today()["rows"][0])
        self.assertEqual(self._today(self.manager, is_team=True)["rows"][0]["stake"], 10)

    # === WHO SEES WHOM ===

    def test_responsible(self):
        self._slip("Olga's", 3)
        self._slip("Sam's", 2, user=self.salesperson)
        nobody = self._slip("Nobody's", 1)
        nobody.user_id = False
        self.assertEqual(self._names(), ["Olga's", "Nobody's"])
        self.assertEqual(self._names(self.salesperson), ["Sam's", "Nobody's"])
        self.assertEqual(self._names(self.service), ["Nobody's"])
        self.assertEqual(self._names(self.manager), ["Nobody's"])
        rows = self._today(self.manager, is_team=True)["rows"]
        self.assertEqual([row["name"] for row in rows], ["Olga's", "Sam's", "Nobody's"])
        self.assertEqual(
            [row["user"] for row in rows],
            [self.own_salesperson.name, self.salesperson.name, False],
        )

    def test_task_of_another(self):
        """Who has the complaint has the row, whoever sells to the customer."""
        customer = self._add_known("Azure")
        self._complain(customer, user_id=self.service.id)
        self.assertEqual(self._names(self.service), ["Azure"])
        self.assertEqual(self._names(), [])

    def test_access(self):
        with self.assertRaises(AccessError):
            self._today(is_team=True)
        for user in (self.stock_user, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self._today(user)
        customer = self._slip("Azure", 10)
        mine = (
            self.env["customer.today"]
            .with_user(self.own_salesperson)
            .put_off(customer.id, "2026-06-16")
        )
        others = self.env["customer.today"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            others.take_back(mine)
        skips = self.env["customer.today.skip"]
        self.assertFalse(skips.with_user(self.salesperson).search([]))
        with self.assertRaises(AccessError):
            skips.with_user(self.salesperson).create(
                {
                    "partner_id": customer.id,
                    "user_id": self.own_salesperson.id,
                    "until_date": "2026-06-20",
                }
            )

    def test_companies(self):
        company = self._create_company("Second", self.env.ref("base.EUR"))
        users = self.own_salesperson | self.manager
        users.company_ids = [Command.link(company.id)]
        customer = self._slip("Here", 10)
        self._add_known("There", company=company, retention_verdict="contact", retention_gain=20)
        self.assertEqual(self._names(), ["Here"])
        self.assertEqual(self._names(company=company), ["There"])
        self.assertEqual(self._names(self.manager, True, company), ["There"])
        customer.company_id = company
        self.assertEqual(self._names(), [], "a contact of the other company only")

    # === DONE ROWS LEAVE ===

    def test_logged_call_takes_the_row_away(self):
        for outcome in ("reached", "not_reached"):
            customer = self._slip(outcome, 10)
            self.assertEqual(self._names(), [outcome])
            self._log(customer, outcome=outcome)
            self.assertEqual(self._names(), [])
        self.assertEqual(self._today()["empty"], "contacted")
        with freeze_time("2026-06-16 09:00:00"):
            # An attempt is no contact: whoever was reached is quiet once the facts are in.
            self._drain()
            for name in ("reached", "not_reached"):
                customer = self.env["res.partner"].search([("name", "=", name)])
                self._predict(customer, retention_verdict="contact", retention_gain=10)
            self.assertEqual(self._names(), ["not_reached"])

    def _log(self, customer, **values):
        return (
            self.env["customer.interaction"]
            .with_user(self.own_salesperson)
            .create({"partner_id": customer.id, "date": fields.Datetime.now(), **values})
        )

    def test_incoming_call_leaves_the_row(self):
        customer = self._slip("Azure", 10)
        self._log(customer, direction="in")
        self.assertEqual(self._names(), ["Azure"])

    def test_mail_takes_the_row_away(self):
        customer = self._slip("Azure", 10, user=self.salesperson)
        customer.email = "a@azure.example"
        record = customer.with_user(self.salesperson)
        record.message_post(body="To do", subtype_xmlid="mail.mt_note")
        self.assertEqual(self._names(self.salesperson), ["Azure"], "a note is no mail")
        record.message_post(body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.assertEqual(self._names(self.salesperson), [])

    def test_mail_on_a_document_takes_the_row_away(self):
        """Answered in the complaint, quotation sent: nobody contacts the customer once more."""
        makers = {
            "customer.complaint": self._complain,
            "customer.interaction": self._ask,
            "crm.lead": lambda customer: self.env["crm.lead"].create(
                {"name": "Desks", "partner_id": customer.id, "user_id": False}
            ),
            "sale.order": self._order,
            "account.move": lambda customer: self._create_move(customer, TODAY, 10),
        }
        for model, make in makers.items():
            customer = self._slip(model, 10)
            person = self.env["res.partner"].create(
                {"name": "Ana", "parent_id": customer.id, "email": "ana@azure.example"}
            )
            document = make(customer)
            self.assertEqual(document._name, model)
            document.message_unsubscribe(customer.ids)
            record = document.with_user(self.manager).sudo()
            written = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
            record.message_post(body="To do", subtype_xmlid="mail.mt_note")
            record.message_post(body="See this", partner_ids=self.service.partner_id.ids, **written)
            self.assertIn(model, self._names(), "among colleagues")
            record.message_post(body="Hello", partner_ids=person.ids, **written)
            self.assertNotIn(model, self._names())
            with freeze_time("2026-06-16 09:00:00"):
                self._predict(customer, retention_verdict="contact", retention_gain=10)
                self.assertIn(model, self._names(), "yesterday's")
                self._predict(customer, retention_verdict="stays", retention_gain=0)

    def test_what_the_customer_writes_leaves_the_row(self):
        customer = self._slip("Azure", 10)
        complaint = self._complain(customer)
        complaint.message_post(
            body="When?",
            author_id=customer.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        complaint.message_post(
            body="It has come in",
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=customer.ids,
        )
        self.assertEqual(self._names(), ["Azure"])

    def test_nothing_is_recorded(self):
        customer = self._slip("Azure", 10)
        page = self.env["customer.today"].with_user(self.own_salesperson)
        before = self.env["customer.interaction"].search_count([])
        page.put_off(customer.id, "2026-06-17")
        page.not_now(customer.id, "slipping", "no_need")
        self.assertEqual(self.env["customer.interaction"].search_count([]), before)
        self.assertFalse(
            customer.message_ids.filtered(
                lambda m: m.author_id.user_ids.id != 1 and m.message_type == "comment"
            )
        )

    # === LATER, NOT NOW ===

    def test_later(self):
        customer = self._slip("Azure", 10)
        customer.user_id = False
        page = self.env["customer.today"].with_user(self.own_salesperson)
        for wrong in (TODAY, "2026-06-14", "2028-01-01", False):
            with self.assertRaises(UserError):
                page.put_off(customer.id, wrong)
        skip = page.put_off(customer.id, "2026-06-17")
        self.assertEqual(self._names(), [])
        self.assertEqual(self._today()["empty"], "put_off")
        self.assertEqual(self._names(self.salesperson), ["Azure"], "put off by another")
        with freeze_time("2026-06-17 09:00:00"):
            self.assertEqual(self._names(), ["Azure"])
        page.take_back(skip)
        self.assertEqual(self._names(), ["Azure"])

    def test_not_now(self):
        """One kind of reason stays away; the customer comes back for another."""
        customer = self._slip("Azure", 100, predicted_profit=100)
        other = self._slip("Deco", 60)
        page = self.env["customer.today"].with_user(self.own_salesperson)
        page.not_now(customer.id, "slipping", "elsewhere")
        self.assertEqual(self._names(), ["Deco"])
        self._ask(customer)
        self.assertEqual(self._get_reason(customer), "waiting")
        with freeze_time("2026-06-28 09:00:00"):
            self.assertEqual(self._get_reason(customer), "waiting")
        with freeze_time("2026-06-29 09:00:00"):
            # Back after 14 days, at half the stake: below the other one now.
            self.assertEqual(self._names(), ["Deco", "Azure"])
            self.assertEqual(self._get_reason(customer), "slipping")
        with freeze_time("2026-12-13 09:00:00"):
            self.assertEqual(self._names(), ["Azure", "Deco"], "forgotten after 180 days")
        self.assertTrue(other)
        for kind, reason in (("slipping", "because"), ("nothing", "no_need")):
            with self.assertRaises(UserError):
                page.not_now(customer.id, kind, reason)

    def test_kind_somebody_is_tired_of(self):
        """Ten *not now* of a kind, whoever they are about, halve the kind for this user."""
        for number in range(10):
            customer = self._slip(f"Customer {number}", 1)
            self.env["customer.today"].with_user(self.own_salesperson).not_now(
                customer.id, "slipping", "wrong"
            )
        self._slip("Slipping", 15)
        self._ask(self._add_known("Waiting", predicted_profit=50))  # 10
        self.assertEqual(self._names(), ["Waiting", "Slipping"])

    # === EMPTY ===

    def test_empty_tells_the_truth(self):
        self.env["customer.profile"].sudo().search([]).unlink()
        self.assertEqual(self._today()["empty"], "no_profiles")
        self._add_known("Loyal")
        self.assertEqual(self._today()["empty"], "nothing")
        self._slip("Azure", 10)
        self.assertFalse(self._today()["empty"])

    # === MANY ===

    def test_queries_for_any_number(self):
        """The same number of queries for 10 and for 100 customers."""
        self.company.customer_today_limit = 100
        counts = []
        for size in (10, 90):
            for number in range(size):
                self._ask(self._slip(f"Customer {size} {number}", number + 1))
            self._today()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = self._today()["rows"]
            counts.append((len(rows), self.env.cr.sql_log_count - before))
        self.assertEqual([count for count, _queries in counts], [10, 100])
        self.assertEqual(counts[0][1], counts[1][1])
        self.assertLess(counts[0][1], 25)

    def test_another_room_adds_a_source(self):
        customer = self._add_known("Reviewed")

        def get_sources(page):
            return original(page) | {
                "review": (
                    "Review",
                    lambda scope: SQL(
                        "SELECT w.partner_id, 5.0 AS stake, %s::date AS day, NULL::int AS user_id"
                        " FROM worth w WHERE w.partner_id = %s",
                        scope.today,
                        customer.id,
                    ),
                    lambda day: f"Review on {day}.",
                )
            }

        model = type(self.env["customer.today"])
        original = model._get_today_sources
        with patch.object(model, "_get_today_sources", get_sources):
            (row,) = self._today()["rows"]
        self.assertEqual(
            (row["kind"], row["reason"]), ("review", f"Review on {self._write_day(TODAY)}.")
        )
