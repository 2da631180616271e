from odoo.tests import tagged

from .common import DeskCommon
from .screens import ScreenCase

STYLESHEET = "document.querySelector('link[href*=\"/web.assets_web\"]').href"
# Entries of the user's menu are named by their place in its registry, not by words.
CHOOSE = """(async () => {
    const items = odoo.loader.modules.get("@web/core/registry").registry
        .category("user_menuitems");
    const item = items.get("customer_value.language.%s")(odoo.__WOWL_DEBUG__.root.env);
    await item.callback();
})()"""
MEANING = "odoo.loader.modules.get('@web/session').session.customer_meanings.stage.slipping"


@tagged("post_install", "-at_install")
class TestLanguageMenu(DeskCommon, ScreenCase):
    """Another language comes with its own direction of writing, at once."""

    def test_direction_follows_language(self):
        for code in ("en_US", "fa_IR"):
            self.env["res.lang"]._activate_lang(code)
        user = self.service
        user.lang = "en_US"
        with self._signed_in(user):
            self._load()
            for code, direction in (("fa_IR", "rtl"), ("en_US", "ltr")):
                self.page.evaluate("window.isBefore = true")
                self.page.evaluate(CHOOSE % code)
                self.page.wait("!window.isBefore && !!document.querySelector('.o_main_navbar')")
                self.assertEqual(".rtl." in self.page.evaluate(STYLESHEET), direction == "rtl")
                is_rtl = self.page.evaluate("document.body.classList.contains('o_rtl')")
                self.assertEqual(is_rtl, direction == "rtl")
                profiles = self.env["customer.profile"].with_context(lang=code)
                meaning = profiles._get_stage_meanings()["slipping"]
                self.assertEqual(self.page.evaluate(MEANING), meaning)
