from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.sql_db import Cursor
from odoo.tests import freeze_time, tagged

from .test_referral import ReferralCommon


@freeze_time("2026-06-15 09:00:00")
@tagged("post_install", "-at_install")
class TestReferralObjections(ReferralCommon):
    """Who cannot be brought: oneself, a circle, who was a customer or was brought before."""

    def test_nobody_brings_themselves(self):
        child = self.env["res.partner"].create(
            {"name": "Eve", "parent_id": self.customer.id, "email": "eve@azure.example"}
        )
        twin = self._create_customer("Azure again", email="eve@azure.example")
        self.customer.vat = "US12345678"
        same_vat = self._create_customer("Azure third", vat="US12345678")
        for referred in (self.customer, child, twin, same_vat):
            with self.assertRaisesRegex(UserError, "same customer"), self.cr.savepoint():
                self._refer(referred)
        with self.assertRaisesRegex(UserError, "same customer"):
            self._refer(email="Eve@Azure.example")

    def test_nobody_brings_themselves_under_another_spelling(self):
        """Numbers and tax numbers are compared as what they are, not as they are written."""
        country = self.env.ref("base.us").id
        self.company.country_id = country
        self.customer.write({"vat": "US 12-345678", "country_id": country})
        self.env["res.partner"].create(
            {"name": "Eve", "parent_id": self.customer.id, "phone": "(201) 555-0199",
             "country_id": country}
        )  # fmt: skip
        by_number = self._create_customer("Twin", phone="+1 201 555 0199", country_id=country)
        by_vat = self._create_customer("Third", vat="12345678", country_id=country)
        for referred in (by_number, by_vat):
            with self.assertRaisesRegex(UserError, "same customer"), self.cr.savepoint():
                self._refer(referred)
        with self.assertRaisesRegex(UserError, "same customer"), self.cr.savepoint():
            self._refer(phone="001 201 5550199")
        other = self._create_customer("Fourth", phone="+1 201 555 0198", vat="12345679")
        self.assertEqual(self._refer(other).state, "registered")

    def test_one_referral_reads_no_other_customers(self):
        """As many rows among ten referrals as among a hundred; the chain above is read alone."""
        people = self.env["res.partner"].create(
            [{"name": f"Number {number}", "is_company": True} for number in range(100)]
        )
        counts = []
        for wanted in (people[:10], people[10:]):
            for one in wanted:
                self._refer(one)
            last = self._refer(self._create_customer("Last"))
            self.env.flush_all()
            self.env.invalidate_all()
            rows, execute = [], Cursor.execute

            def count(cursor, *args, rows=rows, execute=execute, **kwargs):
                result = execute(cursor, *args, **kwargs)
                rows.append(cursor.rowcount)
                return result

            with patch.object(Cursor, "execute", count):
                self.assertIsNone(last._find_objection(last.referred_id))
            counts.append((len(rows), sum(rows)))
        self.assertEqual(counts[0], counts[1])

    def test_no_circles_of_any_length(self):
        people = [self._create_customer(f"Number {number}") for number in range(4)]
        referrers = [self.referrers._get_for(one, self.company) for one in people]
        for place in range(3):
            self._refer(people[place + 1], referrers[place])
        for place in range(3):
            with self.assertRaisesRegex(UserError, "would be"), self.cr.savepoint():
                self._refer(people[0], referrers[3 - place])

    def test_a_merge_that_closes_a_circle_refuses_the_later_and_takes_back(self):
        third = self._create_customer("Third")
        first = self._refer(self.friend)
        later = self._refer(third, self.referrers._get_for(self.friend, self.company))
        for customer in (self.friend, third):
            self._pay(self._invoice(customer, "2026-06-15", 200), "2026-06-15")
        self._follow(self.friend, third)
        self.assertEqual((first.state, later.state), ("rewarded", "rewarded"))
        self._merge(third, self.customer)
        self._follow(self.friend, self.customer)
        self.assertEqual((first.state, later.state), ("rewarded", "refused"))
        self.assertEqual(later.refuse_reason, "circle")
        self.assertEqual((later.given_referrer, later.given_referred), (0, 0))

    def test_a_merge_of_both_sides_takes_back(self):
        referral = self._refer(self.friend)
        self._pay(self._invoice(self.friend, "2026-06-15", 200), "2026-06-15")
        self._follow()
        self._merge(self.friend, self.customer)
        self._follow(self.customer)
        self.assertEqual((referral.state, referral.refuse_reason), ("refused", "self"))
        self.assertEqual(self._points(self.customer), 0)

    def test_becoming_a_contact_of_the_referrer_takes_back(self):
        referral = self._refer(self.friend)
        self._pay(self._invoice(self.friend, "2026-06-15", 200), "2026-06-15")
        self._follow()
        self.friend.write({"is_company": False, "parent_id": self.customer.id})
        self._follow(self.customer, self.friend)
        self.assertEqual((referral.state, referral.refuse_reason), ("refused", "self"))

    def test_who_was_a_customer_before_is_refused(self):
        self._invoice(self.friend, "2026-05-01", 10)
        referral = self._refer(self.friend)
        self._pay(self._invoice(self.friend, "2026-06-15", 200), "2026-06-15")
        self._follow()
        self.assertEqual((referral.state, referral.refuse_reason), ("refused", "known"))
        self.assertEqual(self._both(), (0, 0))

    def test_a_customer_is_brought_once(self):
        self._refer(self.friend)
        another = self.referrers._get_for(self._create_customer("Late"), self.company)
        with self.assertRaisesRegex(UserError, "somebody else"):
            self._refer(self.friend, another)

    def test_merged_customers_keep_the_first_referral(self):
        third = self._create_customer("Third")
        first = self._refer(self.friend)
        second = self._refer(third)
        self._merge(third, self.friend)
        self._follow()
        self.assertEqual((first.state, second.refuse_reason), ("registered", "other"))
        self.assertEqual(second.referred_id, self.friend)

    def test_merged_referrers_have_one_row(self):
        late = self._create_customer("Late")
        self._refer(self.friend, self.referrers._get_for(late, self.company))
        late_row = self.referrers._get_for(late, self.company)
        late_row.with_user(self.salesperson).action_opt_out()
        self._merge(late, self.customer)
        rows = self.referrers.search([("partner_id", "=", self.customer.id)])
        self.assertEqual((len(rows), rows.referral_count, rows.is_optout), (1, 1, True))
