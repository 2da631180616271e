"""The prediction in Odoo: fitting, scoring, and what happens when either goes wrong."""

import random
from datetime import timedelta
from unittest.mock import patch

import numpy as np

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ...engine import backtest, prediction
from ...engine.prediction import OccasionLog
from ...models.base import facts
from ...models.prediction.customer_profile import PREDICTION_FIELDS
from ...models.profile import customer_work_table
from .common import COST_SHARE, TODAY, PredictionCommon

CRON = "customer_value.ir_cron_customer_value_prediction"


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPrediction(PredictionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shoppers = cls._add_customers(250)
        cls.sales = cls._add_history(cls.shoppers)
        cls.once = cls._create_customer("Once")
        cls._add_sales([(cls.once.id, "2026-06-05", 80)])
        cls._run_nightly()
        cls.model = cls._make_model()
        cls._run_nightly()
        cls.profiles = cls.env["customer.profile"].search([("company_id", "=", cls.company.id)])

    def _read(self, profiles=None):
        """Prediction of every customer, NULL as None."""
        names = (*PREDICTION_FIELDS, "stage")
        self.env.invalidate_all()
        return {
            profile.partner_id.id: {
                name: None if profile[name] is False else profile[name] for name in names
            }
            for profile in profiles or self.profiles
        }

    def _get_engine_result(self):
        """What the engine says when it is given the sales themselves."""
        once = (self.once.id, self._day("2026-06-05"), 80)
        customers, days, amounts = zip(*self.sales, once, strict=True)
        profits = [amount - round(amount * COST_SHARE, 2) for amount in amounts]
        log = OccasionLog.of(
            customers, [self._day(day).toordinal() for day in days], amounts, profits
        )
        today = self._day(TODAY).toordinal()
        found, gaps = [], []
        for customer in range(len(log.keys)):
            gaps += list(np.diff(log.days[log.customers == customer]))
        horizon = prediction.get_default_horizon(np.median(gaps))
        model = prediction.fit_prediction(log, today, horizon)
        facts = log.as_of(today)
        found = prediction.predict(model, facts)
        return log, model, facts, found, backtest.grade_prediction(log, today, horizon)

    def test_numbers_are_those_of_the_engine(self):
        log, model, facts, found, card = self._get_engine_result()
        self.assertEqual(self.model.state, "active")
        self.assertEqual(self.model.level, "full")
        self.assertEqual(self.model.horizon_days, model.horizon)
        for name in ("r", "alpha", "a", "b"):
            self.assertAlmostEqual(
                self.model[f"process_{name}"], getattr(model.process, name), delta=1e-6
            )
        self.assertAlmostEqual(self.model.log_likelihood, model.process.log_likelihood, delta=1e-3)
        self.assertTrue(self.model.is_converged)
        self.assertEqual(self.model.grade, card.grade)
        self.assertAlmostEqual(self.model.auc, card.cuts[0].auc["model"], delta=1e-6)
        self.assertAlmostEqual(self.model.total_ratio, card.cuts[0].total_ratio, delta=1e-4)
        shown = self._read()
        self.assertEqual(len(facts), 251)
        for row, customer in enumerate(log.keys[facts.keys]):
            profile = shown[customer]
            self.assertAlmostEqual(
                profile["alive_probability"], found.alive_probability[row], delta=6e-4
            )
            self.assertAlmostEqual(
                profile["churn_probability"], 1 - found.purchase_probability[row], delta=6e-4
            )
            self.assertAlmostEqual(
                profile["expected_purchases"], found.year_purchases[row], delta=0.006
            )
            self.assertAlmostEqual(profile["predicted_profit"], found.value[row], delta=0.51)
            self.assertAlmostEqual(
                profile["predicted_revenue"],
                found.year_purchases[row] * found.revenue_per_occasion[row],
                delta=0.51,
            )
            day = found.next_day[row]
            self.assertEqual(
                profile["next_purchase_date"] and profile["next_purchase_date"].toordinal(),
                None if np.isnan(day) else int(day),
            )
            similar = backtest.get_similar(card, found.purchase_probability[row])
            self.assertEqual(profile["similar_buyers_percent"], similar and similar[0])

    def test_a_fit_as_of_a_past_day_knows_nothing_later(self):
        """Poison everything after the day: parameters, grade and scores stay as they were."""
        past = self._day("2026-03-01")

        def fit():
            vals = self.model._prepare_fit_vals(past)
            log = self.model._get_log(past)
            engine = prediction.PredictionModel.from_json(vals["parameters"])
            found = prediction.predict(engine, log.as_of(past.toordinal()))
            return vals["parameters"], vals["card"], found

        before, card, scores = fit()
        self._add_sales(
            [(shopper.id, "2026-03-02", 99_999) for shopper in self.shoppers]
            + [(shopper.id, "2026-05-05", -5_000) for shopper in self.shoppers[::2]]
        )
        after, card_after, scores_after = fit()
        self.assertEqual((before, card), (after, card_after))
        for name in ("alive_probability", "purchase_probability", "purchases", "value"):
            np.testing.assert_array_equal(getattr(scores, name), getattr(scores_after, name))
        self.assertEqual(before["today"], past.toordinal())

    def test_sums_on_the_profile(self):
        for profile in self.profiles:
            self.assertAlmostEqual(
                profile.lifetime_value, profile.net_profit_total + profile.predicted_profit, 2
            )
            self.assertAlmostEqual(
                profile.value_at_risk,
                max(profile.predicted_profit, 0) * profile.churn_probability,
                delta=0.51,
            )
        classes = {profile.expected_value_class for profile in self.profiles}
        self.assertLessEqual({"A", "B", "C", "D"}, classes)

    def test_deciles_for_the_chart(self):
        days = set(self.model.decile_ids.mapped("date"))
        self.assertEqual(len(self.model.decile_ids), 10 * len(days))
        self.assertEqual([point["decile"] for point in self.model.chart], list(range(1, 11)))
        predicted = [point["predicted"] for point in self.model.chart]
        self.assertEqual(predicted, sorted(predicted, reverse=True))
        self.assertGreater(self.model.chart[0]["actual"], self.model.chart[-1]["actual"])

    def test_one_purchase_gives_a_probability_but_no_date(self):
        profile = self._profile(self.once).with_user(self.salesperson)
        self.assertEqual(profile.prediction_reason, "one_purchase")
        self.assertEqual(profile.prediction_confidence, "low")
        self.assertIs(profile.next_purchase_date, False)
        self.assertGreater(profile.alive_probability, 0)
        self.assertIn("Bought once, 10 days ago", profile.prediction_sentence)

    def test_prospect_has_a_reason_and_no_number(self):
        self._order(self.other_customer, confirm=False)
        self._drain()
        profile = self._profile(self.other_customer).with_user(self.salesperson)
        self.assertIs(profile.alive_probability, False)
        self.assertEqual(profile.prediction_reason, "no_purchase")
        self.assertIn("Not enough data", profile.prediction_sentence)
        self.assertEqual(profile.stage, "prospect")

    def test_incremental_equals_full(self):
        touched = self.shoppers[7]
        self._invoice(touched, "2026-06-10", 120)
        self._credit(self._invoice(self.shoppers[8], "2026-06-11", 90), "2026-06-12", 40)
        self._drain()
        names = set(PREDICTION_FIELDS) - {"expected_value_class"}  # that one is relative
        before = self._read()
        self._run_nightly()
        after = self._read()
        for customer, values in after.items():
            self.assertEqual(
                {name: values[name] for name in names},
                {name: before[customer][name] for name in names},
            )
        versions = self._read_versions()
        self._run_nightly()
        self.assertEqual(self._read_versions(), versions, "a second run wrote rows")
        self.env["customer.profile"]._refresh(self.company, self.shoppers.ids)
        self.assertEqual(self._read_versions(), versions, "an event refresh wrote rows")

    def test_incremental_equals_full_whatever_happens(self):
        """Random documents and contacts of the touched customers, then the repair."""
        dice = random.Random(5)
        names = set(PREDICTION_FIELDS) - {"expected_value_class"}
        pool = self.shoppers[:12]
        for _step in range(25):
            self._do_something(dice, pool)
            self._drain()
        before = self._read(self.env["customer.profile"].search([]))
        self._run_nightly()
        after = self._read(self.env["customer.profile"].search([]))
        self.assertEqual(before.keys(), after.keys())
        for customer, values in after.items():
            self.assertEqual(
                {name: values[name] for name in names},
                {name: before[customer][name] for name in names},
                customer,
            )

    def _do_something(self, dice, pool):
        pool = pool.exists()
        partner = dice.choice(pool)
        day = self._day(TODAY) - timedelta(days=dice.randrange(400))
        action = dice.choice(("invoice", "credit", "draft", "contact", "company", "archive"))
        if action == "contact":
            partner.write({"is_company": False, "parent_id": dice.choice(self.shoppers[20:30]).id})
        elif action == "company":
            partner.write({"is_company": True, "parent_id": False})
        elif action == "archive":
            partner.active = not partner.active
        else:
            move = self._invoice(partner, day, dice.randrange(1, 900))
            if action == "credit":
                self._credit(move, TODAY, dice.choice((None, 1)))
            elif action == "draft":
                move.button_draft()

    def test_probability_falls_with_silence(self):
        before = self._read()
        with freeze_time(self._day(TODAY) + timedelta(days=60)):
            self._run_nightly()
            after = self._read()
        quiet = [c for c, values in before.items() if values["alive_probability"] is not None]
        self.assertTrue(quiet)
        for customer in quiet:
            self.assertLessEqual(
                after[customer]["alive_probability"], before[customer]["alive_probability"]
            )

    def test_silence_alone_is_no_change_for_other_programs(self):
        """Otherwise ``pull_changes`` would tell of every customer every day."""
        self._forget_changes()
        names = ("tier_id", "segment", "stage", "value_class", "expected_value_class")
        names += ("retention_verdict", "revenue_365", "occasion_count_365", "rfm_recency")
        before = {profile: [profile[name] for name in names] for profile in self.profiles}
        numbers = self._read()
        with freeze_time(self._day(TODAY) + timedelta(days=1)):
            self._run_nightly()
            after = self._read()
        self.assertNotEqual(numbers, after)
        told = self._get_told()
        loud = {p.id for p, values in before.items() if values != [p[n] for n in names]}
        self.assertLessEqual(loud, told)
        self.assertLess(len(told), len(self.profiles) / 2)
        self._forget_changes()
        self._invoice(self.shoppers[7], "2026-06-10", 120)
        self._drain()
        self.assertEqual(self._get_told(), {self._profile(self.shoppers[7]).id})

    def _forget_changes(self):
        """Let all rows look as if another transaction had changed them last."""
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE customer_profile DISABLE TRIGGER customer_profile_note_change;"
            "UPDATE customer_profile SET change_xid = 1;"
            "ALTER TABLE customer_profile ENABLE TRIGGER customer_profile_note_change"
        )

    def _get_told(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT id FROM customer_profile WHERE change_xid > 1")
        return {profile for (profile,) in self.env.cr.fetchall()}

    def test_nothing_later_is_looked_at(self):
        """Invoices dated after the day of the fit change neither the model nor a score."""
        before = self._read()
        parameters = self.model.parameters
        future = self._day(TODAY) + timedelta(days=30)
        self._add_sales([(customer.id, future, 99_999) for customer in self.shoppers])
        again = self._make_model()
        self.assertEqual(again.parameters, parameters)
        self._run_nightly()
        self.assertEqual(self._read(), before)

    def test_as_of_a_past_day(self):
        """Scores of a past day come from a fit of that day, whatever happened later."""
        past = self._day(TODAY) - timedelta(days=200)
        with freeze_time(past):
            model = self._make_model()
            self._run_nightly()
            profiles = self.env["customer.profile"].search([("alive_probability", "!=", False)])
            with_future = self._read(profiles)
            self.env.cr.execute("DELETE FROM account_move WHERE invoice_date > %s", [past])
            self.env.invalidate_all()
            parameters = model.parameters
            self.assertEqual(self._make_model().parameters, parameters)
            self._run_nightly()
            self.assertEqual(self._read(profiles), with_future)

    def test_missing_cost_hides_profit_only(self):
        late = self._create_customer("Cost unknown")
        self._add_sales(
            [(late.id, "2026-01-01", 100), (late.id, "2026-05-01", 100)], cost_share=None
        )
        self.env["customer.profile"]._refresh(self.company, late.ids)
        profile = self._profile(late).with_user(self.manager)
        self.assertGreater(profile.predicted_revenue, 0)
        self.assertGreater(profile.alive_probability, 0)
        for name in ("predicted_profit", "lifetime_value", "value_at_risk"):
            self.assertIs(profile[name], False, name)
        self.assertIs(profile.expected_value_class, False)
        worth = profile.get_card()["prediction"]["answers"][-1]
        self.assertEqual(worth["answer"], "Not enough data")
        # The other customers are learned from as before; the process sees this one, too.
        model = self._make_model()
        self.assertEqual(model.state, "active")
        self.assertEqual(model.customer_count, 252)
        self.assertAlmostEqual(model.profit_per_occasion, self.model.profit_per_occasion, 6)
        self.assertEqual((self.model.unknown_cost_count, model.unknown_cost_count), (0, 2))
        with freeze_time("2026-06-16 12:00:00"):
            due = self.env["customer.prediction.model"]._get_due_companies()
        self.assertIn(self.company, due, "costs still missing: made anew every day")

    def test_stage_follows_the_model(self):
        found = {profile.stage for profile in self.profiles}
        self.assertLessEqual({"active", "slipping", "lapsed"}, found)
        for profile in self.profiles - self._profile(self.once):
            if profile.stage == "lapsed":
                self.assertTrue(profile.alive_probability < 0.2 or profile.churn_probability > 0.95)
            elif profile.stage == "active":
                self.assertGreaterEqual(profile.alive_probability, 0.5)
                self.assertGreaterEqual(profile.pause_probability, 0.2)

    def test_won_back(self):
        back = self._create_customer("Back again")
        self._add_sales([(back.id, "2024-01-10", 100), (back.id, "2026-06-01", 100)])
        self.env["customer.profile"]._refresh(self.company, back.ids)
        profile = self._profile(back)
        self.assertEqual(profile.stage, "won_back")
        self.assertGreater(profile.alive_probability, 0)

    # === FITTING === #

    def test_failing_fit_keeps_the_last_model(self):
        before = self._read()
        with (
            patch.object(prediction, "fit_prediction", side_effect=ZeroDivisionError("a bad day")),
            self.assertLogs("odoo.addons.customer_value", "ERROR"),
        ):
            failed = self._make_model()
            again = self._make_model()
        self.assertEqual(failed.state, "failed")
        self.assertIn("a bad day", failed.error)
        self.assertEqual(self.model.state, "active")
        self.assertTrue(self.model.is_last_fit_failed)
        activities = failed.activity_ids | again.activity_ids
        notice = activities.filtered(lambda a: a.user_id == self.manager)
        self.assertEqual(len(notice), 1)
        self.assertNotIn(self.salesperson, activities.user_id)
        self.assertIn("2026-06-15 stays in use", notice.note)
        self._run_nightly()
        self.assertEqual(self._read(), before)
        good = self._make_model()
        self.assertEqual((good.state, self.model.state), ("active", "superseded"))
        self.assertFalse(good.is_last_fit_failed)

    def test_fit_that_does_not_settle_is_a_failure(self):
        found = prediction.fit_prediction
        unsettled = {"reason": "not_converged", "converged": False}

        def fit(*args, **options):
            model = found(*args, **options)
            process = type(model.process)(**{**vars(model.process), **unsettled})
            return type(model)(**{**vars(model), "process": process})

        with (
            patch.object(prediction, "fit_prediction", fit),
            self.assertLogs("odoo.addons.customer_value", "ERROR"),
        ):
            failed = self._make_model()
        self.assertEqual((failed.state, self.model.state), ("failed", "active"))

    def test_fit_on_demand_is_queued_for_managers_only(self):
        models = self.env["customer.prediction.model"]
        with self.assertRaisesRegex(AccessError, "Only managers"):
            models.with_user(self.salesperson).action_request_fit()
        models.with_user(self.manager).action_request_fit()
        models.with_user(self.manager).action_request_fit()
        waiting = models.search([("state", "=", "requested")])
        self.assertEqual(len(waiting), 1)
        self.assertEqual(self.model.state, "active")
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((waiting.state, self.model.state), ("active", "superseded"))
        runs = self.env["customer.refresh.run"].search([("state", "=", "requested")])
        self.assertIn(self.company, runs.company_id, "all customers are scored anew")

    def test_due_once_a_month(self):
        models = self.env["customer.prediction.model"]
        self.assertNotIn(self.company, models._get_due_companies())
        with freeze_time("2026-06-30"):
            self.assertNotIn(self.company, models._get_due_companies())
        with freeze_time("2026-07-01 12:00:00"):
            self.assertIn(self.company, models._get_due_companies())
        self.model.state = "failed"
        self.assertNotIn(self.company, models._get_due_companies())
        with freeze_time("2026-06-16 12:00:00"):
            self.assertIn(self.company, models._get_due_companies())

    def test_first_prediction_follows_the_first_run(self):
        self.model.unlink()
        cron = self.env.ref(CRON)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self._run_nightly()
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers)
        self._make_model()
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self._run_nightly()
        self.assertEqual(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]), triggers)

    def test_old_models_are_deleted_but_not_the_one_in_use(self):
        old = self.model
        self._make_model().date = "2020-01-01"
        old.date = "2020-01-01"
        models = self.env["customer.prediction.model"]
        models._gc_models()
        self.assertFalse(old.exists())
        self.assertTrue(models._get_active(self.company))

    # === COMPANIES === #

    def test_companies_do_not_mix(self):
        other = self._create_company("Zurich branch", self.env.ref("base.CHF"))
        few = self._add_customers(5, "Swiss")
        self._add_sales(
            [(c.id, self._day(TODAY) - timedelta(days=d), 50) for c in few for d in (300, 200, 9)],
            other,
        )
        self._run_nightly(self.company | other)
        profile = self._profile(few[0], other)
        self.assertEqual(profile.prediction_reason, "no_model")
        self.assertIs(profile.alive_probability, False)
        mine = self._read()
        model = self._make_model(other)
        self._run_nightly(self.company | other)
        self.assertEqual(model.level, "few_customers")
        self.assertIs(model.grade, False)
        self.assertEqual(model.customer_count, 5)
        self.assertGreater(self._profile(few[0], other).alive_probability, 0.5)
        self.assertEqual(self._read(), mine)
        seen = self.env["customer.prediction.model"].with_user(self.manager).search([])
        self.assertNotIn(model, seen)

    def test_short_history_hides_probabilities(self):
        other = self._create_company("Young branch", self.env.ref("base.EUR"))
        few = self._add_customers(4, "Young")
        self._add_sales(
            [(c.id, self._day(TODAY) - timedelta(days=d), 50) for c in few for d in (90, 9)], other
        )
        self._run_nightly(other)
        model = self._make_model(other)
        self._run_nightly(other)
        self.assertEqual(model.level, "short_history")
        profile = self._profile(few[0], other)
        self.assertEqual(profile.prediction_reason, "short_history")
        for name in set(PREDICTION_FIELDS) - {"prediction_reason"}:
            self.assertIs(profile[name], False, name)
        self.assertIn("less than 180 days", profile.prediction_sentence)

    def test_company_without_sales(self):
        other = self._create_company("Empty branch", self.env.ref("base.EUR"))
        self.assertNotIn(other, self.env["customer.prediction.model"]._get_due_companies())
        model = self._make_model(other)
        self.assertEqual((model.state, model.level, model.grade), ("active", "no_data", False))

    # === RETENTION === #

    def test_retention_needs_settings(self):
        profile = self._profile(self.shoppers[0]).with_user(self.manager)
        self.assertIs(profile.retention_verdict, False)
        self.assertIn("set what a contact", profile.retention_sum)

    def test_retention_verdict_and_sum(self):
        self.company.with_user(self.manager).sudo().write(
            {"customer_retention_contact_cost": 5, "customer_retention_offer_cost": 20}
        )
        runs = self.env["customer.refresh.run"].search([("state", "=", "requested")])
        self.assertIn(self.company, runs.company_id, "a changed setting refreshes everybody")
        self._run_nightly()
        found = {profile.retention_verdict for profile in self.profiles}
        self.assertLessEqual({"offer", "let_go", "stays"}, found)
        for profile in self.profiles.filtered(lambda p: p.retention_verdict == "offer"):
            stay, worth = profile.alive_probability, profile.predicted_profit
            worth /= stay
            kept = stay + 0.15 * (1 - stay)
            contacted = (stay + 0.05 * (1 - stay)) * worth - 5
            offered = kept * (worth - 20) - 5
            self.assertGreaterEqual(offered, max(contacted, stay * worth))
            self.assertAlmostEqual(profile.retention_gain, offered - stay * worth, delta=0.02)
            limit = worth - (max(contacted, stay * worth) + 5) / kept
            self.assertAlmostEqual(profile.retention_max_offer, limit, delta=0.02)
            self.assertIn("Doing nothing", profile.retention_sum)

    def test_settings_form(self):
        with Form(self.env["res.config.settings"]) as form:
            self.assertEqual(form.customer_discount_percent, 10)
            form.customer_retention_contact_cost = 3
            form.customer_retention_offer_uplift_percent = 20
        form.record.execute()
        self.assertEqual(self.company.customer_retention_contact_cost, 3)
        self.assertEqual(self.company.customer_retention_offer_uplift_percent, 20)

    def test_settings_are_checked(self):
        for vals in (
            {"customer_retention_contact_cost": -1},
            {"customer_discount_percent": 101},
            {"customer_retention_offer_uplift_percent": -5},
        ):
            with self.assertRaisesRegex(ValidationError, "between 0 and 100"):
                self.company.write(vals)

    def test_discount_rate_takes_effect_without_a_new_fit(self):
        before = self._read()
        self.company.customer_discount_percent = 0
        self._run_nightly()
        after = self._read()
        profitable = [c for c, v in before.items() if (v["predicted_profit"] or 0) > 100]
        self.assertTrue(profitable)
        for customer in profitable:
            ratio = after[customer]["predicted_profit"] / before[customer]["predicted_profit"]
            self.assertAlmostEqual(ratio, 1.1**0.5, delta=0.02)

    # === HISTORY === #

    def test_snapshots_keep_what_was_foretold(self):
        snapshots = self.env["customer.profile.snapshot"]
        snapshots._take(self.company, self._day("2026-05-31"))
        names = ("churn_probability", "value_at_risk", "lifetime_value", "prediction_horizon_days")
        first, second = self.shoppers[0], self.shoppers[1]
        kept = {
            customer: snapshots.search([("partner_id", "=", customer.id)])
            for customer in (first, second)
        }
        for customer, snapshot in kept.items():
            profile = self._profile(customer)
            self.assertEqual([snapshot[n] for n in names], [profile[n] for n in names])
        total = sum(snapshot.value_at_risk for snapshot in kept.values())
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((first | second).ids, first)
        self.env.invalidate_all()
        snapshot = snapshots.search([("partner_id", "=", first.id)])
        self.assertAlmostEqual(snapshot.value_at_risk, total, 2)

    def test_refresh_costs_the_same_queries_for_ten_and_a_hundred(self):
        counts = []
        profiles = self.env["customer.profile"]
        for size in (10, 10, 100):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            scope = profiles._get_scope(self.company, self.shoppers[:size].ids)
            facts = profiles._read_facts(profiles._settle_documents(scope))
            self.assertEqual(len(facts), size)
            profiles._add_measures(facts, self._day(TODAY))
            profiles._add_relative_measures(facts, None, self._day(TODAY))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_many_customers_get_the_same_as_few(self):
        """By COPY and with every step in a work table, as in a full run of thousands."""
        profiles, tables = self.env["customer.profile"], customer_work_table
        with patch.object(facts, "FEW_CUSTOMERS", 0), patch.object(tables, "FEW_DOCUMENTS", 0):
            self.assertFalse(profiles._refresh(self.company, self.shoppers.ids))
            known = self._profile(self.shoppers[3]).read(list(profiles._get_absolute_fields()))
            profiles.search([("partner_id", "in", self.shoppers.ids)]).unlink()
            self.assertTrue(profiles._refresh(self.company, self.shoppers.ids))
        self.assertFalse(profiles._refresh(self.company, self.shoppers.ids))
        again = self._profile(self.shoppers[3]).read(list(profiles._get_absolute_fields()))
        self.assertEqual(again[0] | {"id": 0}, known[0] | {"id": 0})

    def test_archived_customer_is_predicted(self):
        self.shoppers[3].active = False
        self.env["customer.profile"]._refresh(self.company, self.shoppers[3].ids)
        self.assertIsNot(self._profile(self.shoppers[3]).alive_probability, False)
