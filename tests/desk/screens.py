"""One browser for a whole class of tests: who looks, in which language and at which width changes
within one session, so that a hundred screens cost one start.

Odoo's ``browser_js`` starts a browser for each call. Here Python drives, and the page only
answers: tests/desk/walk.js goes to a screen and says what stands on it.
"""

import contextlib
import json
from pathlib import Path
from unittest import SkipTest

from odoo.tests import HttpCase

from ..tools import browser

WALK = Path(__file__).with_name("walk.js").read_text()
CLIENT = "!!document.querySelector('.o_web_client .o_main_navbar') && !!odoo.__WOWL_DEBUG__?.root"
HEIGHTS = {390: 844, 1024: 768, 1440: 900}
PHONE = 390


class ScreenCase(HttpCase):
    """Tests that drive one browser, which keeps what it has loaded once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not browser.find_program():
            raise SkipTest("needs Chromium")
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        cls.page = stack.enter_context(browser.opened(1440, 900))

    def set_cookie(self, name, value, path, domain):
        """What Odoo calls its own browser for."""
        self.page.call("Network.setCookie", name=name, value=value, path=path, domain=domain)

    @contextlib.contextmanager
    def _signed_in(self, user):
        """Let a user look; the transaction is the server's as long as somebody does."""
        with self.allow_requests(browser=self):
            self.authenticate(user.login, user.login, browser=self)
            self.cr.flush()
            self.cr.clear()
            self.page.errors.clear()
            self.page.complaints.clear()
            try:
                yield
            finally:
                self.page.go("about:blank")
                self._wait_remaining_requests()
        self.env.invalidate_all()

    def _resize(self, width):
        is_phone = width == PHONE
        self.page.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=HEIGHTS[width],
            deviceScaleFactor=1,
            mobile=False,
        )
        self.page.call("Emulation.setTouchEmulationEnabled", enabled=is_phone, maxTouchPoints=1)

    def _load(self, path="/odoo/action-customer_value.customer_today_action", scripts=()):
        """Load the web client, with what walks through it."""
        self.page.go(f"{self.base_url()}{path}")
        self.page.wait(CLIENT)
        for script in (WALK, *scripts):
            self.page.evaluate(script + ";0")
        self.page.evaluate("customerValueWalk.settle()")

    def _walk(self, method, *arguments):
        """Call a method of the walk; return its answer."""
        values = ", ".join(json.dumps(value) for value in arguments)
        return self.page.evaluate(f"customerValueWalk.{method}({values})")
