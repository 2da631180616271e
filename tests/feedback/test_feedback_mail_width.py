"""Every answer a mail offers can be reached on a small telephone, in both directions."""

import base64
import unittest

from odoo.tests import freeze_time, tagged

from .common import NOW, FeedbackCommon

try:
    from ..tools import browser
except ImportError:  # what it speaks to Chromium with is a package of tests
    browser = None

WIDTHS = (320, 390, 600)
LINKS = """[...document.querySelectorAll("a[href*='/customer/feedback/']")].map(a => {
    const box = a.getBoundingClientRect();
    return {text: a.innerText.trim(), left: box.left, right: box.right, top: box.top,
            width: box.width, height: box.height};
})"""


@tagged("post_install", "-at_install")
@unittest.skipUnless(browser and browser.find_program(), "needs Chromium")
@freeze_time(NOW)
class TestFeedbackMailWidth(FeedbackCommon):
    def test_all_levels_are_within_reach(self):
        self.company.feedback_quiet_days = 0
        for lang in ("en_US", "fa_IR"):
            self.customer.lang = lang
            bodies = {}
            for kind, levels in (("nps", 11), ("rating", 5)):
                self._request(kind=kind)
                bodies[kind] = (self._get_mails(self.customer)[-1].body_html, levels)
            self._look(lang, bodies)

    def _look(self, lang, bodies):
        with browser.opened() as page:
            for width in WIDTHS:
                page.call(
                    "Emulation.setDeviceMetricsOverride",
                    **{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": True},
                )
                for kind, (body, levels) in bodies.items():
                    with self.subTest(lang=lang, width=width, kind=kind):
                        self._check(self._open(page, body), levels, width)

    def _open(self, page, body):
        head = '<meta name="viewport" content="width=device-width, initial-scale=1">'
        source = base64.b64encode(f"<html>{head}<body>{body}</body></html>".encode()).decode()
        page.go(f"data:text/html;charset=utf-8;base64,{source}")
        return page.evaluate(LINKS)

    def _check(self, links, levels, width):
        self.assertEqual(len({link["text"] for link in links}), levels)
        for link in links:
            self.assertGreaterEqual(link["left"], 0, link)
            self.assertLessEqual(link["right"], width, link)
            # A thumb needs some 40 points each way.
            self.assertGreaterEqual(min(link["width"], link["height"]), 40, link)
        for number, one in enumerate(links):
            for other in links[number + 1 :]:
                beside = one["right"] <= other["left"] or other["right"] <= one["left"]
                self.assertTrue(beside or abs(one["top"] - other["top"]) >= 40, (one, other))
