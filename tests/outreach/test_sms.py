import json
import re
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..play.common import START
from .common import SECRET, OutreachCommon


@freeze_time(START)
@tagged("post_install", "-at_install")
class TestSms(OutreachCommon):
    """From the step of a play to a real gateway, and every way in which that can go wrong."""

    # === FROM THE PLAY TO THE GATEWAY ===

    def test_everybody_gets_one(self):
        customers = self._add_mobiles(4)
        play = self._start(self._make_sms_play(customers, control_percent=25))
        self.assertFalse(self.server.calls)
        self.assertEqual({*play.action_ids.mapped("is_reached")}, {False})
        self._send()
        self._send()
        treated = self._get_group(play, "play").partner_id
        self.assertEqual(len(self.server.calls), 3)
        sent = {body["to"]: body for body in self.server.bodies}
        self.assertEqual({*sent}, {re.sub(r"[ -]", "", one.phone) for one in treated})
        self.assertEqual({body["key"] for body in sent.values()}, {SECRET})
        self.assertEqual(len({body["id"] for body in sent.values()}), 3)
        self.assertEqual({*play.action_ids.message_id.mapped("state")}, {"sent"})
        self.assertEqual({*play.action_ids.mapped("is_reached")}, {True})
        self.assertEqual(play.step_ids.done_count, 3)

    def test_each_tells_how_to_opt_out(self):
        customer = self._add_mobiles(1)
        play = self._start(self._make_sms_play(customer))
        self._send()
        action = play.action_ids
        link = action._get_short_optout_link()
        self.assertEqual(self._texts(), [f"Hello Buyer 0, we miss you.\nNo more SMS: {link}"])
        key = link.rpartition("/")[2]
        self.assertEqual(self.actions._find_by_optout_key(key), action)
        self.assertFalse(self.actions._find_by_optout_key(key[:-1]))
        self.assertFalse(
            self.actions._find_by_optout_key(f"{action.id + 1}{key[len(str(action.id)) :]}")
        )
        self.assertEqual(action.message_id.parts, 1)

    def test_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        customer = self._add_mobiles(1, lang="fa_IR")
        play = self._make_sms_play(customer)
        text = '{name} عزیز، "دلتنگ" شما هستیم.'
        play.step_ids.sudo().with_context(lang="fa_IR").text = text
        self._start(play)
        self._send()
        self.assertIn('Buyer 0 عزیز، "دلتنگ" شما هستیم.', self._texts()[0])
        self.assertEqual(play.action_ids.message_id.parts, 2)

    def test_a_number_of_a_contact_and_none(self):
        """A customer without a number that takes SMS: a contact's, else nothing is sent."""
        with_contact, without = self._add_customers(2, phone=False)
        contact = self.env["res.partner"].create(
            {"name": "Sara", "parent_id": with_contact.id, "phone": "(201) 555-0199"}
        )
        play = self._start(self._make_play(
            with_contact | without, ("sms", 0, {"text": "Hi"}), ("opportunity", 0),
            control_percent=0))  # fmt: skip
        self._send()
        self.assertEqual([body["to"] for body in self.server.bodies], ["+12015550199"])
        texts = {a.partner_id: a for a in play.action_ids if a.kind == "sms"}
        self.assertEqual(texts[with_contact].contact_id, contact)
        self.assertEqual(texts[without].skip_reason, "no_address")

    def test_who_cannot_be_reached_takes_no_part(self):
        customers = self._add_customers(2, phone=False)
        customers[0].phone = "+1 201 555 0101"
        play = self._start(self._make_sms_play(customers))
        self.assertEqual(play.member_ids.partner_id, customers[0])

    def test_iranian_numbers_as_people_write_them(self):
        self.company.country_id = self.env.ref("base.ir")
        self.gateway.sudo().body = '{"to": "{national}", "text": "{text}"}'
        written = ("0912 123 4567", "۰۹۱۲۱۲۳۴۵۶۸", "+98 (912) 1234569", "00989121234560",
                   "021-88776655 / 0935 111 2233")  # fmt: skip
        country = self.env.ref("base.ir").id
        customers = self._add_customers(len(written), phone=False, country_id=country)
        for customer, number in zip(customers, written, strict=True):
            customer.phone = number
        self._start(self._make_sms_play(customers))
        self._send()
        self.assertEqual(
            sorted(body["to"] for body in self.server.bodies),
            ["09121234560", "09121234567", "09121234568", "09121234569", "09351112233"],
        )

    def test_two_customers_with_one_number_get_one(self):
        customers = self._add_customers(2, phone="+1 201 555 0101")
        play = self._start(self._make_sms_play(customers))
        self._send()
        self.assertEqual(len(self.server.calls), 1)
        self.assertEqual(play.action_ids.mapped("skip_reason"), [False, "quiet"])

    # === REFUSED BY THE CUSTOMER, AT THE MOMENT OF SENDING ===

    def test_opted_out_while_it_waits(self):
        customers = self._add_mobiles(3)
        play = self._start(self._make_sms_play(customers))
        optouts = self.env["customer.play.optout"]
        play.action_ids[0]._opt_out()
        optouts._note(customers[1], "email")
        self._send()
        self.assertEqual(len(self.server.calls), 2)
        first = play.action_ids[0]
        self.assertEqual((first.state, first.skip_reason, first.cost), ("skipped", "opted_out", 0))
        self.assertEqual(first.message_id.state, "cancelled")
        row = optouts.search([("channel", "=", "sms")])
        self.assertEqual((row.customer_id, row.address), (customers[0], "+12015550100"))

    def test_a_number_that_opted_out_is_told_by_nobody_else(self):
        one, other = self._add_customers(2, phone="+1 201 555 0101")
        self.env["customer.play.optout"]._note(one, "sms")
        play = self._make_sms_play(other)
        profiles = play._get_candidates()
        self.assertEqual(play._get_left_out(profiles), {profiles: "opted_out"})
        # Who takes the number on after the groups were drawn gets no SMS, either.
        other.phone = "+1 201 555 0102"
        play.with_user(self.manager).action_start()
        self.plays._enroll_batch()
        other.phone = "+1 201 555 0101"
        self._work()
        self.assertEqual(play.action_ids.skip_reason, "opted_out")

    def test_blacklist_archive_and_leaving_while_it_waits(self):
        customers = self._add_mobiles(4)
        play = self._start(self._make_sms_play(customers))
        self.env["phone.blacklist"].create({"number": "+12015550100"})
        customers[1].active = False
        play.member_ids[2]._leave("bought")
        self._send()
        self.assertEqual(len(self.server.calls), 1)
        reasons = play.action_ids.message_id.mapped("cancel_reason")
        self.assertEqual(reasons, ["blacklisted", "archived", "left", False])

    def test_a_play_that_is_stopped_sends_nothing_more(self):
        play = self._start(self._make_sms_play(self._add_mobiles(2)))
        play.with_user(self.manager).action_stop()
        self._send()
        self.assertFalse(self.server.calls)

    def test_not_at_night_and_not_days_later(self):
        self.company.write({"customer_sms_from_hour": 8, "customer_sms_to_hour": 20})
        self.company.partner_id.tz = "UTC"
        play = self._start(self._make_sms_play(self._add_mobiles(2)))
        with freeze_time("2026-06-01 21:00:00"):
            self._send()
            self.assertFalse(self.server.calls)
        first = play.action_ids[0].message_id
        self.env.cr.execute(
            "UPDATE customer_outreach_message SET create_date = '2026-05-20' WHERE id = %s",
            [first.id],
        )
        self.env.invalidate_all()
        with freeze_time("2026-06-02 09:00:00"):
            self._send()
        self.assertEqual(len(self.server.calls), 1)
        self.assertEqual((first.state, first.cancel_reason), ("cancelled", "late"))

    # === REFUSED BY THE GATEWAY ===

    def _send_one(self, *answers):
        self.server.answers[:] = answers
        play = self._start(self._make_sms_play(self._add_mobiles(1), budget=100))
        self._send()
        return play.action_ids

    def test_refusals_are_not_tried_again(self):
        for status in (400, 401, 403, 404, 302):
            with self.subTest(status=status):
                action = self._send_one((status, "no"))
                self.assertEqual(action.message_id.state, "failed")
                self.assertEqual((action.state, action.is_reached), ("failed", False))
                self.assertIn("refused", action.error)
                calls = len(self.server.calls)
                with self._later(hours=30):
                    self._send()
                self.assertEqual(len(self.server.calls), calls)
                action.play_id.with_user(self.manager).action_stop()
                action.sudo().done_on = False
                self.env.flush_all()

    def test_a_manager_tries_what_was_refused_again(self):
        action = self._send_one((403, "no credit"), (200, "{}"))
        action.with_user(self.manager).action_retry()
        self._send()
        self.assertEqual((action.state, action.is_reached), ("done", True))
        ids = [body["id"] for body in self.server.bodies]
        self.assertEqual(len(ids), 2)
        self.assertEqual(len({*ids}), 1)

    def test_a_busy_gateway_gets_it_later(self):
        action = self._send_one((503, ""), (429, ""), (200, "{}"))
        self.assertEqual(len(self.server.calls), 1)
        self._send()
        self.assertEqual(len(self.server.calls), 1)
        for minutes, calls in ((3, 2), (8, 3), (60, 3)):
            with self._later(minutes=minutes):
                self._send()
            self.assertEqual(len(self.server.calls), calls)
        self.assertEqual(action.message_id.state, "sent")
        self.assertEqual(len({body["id"] for body in self.server.bodies}), 1)

    def test_a_gateway_that_stays_busy(self):
        action = self._send_one((503, ""))
        for hours in range(1, 12):
            with self._later(hours=hours):
                self._send()
        self.assertEqual(len(self.server.calls), 6)
        self.assertEqual(action.message_id.state, "failed")

    def test_nobody_listens(self):
        self.gateway.sudo().url = "http://127.0.0.1:9/send"
        action = self._send_one((200, ""))
        self.assertEqual(action.message_id.state, "waiting")
        self.assertIn("could not be reached", action.message_id.error)

    def test_success_is_read_in_the_answer(self):
        self.gateway.sudo().write(
            {"success_kind": "json", "success_path": "return.status", "success_value": "200",
             "ref_path": "entries.0.messageid"}
        )  # fmt: skip
        good = json.dumps({"return": {"status": 200}, "entries": [{"messageid": 8792343}]})
        action = self._send_one((200, good))
        message = action.message_id
        self.assertEqual((message.state, message.gateway_ref), ("sent", "8792343"))
        action.play_id.with_user(self.manager).action_stop()
        other = self._add_customers(1, phone="+1 201 555 0177")
        self.server.answers[:] = [(200, '{"return": {"status": 418, "message": "no credit"}}')]
        play = self._start(self._make_sms_play(other))
        self._send()
        self.assertEqual(play.action_ids.message_id.state, "failed")

    # === NOBODY KNOWS ===

    def test_what_nobody_knows_is_never_sent_twice_by_itself(self):
        for answer in ("hang", "drop", "drip", (500, "?"), (504, "")):
            with self.subTest(answer=answer):
                self.server.calls.clear()
                action = self._send_one(answer)
                self.assertEqual(action.message_id.state, "unknown")
                self.assertEqual((action.state, action.is_reached), ("done", False))
                for days in (1, 2, 20):
                    with self._later(days=days):
                        self._send()
                self.assertEqual(len(self.server.calls), 1)
                action.play_id.with_user(self.manager).action_stop()
                action.sudo().done_on = False
                self.env.flush_all()

    def test_managers_decide_what_nobody_knows(self):
        self.server.answers[:] = ["drop", "drop", (200, "{}")]
        play = self._start(self._make_sms_play(self._add_mobiles(2)))
        self._send()
        first, second = play.action_ids.message_id.with_user(self.manager)
        first.action_note_sent()
        second.action_send_again()
        self._send()
        self.assertEqual([first.state, second.state], ["sent", "sent"])
        ids = [body["id"] for body in self.server.bodies]
        self.assertEqual(ids, [first.request_id, second.request_id, second.request_id])
        with self.assertRaises(UserError):
            first.action_send_again()
        with self.assertRaises(AccessError):
            second.with_user(self.own_salesperson).action_note_sent()

    def test_a_gateway_that_knows_its_ids_gets_it_again(self):
        self.gateway.sudo().is_idempotent = True
        action = self._send_one("drop", (200, "{}"))
        with self._later(minutes=5):
            self._send()
        self.assertEqual(action.message_id.state, "sent")
        self.assertEqual(len({body["id"] for body in self.server.bodies}), 1)

    def test_a_worker_that_died(self):
        play = self._start(self._make_sms_play(self._add_mobiles(1)))
        message, _count = self.messages._claim()
        self._send()
        self.assertEqual(message.state, "sending")
        with self._later(minutes=11):
            self._send()
        self.assertEqual(message.state, "unknown")
        self.assertFalse(self.server.calls)
        self.assertFalse(play.action_ids.is_reached)

    def test_one_that_fails_stops_nobody(self):
        play = self._start(self._make_sms_play(self._add_mobiles(3)))
        hand_over = type(self.gateway)._hand_over

        def fail(gateway, number, *args):  # fmt: skip
            if number.endswith("0100"):
                raise ValueError("boom")
            return hand_over(gateway, number, *args)

        with (
            patch.object(type(self.gateway), "_hand_over", fail),
            self.assertLogs("odoo.addons.customer_value", "ERROR"),
        ):  # fmt: skip
            self._send()
        self.assertEqual(play.action_ids.message_id.mapped("state"), ["unknown", "sent", "sent"])

    # === DID IT ARRIVE ===

    def test_delivery_is_asked_for_until_it_is_known(self):
        self.gateway.sudo().write(
            {"ref_path": "id", "status_url": f"{self.server.url}/state?ref={{ref}}",
             "status_path": "s", "delivered_value": "10", "undelivered_value": "11,14"}
        )  # fmt: skip
        self.server.answers[:] = [(200, '{"id": "a/b"}')]
        play = self._start(self._make_sms_play(self._add_mobiles(1)))
        self._send()
        message = play.action_ids.message_id
        self.server.answers[:] = [(200, '{"s": 1}'), (500, ""), (200, '{"s": 10}')]
        self._send()
        self.assertEqual(len(self.server.calls), 1)
        for minutes in (3, 15, 90, 500):
            with self._later(minutes=minutes):
                self._send()
        asked = [call["path"] for call in self.server.calls if call["method"] == "GET"]
        self.assertEqual(asked, ["/state?ref=a%2Fb"] * 3)
        self.assertEqual(message.state, "delivered")
        self.assertTrue(play.action_ids.is_reached)

    def test_what_did_not_arrive_reached_nobody(self):
        self.gateway.sudo().write(
            {"status_url": f"{self.server.url}/state/{{id}}", "status_kind": "text",
             "delivered_value": "DELIVRD", "undelivered_value": "UNDELIV"}
        )  # fmt: skip
        play = self._start(self._make_sms_play(self._add_mobiles(1)))
        self._send()
        self.server.answers[:] = [(200, "stat:UNDELIV")]
        with self._later(minutes=3):
            self._send()
        self.assertEqual(play.action_ids.message_id.state, "undelivered")
        self.assertFalse(play.action_ids.is_reached)

    def test_questions_end(self):
        self.gateway.sudo().write(
            {"status_url": f"{self.server.url}/{{id}}", "status_kind": "text",
             "delivered_value": "yes"}
        )  # fmt: skip
        self._start(self._make_sms_play(self._add_mobiles(1)))
        self._send()
        for days in range(1, 15):
            with self._later(days=days):
                self._send()
        self.assertEqual(len(self.server.calls), 1 + 7)

    # === ODOO'S OWN SERVICE ===

    def _send_by_odoo(self, *states):
        if "sms.sms" not in self.env:
            self.skipTest("Odoo's SMS service is not installed")
        from odoo.addons.sms.tools.sms_api import SmsApi

        self.company.customer_sms_provider = "odoo"
        play = self._start(self._make_sms_play(self._add_mobiles(len(states))))
        left, asked = list(states), []

        def send(_api, messages, delivery_reports_url=False):
            asked.extend(messages)
            state = left.pop(0)
            if state is None:
                raise ConnectionError("no answer")
            numbers = [n for m in messages for n in m["numbers"]]
            return [{"uuid": n["uuid"], "state": state, "credit": 1} for n in numbers]

        with patch.object(SmsApi, "_send_sms_batch", send):
            self._send()
        self.assertFalse(self.server.calls)
        return play, asked

    def test_by_odoo(self):
        play, asked = self._send_by_odoo("success", "insufficient_credit", None)
        states = play.action_ids.message_id.mapped("state")
        self.assertEqual(states, ["sent", "failed", "unknown"])
        self.assertIn("we miss you", asked[0]["content"])
        first = play.action_ids[0].message_id
        sms = self.env["sms.sms"].search([("uuid", "=", first.request_id)])
        sms.state = "sent"
        with self._later(minutes=3):
            self._send()
        self.assertEqual(first.state, "delivered")

    def test_odoo_only_where_it_is_installed(self):
        if "sms.sms" in self.env:
            self.skipTest("Odoo's SMS service is installed")
        with self.assertRaises(UserError):
            self.company.customer_sms_provider = "odoo"

    # === WHO MAY WHAT, AND TWO COMPANIES ===

    def test_without_a_way_no_play_with_sms_starts(self):
        self.gateway.sudo().active = False
        play = self._make_sms_play(self._add_mobiles(1))
        with self.assertRaisesRegex(UserError, "SMS gateway"):
            play.with_user(self.manager).action_start()
        self.gateway.sudo().active = True
        play.step_ids.text = False
        with self.assertRaisesRegex(UserError, "Write the text"):
            play.with_user(self.manager).action_start()

    def test_each_company_sends_by_its_own_gateway(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self.admin.company_ids |= other
        other.write({"customer_sms_provider": "gateway", "customer_sms_from_hour": 0,
                     "customer_sms_to_hour": 24})  # fmt: skip
        gateways = self.env["customer.sms.gateway"].with_user(self.admin)
        gateways = gateways.with_context(allowed_company_ids=[self.company.id, other.id])
        gateways.create(
            {"name": "Theirs", "company_id": other.id, "url": f"{self.server.url}/theirs",
             "is_plain_allowed": True, "is_internal": True}
        )  # fmt: skip
        customer = self._add_mobiles(1)
        for company in (self.company, other):
            self.messages.create(
                {"channel": "sms", "company_id": company.id, "partner_id": customer.id,
                 "address": "+12015550100", "text": company.name}
            )  # fmt: skip
        self._send()
        paths = {json.loads(c["body"])["text"]: c["path"] for c in self.server.calls}
        self.assertEqual(paths, {self.company.name: "/send", "Elsewhere": "/theirs"})
        boss = self._create_user("boss", "customer_value.customer_value_group_manager")
        boss.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertEqual(self.messages.with_user(boss).search([]).company_id, other)

    def test_salespeople_see_their_own(self):
        customers = self._add_mobiles(2)
        customers[0].user_id = self.salesperson
        self._start(self._make_sms_play(customers))
        seen = self.messages.with_user(self.own_salesperson).search([])
        self.assertEqual(seen.partner_id, customers[1])
        with self.assertRaises(AccessError):
            seen.write({"text": "x"})
        with self.assertRaises(AccessError):
            self.messages.with_user(self.manager).create(
                {"channel": "sms", "company_id": self.company.id, "partner_id": customers[0].id}
            )

    def test_what_was_sent_stands_in_the_history(self):
        customer = self._add_mobiles(1)
        self._start(self._make_sms_play(customer))
        self._send()
        note = customer.message_ids.filtered(lambda one: "we miss you" in one.body)
        self.assertEqual(note.author_id, self.own_salesperson.partner_id)

    def test_length_is_told_while_writing(self):
        play = self._make_sms_play(self._add_mobiles(1), text="سلام " * 30)
        self.assertIn("4 SMS", play.step_ids.text_length)
        self.assertTrue(fields.Datetime.now())

    def test_merging_customers_keeps_messages(self):
        customers = self._add_mobiles(2)
        self._start(self._make_sms_play(customers[0]))
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge(customers.ids, customers[1])
        self.env.invalidate_all()
        message = self.messages.search([])
        self.assertEqual((message.partner_id, message.customer_id), (customers[1], customers[1]))
        self._send()
        self.assertEqual(len(self.server.calls), 1)
