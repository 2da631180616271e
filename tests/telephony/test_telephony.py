import json
import runpy
from itertools import permutations
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, Form, tagged

from ...engine import service
from .common import INCOMING, NUMBER, TelephonyCommon

COMPARED = (
    "state",
    "direction",
    "from_number",
    "to_number",
    "number",
    "start_date",
    "answered_date",
    "end_date",
    "duration_minutes",
    "voicemail_url",
    "agent",
    "user_id",
    "partner_id",
    "candidate_ids",
)
LOGGED = (
    "kind",
    "direction",
    "date",
    "duration_minutes",
    "outcome",
    "needs_answer",
    "subject",
    "address",
    "partner_id",
    "user_id",
    "request_key",
)


@tagged("post_install", "-at_install")
class TestTelephony(TelephonyCommon):
    """Events become calls, calls become interactions."""

    EVENTS = (
        ("ringing", 0, {**INCOMING, "agent": "101"}),
        ("ringing", 1, {**INCOMING, "agent": "mina"}),
        ("answered", 6, {"agent": "mina"}),
        ("hangup", 36, {}),
    )

    def test_answered_call(self):
        for kind, second, values in self.EVENTS:
            call = self._tell(kind, second, **values)
        self.assertEqual(call.state, "done")
        self.assertEqual(call.user_id, self.manager)
        self.assertEqual(call.duration_minutes, 0.5)
        interaction = call.interaction_id
        self.assertEqual(interaction.kind, "call")
        self.assertEqual(interaction.direction, "in")
        self.assertEqual(interaction.partner_id, self.contact)
        self.assertEqual(interaction.customer_id, self.customer)
        self.assertEqual(interaction.outcome, "reached")
        self.assertEqual(interaction.user_id, self.manager)
        self.assertEqual(interaction.request_key, "call:c1")
        self.assertFalse(interaction.needs_answer)

    def test_any_order_gives_the_same(self):
        rows = set()
        for number, order in enumerate(permutations(self.EVENTS)):
            call_id = f"p{number}"
            for kind, second, values in (*order, order[0], order[-1]):
                call = self._tell(kind, second, call_id=call_id, **values)
            interaction = call.interaction_id
            self.assertEqual(len(interaction), 1)
            rows.add(
                str([call[name] for name in COMPARED])
                + str([interaction[n] for n in LOGGED]).replace(call_id, "")
            )
        self.assertEqual(number, 23)
        self.assertEqual(len(rows), 1, "\n".join(sorted(rows)))
        self.assertEqual(
            self.env["customer.interaction"].search_count([("request_key", "=like", "call:p%")]),
            24,
        )

    def test_late_ringing_does_not_reopen(self):
        call = self._tell("hangup", 36, **INCOMING)
        self._tell("ringing", 0, **INCOMING)
        self.assertEqual(call.state, "missed")
        self.assertEqual(call.interaction_id.date, call.start_date)

    def test_missed_call_waits_for_an_answer(self):
        self._tell("ringing", **INCOMING)
        call = self._tell("missed", 20)
        self.assertTrue(call.interaction_id.needs_answer)
        self.assertEqual(call.interaction_id.outcome, "not_reached")

    def test_voicemail(self):
        self._tell("ringing", **INCOMING)
        self._tell("hangup", 20)
        call = self._tell("voicemail", 30, voicemail_url="https://pbx.example.com/1.wav")
        self.assertEqual(call.state, "voicemail")
        self.assertEqual(call.interaction_id.outcome, "message_left")
        self.assertTrue(call.interaction_id.needs_answer)

    def test_outgoing_call_nobody_answered(self):
        call = self._tell("ringing", direction="out", to=NUMBER, agent="101", **{"from": "101"})
        self.assertEqual(call.number, NUMBER)
        self._tell("hangup", 20)
        self.assertEqual(call.interaction_id.direction, "out")
        self.assertEqual(call.interaction_id.outcome, "not_reached")
        self.assertFalse(call.interaction_id.needs_answer)
        self.assertEqual(call.interaction_id.partner_id, self.contact)

    def test_what_a_person_wrote_stays(self):
        self._tell("ringing", **INCOMING)
        call = self._tell("missed", 20)
        call.interaction_id.write({"subject": "Wants a discount", "partner_id": self.customer.id})
        self._tell("answered", 5, agent="101")
        self._tell("hangup", 65)
        self.assertEqual(call.interaction_id.subject, "Wants a discount")
        self.assertEqual(call.interaction_id.partner_id, self.customer)
        self.assertEqual(call.interaction_id.outcome, "reached")
        self.assertEqual(call.interaction_id.duration_minutes, 1)
        self.assertEqual(call.interaction_id.user_id, self.salesperson)

    def test_a_deleted_interaction_stays_deleted(self):
        self._tell("ringing", **INCOMING)
        call = self._tell("missed", 20)
        call.interaction_id.unlink()
        self._tell("hangup", 21)
        self.assertFalse(call.interaction_id)

    def test_events_use_up_no_numbers(self):
        """Only new calls take a number of the table: there are two billion of them."""
        self._tell("ringing", **INCOMING)
        for second in range(1, 9):
            self._tell("ringing", second, **INCOMING)
        call = self._tell("ringing", call_id="next", **INCOMING)
        self.assertEqual(call.id, self._tell("hangup", 9).id + 1)

    # === WHO CALLS ===

    def test_numbers_are_normalised(self):
        for text in (
            "202-555-0171",
            "0012025550171",
            "sip:+12025550171@pbx.example.com;user=phone",
            '"Brandon" <2025550171>',
            "۲۰۲۵۵۵۰۱۷۱",
            "\u202a+1 202 555 0171\u202c",
        ):
            with self.subTest(text):
                call = self._tell("ringing", call_id=text, **{**INCOMING, "from": text})
                self.assertEqual(call.partner_id, self.contact)

    def test_several_contacts_of_one_number(self):
        self.customer.customer_rank = 1
        stranger = self.env["res.partner"].create({"name": "Stranger", "phone": NUMBER})
        archived = stranger.copy({"active": False, "phone": NUMBER})
        newer = self.env["res.partner"].create(
            {"name": "Newer", "parent_id": self.customer.id, "phone": NUMBER}
        )
        call = self._tell("ringing", **INCOMING)
        self.assertEqual(call.partner_id, newer)
        self.assertEqual(call.candidate_ids, self.contact | stranger)
        self.assertNotIn(archived, call.candidate_ids)
        self._tell("hangup", 9)
        bodies = call.interaction_id.message_ids.mapped("body")
        self.assertTrue(any("Stranger" in body for body in bodies), bodies)

    def test_contacts_of_other_companies_are_not_found(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        self.contact.company_id = self.customer.company_id = other
        self.assertFalse(self._tell("ringing", **INCOMING).partner_id)

    def test_matching_costs_the_same_with_many_contacts(self):
        self._tell("ringing", call_id="warm", **INCOMING)
        with self.assertQueryCount(40):
            first = self._count_queries("q1")
        self.env["res.partner"].create([{"name": f"Twin {i}", "phone": NUMBER} for i in range(15)])
        self.env.flush_all()
        self.assertLessEqual(self._count_queries("q2"), first + 2)

    def _count_queries(self, call_id):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._tell("ringing", call_id=call_id, **INCOMING)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_unknown_and_withheld_numbers(self):
        call = self._tell("missed", **{**INCOMING, "from": "+12025550199"})
        self.assertFalse(call.interaction_id.partner_id)
        self.assertEqual(call.interaction_id.address, "+12025550199")
        withheld = self._tell("missed", call_id="w", **{**INCOMING, "from": "anonymous"})
        self.assertFalse(withheld.partner_id)

    # === LEADS ===

    def test_unknown_caller_becomes_a_lead_once(self):
        call = self._tell("ringing", **{**INCOMING, "from": "+12025550199"})
        seen = call.with_user(self.salesperson)
        lead = self.env["crm.lead"].browse(seen.action_create_lead()["res_id"])
        self.assertEqual(lead.phone, "+12025550199")
        self.assertEqual(lead.user_id, self.salesperson)
        self._tell("hangup", 9)
        self.assertEqual(call.interaction_id.lead_id, lead)
        self.assertEqual(seen.action_create_lead()["res_id"], lead.id)
        again = call.interaction_id.with_user(self.salesperson).action_create_lead()
        self.assertEqual(again["res_id"], lead.id)

    def test_lead_from_the_interaction(self):
        call = self._tell("missed", **{**INCOMING, "from": "+12025550199"})
        action = call.interaction_id.with_user(self.salesperson).action_create_lead()
        self.assertEqual(call.lead_id.id, action["res_id"])
        self.assertEqual(call.interaction_id.res_model, "crm.lead")

    def test_known_caller_is_no_lead(self):
        call = self._tell("missed", **INCOMING)
        with self.assertRaisesRegex(UserError, "create the opportunity from the contact"):
            call.with_user(self.salesperson).action_create_lead()
        with self.assertRaisesRegex(UserError, "create the opportunity from the contact"):
            call.interaction_id.with_user(self.salesperson).action_create_lead()
        with self.assertRaises(AccessError):
            call.with_user(self.stock_user).action_create_lead()

    # === LOGGING DURING THE CALL ===

    def _open_log(self, call, user=None):
        action = call.with_user(user or self.salesperson).action_log()
        self.assertEqual(action["res_model"], "customer.interaction.log")
        return Form(
            self.env[action["res_model"]]
            .with_user(user or self.salesperson)
            .with_context(**action["context"])
        )

    def test_logging_makes_the_one_interaction(self):
        call = self._tell("ringing", agent="101", **INCOMING)
        form = self._open_log(call)
        self.assertEqual(form.kind, "call")
        self.assertEqual(form.direction, "in")
        self.assertEqual(form.date, call.start_date)
        self.assertEqual(form.partner_ids[:], call.partner_id)
        self.assertEqual(form.user_id, self.salesperson)
        self.assertFalse(form.subject, "nothing stands where one begins to write")
        self.assertIn(call.number, form.subject_hint)
        self._tell("answered", 5, agent="101")
        form.note = "Asks for delivery"
        form.outcome = "callback"
        action = form.save().action_save()
        self.assertEqual(action["tag"], "customer_value_logged")
        interaction = call.interaction_id
        self.assertEqual(action["params"]["interaction_ids"], interaction.ids)
        self._tell("hangup", 65)
        self.assertEqual(call.interaction_id, interaction)
        self.assertEqual(interaction.duration_minutes, 1)
        self.assertIn(call.number, interaction.subject)
        self.assertEqual(interaction.note, "Asks for delivery")
        self.assertEqual(interaction.outcome, "callback")
        self.assertEqual(interaction.partner_id, call.partner_id)
        self.assertEqual(self.env["customer.interaction"].search_count([]), 1)
        with self.assertRaises(AccessError):
            call.with_user(self.stock_user).action_log()
        with self.assertRaises(AccessError):
            call.with_user(self.accountant).action_log()

    def test_clocks_that_differ(self):
        """An impossible duration refuses no event: the call is recorded without one."""
        for number, at in enumerate(("2001-01-01 00:00:00.000000", "2026-01-02 09:59:59.000000")):
            for kind, moment in (("answered", at), ("hangup", "2026-01-03 10:00:00.000000")):
                call = self._tell(kind, call_id=f"clock {number}", **INCOMING, at=moment)
            self.assertEqual(call.state, "done")
            self.assertEqual(call.interaction_id.duration_minutes, 0)

    def test_call_that_ends_while_it_is_logged(self):
        """What the telephone system told meanwhile stays, unless the person entered it."""
        call = self._tell("ringing", agent="101", **INCOMING)
        form = self._open_log(call)
        self._tell("answered", 5, agent="101")
        self._tell("hangup", 65)
        interaction = call.interaction_id
        form.subject = "Delivery of the desks"
        action = form.save().action_save()
        self.assertEqual(call.interaction_id, interaction)
        self.assertEqual(interaction.subject, "Delivery of the desks")
        self.assertEqual(interaction.duration_minutes, 1)
        self.assertEqual(interaction.outcome, "reached")
        # It was there before: what this button would delete is not what was logged here.
        self.assertEqual(action["tag"], "display_notification")
        again = self._open_log(call)
        self.assertEqual(again.subject, "Delivery of the desks")
        self.assertEqual(again.duration_minutes, 1)

    def test_logging_a_call_of_nobody_known(self):
        call = self._tell("ringing", agent="101", **INCOMING | {"from": "+12025550198"})
        self.assertFalse(call.partner_id)
        form = self._open_log(call)
        form.note = "Wants a catalogue"
        form.save().action_save()
        self._tell("missed", 5)
        interaction = call.interaction_id
        self.assertEqual(interaction.note, "Wants a catalogue")
        self.assertEqual(interaction.address, call.number)
        self.assertFalse(interaction.partner_id)

    def test_undone_log_of_a_call(self):
        """The call itself is not forgotten: it is recorded when it ends."""
        call = self._tell("ringing", agent="101", **INCOMING)
        self._open_log(call).save().action_save()
        call.interaction_id.with_user(self.salesperson).action_undo()
        self.assertFalse(call.interaction_id)
        self._tell("answered", 5, agent="101")
        self._tell("hangup", 65)
        self.assertEqual(call.interaction_id.duration_minutes, 1)

    def test_form_of_an_unknown_sender_offers_a_lead(self):
        call = self._tell("missed", **INCOMING | {"from": "+12025550198"})
        interaction = call.interaction_id.with_user(self.salesperson)
        view = (
            self.env["customer.interaction"]
            .with_user(self.salesperson)
            .get_view(view_type="form")["arch"]
        )
        for text in ('name="channel_id"', 'name="lead_id"', 'name="action_create_lead"'):
            self.assertIn(text, view)
        interaction.action_create_lead()
        with Form(interaction) as form:
            self.assertEqual(form.lead_id, interaction.lead_id)
        hidden = (
            self.env["customer.interaction"]
            .with_user(self.accountant)
            .get_view(view_type="form")["arch"]
        )
        self.assertNotIn('name="action_create_lead"', hidden)

    # === EXTENSIONS ===

    def test_extensions_are_found_whichever_keyboard_wrote_them(self):
        self.manager.customer_phone_extension = " ۱۰۲\u200f"
        self.assertEqual(self.manager.customer_phone_extension, "102")
        for number, agent in enumerate(("102", "۱۰۲", "١٠٢")):
            call = self._tell("ringing", call_id=f"d{number}", agent=agent, **INCOMING)
            call = self._tell("answered", 5, call_id=f"d{number}", agent=agent)
            self.assertEqual(call.user_id, self.manager, agent)
        with self.assertRaises(ValidationError):
            self.salesperson.customer_phone_extension = "۱۰۲"
        (self.salesperson | self.manager).customer_phone_extension = " "
        self.assertFalse(self.manager.customer_phone_extension, "nobody has an empty one")

    def test_extensions_from_before_are_corrected(self):
        query = "UPDATE res_users SET customer_phone_extension = %s WHERE id = %s"
        self.env.cr.execute(query, ["۱۰۲ ", self.manager.id])
        self.env.invalidate_all()
        path = Path(__file__).parents[2] / "migrations/19.0.1.8.0/post-phone_extensions.py"
        runpy.run_path(str(path))["migrate"](self.env.cr, "19.0.1.7.0")
        self.env.invalidate_all()
        extensions = (self.manager | self.salesperson).mapped("customer_phone_extension")
        self.assertEqual(extensions, ["102", "101"])

    def test_extensions_are_unique(self):
        with self.assertRaisesRegex(ValidationError, "Extension 101 belongs to"):
            self.manager.customer_phone_extension = "101"
        self.assertEqual(
            self.salesperson.with_user(self.salesperson).customer_phone_extension, "101"
        )
        with self.assertRaises(AccessError):
            self.salesperson.with_user(self.salesperson).customer_phone_extension = "102"

    def test_agents_of_other_companies_do_not_count(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        call, _is_new = self.env["customer.call"]._register_event(
            other,
            {"kind": "ringing", "call_id": "x", "at": "2026-06-15 10:00:00.000000"}
            | INCOMING
            | {"agent": "101"},
        )
        self.assertFalse(call.user_id)
        self.assertEqual(call.agent, "101")

    # === WHO SEES WHAT ===

    def test_pop_up_per_role(self):
        self.env["customer.interaction"].create(
            [{"subject": f"Visit {i}", "partner_id": self.contact.id} for i in range(4)]
        )
        self._run_nightly()
        call = self._tell("ringing", agent="101", **INCOMING)
        popup = call._get_popup(self.salesperson)
        self.assertEqual(popup["partner"]["name"], "Azure Interior, Brandon")
        self.assertEqual(
            [line["subject"] for line in popup["interactions"]], ["Visit 3", "Visit 2", "Visit 1"]
        )
        self.assertTrue(popup["can_log"])
        self.assertFalse(popup["can_create_lead"])
        self.assertIn("tier", popup)
        self.assertEqual("open_complaints" in popup, "customer.complaint" in self.env)
        blind = call._get_popup(self.stock_user)
        for name in ("tier", "stage", "interactions", "open_complaints"):
            self.assertNotIn(name, blind)
        self.assertFalse(blind["can_log"])
        self.assertFalse(blind["can_create_lead"])

    def test_pop_up_goes_to_the_agents_and_away(self):
        sent = self._collect_bus()
        self._tell("ringing", 0, agent="101", **INCOMING)
        self._tell("ringing", 1, agent="mina", **INCOMING)
        self._tell("ringing", 1, agent="mina", **INCOMING)  # repeated: nothing new
        self.assertEqual(sent(), [("sam", "show", "ringing"), ("mina", "show", "ringing")])
        self._tell("answered", 5, agent="mina")
        self.assertEqual(sent(), [("sam", "hide", None), ("mina", "show", "answered")])
        self._tell("hangup", 9)
        self.assertEqual(sorted(sent()), [("mina", "hide", None), ("sam", "hide", None)])
        self._tell("ringing", 2, agent="olga", **INCOMING)
        self.assertEqual(sent(), [])

    def _collect_bus(self):
        """Return a function that gives (login, event, state) of what went out since last time."""
        users = {
            user.partner_id.id: user.login
            for user in self.salesperson | self.manager | self.own_salesperson
        }

        def sent():
            rows = self.env.cr.precommit.data.pop("bus.bus.values", [])
            found = []
            for row in rows:
                message = json.loads(row["message"])
                if message["type"] == "customer_value.call":
                    payload = message["payload"]
                    login = users[json.loads(row["channel"])[2]]
                    found.append((login, payload["event"], payload["call"].get("state")))
            self.env.cr.precommit.data["bus.bus.values"] = []
            return found

        sent()
        return sent

    def test_calls_of_other_companies_are_hidden(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        call, _is_new = self.env["customer.call"]._register_event(
            other,
            {"kind": "missed", "call_id": "x", "at": "2026-06-15 10:00:00.000000"} | INCOMING,
        )
        calls = self.env["customer.call"].with_user(self.salesperson)
        self.assertNotIn(call.id, calls.search([]).ids)
        mine = self._tell("missed", **INCOMING)
        self.assertIn(mine.id, calls.search([]).ids)
        self.assertNotEqual(mine, call)

    def test_calls_cannot_be_written(self):
        call = self._tell("missed", **INCOMING)
        for user in (self.salesperson, self.manager, self.accountant):
            with self.assertRaises(AccessError):
                call.with_user(user).state = "done"
            with self.assertRaises(AccessError):
                call.with_user(user).unlink()

    def test_merging_contacts_keeps_calls(self):
        call = self._tell("missed", **INCOMING)
        twin = self.env["res.partner"].create({"name": "Brandon", "parent_id": self.customer.id})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.contact | twin).ids, twin, extra_checks=False
        )
        self.env.invalidate_all()
        self.assertEqual(call.partner_id, twin)
        self.assertEqual(call.interaction_id.partner_id, twin)


class TestMerge(BaseCase):
    """The merge of events is a minimum: order and repetition do not count."""

    def test_order_and_repetition(self):
        texts = st.sampled_from(["", "a", "b"])
        events = st.fixed_dictionaries(
            {
                "kind": st.sampled_from(service.CALL_EVENT_KINDS),
                "at": st.sampled_from([f"2026-06-15 10:00:0{i}.000000" for i in range(4)]),
                "direction": st.sampled_from(["", "in", "out"]),
                "from": texts,
                "to": texts,
                "agent": texts,
                "voicemail_url": texts,
            }
        )

        @settings(max_examples=500, deadline=None, database=None, derandomize=True)
        @given(st.lists(events, min_size=1, max_size=8), st.randoms(use_true_random=False))
        def check(told, random):
            shuffled = told + random.choices(told, k=3)
            random.shuffle(shuffled)
            first, second = {}, {}
            for event in told:
                first = service.merge_call_event(first, event)
            for event in shuffled:
                second = service.merge_call_event(second, event)
            self.assertEqual(first, second)
            call = service.derive_call(first)
            ended = {event["kind"] for event in told} & set(service.CALL_ENDING_KINDS)
            self.assertEqual(call.state in ("done", "missed", "voicemail"), bool(ended))

        check()
