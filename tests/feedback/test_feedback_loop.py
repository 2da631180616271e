from datetime import datetime

from odoo.tests import freeze_time, tagged

from .common import NOW, FeedbackCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestFeedbackLoop(FeedbackCommon):
    """Low answers are answered, and it is known how soon; Odoo's ratings count once."""

    def _answer(self, kind, **answer):
        return self.feedback._register_answer(self.company, self.customer, kind, answer)

    def test_limits(self):
        factor = self.factors[0].id
        quarter = {f.id: (3, 3) for f in self.factors} | {factor: (4, 3)}
        cases = [
            ("rating", {"rating": 2}, True),
            ("rating", {"rating": 3}, False),
            ("nps", {"nps": 6}, True),
            ("nps", {"nps": 7}, False),
            ("gap", {"levels": quarter}, False),  # exactly -0.25
            ("gap", {"levels": {factor: (4, 3)}}, True),
        ]
        for kind, answer, is_low in cases:
            feedback = self._answer(kind, **answer)
            self.assertEqual(feedback.is_low, is_low, answer)
            self.assertEqual(feedback.loop_state, "open" if is_low else False)
            self.assertEqual(len(feedback.activity_ids), int(is_low))

    def test_activity_of_the_responsible_person(self):
        self.company.resource_calendar_id.tz = "UTC"
        feedback = self._answer("rating", rating=1, comment="<b>Late</b> & broken")
        activity = feedback.activity_ids
        self.assertEqual(activity.user_id, self.salesperson)
        self.assertEqual(feedback.responsible_id, self.salesperson)
        # Monday 10:00, 8 working hours of a calendar 8–12, 13–17
        self.assertEqual(feedback.answer_due_date, datetime(2026, 6, 16, 10))
        self.assertEqual(str(activity.date_deadline), "2026-06-16")
        self.assertIn("&lt;b&gt;Late", activity.note)
        self.assertNotIn("<b>Late", activity.note)

    def test_who_is_responsible(self):
        self.customer.user_id = False
        leader = self._create_user("lena", "sales_team.group_sale_salesman")
        team = self.env["crm.team"].create({"name": "Desks", "user_id": leader.id})
        order = self._order(self.customer, user_id=False, team_id=team.id)
        picking = self._deliver(order)
        about = {"res_model": "stock.picking", "res_id": picking.id}
        self.assertEqual(self._rate(self.customer, 1, **about).responsible_id, leader)
        leader.active = False
        self.company.feedback_user_id = self.service_user
        self.assertEqual(self._rate(self.customer, 1, **about).responsible_id, self.service_user)
        self.company.feedback_user_id = False
        responsible = self._rate(self.customer, 1).responsible_id
        self.assertTrue(responsible.has_group("customer_value.customer_value_group_manager"))

    def test_marking_closes_the_loop(self):
        feedback = self._answer("rating", rating=1)
        with self._later(hours=2):
            feedback.with_user(self.salesperson).action_mark_handled()
        self.assertEqual(feedback.loop_state, "closed")
        self.assertEqual(feedback.handled_by_id, self.salesperson)
        self.assertEqual(str(feedback.handled_date), "2026-06-15 12:00:00")
        self.assertFalse(feedback.activity_ids)
        with self._later(hours=9):
            feedback.with_user(self.manager).action_mark_handled()
        self.assertEqual(feedback.handled_by_id, self.salesperson, "the first time counts")

    def test_doing_the_activity_closes_the_loop(self):
        feedback = self._answer("nps", nps=0)
        activity = feedback.activity_ids
        activity.with_user(self.salesperson).action_feedback("Called, sends a new one")
        self.assertEqual(feedback.loop_state, "closed")
        self.assertEqual(feedback.handled_by_id, self.salesperson)

    def test_writing_back_closes_the_loop(self):
        feedback = self._answer("rating", rating=1)
        own = feedback.with_user(self.service_user)
        own.message_post(body="What happened?", message_type="comment")
        self.assertEqual(feedback.loop_state, "open", "a note among us answers nobody")
        action = own.action_write_back()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.service_user)
            .with_context(**action["context"])
            .create({"body": "<p>We are sorry</p>"})
        )
        composer._action_send_mail()
        self.assertEqual(feedback.loop_state, "closed")
        self.assertEqual(feedback.handled_by_id, self.service_user)
        message = feedback.message_ids.filtered(lambda m: "sorry" in m.body)
        self.assertIn(self.customer, message.partner_ids)

    def test_share_and_time_of_the_closed_loop(self):
        first, _second, _good = (
            self._answer("rating", rating=1),
            self._answer("rating", rating=2),
            self._answer("rating", rating=5),
        )
        self.company.resource_calendar_id.tz = "UTC"
        with self._later(hours=4):
            first._close_loop(self.salesperson)
        rows = self.feedback._read_group(
            [("customer_id", "=", self.customer.id)],
            [],
            ["closed_loop_percent:avg", "hours_to_close:avg"],
        )
        self.assertEqual(rows, [(50.0, 3.0)])  # lunch is no working time

    def test_old_answers_open_no_loop(self):
        feedback = self._rate(self.customer, 1, date="2026-05-01 10:00:00")
        self.assertTrue(feedback.is_low)
        self.assertFalse(feedback.loop_state or feedback.activity_ids)

    # === RATINGS OF OTHER APPS ===

    def _rating(self, value, document=None, **values):
        document = document or self.customer
        return self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(document._name),
                "res_id": document.id,
                "partner_id": self.customer.id,
                "rated_partner_id": self.salesperson.partner_id.id,
                "rating": value,
                "consumed": True,
                **values,
            }
        )

    def _read(self):
        while self.feedback._read_ratings(2):
            pass
        return self.feedback.search(
            [("source", "=", "rating"), ("customer_id", "=", self.customer.id)], order="id"
        )

    def test_ratings_count_once(self):
        invoice = self._invoice(self.customer, "2026-06-01", 100)
        ratings = [self._rating(value) for value in (1, 3, 5, 2.5)]
        ratings.append(self._rating(4, invoice, feedback="Fine"))
        self._rating(0)  # a comment without stars
        self._rating(5, consumed=False)
        self._rating(5, partner_id=self.salesperson.partner_id.id)  # one of us
        found = self._read()
        self.assertEqual(found.mapped("rating"), [1, 3, 5, 3, 4])
        self.assertEqual(found.rating_id.ids, [rating.id for rating in ratings])
        self.assertEqual(found[-1].comment, "Fine")
        self.assertEqual(found[-1].res_id, invoice.id)
        self.assertEqual(found[0].user_id, self.salesperson)
        self.assertTrue(found[0].is_low and found[0].activity_ids)
        self.assertEqual(self._read(), found)

    def test_ratings_follow_what_the_customer_changes(self):
        rating = self._rating(5, feedback="Good")
        feedback = self._read()
        rating.write({"rating": 1, "feedback": "Broken after a day"})
        self.assertEqual(self._read(), feedback)
        self.assertEqual((feedback.rating, feedback.comment), (1, "Broken after a day"))
        self.assertEqual(feedback.loop_state, "open")
        rating.reset()
        self._read()
        self.assertTrue(feedback.is_void)
        rating.write({"rating": 3, "consumed": True})
        self._read()
        self.assertFalse(feedback.is_void)
        rating.unlink()
        self.assertEqual(self._read(), feedback, "the answer stays without Odoo's rating")

    def test_managers_have_the_last_word_on_ratings(self):
        rating = self._rating(5)
        feedback = self._read()
        feedback.with_user(self.manager)._void("A colleague")
        rating.rating = 4
        self._read()
        self.assertTrue(feedback.is_void)

    def test_a_rating_wakes_the_cron(self):
        cron = self.env.ref("customer_value.ir_cron_customer_feedback_rating")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self.customer.with_user(self.salesperson).sudo().rating_apply(
            5, rating=self._rating(3, consumed=False)
        )
        self.assertGreater(triggers.search_count([("cron_id", "=", cron.id)]), before)

    def test_timeline_shows_a_rating_once(self):
        self._rating(5)
        self._read()
        page = self.env["customer.timeline"].get_timeline(self.customer.id)
        kinds = [row["kind"] for row in page["entries"]]
        self.assertEqual((kinds.count("rating"), kinds.count("feedback")), (1, 0))
