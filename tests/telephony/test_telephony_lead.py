from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ...models.telephony.call_payload import read_event
from .common import INCOMING, NUMBER, TelephonyCommon

LEAD_NUMBER = "+12025550142"
FROM_LEAD = {**INCOMING, "from": LEAD_NUMBER}


@tagged("post_install", "-at_install")
class TestTelephonyLead(TelephonyCommon):
    """Callers who are leads already, and what telephone systems show around a number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Wants ten desks",
                "contact_name": "Lee",
                "phone": "(202) 555-0142 ext. 7 / 202-555-0143",
                "user_id": cls.salesperson.id,
            }
        )

    def _count_leads(self):
        return self.env["crm.lead"].with_context(active_test=False).search_count([])

    # === LEADS ===

    def test_a_lead_who_calls_is_known(self):
        before = self._count_leads()
        call = self._tell("ringing", agent="101", **FROM_LEAD)
        self.assertEqual((call.lead_id, bool(call.partner_id)), (self.lead, False))
        popup = call._get_popup(self.salesperson)
        self.assertEqual(popup["lead"], {"id": self.lead.id, "name": "Lee"})
        interaction = self._tell("missed", 9).interaction_id
        self.assertEqual((interaction.lead_id, interaction.document_ref), (self.lead, self.lead))
        self.assertIn(interaction.subject, " ".join(self.lead.message_ids.mapped("body")))
        for record in (call, interaction):
            action = record.with_user(self.salesperson).action_create_lead()
            self.assertEqual(action["res_id"], self.lead.id)
        self.assertEqual(self._count_leads(), before)

    def test_each_number_of_the_lead(self):
        for number in ("2025550143", "sip:0012025550142@pbx", "L0#2025550142", "9 202 555 0143"):
            call = self._tell("ringing", call_id=number, **{**INCOMING, "from": number})
            self.assertEqual(call.lead_id, self.lead, number)

    def test_a_lead_made_since_is_not_made_again(self):
        call = self._tell("missed", **{**INCOMING, "from": "202-555-0188"})
        self.assertFalse(call.lead_id)
        lead = self.env["crm.lead"].create({"name": "By hand", "phone": "+1 202 555 0188"})
        action = call.interaction_id.with_user(self.salesperson).action_create_lead()
        self.assertEqual(action["res_id"], lead.id)
        self.assertEqual((call.lead_id, call.interaction_id.document_ref), (lead, lead))

    def test_two_calls_of_an_unknown_number_make_one_lead(self):
        calls = [
            self._tell("missed", call_id=text, **{**INCOMING, "from": text})
            for text in ("L0#2025550188", "+12025550188")
        ]
        first = calls[0].with_user(self.salesperson).action_create_lead()
        second = calls[1].with_user(self.salesperson).action_create_lead()
        self.assertEqual(first["res_id"], second["res_id"])
        self.assertEqual(calls[0].lead_id.phone, "+12025550188")
        self.assertEqual(calls[0].from_number, "L0#2025550188")

    def test_somebody_elses_lead(self):
        call = self._tell("missed", **FROM_LEAD)
        self.assertNotIn("lead", call._get_popup(self.own_salesperson))
        before = self._count_leads()
        for record in (call, call.interaction_id):
            record.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "ask sam"):
            call.with_user(self.own_salesperson).action_create_lead()
        self.assertEqual(self._count_leads(), before)

    def test_a_contact_comes_before_a_lead(self):
        self.lead.phone = NUMBER
        call = self._tell("missed", **INCOMING)
        self.assertEqual((call.partner_id, bool(call.lead_id)), (self.contact, False))

    def test_a_lead_of_head_office_calls_a_branch(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.lead.company_id = self.company
        event = {"kind": "missed", "call_id": "b1", "at": self._at(0), **FROM_LEAD}
        call, _is_new = self.env["customer.call"]._register_event(branch, event)
        self.assertEqual(call.interaction_id.lead_id, self.lead)
        self.assertFalse(call.interaction_id.document_ref)

    def test_leads_of_other_companies_are_not_known(self):
        self.lead.user_id = False
        self.lead.company_id = self._create_company("Other", self.env.ref("base.EUR"))
        self.assertFalse(self._tell("ringing", **FROM_LEAD).lead_id)

    def test_unknown_senders_are_those_without_lead(self):
        interaction = self._tell("missed", **FROM_LEAD).interaction_id
        action = self.env.ref("customer_value.customer_interaction_action_triage")
        self.assertIn("search_default_no_lead", action.context)
        unknown = [("partner_id", "=", False), ("lead_id", "=", False)]
        found = self.env["customer.interaction"].search(unknown)
        self.assertNotIn(interaction, found)

    def test_assigning_takes_all_forms_of_a_number_along(self):
        forms = ("L0#2025550188", "+1 202 555 0188", "0012025550188", "+12025550189", "anonymous")
        calls = [self._tell("missed", call_id=text, **{**INCOMING, "from": text}) for text in forms]
        contact = self.env["res.partner"].create({"name": "Nobody yet"})
        wizards = self.env["customer.interaction.assign"].with_user(self.salesperson)
        wizards.create(
            {"interaction_ids": calls[0].interaction_id.ids, "partner_id": contact.id}
        ).action_apply()
        assigned = [call.interaction_id.partner_id == contact for call in calls]
        self.assertEqual(assigned, [True, True, True, False, False])
        self.assertEqual(contact.phone, "+12025550188")

    def test_calls_to_our_own_lines_have_no_customer(self):
        self.company.phone = "+1 202 555 0170-79"
        call = self._tell("ringing", **INCOMING)  # a contact has written down our number
        self.assertFalse(call.partner_id)
        self.assertFalse(call.candidate_ids)

    # === WHAT IS SHOWN ===

    def _read(self, **values):
        body = {"event": "missed", "call_id": "long", **INCOMING, **values}
        user = new_test_user(
            self.env, login="pbx2", groups="customer_value.customer_value_group_telephony"
        )
        event, _company = read_event(self.env(user=user), body)
        user.unlink()
        return event

    def _shown(self, event):
        return {name: event[name] for name in ("direction", "from", "to")}

    def test_no_call_is_lost_for_what_is_only_shown(self):
        name = "Brandon " * 25
        for text in (
            f'"{name}" <sip:2025550171@pbx.example.com>',
            f"{name}<{NUMBER}>",
            f'"{name}<VIP> \x07" <{NUMBER}>',
            f"sip:{NUMBER}@{'very.' * 40}example.com",
        ):
            with self.subTest(text):
                event = self._read(**{"from": text})
                self.assertLessEqual(len(event["from"]), 64)
                call = self._tell("missed", call_id=text[:128], **self._shown(event))
                self.assertEqual(call.partner_id, self.contact)

    def test_numbers_nobody_can_read_are_kept_as_they_came(self):
        for text in ("no number " * 30, "☎" * 65, "\ud800", "\x00 unavailable", "-", "0" * 300):
            with self.subTest(text[:10]):
                event = self._read(**{"from": text})
                call = self._tell("missed", call_id=repr(text[:9]), **self._shown(event))
                self.assertFalse(call.partner_id)
                self.assertTrue(call.interaction_id)
                self.assertEqual(call.from_number or "", event["from"])
        self.assertEqual(self._read(**{"from": 12025550171})["from"], "12025550171")

    def test_names_of_devices_and_links(self):
        event = self._read(agent="PJSIP/" + "x" * 90, voicemail_url="https://a/" + "x" * 5000)
        self.assertEqual((len(event["agent"]), event["voicemail_url"]), (64, ""))
        signed = "https://pbx.example.com/1.wav?signature=" + "x" * 2000
        self.assertEqual(self._read(voicemail_url=signed)["voicemail_url"], signed)
