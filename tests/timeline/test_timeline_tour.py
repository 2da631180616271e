from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import TimelineCommon

CALLS = 300


@tagged("post_install", "-at_install")
class TestTimelineTour(TimelineCommon, HttpCase):
    """The timeline in the browser, on a customer with hundreds of entries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.salesperson.lang = "en_US"  # the steps look for English words
        cls.salesperson.tz = "UTC"
        now = fields.Datetime.now().replace(hour=12, minute=0, second=0)
        cls.env["customer.interaction"].create(
            [
                {
                    "partner_id": cls.contact.id,
                    "user_id": cls.salesperson.id,
                    "kind": "call" if number % 3 else "fax",
                    "direction": "in" if number % 2 else "out",
                    "subject": f"Talk {number:03}",
                    "note": f"They said {number:03}",
                    "date": now - timedelta(hours=7 * number),
                }
                for number in range(CALLS)
            ]
        )

    def test_timeline(self):
        self.start_tour(
            f"/odoo/res.partner/{self.contact.id}",
            "customer_value_timeline",
            login=self.salesperson.login,
        )

    def test_analysis(self):
        self.start_tour(
            "/odoo/customer-timeline",
            "customer_value_timeline_analysis",
            login=self.salesperson.login,
        )

    def test_views_open_for_every_role(self):
        views = [(False, kind) for kind in ("list", "pivot", "graph", "calendar", "search")]
        for user in (self.salesperson, self.own_salesperson, self.accountant, self.manager):
            timeline = self.env["customer.timeline"].with_user(user)
            with self.subTest(user=user.login):
                shown = timeline.get_views(views)["models"]["customer.timeline"]["fields"]
                specification = {
                    name: {} for name in shown if name in timeline._fields and name != "id"
                }
                domain = [("customer_id", "=", self.customer.id)]
                self.assertTrue(timeline.web_search_read(domain, specification)["records"])
