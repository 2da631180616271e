from unittest.mock import patch

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.tests import freeze_time, tagged

from .common import START, PlayCommon


@freeze_time(START)
@tagged("post_install", "-at_install")
class TestPlayRefusing(PlayCommon):
    """Whoever said no is left alone, at the moment of sending; so is who has their address now."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.optouts = cls.env["customer.play.optout"]

    def _queue_mails(self, count, **values):
        customers = self._add_customers(count, **values)
        play = self._start(self._make_play(customers, ("email", 0, {"cost": 2}), control_percent=0))
        self.assertEqual(len(play.action_ids.mail_id), count)
        return play.action_ids

    def _send(self, mails, meanwhile=None):
        """Let the mail queue send; return the addresses mails went to.

        :param meanwhile: called with each address after a mail went there
        """
        reached = []

        def send_email(_server, message, *_args, **_kwargs):
            reached.append(message["To"])
            if meanwhile:
                meanwhile(message["To"])
            return message["Message-Id"]

        with (
            patch.object(IrMail_Server, "_disable_send", lambda self: False),
            patch.object(IrMail_Server, "_connect__", lambda *args, **kwargs: None),
            patch.object(IrMail_Server, "send_email", send_email),
        ):
            mails.send()
        return reached

    # === AT THE MOMENT OF SENDING ===

    def test_who_is_blacklisted_while_the_mail_waits_gets_none(self):
        actions = self._queue_mails(3)
        blocked, refused, left = actions
        self.env["mail.blacklist"].create({"email": blocked.address})
        refused._opt_out()
        [address] = self._send(actions.mail_id)
        self.assertIn(left.address, address)
        self.assertEqual(
            [(one.state, one.skip_reason, one.cost, one.is_reached) for one in actions],
            [
                ("skipped", "blacklisted", 0, False),
                ("skipped", "opted_out", 0, False),
                ("done", False, 2, True),
            ],
        )
        self.assertEqual((blocked | refused).mail_id.mapped("state"), ["cancel"] * 2)

    def test_each_mail_is_looked_at_when_its_turn_comes(self):
        """A queue of a thousand mails takes its time; mails of others go out as ever."""
        actions = self._queue_mails(3)
        other = self.env["mail.mail"].create(
            {"subject": "No play", "email_to": "other@example.com", "email_from": "we@example.com"}
        )

        def block_the_last(address):
            if actions[0].address in address:
                self.env["mail.blacklist"].create({"email": actions[2].address})
                actions[1]._opt_out()

        reached = self._send(actions.mail_id | other, block_the_last)
        self.assertEqual(len(reached), 2)
        self.assertIn(actions[0].address, "".join(reached))
        self.assertEqual(actions.mapped("skip_reason"), [False, "opted_out", "blacklisted"])

    def test_an_address_is_let_go_that_leaves_the_blacklist(self):
        actions = self._queue_mails(1)
        entry = self.env["mail.blacklist"].create({"email": actions.address})
        entry.action_archive()
        self.assertEqual(len(self._send(actions.mail_id)), 1)

    # === WHOEVER HAS THE ADDRESS NOW ===

    def test_an_address_that_opted_out_is_told_by_nobody_else(self):
        one, other = self._add_customers(2, email="same@example.com")
        self.optouts._note(one, "email")
        play = self._make_play(other, ("email", 0), control_percent=0)
        profiles = play._get_candidates()
        self.assertEqual(play._get_left_out(profiles), {profiles: "opted_out"})
        # Somebody takes it on after the groups were drawn.
        other.email = "new@example.com"
        play.with_user(self.manager).action_start()
        self.plays._enroll_batch()
        other.email = "same@example.com"
        self._work()
        self.assertEqual(play.action_ids.skip_reason, "opted_out")

    def test_each_address_that_said_no_is_remembered(self):
        """Who opted out once and answers a mail to another address says it for that one, too."""
        actions = self._queue_mails(1)
        customer = actions.partner_id
        self.optouts._note(customer, "email", address="old@example.com")
        actions._opt_out()
        actions._opt_out()
        told = self.optouts.search([("partner_id", "=", customer.id)]).mapped("address")
        self.assertEqual(sorted(told), ["buyer0@example.com", "old@example.com"])
        self.assertEqual(
            self.optouts._find_addresses({"old@example.com", actions.address, "x@example.com"}),
            {"old@example.com", actions.address},
        )

    def test_a_number_that_wants_no_calls_is_called_by_nobody_else(self):
        one, other, third = self._add_customers(3)
        one.phone = "+1 201 555 0101"
        play = self._start(self._make_play(one, control_percent=0))
        play.action_ids.with_user(self.own_salesperson).action_refused()
        [refusal] = self.optouts.search([])
        self.assertEqual((refusal.channel, refusal.address), ("activity", "+12015550101"))
        # The same number, written otherwise, among others, at another customer.
        other.phone = "+1 (201) 555-0199 / +1-201-555-0101"
        play = self._start(self._make_play(other | third, control_percent=0))
        refused = play.action_ids.filtered(lambda action: action.skip_reason == "opted_out")
        self.assertEqual(refused.partner_id, other)
        self.assertEqual((play.action_ids - refused).state, "done")
        # As the only number, they are not even chosen.
        play.action_stop()
        other.phone = "001-201-555-0101"
        profiles = play._get_candidates()
        self.assertIn("opted_out", play._get_left_out(profiles).values())

    def test_a_refusal_goes_along_with_the_contact(self):
        """A contact that moves to another customer takes its no along, and leaves it behind."""
        one, other = self._add_customers(2)
        contact = self.env["res.partner"].create(
            {"name": "Nora", "parent_id": one.id, "email": "nora@example.com"}
        )
        self.optouts._note(contact, "email")
        contact.parent_id = other
        self.env.flush_all()
        found = self.optouts._find_customers("email", one | other)
        self.assertEqual(found, other)
        # Her address at the old customer is not written to, either.
        one.email = "nora@example.com"
        play = self._make_play(one, ("email", 0), control_percent=0)
        profiles = play._get_candidates()
        self.assertEqual([*play._get_left_out(profiles).values()], ["opted_out"])
