"""What leaving means and how risky is high, set by the company: everywhere the same word."""

from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..prediction.common import TODAY, PredictionCommon

STAGES_BY_DAYS = {10: "active", 50: "active", 51: "slipping", 90: "slipping", 91: "lapsed"}


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestLeavingSettings(PredictionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = cls.env.user | cls.salesperson | cls.own_salesperson | cls.manager | cls.accountant
        users.lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.today = cls._day(TODAY)
        cls.quiet = cls._add_customers(len(STAGES_BY_DAYS), "Quiet")
        cls.pauses = dict(zip(cls.quiet, STAGES_BY_DAYS, strict=True))
        cls._add_sales(
            [
                (customer.id, cls.today - timedelta(days=pause + back), 100)
                for customer, pause in cls.pauses.items()
                for back in range(0, 300, 30)
            ]
        )
        cls.shoppers = cls._add_customers(60)
        cls._add_history(cls.shoppers)
        cls._run_nightly()
        cls.model = cls._make_model()
        cls._run_nightly()
        cls.profiles = cls.env["customer.profile"].search([("company_id", "=", cls.company.id)])

    def _set_days(self, slipping=50, lapsed=90, window=0, company=None):
        (company or self.company).write(
            {
                "customer_leaving_rule": "days",
                "customer_slipping_days": slipping,
                "customer_lapsed_days": lapsed,
                "customer_leaving_window_days": window,
            }
        )

    def _read_bands(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id, churn_probability, churn_band FROM customer_profile WHERE company_id = %s",
            [self.company.id],
        )
        return self.env.cr.fetchall()

    def _assert_banded(self, low, high):
        rows = self._read_bands()
        self.assertTrue(rows)
        for _id, churn, band in rows:
            if churn is None:
                self.assertIsNone(band)
            else:
                expected = "low" if churn < low else "medium" if churn < high else "high"
                self.assertEqual(band, expected, churn)
        return {band for _id, _churn, band in rows}

    # === what leaving means === #

    def test_learned_is_the_default(self):
        self.assertEqual(self.company.customer_leaving_rule, "learned")
        self.assertIsNone(self.company._get_leaving_days())
        self.assertEqual(set(self.profiles.mapped("lapsed_after_days")), {False})
        self.assertIn("learned from how the customer buys", self.profiles[0].stage_sentence)

    def test_days_of_the_company_decide_alone(self):
        self._set_days()
        self._run_nightly()
        found = {self.pauses[c]: self._profile(c).stage for c in self.quiet}
        self.assertEqual(found, STAGES_BY_DAYS)
        self.assertEqual(set(self.profiles.mapped("lapsed_after_days")), {90})
        for profile in self.profiles.filtered(lambda p: p.stage == "lapsed"):
            self.assertGreater((self.today - profile.last_occasion_date).days, 90)
            self.assertIn(profile.segment, ("lost", "hibernating", "cannot_lose"))

    def test_an_event_judges_as_the_night_does(self):
        self._set_days()
        self._run_nightly()
        before = {p.id: (p.stage, p.segment, p.lapsed_after_days) for p in self.profiles}
        partners = self.profiles.partner_id
        self.assertFalse(self.profiles._refresh(self.company, partners.ids))
        self.env.invalidate_all()
        after = {p.id: (p.stage, p.segment, p.lapsed_after_days) for p in self.profiles}
        self.assertEqual(after, before)

    def test_setting_it_asks_for_a_full_run(self):
        runs = self.env["customer.refresh.run"]
        before = runs.search_count([("company_id", "=", self.company.id)])
        self.company.customer_lapsed_days = 400
        self.assertEqual(runs.search_count([("company_id", "=", self.company.id)]), before + 1)

    def test_what_is_stored_says_by_which_definition(self):
        """Between the setting and the run, the words are those of the numbers that are shown."""
        self._set_days()
        profile = self._profile(self.quiet[0])
        self.assertIn("learned", profile.stage_sentence)
        self._run_nightly()
        profile.invalidate_recordset()
        card = profile.with_user(self.salesperson).get_card()["prediction"]
        self.assertIn("more than 90 days without a purchase", card["leaving"])
        shown = profile.with_user(self.salesperson).fields_get(["stage"])["stage"]
        self.assertIn("more than 90 days", shown["help"])

    def test_snapshots_keep_the_definition(self):
        snapshots = self.env["customer.profile.snapshot"]
        snapshots._take(self.company, self.today - timedelta(days=40))
        self._set_days()
        self._run_nightly()
        snapshots._take(self.company, self.today - timedelta(days=10))
        groups = snapshots._read_group(
            [("company_id", "=", self.company.id)], ["lapsed_after_days"], ["__count"]
        )
        self.assertEqual({days for days, _count in groups}, {False, 90})
        newest = snapshots.search(
            [("partner_id", "=", self.quiet[0].id)], order="date desc", limit=1
        )
        profile = self._profile(self.quiet[0])
        self.assertEqual(newest.churn_band, profile.churn_band)
        self.assertEqual(newest.stage, profile.stage)

    def test_days_that_make_no_sense(self):
        for slipping, lapsed in ((0, 90), (90, 90), (91, 90), (-5, 90), (50, 3651)):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._set_days(slipping, lapsed)
        for window in (-1, 1, 6, 731):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._set_days(window=window)

    def test_two_companies(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self._set_days(company=other)
        sales = [(self.quiet[0].id, self.today - timedelta(days=d), 10) for d in (95, 130, 160)]
        self._add_sales(sales, other)
        self._run_nightly(self.company | other)
        self.assertEqual(self._profile(self.quiet[0]).stage, "active")
        there = self.env["customer.profile"].search(
            [("partner_id", "=", self.quiet[0].id), ("company_id", "=", other.id)]
        )
        self.assertEqual((there.stage, there.lapsed_after_days), ("lapsed", 90))
        self.assertFalse(self._profile(self.quiet[0]).lapsed_after_days)

    # === the window === #

    def test_the_window_is_what_the_prediction_is_made_for(self):
        self._set_days(window=45)
        waiting = self.env["customer.prediction.model"].search([("state", "=", "requested")])
        self.assertEqual(waiting.company_id, self.company)
        waiting._fit()
        self._run_nightly()
        profile = self._profile(self.quiet[0])
        profile.invalidate_recordset()
        self.assertEqual(profile.prediction_horizon_days, 45)
        shown = profile.fields_get(["churn_probability"])["churn_probability"]
        self.assertEqual(shown["string"], "No purchase within 45 days")
        self._assert_banded(0.25, 0.5)

    def test_a_window_that_is_not_in_use_asks_for_nothing(self):
        models = self.env["customer.prediction.model"]
        self.company.customer_leaving_window_days = 45
        self._set_days(window=0)
        self.assertFalse(models.search([("state", "=", "requested")]))
        self.assertEqual(self.company._get_leaving_window(), 0)

    # === bands === #

    def test_bands_of_the_default(self):
        self.assertGreaterEqual(self._assert_banded(0.25, 0.5), {"low", "high"})

    def test_other_borders_hold_at_once_and_by_one_statement(self):
        before = self.env.cr.sql_log_count
        self.company.write({"customer_churn_low_percent": 5, "customer_churn_high_percent": 12.5})
        self.env.flush_all()
        spent = self.env.cr.sql_log_count - before
        self._assert_banded(0.05, 0.125)
        self._add_history(more := self._add_customers(40, "More"), seed=5)
        self._run_nightly()
        self._assert_banded(0.05, 0.125)
        self.assertTrue(self._profile(more[0]).exists())
        before = self.env.cr.sql_log_count
        self.company.write({"customer_churn_low_percent": 15, "customer_churn_high_percent": 60})
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - before, spent)
        self._assert_banded(0.15, 0.6)
        self.assertFalse(self.profiles._refresh(self.company, self.profiles.partner_id.ids))

    def test_borders_that_make_no_sense(self):
        for low, high in ((0, 50), (50, 50), (60, 50), (20, 100), (-5, 50), (20, 120)):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.company.write(
                    {"customer_churn_low_percent": low, "customer_churn_high_percent": high}
                )

    def test_who_may_not_be_told_is_in_no_band(self):
        prospect = self._create_customer("Prospect")
        order = self.env["sale.order"].create({"partner_id": prospect.id})
        order.order_line = [(0, 0, {"product_id": self.product.id})]
        self._drain()
        self.assertIs(self._profile(prospect).churn_band, False)
        self.assertIs(prospect.customer_churn_band, False)

    def test_contacts_are_searched_grouped_and_marked(self):
        partners = self.env["res.partner"].with_user(self.salesperson)
        for band in ("low", "medium", "high"):
            found = partners.search([("customer_churn_band", "=", band)])
            expected = self.profiles.filtered(lambda p, band=band: p.churn_band == band)
            self.assertEqual(found & expected.partner_id, expected.partner_id)
            self.assertFalse(found - expected.partner_id.child_ids - expected.partner_id)
        groups = partners._read_group(
            [("id", "in", self.profiles.partner_id.ids)], ["customer_churn_band"], ["__count"]
        )
        counts = {band or False: count for band, count in groups}
        for band in counts:
            same = self.profiles.filtered(lambda p, band=band: p.churn_band == band)
            self.assertEqual(counts[band], len(same))
        marked = partners.browse(
            self.profiles.filtered(lambda p: p.churn_band == "high")[:1].partner_id.id
        )
        badge = [b for b in marked.customer_badges if b["iconClass"] == "fa-sign-out"]
        self.assertEqual(badge[0]["value"], "Risk of leaving: High")
        self.assertEqual(badge[0]["tagClass"], "o_tag_color_1")
        self.assertIn("No purchase within", badge[0]["label"])

    def test_search_panel_and_filters(self):
        profiles = self.env["customer.profile"].with_user(self.own_salesperson)
        panel = profiles.search_panel_select_multi_range("churn_band", enable_counters=True)
        counts = {value["id"]: value["__count"] for value in panel["values"]}
        high = profiles.search_count([("churn_band", "=", "high")])
        self.assertEqual(counts["high"], high)
        likely = profiles.search([("churn_band", "=", "high"), ("stage", "!=", "lapsed")])
        for profile in likely:
            self.assertGreaterEqual(profile.churn_probability, 0.5)
        card = likely[:1].get_card()["prediction"]
        self.assertEqual((card["band"], card["band_label"]), ("high", "High"))

    # === settings === #

    def test_the_form_of_the_settings(self):
        self.manager.group_ids += self.env.ref("base.group_system")
        settings = Form(self.env["res.config.settings"].with_user(self.manager))
        self.assertEqual(settings.customer_leaving_rule, "learned")
        settings.customer_leaving_rule = "days"
        settings.customer_slipping_days = 60
        settings.customer_lapsed_days = 120
        settings.customer_churn_low_percent = 30
        settings.customer_churn_high_percent = 70
        settings.save().execute()
        self.assertEqual(self.company._get_leaving_days().lapsed, 120)
        self.assertEqual(self.company._get_churn_borders(), (0.3, 0.7))
        with self.assertRaises(AccessError):
            self.company.with_user(self.salesperson).write({"customer_lapsed_days": 3})
        with self.assertRaises(AccessError):
            self.company.with_user(self.salesperson).read(["customer_lapsed_days"])
