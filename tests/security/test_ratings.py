from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from ..feedback.common import FeedbackCommon


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestRatings(FeedbackCommon, HttpCase):
    """Employees may write what they like into Odoo's ratings: it is no answer of a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order(cls.customer)
        cls.customer.user_ids = new_test_user(
            cls.env, "azure", "base.group_portal", partner_id=cls.customer.id
        )
        cls.ratings = cls.env["rating.rating"]

    def _read(self):
        self.env.flush_all()
        while self.feedback._read_ratings(2):
            pass
        self.env.invalidate_all()
        return self.feedback.search([("source", "=", "rating")], order="id")

    def _get_counting(self):
        found = self._read().filtered(lambda feedback: not feedback.is_void)
        return [(feedback.rating, feedback.comment) for feedback in found]

    def _ask(self):
        """Return the rating a customer is asked for, as Odoo makes it for the salesperson."""
        order = self.order.with_user(self.salesperson)
        token = order._rating_get_access_token()
        return self.ratings.search([("access_token", "=", token)])

    def _prepare(self, **values):
        model = self.env["ir.model"]._get_id("sale.order")
        values = {"partner_id": self.customer.id, "rating": 5, "consumed": True, **values}
        return {"res_model_id": model, "res_id": self.order.id, **values}

    def _click(self, rating, rate, feedback="", login=None):
        """Answer by the link in the customer's mail."""
        self.authenticate(login, login)
        self.env.flush_all()
        form = {"rate": rate, "feedback": feedback, "csrf_token": Request.csrf_token(self)}
        answer = self.url_open(f"/rate/{rating.access_token}/submit_feedback", data=form)
        self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()

    def test_customers_answers_count(self):
        for login in (None, "azure"):
            with self.subTest(login=login):
                self.order = self._order(self.customer)
                rating = self._ask()
                self.assertFalse(rating.customer_recorded, "asking is no answer")
                self._click(rating, 3, "Fine", login)
                self.assertFalse(rating.customer_recorded)
                self.assertEqual(self._get_counting()[-1], (3, "Fine"))
        rating.sudo().with_user(self.env.ref("base.user_root")).rating = 4
        self.assertEqual(self._get_counting()[-1], (4, "Fine"), "the system may")

    def test_what_an_employee_makes_counts_never(self):
        for user in (self.salesperson, self.manager, self.env.ref("base.user_admin")):
            mine = self.ratings.with_user(user)
            rating = mine.create(self._prepare(rating=1))
            later = mine.create(self._prepare(rating=0, consumed=False, access_token="known"))
            later.write({"consumed": True, "rating": 5})
            through = self.order.with_user(user).sudo(False)
            through.message_post(body="5 of 5", rating_value=5)
            for forged in (rating, later):
                with self.subTest(user=user.login):
                    self.assertEqual(forged.customer_recorded, "made")
                    self.assertEqual(forged.customer_recorded_by_id, user)
            self.assertEqual(self._get_counting(), [])
            # The link of a rating one has made oneself is as good as the rating.
            self._click(later, 5)
            self.assertEqual(self._get_counting(), [])
            later.access_token = "other"
        answer = self._read()[0]
        self.assertEqual((answer.is_void, answer.recorded_by_id), (True, self.salesperson))
        self.assertIn(self.salesperson.name, answer.void_reason)
        self.assertFalse(answer.loop_state, "nobody has to answer it")
        answer.with_user(self.manager).action_restore()
        self.assertEqual(self._get_counting(), [(1, False)], "a manager knows better")

    def test_link_opened_by_one_of_us(self):
        rating = self._ask()
        self._click(rating, 5, "Super", "sam")
        self.assertEqual(self._get_counting(), [])
        self.assertEqual(rating.customer_recorded_by_id, self.salesperson)
        self.assertEqual(self._read().recorded_by_id, self.salesperson)
        self._click(rating, 1, "Awful")
        self.assertEqual(self._get_counting(), [(1, "Awful")])
        self.assertFalse(self._read().recorded_by_id)
        self.assertFalse(rating.customer_recorded_by_id)

    def test_methods_of_odoo(self):
        rating = self._ask()
        order = self.order.with_user(self.salesperson)
        order.rating_apply(5, token=rating.access_token, feedback="Great")
        self.assertEqual(self._get_counting(), [])
        order.sudo().rating_apply(5, rating=rating.with_user(self.salesperson).sudo())
        self.assertEqual(self._get_counting(), [])
        self.assertEqual(rating.customer_recorded, "answer")

    def test_bad_answer_is_neither_improved_nor_deleted(self):
        """Before and after it is read, in every way there is."""
        attacks = (
            lambda rating: rating.write({"rating": 5}),
            lambda rating: rating.write({"feedback": "Great"}),
            lambda rating: rating.write({"consumed": False}),
            lambda rating: rating.write({"partner_id": self.other_customer.id}),
            lambda rating: rating.write({"res_id": self._order(self.other_customer).id}),
            lambda rating: rating.write({"rated_on": "2020-01-01 00:00:00"}),
            lambda rating: rating.write({"rated_partner_id": self.manager.partner_id.id}),
            lambda rating: rating.reset(),
            lambda rating: rating.write({"customer_recorded": False, "rating": 4}),
            lambda rating: self.order.with_user(rating.env.user).rating_apply(
                5, token=rating.access_token
            ),
        )
        for is_read in (False, True):
            for number, attack in enumerate(attacks):
                with self.subTest(is_read=is_read, attack=number):
                    self.order = self._order(self.customer)
                    rating = self._ask()
                    self._click(rating, 1, "Broken")
                    if is_read:
                        self._read()
                    attack(rating.with_user(self.salesperson))
                    self.env.invalidate_all()
                    answer = self._read()[-1]
                    self.assertEqual((answer.rating, answer.comment), (1, "Broken"))
                    self.assertFalse(answer.is_void)
                    self.assertEqual(answer.customer_id, self.customer)
                    self.assertEqual(answer.date.year, 2026)
                    self.assertEqual(rating.customer_recorded_by_id, self.salesperson)
        self.assertRaises(AccessError, rating.with_user(self.salesperson).unlink)

    def test_led_to_another_customer_by_hand(self):
        rating = self._ask()
        rating.with_user(self.salesperson).partner_id = self.other_customer
        self._click(rating, 5)
        self.assertEqual(self._get_counting(), [])
        self.assertEqual(rating.customer_recorded, "made")

    def test_marks_are_nobodys_to_write(self):
        mine = self.ratings.with_user(self.manager)
        marks = {"customer_recorded": False, "customer_recorded_by_id": self.salesperson.id}
        rating = mine.create(self._prepare(**marks))
        self.assertEqual(rating.customer_recorded_by_id, self.manager)
        rating.write(marks)
        rating.write({**marks, "rating": 5})
        self.assertEqual(rating.customer_recorded, "made")
        self.assertEqual(rating.copy().customer_recorded, "made")
        context = self.ratings.with_user(self.manager).with_context(
            default_customer_recorded=False, default_customer_recorded_by_id=self.salesperson.id
        )
        self.assertEqual(context.create(self._prepare()).customer_recorded_by_id, self.manager)
        self.assertEqual(self._get_counting(), [])

    def test_reset_asks_the_customer_anew(self):
        rating = self._ask()
        self._click(rating, 1, "Broken")
        rating.with_user(self.salesperson).reset()
        self.assertEqual(self._get_counting(), [(1, "Broken")])
        self._click(rating, 5, "Mended")
        self.assertEqual(self._get_counting(), [(5, "Mended")])

    def test_timeline_says_who(self):
        self.ratings.with_user(self.salesperson).create(self._prepare())
        timeline = self.env["customer.timeline"].with_user(self.manager)
        self.env.flush_all()
        [entry] = timeline.search([("kind", "=", "rating"), ("customer_id", "=", self.customer.id)])
        self.assertEqual(entry.user_id, self.salesperson)
        self.assertEqual(entry.status, "Made by one of us")

    def test_nobody_is_no_customer(self):
        """Whoever has the link to a document may write stars there, as often as they like."""
        self.authenticate(None, None)
        token = self.order._portal_ensure_token()
        self.env.flush_all()
        for stars in (1, 5, 1):
            post = {"body": "Stars", "rating_value": stars, "message_type": "comment"}
            params = {"thread_model": "sale.order", "thread_id": self.order.id, "token": token}
            params["post_data"] = post
            answer = self.url_open("/mail/message/post", json={"params": params})
            self.assertIn("result", answer.json())
        self.env.invalidate_all()
        ratings = self.ratings.search([("res_model", "=", "sale.order")])
        nobody = self.env.ref("base.public_partner")
        self.assertEqual((len(ratings), ratings.partner_id), (3, nobody))
        self.assertFalse(self._read())
        self.assertFalse(self.env["customer.profile"].search([("partner_id", "=", nobody.id)]))
