import json
from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user, tagged

from ..feedback.common import FeedbackCommon

GROUPS = {
    "api": "customer_value.customer_value_group_api",
    "telephony": "customer_value.customer_value_group_telephony",
}
CHOSEN = ("abc", ["x"], {"a": 1}, 1.5, True, [[1]], "\x00", 2**70, -1, 0, None)


@tagged("post_install", "-at_install")
class TestAskedOnly(FeedbackCommon, HttpCase):
    """What only asks changes nothing, and is told no more than the one who asks may know."""

    def _ask(self, path, body=None, **headers):
        """Send what browsers and office programs send before they open an address."""
        return self.url_open(
            path, data=body, headers=headers, method="OPTIONS", allow_redirects=False
        )

    def _assert_answered(self, answer, *methods):
        self.assertEqual((answer.status_code, answer.text), (204, ""))
        self.assertEqual(answer.headers["Allow"], ", ".join(sorted({*methods, "OPTIONS"})))

    def test_asking_answers_no_question(self):
        request, token = self._request()
        attempts = self.env["customer.feedback.attempt"]
        for query, body in (
            ("?rating=1&comment=forged", None),
            ("", {"rating": "1"}),
            ("?decline=1", None),
            ("", None),
        ):
            answer = self._ask(f"/customer/feedback/{token}{query}", body)
            self.assertEqual((answer.status_code, answer.text), (204, ""))
            self._ask(f"/customer/feedback/unknown{query}", body)
        self.env.invalidate_all()
        self.assertEqual(request.state, "sent")
        self.assertFalse(request.feedback_ids)
        self.assertFalse(attempts.search([]))

    def test_asking_makes_and_closes_no_complaint(self):
        portal = new_test_user(
            self.env, "pari", "base.group_portal", password="pari-pari", lang="en_US"
        )
        portal.partner_id.parent_id = self.customer
        complaint = self.env["customer.complaint"].create(
            {"subject": "Late", "partner_id": self.customer.id}
        )
        token = complaint._portal_ensure_token()
        close = f"/my/complaints/{complaint.id}/close"
        self._assert_answered(self._ask(f"{close}?access_token={token}"), "POST")
        self.authenticate("pari", "pari-pari")
        self._assert_answered(self._ask(close), "POST")
        count = self.env["customer.complaint"].search_count([])
        given = {"subject": "Forged", "description": "Forged", "key": "forged"}
        answer = self._ask("/my/complaints/new", given)
        self.assertEqual((answer.status_code, answer.text), (204, ""))
        self.env.invalidate_all()
        self.assertFalse(complaint.close_date)
        self.assertEqual(self.env["customer.complaint"].search_count([]), count)

    def test_asking_reports_no_call(self):
        user = new_test_user(self.env, "pbx", GROUPS["telephony"], company_id=self.company.id)
        keys = self.env["res.users.apikeys"].with_user(user)
        key = keys._generate(None, "test", datetime.now() + timedelta(days=1))
        event = {"event": "hangup", "call_id": "asked", "direction": "in", "from": "12"}
        answer = self._ask(
            "/customer_value/telephony/event",
            json.dumps(event),
            **{"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        self.assertEqual((answer.status_code, answer.text), (204, ""))
        self.assertFalse(self.env["customer.call"].search([("call_id", "=", "asked")]))

    def test_other_pages_are_asked_as_ever(self):
        """Odoo's own routes answer as Odoo decides."""
        self.assertEqual(self._ask("/web/health").json(), {"status": "pass"})

    # === BRANCHES ===

    def test_programs_hear_of_a_branch_only_where_they_may_work(self):
        """The numbers of a company hold those of its branches; words of theirs stay there."""
        branch = self.env["res.company"].create({"name": "North", "parent_id": self.company.id})
        own = {"partner_id": self.customer.id, "date": datetime(2026, 6, 1)}
        for company, subject in ((branch, "Told in the branch"), (self.company, "Told here")):
            self.env["customer.interaction"].create(
                {**own, "company_id": company.id, "subject": subject}
            )
        for companies, heard in (
            (self.company, {"Told here"}),
            (self.company | branch, {"Told here", "Told in the branch"}),
        ):
            program = new_test_user(
                self.env,
                f"program{len(companies)}",
                GROUPS["api"],
                company_id=self.company.id,
                company_ids=[(6, 0, companies.ids)],
            )
            summary = (
                self.env["customer.api"]
                .with_user(program)
                .get_summary(company_id=self.company.id, partner_id=self.customer.id)
            )
            subjects = {interaction["subject"] for interaction in summary["interactions"]}
            self.assertEqual(subjects, heard)

    # === WHAT A CONTEXT CHOOSES ===

    def test_whatever_the_context_chooses_is_a_choice_or_none(self):
        facts = self.env["customer.satisfaction.fact"].with_user(self.manager)
        for chosen in CHOSEN:
            with self.subTest(chosen=chosen):
                kwargs = {"context": {"customer_satisfaction_of": chosen}}
                found = call_kw(facts, "search_count", [[("component", "=", "rating")]], kwargs)
                self.assertIsInstance(found, int)

    def test_whatever_quotation_the_context_names(self):
        recommendation = self.env["customer.recommendation"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "product_id": self.product.id,
                "kind": "reorder",
                "date": "2026-06-01",
            }
        )
        mine = recommendation.with_user(self.salesperson)
        for chosen in CHOSEN:
            if chosen:
                with self.subTest(chosen=chosen), self.assertRaises(UserError):
                    kwargs = {"context": {"order_id": chosen}}
                    call_kw(mine, "action_quote", [mine.ids], kwargs)
