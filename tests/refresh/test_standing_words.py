"""What a badge means, on every screen and for programs; and what is said while it is computed."""

from odoo.tests import freeze_time, tagged

from ...models.profile.customer_profile import SEGMENTS
from .test_large_change import LargeChangeCommon


@tagged("post_install", "-at_install")
class TestStandingWords(LargeChangeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls._start_with(12)
        cls.profile = cls._profile(cls.customers[0])
        cls.api_user = cls._create_user(
            "programs",
            "sales_team.group_sale_salesman_all_leads,customer_value.customer_value_group_api",
        )

    def _change_largely(self):
        self._sell(self.customers)
        self._drain()
        self.env.invalidate_all()

    def _card(self, user=None, **options):
        return self.profile.with_user(user or self.salesperson).get_card(**options)

    def _badges(self):
        return self.customers[0].with_user(self.salesperson).customer_badges

    def _call(self, method, **arguments):
        api = self.env["customer.api"].with_user(self.api_user)
        return getattr(api, method)(company_id=self.company.id, **arguments)

    def test_every_segment_has_one_sentence(self):
        sentences = self.profile._get_segment_sentences()
        self.assertEqual(list(sentences), [name for name, _label in SEGMENTS])
        for sentence in sentences.values():
            self.assertRegex(sentence, r"^[A-Z].*[^.]\.$")
            self.assertEqual(sentence.count("."), 1)
            self.assertIn(":", sentence, "what it means: what to do")
        self.assertEqual(len(set(sentences.values())), len(SEGMENTS))

    def test_sentence_is_shown_with_the_badge(self):
        sentence = self.profile.with_user(self.salesperson).segment_sentence
        self.assertTrue(sentence)
        self.assertEqual(self._card()["standing"]["segment_sentence"], sentence)
        self.assertEqual(self._card(compact=True)["standing"]["segment_sentence"], sentence)
        [badge] = [badge for badge in self._badges() if badge["iconClass"] == "fa-users"]
        self.assertEqual(badge["label"], f"Segment: {sentence}")

    def test_programs_are_told_the_sentence(self):
        summary = self._call("get_summary", partner_id=self.customers[0].id)
        self.assertEqual(summary["segment_sentence"], self.profile.segment_sentence)
        self.assertIs(summary["computing"], False)
        answer = self._call("pull_changes")
        told = {row["customer_id"]: row["segment_sentence"] for row in answer["changes"]}
        self.assertEqual(told[self.customers[0].id], self.profile.segment_sentence)
        self.assertIs(answer["computing"], False)
        stranger = self._call("get_summary", partner_id=self.customer.id)
        self.assertEqual((stranger["segment"], stranger["segment_sentence"]), ("", ""))

    def test_card_says_so_while_it_is_computed(self):
        before = self._card()
        self.assertEqual(before["computing"], "")
        self.assertTrue(before["standing"]["segment"] and before["scores"])
        self._change_largely()
        for compact in (False, True):
            card = self._card(compact=compact)
            self.assertIn("Being computed", card["computing"])
            standing = card["standing"]
            self.assertEqual(
                [standing[name] for name in ("segment", "segment_sentence", "value_class")],
                [False] * 3,
            )
            self.assertTrue(standing["tier"] and standing["stage"], "they compare nobody")
        card = self._card()
        self.assertEqual(card["scores"], [])
        self.assertEqual(card["prediction"]["missing"], card["computing"])
        self.assertEqual((card["prediction"]["answers"], card["prediction"]["sentence"]), ([], ""))
        self.assertNotIn("prediction", [section["key"] for section in card["sections"]])
        self._follow()
        self.assertEqual(self._card()["computing"], "")
        self.assertTrue(self._card()["standing"]["segment"])

    def test_contact_says_so(self):
        self._change_largely()
        icons = [badge["iconClass"] for badge in self._badges()]
        self.assertIn("fa-hourglass-half", icons)
        self.assertFalse({"fa-users", "fa-pie-chart"} & set(icons))
        self._follow()
        icons = [badge["iconClass"] for badge in self._badges()]
        self.assertNotIn("fa-hourglass-half", icons)
        self.assertLessEqual({"fa-users", "fa-pie-chart"}, set(icons))

    def test_programs_are_told_that_it_is_computed(self):
        self._change_largely()
        summary = self._call("get_summary", partner_id=self.customers[0].id)
        self.assertIs(summary["computing"], True)
        self.assertIs(self._call("pull_changes")["computing"], True)

    def test_lists_ask_by_the_search(self):
        """Above a list: is anything being computed in the companies that are shown?"""
        profiles = self.env["customer.profile"].with_user(self.salesperson)
        self.assertFalse(profiles.search_count([("is_computing", "=", True)], limit=1))
        self.assertEqual(
            profiles.search_count([("is_computing", "=", False)]), profiles.search_count([])
        )
        self._change_largely()
        self.assertTrue(profiles.search_count([("is_computing", "=", True)], limit=1))
        self.assertFalse(profiles.search_count([("is_computing", "=", False)]))
        self.assertTrue(profiles.search([], limit=1).is_computing)
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        manager = self.manager
        manager.company_ids |= other
        found = profiles.with_user(manager).with_context(allowed_company_ids=other.ids)
        self.assertFalse(found.search_count([("is_computing", "=", True)], limit=1))

    def test_nobody_is_said_to_leave_meanwhile(self):
        self.profile.sudo().write(
            {"stage": "slipping", "churn_band": "high", "alive_probability": 0.4}
        )
        self.assertIn("leaving", self.profile.with_user(self.salesperson)._get_alerts())
        self._sell(self.customers[1:])
        self._drain()
        self.env.invalidate_all()
        self.assertNotIn("leaving", self.profile.with_user(self.salesperson)._get_alerts())

    def test_without_a_model_there_is_nothing_outdated(self):
        """The first run is done and the first fit still to come: the segments are good."""
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        self._invoice(self.customer, "2026-06-10", 100, company=other)
        self._drain()
        self.assertTrue(self.runs._is_computing(other))
        self._run_nightly(other)
        self.assertTrue(self.models.search([("company_id", "=", other.id)]))
        self.assertFalse(self.runs._is_computing(other))

    @freeze_time("2026-06-15")
    def test_same_queries_for_ten_and_a_hundred(self):
        partners = self._create_customers(100, "Many")
        self.env["customer.profile"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "segment": "loyal",
                }
                for partner in partners
            ]
        )

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.with_user(self.salesperson).mapped("customer_badges")
            return self.env.cr.sql_log_count - before

        count(partners)
        self.assertEqual(count(partners[:10]), count(partners))
