"""The salesperson does the five everyday jobs of the guide, in a real browser.

In both languages, on a phone, a small and a large screen; no scenario knows a word of a language.
"""

from odoo.tests import tagged

from .roles_common import FORM, MANY, ROW, TODAY_ROW, RolesCommon


@tagged("post_install", "-at_install")
class TestSelling(RolesCommon):
    maxDiff = None

    # === SALESPERSON === #

    def test_salesperson(self):
        self._work_as(self.seller, self._sell)

    def _sell(self):
        self._start_the_day()
        self._know_the_customer()
        self._write_down()
        self._quote()
        self._keep_in_touch()

    def _start_the_day(self):
        self._open_app(TODAY_ROW)
        self._look("today")
        name = self._see(f"{TODAY_ROW} .o_customer_today_name")
        self._click(f"{TODAY_ROW}:first-child button[name=log]", shows=".modal")
        self._look("log")
        self._click(".modal button[name=action_save]", hides=".modal")
        self.assertLessEqual(self.clicks, 3, "from the app's icon to a logged call")
        self._miss(f"{TODAY_ROW} .o_customer_today_name", name)
        with self._server():
            call = self.env["customer.interaction"].search([], order="id desc", limit=1)
            self.assertEqual((call.partner_id.name, call.create_uid), (name, self.seller))
        name = self._see(f"{TODAY_ROW} .o_customer_today_name")
        reasons = f"{TODAY_ROW} [data-reason=no_need]"
        self._click(f"{TODAY_ROW}:first-child button[name=not_now]", shows=reasons)
        self._look("not now")
        self._click(reasons, hides=reasons)
        self._miss(f"{TODAY_ROW} .o_customer_today_name", name)
        with self._server():
            skip = self.env["customer.today.skip"].search([])
            self.assertEqual((skip.partner_id.name, skip.reason), (name, "no_need"))

    def _know_the_customer(self):
        self._click(f"{TODAY_ROW} .o_customer_today_name", "Shopper 5", shows=FORM)
        self._see(".o_customer_card_full")
        self._look("card")
        self._click(".o_customer_card_full button.o_customer_card_number", shows=MANY)
        self._look("documents")
        self._click(".o_back_button", shows=FORM)

    def _write_down(self):
        self._click(f"{FORM} button[name=action_log]", shows=".modal")
        self._type(".modal .o_field_widget[name=subject] input", "Prices of lamps")
        call = self._read_name("mail.mail_activity_data_call")
        self._choose("activity_type_id", call, ".modal")
        self._look("log with next step")
        self._click(".modal button[name=action_save]", hides=".modal")
        with self._server():
            made = self.env["customer.interaction"].search([], order="id desc", limit=1)
            self.assertEqual((made.partner_id, made.subject), (self.asker, "Prices of lamps"))
            activity = self.asker.activity_ids
            self.assertEqual((activity.summary, activity.user_id), (made.subject, self.seller))

    def _quote(self):
        self._open_app(MANY, "sale.sale_menu_root")
        self._click(ROW, "Shopper 5", shows=f"{FORM} .o_customer_card_compact")
        self._look("quotation")
        offers = ".o_field_widget[name=customer_recommendation_ids]"
        self._click(f"{FORM} .nav-link[name=customer_recommendations]", shows=offers)
        self._look("recommendations")
        self._click(f"{offers} button[name=action_quote]")
        with self._server():
            quoted = self._get(self.asker, "quoted")
            self.assertEqual(self.order.order_line.product_id, quoted.product_id)
        self._click(f"{offers} button[name=action_reject]", shows=".modal")
        self._look("reject")
        self._click(".modal .o_radio_input[data-value=bought_elsewhere]")
        self._click(".modal button[name=action_reject]", hides=".modal")
        with self._server():
            self.assertEqual(self._get(self.asker, "rejected").reject_reason, "bought_elsewhere")

    def _keep_in_touch(self):
        self._open_app(TODAY_ROW)
        self._menu("contact_due", MANY)
        self._look("overdue")
        self._select(2)
        self._act("customer_value.customer_bulk_start_action_customer_profile", shows=".modal")
        self._look("next step")
        self._click(".modal .o_radio_input[data-value=sms]", shows=".modal .alert-warning")
        self._see(".modal .o_field_widget[name=text]")
        self._look("SMS that nobody sends yet")
        self._click(".modal .o_radio_input[data-value=activity]", hides=".modal .alert-warning")
        self._type(".modal .o_field_widget[name=summary] input", "Spring offer")
        self._click(".modal button[name=action_start]", hides=".modal")
        self._look("done")
        with self._server():
            planned = self.env["mail.activity"].search([("summary", "=", "Spring offer")])
            self.assertEqual(len(planned), 2)
            self.assertEqual(planned.user_id, self.seller)
