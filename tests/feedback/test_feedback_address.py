import random

from odoo.tests import freeze_time, tagged
from odoo.tools import email_normalize_all

from .common import NOW, FeedbackCommon

ADDRESSES = ("ana@one.example", "ben@two.example", "cleo@three.example", "dan@four.example")


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestFeedbackAddress(FeedbackCommon):
    """A person has an address: whoever is kept twice is asked once."""

    def _ask_at(self, email, name="Twin", **values):
        """Ask a new customer with an address; return the request."""
        return self._request(self._create_customer(name, email=email, **values))[0]

    def assertAskedBefore(self, request, earlier):
        self.assertEqual((request.state, request.skip_reason), ("skipped", "quiet"))
        self.assertEqual(request.earlier_request_id, earlier)

    # === QUIET DAYS ===

    def test_spellings_of_one_address(self):
        first, _token = self._request(self.customer)
        self.assertEqual(first.asked_emails, "azure@example.com")
        for spelling in (
            "azure@example.com",
            "AZURE@Example.COM",
            "Azure <azure@example.com>",
            "  azure@example.com ",
            "other@example.com; Azure@example.com",
            "\u200fazure@example.com\u200e",
            "az\u200cure@exam\ufeffple.com",
            "azure@example.com\u00a0",
        ):
            with self.subTest(spelling):
                self.assertAskedBefore(self._ask_at(spelling), first)
        self.assertEqual(self._ask_at("azur@example.com").state, "sent")
        self.assertEqual(self._ask_at("azure@example.co").state, "sent")

    def test_a_domain_in_both_of_its_alphabets(self):
        first = self._ask_at("ana@فروشگاه.example")
        self.assertEqual(first.state, "sent")
        self.assertAskedBefore(self._ask_at("Ana@xn--mgbtj4c7ad63e.example"), first)
        second = self._ask_at("ben@xn--bcher-kva.example")
        self.assertAskedBefore(self._ask_at("ben@Bücher.example"), second)
        self.assertEqual(self._ask_at("ben@bucher.example").state, "sent")

    def test_twins_waiting_together(self):
        twins = [self._create_customer(f"T{n}", email="Twin@example.com") for n in range(3)]
        requests = self.requests.create(
            [
                {"company_id": self.company.id, "partner_id": twin.id, "kind": kind}
                | {"cause": "manual"}
                for twin, kind in zip(twins, ("rating", "nps", "gap"), strict=True)
            ]
        )
        self._send()
        self.assertEqual(requests.mapped("state"), ["sent", "skipped", "skipped"])
        self.assertEqual(requests[1:].earlier_request_id, requests[0])
        self.assertEqual(len(self._get_mails()), 1)

    def test_the_twin_may_be_a_contact_of_another_customer(self):
        first = self._ask_at("ana@example.com")
        twin = self.env["res.partner"].create(
            {"name": "Ana", "parent_id": self.other_customer.id, "email": "ANA@example.com"}
        )
        self.assertAskedBefore(self._request(twin)[0], first)
        self.assertEqual(self._request(self.other_customer)[0].state, "sent")

    def test_who_has_several_addresses_is_asked_at_each(self):
        first = self._ask_at("one@example.com, Two <two@example.com>")
        self.assertEqual(first.asked_emails, "one@example.com,two@example.com")
        self.assertAskedBefore(self._ask_at("two@example.com"), first)

    def test_another_address_since(self):
        first, _token = self._request(self.customer)
        self.customer.email = "new@example.com"
        self.assertAskedBefore(self._ask_at("azure@example.com"), first)  # was asked there
        self.assertAskedBefore(self._ask_at("new@example.com"), first)  # is the same person
        self.assertAskedBefore(self._request(self.customer)[0], first)

    def test_requests_of_before_this_was_noted(self):
        first, _token = self._request(self.customer)
        first.asked_emails = False
        self.assertAskedBefore(self._ask_at("azure@example.com"), first)

    def test_quiet_days_end(self):
        self._request(self.customer)
        with self._later(days=29, hours=23):
            self.assertEqual(self._ask_at("azure@example.com").state, "skipped")
        with self._later(days=30, seconds=1):
            self.assertEqual(self._ask_at("azure@example.com").state, "sent")

    def test_no_quiet_days(self):
        self.company.feedback_quiet_days = 0
        self._request(self.customer)
        self.assertEqual(self._ask_at("azure@example.com").state, "sent")

    def test_an_address_is_asked_once_by_all_companies(self):
        other = self._create_company("Hidden Sister", self.env.ref("base.EUR"))
        theirs = self._create_customer("Twin", email="Azure@Example.com", company_id=other.id)
        asked, _token = self._request(theirs, company_id=other.id)
        self.assertEqual(asked.state, "sent")
        mine = self._request(self.customer)[0].with_user(self.service_user)
        self.assertNotIn(other, self.service_user.company_ids)
        self.assertEqual((mine.state, mine.skip_reason), ("skipped", "quiet"))
        self.assertFalse(mine.earlier_request_id, "nothing leads to the other company")
        [row] = mine.read()
        self.assertEqual(
            row["skip_explanation"], "A question went to this address within the days to be quiet."
        )
        for told in ("Sister", "Twin"):
            self.assertNotIn(told, str(row))
        self.assertEqual(self._ask_at("nobody@example.com").state, "sent")
        with self._later(days=30, seconds=1):
            self.assertEqual(self._request(self.customer)[0].state, "sent")

    def test_the_own_earlier_request_is_told_rather_than_anothers(self):
        first, _token = self._request(self.customer)
        other = self._create_company("Second", self.env.ref("base.EUR"))
        other.feedback_quiet_days = 0
        twin = self._create_customer("Twin", email="azure@example.com")
        with self._later(days=1):
            self.assertEqual(self._request(twin, company_id=other.id)[0].state, "sent")
            self.assertAskedBefore(self._ask_at("azure@example.com"), first)

    def test_another_company_may_ask_another_contact_of_the_customer(self):
        self._request(self.customer)
        other = self._create_company("Second", self.env.ref("base.EUR"))
        buyer = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id, "email": "buyer@example.com"}
        )
        self.assertEqual(self._request(buyer, company_id=other.id)[0].state, "sent")

    def test_a_mail_that_failed_asked_nobody(self):
        template = self.env.ref("customer_value.mail_template_feedback_nps")
        template.body_html = '<p t-out="object.nothing_like_this"/>'
        failed, _token = self._request(self.customer, "nps")
        self.assertEqual(failed.state, "failed")
        self.assertFalse(failed.asked_emails)
        self.assertEqual(self._ask_at("azure@example.com").state, "sent")

    def test_what_users_read(self):
        self._request(self.customer)
        request = self._ask_at("AZURE@example.com").with_user(self.service_user)
        self.assertEqual(
            request.skip_explanation,
            "Azure Interior was asked on Jun 15 at azure@example.com (By hand).",
        )
        self.assertFalse(request.earlier_request_id.skip_explanation)

    def test_a_merged_twin_stays_asked(self):
        first = self._ask_at("azure@example.com", "Gone")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((first.partner_id | self.customer).ids, self.customer)
        self.assertAskedBefore(self._request(self.customer)[0], first)

    # === WHO WANTS NONE ===

    def test_no_thanks_holds_for_the_address(self):
        self.customer.feedback_optout = True
        for spelling in ("AZURE@example.com", "x@example.com, azure@example.com"):
            request = self._ask_at(spelling)
            self.assertEqual((request.state, request.skip_reason), ("skipped", "opt_out"))
        self.assertEqual(self._ask_at("xazure@example.com").state, "sent")
        self.customer.feedback_optout = False
        self.assertEqual(self._ask_at("azure@example.com").state, "sent")

    def test_no_thanks_of_an_archived_contact_with_two_addresses(self):
        gone = self._create_customer("Gone", email="a@example.com; b@example.com")
        gone.write({"feedback_optout": True, "active": False})
        self.assertEqual(self._ask_at("B@example.com").skip_reason, "opt_out")

    def test_no_thanks_of_a_company_holds_for_its_contacts_everywhere(self):
        self.env["res.partner"].create(
            {"name": "Ana", "parent_id": self.customer.id, "email": "ana@example.com"}
        )
        self.customer.feedback_optout = True
        self.assertEqual(self._ask_at("ana@example.com").skip_reason, "opt_out")

    def test_no_thanks_by_the_link_and_another_address_since(self):
        self.company.feedback_quiet_days = 0
        request, token = self._request(self.customer)
        self.requests._find_open(token, lock=True)._decline()
        self.customer.email = "new@example.com"
        for address in ("azure@example.com", "new@example.com"):
            self.assertEqual(self._ask_at(address).skip_reason, "opt_out")
        self.customer.feedback_optout = False  # has thought better of it
        self.assertEqual(self._ask_at("azure@example.com").state, "sent")
        self.assertEqual(request.state, "declined")

    def test_no_thanks_to_another_company(self):
        other = self._create_company("Second", self.env.ref("base.EUR"))
        self._create_customer(
            "Theirs", email="x@example.com", company_id=other.id, feedback_optout=True
        )
        self.assertEqual(self._ask_at("x@example.com").state, "sent")

    def test_no_reminder_after_a_twin_said_no(self):
        self._request(self.customer)
        self._create_customer("Twin", email="AZURE@example.com", feedback_optout=True)
        with self._later(days=8):
            self.requests._remind_batch()
        self.assertEqual(len(self._get_mails()), 1)

    def test_a_reminder_asks_nobody_else(self):
        self._request(self.customer)
        self._ask_at("twin@example.com")
        self.customer.email = "twin@example.com"
        with self._later(days=8):
            self.requests._remind_batch()
        told = self._get_mails()[2:].recipient_ids
        self.assertEqual(told.mapped("name"), ["Twin"])

    def test_every_address_on_the_blacklist_counts(self):
        self.env["mail.blacklist"].sudo()._add("two@example.com")
        request = self._ask_at("one@example.com, two@example.com")
        self.assertEqual(request.skip_reason, "blacklisted")

    # === ANY HISTORY ===

    def test_no_address_is_asked_twice_in_any_history(self):
        """Contacts with one or two of four addresses, asked in any order, changing at any time."""
        for seed in range(12):
            with self.subTest(seed), self.env.cr.savepoint() as savepoint:
                self._live(random.Random(seed), f"h{seed}.")
                savepoint.rollback()
                self.env.invalidate_all()

    def _live(self, chance, prefix):
        def email():
            written = chance.sample(ADDRESSES, chance.choice((1, 1, 1, 2)))
            written = [prefix + address for address in written]
            return ", ".join(chance.choice((text, text.upper(), f"A <{text}>")) for text in written)

        contacts = [self._create_customer(f"C{n}", email=email()) for n in range(5)]
        moment, asked = 0, []  # asked: (moment, contact, addresses)
        for _step in range(14):
            moment += chance.choice((0, 1, 9, 31))
            contact = chance.choice(contacts)
            if chance.random() < 0.25:
                contact.email = email()
            with self._later(days=moment):
                request, _token = self._request(contact)
            addresses = set(email_normalize_all(contact.email))
            recent = [row for row in asked if moment - row[0] < 30]
            expected = any(
                contact == other or addresses & past or other.email_normalized in addresses
                for _moment, other, past in recent
            )
            self.assertEqual(request.state, "skipped" if expected else "sent", (moment, asked))
            if not expected:
                asked.append((moment, contact, addresses))
        self.env.flush_all()
