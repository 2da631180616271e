from odoo.tests import freeze_time, tagged

from ...models.api.api_error import InvalidInput, KeyReused, NotAllowed, NotFound
from .common import ApiCommon


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestApiFeedback(ApiCommon):
    """Answers other programs report: once per key, checked like all others."""

    def _feedback(self, *answers, api=None, company=None):
        return (self.api if api is None else api).log_feedback(
            company_id=(company or self.company).id, answers=list(answers)
        )

    def _answer(self, key="k1", **values):
        base = {"request_key": key, "kind": "rating", "rating": 4}
        return {**base, "partner_id": self.contact.id, **values}

    def test_recorded_once_per_key(self):
        first = self._feedback(self._answer(comment="Fine"))
        self.assertEqual(first[0]["customer_id"], self.customer.id)
        self.assertTrue(first[0]["created"])
        again = self._feedback(self._answer(comment="Fine"), self._answer("k2", rating=2))
        self.assertEqual([row["created"] for row in again], [False, True])
        self.assertEqual(again[0]["id"], first[0]["id"])
        feedback = self.env["customer.feedback"].browse([row["id"] for row in again])
        self.assertEqual(feedback.mapped("rating"), [4, 2])
        self.assertEqual(set(feedback.mapped("source")), {"api"})
        self.assertEqual(feedback.recorded_by_id, self.program)
        self.assertEqual(feedback.mapped("loop_state"), [False, "open"])
        with self.assertRaisesRegex(KeyReused, "key_reused"):
            self._feedback(self._answer(rating=5))

    def test_the_same_key_twice_in_a_call(self):
        answers = self._feedback(self._answer(), self._answer())
        self.assertEqual([row["created"] for row in answers], [True, False])
        self.assertEqual(answers[0]["id"], answers[1]["id"])

    def test_all_kinds(self):
        factors = self.env["customer.feedback.factor"]._get_factors(self.company)
        level = {"factor_id": factors[0].id, "expectation": 5, "perception": 4}
        answers = self._feedback(
            self._answer("a", kind="nps", rating=False, nps=0, date="2026-06-14T12:00:00+02:00"),
            self._answer("b", kind="gap", levels=[level]),
            self._answer("c", partner_id=False, email="info@azure.example", user_login="program"),
        )
        nps, gap, rating = self.env["customer.feedback"].browse([row["id"] for row in answers])
        self.assertEqual((nps.nps, str(nps.date)), (0, "2026-06-14 10:00:00"))
        self.assertEqual(gap.gap, -1)
        self.assertEqual((rating.partner_id, rating.user_id), (self.customer, self.program))

    def test_what_cannot_be(self):
        factor = self.env["customer.feedback.factor"]._get_factors(self.company)[0].id
        level = {"factor_id": factor, "expectation": 5, "perception": 4}
        cases = [
            ({"rating": 6}, InvalidInput, "Answer 1: “rating” must be"),
            ({"rating": None}, InvalidInput, "Answer 1: Please choose a level"),
            ({"kind": "stars"}, InvalidInput, "Answer 1: “kind”"),
            ({"kind": "nps", "nps": 11}, InvalidInput, "“nps”"),
            ({"kind": "nps", "nps": True}, InvalidInput, "“nps”"),
            ({"kind": "gap", "levels": [level, level]}, InvalidInput, "twice"),
            ({"kind": "gap", "levels": "5"}, InvalidInput, "“levels”"),
            ({"kind": "gap", "levels": [{**level, "factor_id": 10**6}]}, InvalidInput, "one topic"),
            ({"comment": "x" * 4001}, InvalidInput, "“comment”"),
            ({"date": "2026-06-17"}, InvalidInput, "in the future"),
            ({"partner_id": False}, InvalidInput, "Give “partner_id”"),
            ({"partner_id": 10**8}, NotFound, "no contact"),
            ({"partner_id": False, "email": "nobody@x.example"}, NotFound, "nobody@x.example"),
            ({"user_login": "nobody"}, NotFound, "nobody"),
            ({"colour": "red"}, InvalidInput, "no field “colour”"),
        ]
        for values, error, sentence in cases:
            # assertRaises undoes what was written, as the end of a failed call does
            with self.subTest(values=values), self.assertRaises(error) as caught:
                self._feedback(self._answer(**values))
            self.assertIn(sentence, str(caught.exception))
        for answers in ([], "x", [5], [self._answer()] * 101):
            with self.assertRaises(InvalidInput):
                self.api.log_feedback(company_id=self.company.id, answers=answers)
        self.assertFalse(self.env["customer.feedback"].search([]))

    def test_needs_the_right_and_the_company(self):
        with self.assertRaises(NotAllowed):
            self._feedback(self._answer(), api=self.api.with_user(self.salesperson))
        other = self._create_company("Second", self.env.ref("base.EUR"))
        with self.assertRaises(NotAllowed):
            self._feedback(self._answer(), company=other)
