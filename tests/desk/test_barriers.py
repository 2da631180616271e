"""No barrier of ours for who cannot see, or not well, on a phone: axe-core on our screens.

On wide screens: test_every_screen.py, which has them all.

Findings in what Odoo draws itself are Odoo's: only nodes inside our components count.
"""

import json

from odoo.tests import HttpCase, tagged

from .common import DeskCommon, read_axe

SCREENS = {
    "customer_today_action": ".o_customer_today_page",
    "customer_first_steps_action": ".o_customer_first_steps li",
    "customer_profile_action": ".o_view_controller",
    "customer_bulk_action": ".o_view_controller",
}
EXAMINE = """
(async () => {
    const found = [];
    for (let waited = 0; !document.querySelector(%(ready)s); waited++) {
        if (waited > 200) {
            throw new Error("never drawn: " + %(ready)s);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    const result = await axe.run(document.querySelector(".o_action_manager"), {
        resultTypes: ["violations"],
    });
    for (const { id, impact, nodes } of result.violations) {
        for (const { target, html } of nodes) {
            const ours = document
                .querySelector(target[0])
                ?.closest("[class*='o_customer_'], [class*='o_field_customer_']");
            const isView = ours?.classList.contains("o_view_controller");
            if (ours && !isView && ["serious", "critical"].includes(impact)) {
                found.push(`${id}: ${html}`);
            }
        }
    }
    if (found.length) {
        console.error("Barriers: " + found.join(" | "));
    } else {
        console.log("test successful");
    }
})();
"""


@tagged("post_install", "-at_install")
class TestBarriers(DeskCommon, HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.axe = read_axe()
        cls.known = cls._add_known(
            "Azure Furniture",
            user=cls.manager,
            segment="cannot_lose",
            stage="slipping",
            value_class="D",
            retention_verdict="contact",
            retention_gain=30,
        )
        cls.known.phone = "+1 202 555 0123"
        cls.profile = cls._profile(cls.known)

    def _examine(self, path, ready):
        code = self.axe + EXAMINE % {"ready": json.dumps(ready)}
        self.browser_js(path, code, login=self.manager.login, timeout=120)

    def test_screens(self):
        for action, ready in SCREENS.items():
            self._examine(f"/odoo/action-customer_value.{action}", ready)
        profile = f"/odoo/customer.profile/{self.profile.id}"
        self._examine(profile, ".o_customer_card_full")
