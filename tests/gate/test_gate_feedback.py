from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..feedback.common import FeedbackCommon

SECRET = "Zirnikh"


@tagged("post_install", "-at_install")
class TestGateFeedback(FeedbackCommon, HttpCase):
    """The public page and the answers name documents of the customer, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order(cls.customer)
        cls._deliver(cls.order)
        cls.picking = cls.order.picking_ids
        other = cls._order(cls.other_customer)
        cls._deliver(other)
        other.picking_ids.name = SECRET
        cls.other_picking = other.picking_ids
        cls.parameter = cls.env["ir.config_parameter"].create(
            {"key": f"{SECRET}.key", "value": SECRET}
        )

    def _open(self, cause, document):
        """Return the text of the public page of a row about a document."""
        request, token = self._request(cause=cause, res_model=document._name, res_id=document.id)
        self.env.flush_all()
        return request, token, self.url_open(f"/customer/feedback/{token}").text

    def _get_foreign(self):
        """Return documents of others, and records that are no documents at all."""
        user = self.env["res.users"].create({"name": SECRET, "login": SECRET})
        foreign = self._invoice(self.other_customer, "2026-06-01", 10)
        foreign.name = SECRET
        complaint = self.env["customer.complaint"].create(
            {"subject": SECRET, "partner_id": self.other_customer.id}
        )
        return (self.other_picking, foreign, complaint, self.parameter, user, user.partner_id)

    def test_page_names_the_own_document(self):
        _request, _token, page = self._open("delivery", self.picking)
        self.assertIn(self.picking.name, page)

    def test_page_names_nothing_else(self):
        for document in self._get_foreign():
            for cause in ("delivery", "invoice", "complaint"):
                with self.subTest(model=document._name, cause=cause):
                    request, token, page = self._open(cause, document)
                    self.assertNotIn(SECRET, page)
                    self.assertIn(self.company.name, page)
                    mail = self.env["mail.mail"].search([], order="id desc", limit=1)
                    self.assertNotIn(SECRET, f"{mail.subject} {mail.body_html}")
                    request._answer({"rating": 3})
                    answer = request.feedback_ids.sudo()
                    self.assertFalse(answer.res_model or answer.document_name, token)
                    request.unlink()

    def test_page_survives_old_rows(self):
        """A model that is not installed any more, and a document that is gone."""
        for model, id_ in (("gone.model", 7), ("stock.picking", 2**31 - 1), (False, 7)):
            _request, token = self._request(cause="delivery")
            _request.write({"res_model": model, "res_id": id_})
            self.env.flush_all()
            page = self.url_open(f"/customer/feedback/{token}")
            self.assertEqual(page.status_code, 200)
            _request.unlink()

    def test_answers_take_facts_of_own_documents_only(self):
        """Neither name, nor person, nor products of somebody else's document."""
        for document in self._get_foreign():
            answer = self.feedback._register_answer(
                self.company,
                self.customer,
                "rating",
                {"rating": 2},
                res_model=document._name,
                res_id=document.id,
            )
            self.assertFalse(answer.document_name or answer.user_id or answer.category_ids)
        own = self.feedback._register_answer(
            self.company,
            self.customer,
            "rating",
            {"rating": 2},
            res_model=self.picking._name,
            res_id=self.picking.id,
        )
        self.assertEqual(own.document_name, self.picking.name)

    def test_answers_about_what_is_no_document(self):
        """Rows that name a system parameter or a person: neither shown nor opened."""
        answer = self.feedback._register_answer(
            self.company, self.customer, "rating", {"rating": 2}
        )
        answer.write({"res_model": "ir.config_parameter", "res_id": self.parameter.id})
        answer.document_name = SECRET
        answer.env.flush_all()
        seen = answer.with_user(self.manager)
        self.assertFalse(seen.document_label)
        self.assertFalse(seen.action_open_document())
        self.assertIsNone(answer._get_document())

    def test_recording_names_documents_of_the_customer(self):
        for document in (self.other_picking, self.parameter):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.env["customer.feedback.record"].with_user(self.service_user).create(
                    {
                        "partner_id": self.customer.id,
                        "rating": "2",
                        "document_ref": f"{document._name},{document.id}",
                    }
                )
