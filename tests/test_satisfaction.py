from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import CustomerValueCommon


class SatisfactionCommon(CustomerValueCommon):
    """Answers and complaints as they are recorded; days are days before today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.factors = cls.env["customer.feedback.factor"].create(
            [{"name": name} for name in ("Finish", "Punctuality", "Use", "Manners")]
        )

    @classmethod
    def _answer(cls, partner=None, ago=0, **values):
        kind = "nps" if "nps" in values else "gap" if "levels" in values else "rating"
        levels = values.pop("levels", ())
        return cls.env["customer.feedback"].create(
            {
                "kind": kind,
                "partner_id": (partner or cls.customer).id,
                "date": datetime.now() - timedelta(days=ago),
                "line_ids": [
                    Command.create(
                        {"factor_id": factor.id, "expectation": expected, "perception": perceived}
                    )
                    for factor, (expected, perceived) in zip(cls.factors, levels, strict=False)
                ],
                **values,
            }
        )

    @classmethod
    def _complain(cls, partner=None, ago=0, closed_ago=None, **values):
        complaint = cls.env["customer.complaint"].create(
            {
                "subject": "A leg is loose",
                "partner_id": (partner or cls.customer).id,
                "open_date": datetime.now() - timedelta(days=ago),
                **values,
            }
        )
        if closed_ago is not None:
            complaint.close_date = datetime.now() - timedelta(days=closed_ago)
        return complaint

    def _refreshed(self, partner=None):
        self._drain()
        return self._profile(partner or self.customer)


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestSatisfaction(SatisfactionCommon):
    def test_no_data(self):
        """A customer with documents but without a fact has no score, not zero."""
        self._invoice(self.customer, "2026-05-01", 100)
        profile = self._refreshed()
        for name in ("satisfaction", "satisfaction_rating", "satisfaction_complaints"):
            self.assertIs(profile[name], False, name)
        self.assertIs(profile.satisfaction_state, False)
        self.assertEqual(profile.satisfaction_answer_count, 0)
        self.env.cr.execute(
            "SELECT satisfaction, satisfaction_change FROM customer_profile WHERE id = %s",
            [profile.id],
        )
        self.assertEqual(self.env.cr.fetchone(), (None, None))

    def test_worst_answer_is_zero_and_not_unknown(self):
        self._answer(rating=1)
        profile = self._refreshed()
        self.assertEqual(profile.satisfaction, 0)
        self.assertIsNot(profile.satisfaction, False)
        self.assertEqual(profile.satisfaction_state, "dissatisfied")
        found = self.env["customer.profile"].search([("satisfaction", "=", False)])
        self.assertNotIn(profile, found)

    def test_worked_example_of_the_docs(self):
        self._answer(rating=5, ago=0)
        self._answer(rating=3, ago=180)
        self._answer(nps=9)
        self._answer(levels=[(4, 5), (4, 4)])
        self._complain(severity="1", ago=10)
        profile = self._refreshed()
        self.assertEqual(profile.satisfaction_rating, 83.3)
        self.assertEqual(profile.satisfaction_nps, 90)
        self.assertEqual(profile.satisfaction_gap_mean, 0.5)
        self.assertEqual(profile.satisfaction_gap, 56.3)
        self.assertIs(profile.satisfaction_delivery, False)
        self.assertEqual(profile.satisfaction_complaints, 60.7)
        # (30 * 83.333 + 20 * 90 + 20 * 56.25 + 15 * 60.653) / 85
        self.assertEqual(profile.satisfaction, 74.5)
        self.assertEqual(profile.satisfaction_state, "delighted")
        self.assertEqual(profile.satisfaction_answer_count, 4)
        self.assertEqual(profile.satisfaction_fact_count, 1)

    def test_one_half_life_is_exactly_half(self):
        self._answer(nps=10, ago=0)
        self._answer(nps=1, ago=180)
        self.assertEqual(self._refreshed().satisfaction, 70)
        self.company.customer_satisfaction_half_life = 90
        self._run_nightly()
        self.assertEqual(self._profile(self.customer).satisfaction, 82)

    def test_decay_goes_on_at_night(self):
        """Of two answers the older one fades against the newer one only by their distance."""
        self._answer(nps=10, ago=0)
        self._answer(nps=0, ago=100)
        before = self._refreshed().satisfaction
        with freeze_time("2026-09-15 10:00:00"):
            self._run_nightly()
            self.assertEqual(self._profile(self.customer).satisfaction, before)
            self._answer(nps=0)
            self.assertLess(self._refreshed().satisfaction, before)

    def test_answers_of_another_century_are_still_answers(self):
        """Weights too small to be divided by are not an error, nor no data."""
        self.company.customer_satisfaction_half_life = 1
        self._answer(nps=7, ago=36500)
        self._answer(nps=3, ago=36501)
        self.assertEqual(self._refreshed().satisfaction, 56.7)
        facts = self._open("satisfaction_nps")
        self.assertAlmostEqual(sum(facts.mapped("points")), 56.7, 1)

    def test_weights(self):
        self._answer(rating=5)
        self._answer(nps=0)
        self.assertEqual(self._refreshed().satisfaction, 60)
        self.company.customer_satisfaction_weight_nps = 30
        self._run_nightly()
        self.assertEqual(self._profile(self.customer).satisfaction, 50)
        self.company.write(
            {"customer_satisfaction_weight_rating": 0, "customer_satisfaction_weight_nps": 0}
        )
        self._run_nightly()
        profile = self._profile(self.customer)
        self.assertIs(profile.satisfaction, False, "there is data, but none that counts")
        self.assertEqual(profile.satisfaction_rating, 100)

    def test_states_without_gap(self):
        for weight, rating, nps, state in (
            (30, 5, 10, "delighted"),
            (30, 4, 10, "delighted"),  # exactly 85
            (30, 5, 0, "satisfied"),  # exactly 60
            (29.8, 5, 0, "dissatisfied"),  # 59.8
            (29.9, 4, 10, "delighted"),  # 85.01
            (30.6, 4, 10, "satisfied"),  # 84.9
        ):
            with self.subTest(rating=rating, nps=nps, weight=weight):
                self.env["customer.feedback"].search([]).unlink()
                self.company.customer_satisfaction_weight_rating = weight
                self._answer(rating=rating)
                self._answer(nps=nps)
                self.assertEqual(self._refreshed().satisfaction_state, state)

    def test_states_with_gap(self):
        """The gap decides whatever the score; exactly at the limit is as expected."""
        for gaps, state in (
            ((1, 0, 0, 0), "satisfied"),
            ((-1, 0, 0, 0), "satisfied"),
            ((1, 1, 0, 0), "delighted"),
            ((-1, -1, 0, 0), "dissatisfied"),
        ):
            with self.subTest(gaps=gaps):
                self.env["customer.feedback"].search([]).unlink()
                self._answer(levels=[(3, 3 + gap) for gap in gaps])
                self.assertEqual(self._refreshed().satisfaction_state, state)

    def test_void_answers_do_not_count(self):
        self._answer(rating=5)
        bad = self._answer(rating=1)
        self.assertEqual(self._refreshed().satisfaction, 50)
        bad.is_void = True
        profile = self._refreshed()
        self.assertEqual((profile.satisfaction, profile.satisfaction_answer_count), (100, 1))
        bad.unlink()
        self.assertEqual(self._refreshed().satisfaction, 100)

    def test_answer_of_a_contact_counts_for_the_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.customer.id, "email": "ada@example.com"}
        )
        self._answer(contact, rating=4)
        self.assertEqual(self._refreshed().satisfaction, 75)
        self.assertEqual(contact.customer_satisfaction, 75)

    def test_complaints(self):
        complaint = self._complain(severity="2", ago=400)
        profile = self._refreshed()
        self.assertEqual(profile.satisfaction_complaints, 36.8, "open ones are felt undiminished")
        complaint.close_date = datetime.now() - timedelta(days=179)
        self.assertEqual(self._refreshed().satisfaction_complaints, 36.8)
        complaint.close_date = datetime.now() - timedelta(days=180)
        self.assertIs(self._refreshed().satisfaction_complaints, False)

    def test_duplicates_and_severities_of_complaints(self):
        first = self._complain(severity="0")
        self._complain(severity="1")
        self._complain(severity="3", duplicate_of_id=first.id)
        self.assertEqual(self._refreshed().satisfaction_complaints, 47.2)  # 100 * exp(-0.75)
        first.severity = "3"
        self.assertEqual(self._refreshed().satisfaction_complaints, 8.2)  # 100 * exp(-2.5)

    def test_trend_is_computed_as_of_then(self):
        """Answers and complaints of then as they were then; none then is no trend."""
        self._answer(nps=8, ago=100)
        self._complain(severity="2", ago=120, closed_ago=80)
        profile = self._refreshed()
        self.assertEqual(profile.satisfaction_change, 0)
        self._answer(nps=0, ago=1)
        profile = self._refreshed()
        self.assertLess(profile.satisfaction_change, -15)
        self._answer(self.other_customer, nps=8, ago=1)
        self.assertIs(self._refreshed(self.other_customer).satisfaction_change, False)

    def test_only_changed_rows_are_written(self):
        self._answer(rating=4, ago=50)
        self._answer(rating=2, ago=150)
        self._refreshed()
        profiles = self.env["customer.profile"]
        self.assertFalse(profiles._refresh(self.company, self.customer.ids))
        with freeze_time("2026-06-16 10:00:00"):
            self.assertFalse(profiles._refresh(self.company, self.customer.ids))

    def test_customer_without_documents_is_found_by_the_nightly_run(self):
        self._answer(rating=4)
        self.env["customer.refresh.queue"].search([]).unlink()
        self._complain(self.other_customer)
        self.env["customer.refresh.queue"].search([]).unlink()
        self._run_nightly()
        self.assertEqual(self._profile(self.customer).satisfaction, 75)
        self.assertEqual(self._profile(self.other_customer).satisfaction_fact_count, 1)

    def test_two_companies(self):
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        self._answer(rating=5)
        self._answer(rating=1, company_id=other.id)
        self._complain(company_id=other.id)
        self._drain()
        self.assertEqual(self._profile(self.customer).satisfaction, 100)
        self.assertEqual(self._profile(self.customer, other).satisfaction, 20.2)
        contact = self.customer.with_context(allowed_company_ids=other.ids)
        self.assertEqual(contact.customer_satisfaction_state, "dissatisfied")

    def test_merged_contacts(self):
        self._answer(rating=5)
        self._answer(self.other_customer, rating=1)
        self._drain()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | self.other_customer).ids, self.customer)
        profile = self._refreshed()
        self.assertEqual((profile.satisfaction, profile.satisfaction_answer_count), (50, 2))

    def test_settings_must_make_sense(self):
        for values, message in (
            ({"customer_satisfaction_weight_nps": -1}, "weights cannot be negative"),
            (
                {
                    f"customer_satisfaction_weight_{name}": 0
                    for name in ("rating", "nps", "gap", "delivery", "complaints")
                },
                "one of them must be above 0",
            ),
            ({"customer_satisfaction_half_life": 0}, "one day at least"),
            ({"customer_satisfaction_satisfied": 90}, "may not be above"),
            ({"customer_satisfaction_gap": 5}, "0 to 4 levels"),
        ):
            with self.subTest(values=values):
                with self.assertRaises(ValidationError) as caught:
                    self.company.write(values)
                self.assertIn(message, str(caught.exception))

    def test_snapshot_keeps_satisfaction(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self._answer(rating=4)
        self._refreshed()
        snapshots = self.env["customer.profile.snapshot"]
        snapshots._take(self.company, self._day("2026-05-31"))
        snapshot = snapshots.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(snapshot.satisfaction, 75)
        self.assertEqual(snapshot.satisfaction_state, "satisfied")

    # === TIER === #

    def test_tier_rule(self):
        tiers = self.env["customer.tier"].search([("company_id", "=", self.company.id)])
        bronze, silver = tiers.sorted("sequence")[:2]
        silver.write({"min_occasions": 1, "min_revenue": 0, "min_satisfaction": 75})
        self._invoice(self.customer, "2026-05-01", 100)
        self.assertEqual(self._refreshed().tier_id, bronze, "no score does not meet the rule")
        self._answer(rating=4)
        self.assertEqual(self._refreshed().tier_id, silver, "exactly the limit does")
        card = self._profile(self.customer).with_user(self.salesperson).get_card()
        rules = {rule["rule"]: rule for rule in card["explanation"]["current"]["rules"]}
        self.assertEqual((rules["satisfaction"]["limit"], rules["satisfaction"]["met"]), (75, True))

    def test_tier_rule_in_the_preview(self):
        tiers = self.env["customer.tier"].search([("company_id", "=", self.company.id)])
        self._invoice(self.customer, "2026-05-01", 100)
        self._answer(rating=2)
        self._refreshed()
        preview = self.env["customer.tier.preview"].with_user(self.manager).create({})
        preview.line_ids.min_satisfaction = 30
        preview.action_preview()
        self.assertEqual(preview.down_count, 1)
        preview.action_apply()
        self.assertEqual(set(tiers.mapped("min_satisfaction")), {30})

    def test_tier_rule_is_a_score(self):
        tier = self.env["customer.tier"].search([], limit=1)
        for limit in (-1, 101):
            with self.assertRaisesRegex(ValidationError, "score from 0 to 100"):
                tier.min_satisfaction = limit

    # === DRILL-DOWN === #

    def _open(self, metric, user=None):
        profile = self._profile(self.customer).with_user(user or self.salesperson)
        action = profile.with_context(metric=metric).action_open_documents()
        facts = profile.env[action["res_model"]].with_context(**action["context"])
        return facts.search(action["domain"])

    def test_facts_add_up_to_every_number(self):
        with freeze_time("2026-05-01 08:00:00"):
            order = self._order(self.customer, commitment_date=datetime(2026, 5, 10))
            late = self._order(self.customer, commitment_date=datetime(2026, 5, 3))
        with freeze_time("2026-05-09 08:00:00"):
            self._deliver(order)
            self._deliver(late)
        for ago, rating in ((0, 5), (30, 2), (400, 4)):
            self._answer(rating=rating, ago=ago)
        self._answer(nps=3, ago=77)
        self._answer(levels=[(4, 5), (5, 3)], ago=5)
        self._answer(levels=[(2, 5)], ago=95)
        self._complain(severity="0", ago=3)
        self._complain(severity="2", ago=200, closed_ago=100)
        profile = self._refreshed()
        for name in ("rating", "nps", "gap", "delivery", "complaints"):
            metric = f"satisfaction_{name}"
            points = sum(self._open(metric).mapped("points"))
            self.assertAlmostEqual(points, profile[metric], delta=0.0501, msg=name)
        facts = self._open("satisfaction")
        self.assertAlmostEqual(
            sum(facts.mapped("score_points")), profile.satisfaction, delta=0.0501
        )
        self.assertEqual(len(self._open("satisfaction_answer_count")), 6)
        self.assertEqual(profile.satisfaction_answer_count, 6)
        self.assertEqual(len(self._open("satisfaction_fact_count")), 4)
        self.assertEqual(profile.satisfaction_fact_count, 4)
        self.assertEqual(len(set(facts.ids)), len(facts))

    def test_list_of_all_customers_is_the_same_list(self):
        self._answer(rating=5)
        self._answer(self.other_customer, rating=1)
        self._refreshed()
        facts = self.env["customer.satisfaction.fact"].with_user(self.salesperson)
        everybody = facts.search([("component", "=", "rating")])
        self.assertEqual(everybody.partner_id, self.customer | self.other_customer)
        self.assertEqual(sorted(everybody.mapped("points")), [0, 100])

    def test_facts_without_documents_cannot_be_opened(self):
        self._complain()
        self._refreshed()
        base = self._open("satisfaction_complaints").filtered(lambda fact: not fact.res_id)
        self.assertEqual((base.points, base.document_name), (100, "Without complaints"))
        with self.assertRaisesRegex(Exception, "no document"):
            base.action_open_document()
        complaint = self._open("satisfaction_complaints", self.env.user) - base
        action = complaint.with_user(self.env.user).action_open_document()
        self.assertEqual(action["res_model"], "customer.complaint")

    # === ON TIME IN FULL === #

    def _promise(self, day, quantity=1, **values):
        with freeze_time("2026-05-01 08:00:00"):
            return self._order(
                self.customer,
                quantity=quantity,
                commitment_date=datetime.fromisoformat(f"{day} 08:00:00"),
                **values,
            )

    def _deliver_on(self, day, order, quantity=None):
        with freeze_time(f"{day} 08:00:00"):
            return self._deliver(order, quantity)

    def _delivery_score(self):
        profile = self._refreshed()
        if profile.otif_ratio is not False and profile.otif_line_count == 1:
            self.assertEqual(profile.satisfaction_delivery, 100 * profile.otif_ratio)
        return profile.satisfaction_delivery

    def test_delivery_early(self):
        self._deliver_on("2026-05-02", self._promise("2026-05-10"))
        self.assertEqual(self._delivery_score(), 100)

    def test_delivery_late(self):
        self._deliver_on("2026-05-11", self._promise("2026-05-10"))
        self.assertEqual(self._delivery_score(), 0)

    def test_delivery_in_parts_all_on_time(self):
        order = self._promise("2026-05-10", quantity=10)
        self._deliver_on("2026-05-03", order, 4)
        self._deliver_on("2026-05-10", order)
        self.assertEqual(self._delivery_score(), 100)

    def test_delivery_backorder_too_late(self):
        order = self._promise("2026-05-10", quantity=10)
        self._deliver_on("2026-05-03", order, 4)
        self._deliver_on("2026-05-11", order)
        self.assertEqual(self._delivery_score(), 0)

    def test_delivery_backorder_still_open(self):
        order = self._promise("2026-05-10", quantity=10)
        self._deliver_on("2026-05-03", order, 9)
        self.assertEqual(self._delivery_score(), 0)

    def test_over_delivery(self):
        order = self._promise("2026-05-10", quantity=10)
        self._deliver_on("2026-05-09", order, 12)
        self.assertEqual(self._delivery_score(), 100)

    def test_no_promise(self):
        order = self._promise("2026-05-10")
        # Odoo cannot take a deadline away; moves that were imported may have none.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move SET date_deadline = NULL WHERE id = ANY(%s)",
            [order.picking_ids.move_ids.ids],
        )
        self.env.invalidate_all()
        self._deliver_on("2026-05-09", order)
        self.assertIs(self._delivery_score(), False)

    def test_two_step_delivery(self):
        """Only what reaches the customer counts, not what is ready at the door."""
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        warehouse.delivery_steps = "pick_ship"
        order = self._promise("2026-05-10")
        pick = order.picking_ids
        self.assertNotEqual(pick.location_dest_id.usage, "customer")
        self._deliver_on("2026-05-04", order)
        self.assertIs(self._profile(self.customer).satisfaction_delivery, False)
        ship = order.picking_ids - pick
        self.assertEqual(ship.location_dest_id.usage, "customer")
        ship.move_ids.date_deadline = datetime(2026, 5, 10, 8)
        self._deliver_on("2026-05-12", order)
        self.assertEqual(self._delivery_score(), 0)

    def test_several_warehouses(self):
        second = self.env["stock.warehouse"].create({"name": "North", "code": "NO"})
        here = self._promise("2026-05-10")
        there = self._promise("2026-05-10", warehouse_id=second.id)
        self.assertEqual(there.picking_ids.picking_type_id.warehouse_id, second)
        self._deliver_on("2026-05-09", here)
        self._deliver_on("2026-05-12", there)
        profile = self._refreshed()
        self.assertEqual((profile.satisfaction_delivery, profile.otif_ratio), (50, 0.5))

    def _return(self, picking, quantity, method="action_create_returns"):
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = quantity
        returned = self.env["stock.picking"].browse(getattr(wizard, method)()["res_id"])
        returned.move_ids.write({"quantity": quantity, "picked": True})
        returned._action_done()
        return returned

    def test_return_leaves_the_promise_kept(self):
        picking = self._deliver_on("2026-05-09", self._promise("2026-05-10", quantity=2))
        with freeze_time("2026-05-20 08:00:00"):
            self._return(picking, 2)
        self.assertEqual(self._delivery_score(), 100)

    def test_exchange_is_no_second_promise(self):
        """What is sent again for what came back belongs to the promise that was kept."""
        order = self._promise("2026-05-10", quantity=2)
        picking = self._deliver_on("2026-05-09", order)
        with freeze_time("2026-05-20 08:00:00"):
            self._return(picking, 1, "action_create_exchanges")
        again = order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel") and p.location_dest_id.usage == "customer"
        )
        self.assertTrue(again)
        profile = self._refreshed()
        self.assertEqual((profile.satisfaction_delivery, profile.otif_line_count), (100, 1))
        self._deliver_on("2026-05-25", order)
        self.assertEqual(self._delivery_score(), 100)

    def test_recent_lines_weigh_more(self):
        with freeze_time("2025-12-01 08:00:00"):
            old = self._order(self.customer, commitment_date=datetime(2025, 12, 17, 8))
        self._deliver_on("2025-12-30", old)
        self._deliver_on("2026-06-15", self._promise("2026-06-15"))
        profile = self._refreshed()
        self.assertEqual(profile.otif_ratio, 0.5)
        self.assertEqual(profile.satisfaction_delivery, 66.7)
