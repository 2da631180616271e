from odoo import fields
from odoo.tests import HttpCase, tagged

from ..common import CustomerValueCommon
from ..tools.real_timeline import add_history

ENTRIES = 10_000
PAGE = 80


@tagged("post_install", "-at_install")
class TestTimelineScroll(CustomerValueCommon, HttpCase):
    """A customer with 10 000 entries, in the browser from the newest to the oldest.

    That it is smooth follows from how it is made: one request per page, which costs the same
    wherever the page is, and a browser that never holds more than a few pages.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ana", "parent_id": cls.customer.id, "email": "ana@azure.example.com"}
        )
        cls.env.flush_all()
        add_history(cls.env, cls.contact, cls.salesperson, ENTRIES)
        cls.salesperson.tz = "Asia/Tehran"

    def _scroll(self, language):
        self.env["res.lang"]._activate_lang(language)
        self.salesperson.lang = language
        # What it measured stands in the log of the browser.
        self.browser_js(
            f"/odoo/res.partner/{self.contact.id}",
            "walkCustomerTimeline()",
            ready="!!window.walkCustomerTimeline",
            login=self.salesperson.login,
            timeout=180,
        )

    def test_english(self):
        self._scroll("en_US")

    def test_persian(self):
        self._scroll("fa_IR")

    def test_every_page_costs_the_same(self):
        timeline = self.env["customer.timeline"].with_user(self.salesperson)
        seen, costs, before = [], [], None
        has_more = True
        while has_more:
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            page = timeline.get_timeline(self.contact.id, before=before, limit=PAGE)
            costs.append(self.env.cr.sql_log_count - start)
            seen += [(entry["date"], entry["id"]) for entry in page["entries"]]
            before = {name: page["entries"][-1][name] for name in ("date", "id")}
            has_more = page["has_more"]
        self.assertEqual(len(costs), ENTRIES // PAGE)
        self.assertEqual(len(set(seen)), ENTRIES)
        self.assertEqual(seen, sorted(seen, reverse=True))
        self.assertEqual(len(set(costs[1:])), 1, costs)  # the first fills caches
        self.assertLessEqual(seen[0][0], fields.Datetime.to_string(fields.Datetime.now()))
