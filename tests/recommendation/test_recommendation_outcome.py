"""What becomes of recommendations: rejected, bought, expired, merged; companies, queries."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..prediction.common import TODAY
from .common import OfferCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRecommendationOutcome(OfferCommon):
    def test_what_came_to_nothing_is_forgotten_after_two_years(self):
        old = self.lamp_offer.copy({"date": self._ago(731), "state": "expired"})
        young = self.lamp_offer.copy({"date": self._ago(729), "state": "expired"})
        bought = self.lamp_offer.copy({"date": self._ago(731), "state": "accepted"})
        self.env["customer.recommendation"]._gc_recommendations()
        self.assertEqual((old | young | bought).exists(), young, "hits go with the misses")

    def test_one_bad_customer_stops_nobody(self):
        """The others of a range get theirs, and who failed is told."""
        other = self.buyers[5]
        self._add_purchases([(other.id, self._ago(60), [(self.desk.id, 1, 100)])])
        model = type(self.env["customer.recommendation"])
        find = model._find_offers

        def fail(recommendations, company, lines, today, suppressed, more):
            if self.asker.id in lines.customers:
                raise ZeroDivisionError
            return find(recommendations, company, lines, today, suppressed, more)

        self.patch(model, "_find_offers", fail)
        with self.assertLogs("odoo.addons.customer_value", "ERROR") as logs:
            failed = self.env["customer.recommendation"]._refresh_isolated(
                self.company, [self.asker.id, other.id], self.today
            )
        self.assertEqual(failed, [self.asker.id])
        self.assertIn(str(self.asker.id), logs.output[0])
        self.assertEqual(self._get(other).product_id, self.lamp)

    def test_reject_with_a_reason(self):
        action = self.lamp_offer.with_user(self.salesperson).action_reject()
        wizard = (
            self.env["customer.recommendation.reject"]
            .with_user(self.salesperson)
            .with_context(**action["context"])
            .create({"reason": "too_expensive", "note": "asked in May"})
        )
        wizard.action_reject()
        offer = self.lamp_offer
        self.assertEqual(
            (offer.state, offer.reject_reason, offer.reject_note, offer.decided_by_id),
            ("rejected", "too_expensive", "asked in May", self.salesperson),
        )
        self.assertEqual((offer.hit_ratio, offer.decided_date), (0, self.today))
        self._refresh(self.asker)
        self.assertFalse(self._get(self.asker))
        offer.with_user(self.salesperson).action_reopen()
        self._refresh(self.asker)
        self.assertEqual(self._get(self.asker), offer)
        self.assertFalse(offer.reject_reason)

    def test_bought_is_accepted_and_cannot_be_rejected(self):
        self._add_purchases([(self.asker.id, self.today, [(self.lamp.id, 1, 100)])])
        self._refresh(self.asker)
        offer = self.lamp_offer
        self.assertEqual(
            (offer.state, offer.decided_date, offer.hit_ratio), ("accepted", self.today, 1)
        )
        with self.assertRaisesRegex(UserError, "has been bought already"):
            offer._reject("other", False)
        self.assertFalse(self._refresh(self.asker))

    def test_given_back_is_open_again(self):
        purchase = [(self.asker.id, self.today, [(self.lamp.id, 1, 100)])]
        self._add_purchases(purchase)
        self._refresh(self.asker)
        self.assertEqual(self.lamp_offer.state, "accepted")
        self._add_purchases([(self.asker.id, self.today, [(self.lamp.id, 1, -100)])])
        self._refresh(self.asker)
        self.assertEqual((self.lamp_offer.state, self.lamp_offer.hit_ratio), ("open", False))
        self.assertFalse(self._refresh(self.asker))

    def test_nothing_later_is_used(self):
        """Poison what comes after the day: neither pairs nor recommendations change."""
        pairs = self.env["customer.product.affinity"]
        names = ("product_id", "other_product_id", "score", "together_count", "base_count")

        def read():
            found = pairs.search([]).sorted(lambda p: (p.product_id.id, p.other_product_id.id))
            return [tuple(pair[name] for name in names) for pair in found]

        known, versions = read(), self._read_recommendation_versions()
        future = self.today + timedelta(days=1)
        poison = [(self.lamp.id, 500, 5), (self.desk.id, 500, 5)]
        self._add_purchases([(buyer.id, future, poison) for buyer in self.buyers])
        self.assertFalse(self._refresh(self.asker))
        self.assertEqual(self._read_recommendation_versions(), versions)
        self._make_model()
        self.assertEqual(read(), known)
        self.assertEqual(len(known), 2)

    def test_look_back_ends(self):
        """After 90 days it was no hit; what is still worth offering is shown anew."""
        self._refresh(self.asker, today=str(self.today + timedelta(days=90)))
        self.assertEqual(self.lamp_offer.state, "open")
        later = self.today + timedelta(days=91)
        self._refresh(self.asker, today=str(later))
        self.assertEqual((self.lamp_offer.state, self.lamp_offer.hit_ratio), ("expired", 0))
        self.assertEqual(self._get(self.asker).date, later)
        self.assertFalse(self._refresh(self.asker, today=str(later)))
        self.company.customer_recommendation_lookback_days = 30
        with self.assertRaisesRegex(ValidationError, "between 1 and 3,650 days"):
            self.company.customer_recommendation_lookback_days = 0

    def test_hit_rate_by_kind(self):
        self._add_purchases([(self.asker.id, self.today, [(self.lamp.id, 1, 100)])])
        self.env["customer.recommendation"].create(
            [
                {
                    "partner_id": self.buyers[5].id,
                    "company_id": self.company.id,
                    "kind": "cross_sell",
                    "product_id": self.lamp.id,
                    "date": self.today,
                    "state": state,
                    "hit_ratio": hit,
                }
                for state, hit in (("expired", 0), ("rejected", 0), ("open", False))
            ]
        )
        self._refresh(self.asker)
        [(kind, rate)] = self.env["customer.recommendation"]._read_group(
            [], ["kind"], ["hit_ratio:avg"]
        )
        self.assertEqual(kind, "cross_sell")
        self.assertAlmostEqual(rate, 1 / 3)

    def test_nightly_run_refreshes(self):
        self.lamp_offer.unlink()
        self._run_nightly()
        self.assertEqual(self._get(self.asker).product_id, self.lamp)
        before = self._read_recommendation_versions()
        self._run_nightly()
        self.assertEqual(self._read_recommendation_versions(), before)

    def test_on_demand(self):
        self.lamp_offer.unlink()
        action = self.asker.with_user(self.salesperson).action_refresh_recommendations()
        self.assertIn("Shopper 4: 1", action["params"]["message"])
        self.assertEqual(self._get(self.asker).product_id, self.lamp)

    def test_merge_loses_nothing(self):
        source = self.buyers[5]
        self._add_purchases([(source.id, self._ago(60), [(self.desk.id, 1, 100)])])
        self._refresh(source)
        self._get(source)._reject("other", "no room")
        source.customer_blocked_category_ids = self.env["product.category"].create({"name": "X"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | self.asker).ids, self.asker)
        found = self._get(self.asker, "open", "rejected")
        self.assertEqual(sorted(found.mapped("state")), ["open", "rejected"])
        self.assertEqual(self.asker.customer_blocked_category_ids.name, "X")
        self._refresh(self.asker)
        self.assertEqual(self._get(self.asker, "rejected").reject_note, "no room")
        self.assertFalse(self._get(self.asker), "what one of them rejected is rejected")

    def test_duplicates_of_a_merge_become_one(self):
        source = self.buyers[5]
        self._add_purchases([(source.id, self._ago(60), [(self.desk.id, 1, 100)])])
        self._refresh(source)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | self.asker).ids, self.asker)
        self.assertEqual(len(self._get(self.asker)), 2)
        self._refresh(self.asker)
        self.assertEqual(len(self._get(self.asker)), 1)
        self.assertFalse(self._refresh(self.asker))

    def test_customer_becomes_a_contact(self):
        customer, parent = self._add_customers(2, "Branch")
        offer = self.lamp_offer.copy({"partner_id": customer.id})
        customer.write({"is_company": False, "parent_id": parent.id})
        self.assertEqual(offer.partner_id, parent)

    def test_delete(self):
        self.lamp_offer.unlink()
        product = self._add_products("Nothing")
        customer = self._create_customer("Nobody")
        offer = self.env["customer.recommendation"].create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "kind": "up_sell",
                "product_id": product.id,
                "date": self.today,
            }
        )
        product.unlink()
        self.assertFalse(offer.exists())
        customer.unlink()

    def test_two_companies(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        self._refresh(self.asker, company=other)
        self.assertFalse(self._get(self.asker, company=other))
        self._sell_pairs(self.buyers[1:5], company=other)
        self._add_purchases([(self.buyers[0].id, self._ago(60), [(self.lamp.id, 1, 100)])], other)
        self._make_model(other)
        self._refresh(self.buyers[0], company=other)
        self.assertEqual(self._get(self.buyers[0], company=other).product_id, self.desk)
        before = self._read_recommendation_versions()
        self.assertFalse(self._refresh(self.asker), "the other company's sales change nothing")
        self.assertEqual(self._read_recommendation_versions(), before)
        self.assertEqual(
            self.env["customer.product.affinity"].search_count([("company_id", "=", other.id)]), 2
        )
        stranger = self._get(self.buyers[0], company=other).with_user(self.salesperson)
        with self.assertRaises(AccessError):
            stranger.read(["state"])
        with self.assertRaises(AccessError):
            stranger.action_reject()

    def test_same_queries_for_ten_and_a_hundred_customers(self):
        customers = self._add_customers(110, "Crowd")
        self._add_purchases(
            [(one.id, self._ago(60), [(self.desk.id, 1, 100)]) for one in customers]
        )
        self._refresh(self.asker)
        counts = []
        for part in (customers[:10], customers[10:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self._refresh(part)), len(part))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        shown = ["reason", "stock_status", "product_id", "state"]
        self.lamp_offer.with_user(self.salesperson).read(shown)  # fill caches of rights
        counts = []
        for part in (customers[:10], customers[10:]):
            found = self.env["customer.recommendation"].search([("partner_id", "in", part.ids)])
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found.with_user(self.salesperson).read(shown)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertEqual(len(found), 100)

    def test_summary_for_other_programs(self):
        self._run_nightly()
        program = self._create_user("robo", "customer_value.customer_value_group_api")
        program.lang = "en_US"
        api = self.env["customer.api"].with_user(program)
        summary = api.get_summary(company_id=self.company.id, partner_id=self.asker.id)
        self.assertEqual(
            summary["recommendations"],
            [
                {
                    "kind": "cross_sell",
                    "product_id": self.lamp.id,
                    "product": "Lamp",
                    "reason": "4 of 5 customers who bought Desk also bought it",
                    "stock_status": "unlimited",
                }
            ],
        )
        stranger = self._create_customer("Stranger")
        summary = api.get_summary(company_id=self.company.id, partner_id=stranger.id)
        self.assertEqual(summary["recommendations"], [])
