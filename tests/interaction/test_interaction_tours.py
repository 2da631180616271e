from odoo.tests import HttpCase, tagged

from .common import InteractionCommon


@tagged("post_install", "-at_install")
class TestInteractionTours(InteractionCommon, HttpCase):
    """A call is logged with two clicks, or with Enter, and undone with one."""

    def test_log_call(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.salesperson.lang = "en_US"
        self.start_tour(
            f"/odoo/res.partner/{self.contact.id}",
            "customer_value_log_call",
            login=self.salesperson.login,
        )
        interaction = self.env["customer.interaction"].search([])
        self.assertEqual(interaction.subject, "Call")
        self.assertEqual(interaction.partner_id, self.contact)
        self.assertEqual(interaction.create_uid, self.salesperson)
