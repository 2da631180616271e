"""A small company at work, and one user for each role of docs/guide."""

import contextlib
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import freeze_time

from ..points.common import PointsCommon
from ..recommendation.common import RecommendationCommon
from .hands import HandsCase

LANGUAGES = ("en_US", "fa_IR")
PASSWORD = "only for this test"  # noqa: S105
WIDTHS = (390, 1024, 1440)
TODAY_ROW = ".o_customer_today_row"
FORM = ".o_form_view"
MANY = ".o_list_view, .o_kanban_view"
ROW = ".o_data_row .o_data_cell, .o_kanban_record:not(.o_kanban_ghost)"
# What is counted: one of each row, not of its cells.
ROWS = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)"


class RolesCommon(RecommendationCommon, PointsCommon, HandsCase):
    """What each role finds in the morning; a day's work is undone after each screen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in LANGUAGES:
            cls.env["res.lang"]._activate_lang(code)
        cls._print_for_real()
        cls.today = fields.Date.context_today(cls.company)
        cls.seller = cls._create_user("sara", "sales_team.group_sale_salesman")
        cls.servant = cls._create_user(
            "sima",
            "customer_value.customer_value_group_user,sales_team.group_sale_salesman,"
            "stock.group_stock_user",
        )
        cls.administrator = cls._create_user(
            "arman", "base.group_system,customer_value.customer_value_group_manager"
        )
        cls.administrator.password = PASSWORD
        cls.api_group = cls.env.ref("customer_value.customer_value_group_api")
        cls.privilege_field = f"field_{cls.api_group.privilege_id.id}"
        cls.program_user = cls._create_user("program", "base.group_user")
        cls._add_customers_of_seller()
        cls._add_documents()
        cls._add_service()
        cls._add_points()
        cls._run_nightly()
        cls._make_model()
        cls._run_nightly()
        cls.env["customer.payment.model"]._make(cls.company)
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _print_for_real(cls):
        """Odoo prints no PDF in tests, unless told to."""
        reports = type(cls.env["ir.actions.report"])
        render = reports._pre_render_qweb_pdf
        cls.classPatch(
            reports,
            "_pre_render_qweb_pdf",
            lambda self, *args, **values: render(
                self.with_context(force_report_rendering=True), *args, **values
            ),
        )

    @classmethod
    def _create_user(cls, login, groups):
        user = super()._create_user(login, groups)
        user.name = login.capitalize()
        user.odoobot_state = "disabled"  # or its chat covers the screen of a phone
        return user

    @classmethod
    def _ago(cls, days):
        return cls.today - timedelta(days=days)

    @classmethod
    def _add_customers_of_seller(cls):
        """Five bought desk, lamp and chair; the last one but a desk, so that there is an offer."""
        cls.desk, cls.lamp, cls.chair = cls._add_products("Desk", "Lamp", "Chair")
        cls.buyers = cls._add_customers(6)
        cls.buyers.user_id = cls.seller
        for number, buyer in enumerate(cls.buyers):
            buyer.write({"phone": f"+1 202 555 01{number:02}", "email": f"s{number}@shop.example"})
        three = [(product.id, 1, 100) for product in (cls.desk, cls.lamp, cls.chair)]
        cls._add_purchases(
            [(buyer.id, cls._ago(60), three) for buyer in cls.buyers[:5]]
            + [(buyer.id, cls._ago(200), three) for buyer in cls.buyers[:5]]
            + [(cls.buyers[5].id, cls._ago(60), three[:1])]
        )
        cls.asker = cls.buyers[5]
        cls.env["customer.contact.policy"].search([]).active = False
        cls.env["customer.contact.policy"].create({"days": 30, "company_id": cls.company.id})

    @classmethod
    def _add_documents(cls):
        cls.order = cls.env["sale.order"].create(
            {"partner_id": cls.asker.id, "user_id": cls.seller.id}
        )
        cls._invoice(cls.buyers[0], cls._ago(5), 500)

    @classmethod
    def _add_service(cls):
        """A delivery somebody complains of, a question nobody answered, a low answer."""
        cls.complainer = cls._create_customer(
            "Noisy Ltd", user_id=cls.servant.id, email="noisy@shop.example"
        )
        order = cls._order(cls.complainer, quantity=2, user_id=cls.servant.id)
        cls.delivery = cls._deliver(order)
        order._create_invoices().action_post()
        teams = cls.env["customer.complaint.team"]
        teams.search([("company_id", "=", cls.company.id)]).active = False
        teams.create(
            {
                "name": "Service", "company_id": cls.company.id, "user_id": cls.servant.id,
                "member_ids": [Command.set(cls.servant.ids)],
            }
        )  # fmt: skip
        cls.env["customer.service.standard"].create(
            {"name": "Fast", "first_response_hours": 4, "company_id": cls.company.id}
        )
        cls.waiting = cls.env.ref("customer_value.customer_complaint_stage_waiting")
        cls.log_action = cls.env.ref("customer_value.customer_interaction_log_action").id
        cls.complaint = cls.env["customer.complaint"].create(
            {
                "subject": "Desk scratched", "partner_id": cls.complainer.id,
                "order_line_id": order.order_line.id, "user_id": cls.servant.id,
            }
        )  # fmt: skip
        cls.question = cls.env["customer.interaction"].create(
            {
                "partner_id": cls.complainer.id, "direction": "in", "needs_answer": True,
                "subject": "Where is it?", "date": cls._ago(2), "user_id": cls.servant.id,
            }
        )  # fmt: skip
        cls.feedback = cls.env["customer.feedback"].create(
            {"partner_id": cls.complainer.id, "kind": "rating", "rating": 1, "comment": "Too late"}
        )
        factor = cls.env["customer.feedback.factor"].search([], limit=1)
        line = Command.create({"factor_id": factor.id, "expectation": 5, "perception": 3})
        cls.env["customer.feedback"].create(
            {"partner_id": cls.buyers[1].id, "kind": "gap", "line_ids": [line]}
        )

    @classmethod
    def _add_points(cls):
        """A program, an invoice paid two months ago, and the accounts points are booked on."""
        cls.program.write({"customer_points_value": 0.1, "customer_points_from": cls._ago(100)})
        cls.points_owed, _given = cls._switch_on_booking(cls.company)
        day = cls._ago(70)
        with freeze_time(f"{day} 12:00:00"):
            cls._pay(cls._invoice(cls.complainer, day, 300), day)
            cls._drain()

    @contextlib.contextmanager
    def _undone(self):
        """Take back whatever happens meanwhile."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.invalidate_all()

    def _work_as(self, user, do_jobs):
        """Have a role do its jobs in every language and at every width, each from the start."""
        self.role = user.login
        for self.language in LANGUAGES:
            for width in WIDTHS:
                with self.subTest(language=self.language, width=width), self._undone():
                    user.lang = self.language
                    with self._signed_in(user):
                        self._sit_down(width)
                        do_jobs()
                    self._check_nothing_was_wrong()

    def _check_nothing_was_wrong(self):
        page = self.page
        self.assertEqual(page.complaints, [], "said on the console")
        self.assertEqual([str(error)[:1000] for error in page.errors], [])
        self.assertEqual(page.warnings, [], "warned of on the console")
        self.assertEqual(page.failures, [], "requests that failed")
        self.assertEqual(self.problems, [], "sticks out of the screen")
