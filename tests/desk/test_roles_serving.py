"""Service and accountant do the five everyday jobs of their guides, in a real browser.

In both languages, on a phone, a small and a large screen; no scenario knows a word of a language.
"""

from odoo.tests import tagged

from .roles_common import FORM, MANY, ROW, RolesCommon


@tagged("post_install", "-at_install")
class TestServing(RolesCommon):
    maxDiff = None

    # === SERVICE === #

    def test_service(self):
        self._work_as(self.servant, self._serve)

    def _serve(self):
        self._see_what_is_open()
        self._work_on_a_complaint()
        self._put_it_right()
        self._answer_the_customer()
        self._answer_who_waits()

    def _see_what_is_open(self):
        self._open_app(".o_customer_today_page")
        self._menu("complaints", MANY)
        self._look("complaints")
        self._create()
        self._type(f"{FORM} .o_field_widget[name=subject] :is(input, textarea)", "Leg loose")
        self._choose("partner_id", "Noisy Ltd", FORM)
        self._save()
        self._look("new complaint")
        with self._server():
            made = self.env["customer.complaint"].search([("subject", "=", "Leg loose")])
            self.assertEqual((made.partner_id, made.create_uid), (self.complainer, self.servant))
            self.assertTrue(made.name)

    def _work_on_a_complaint(self):
        self._click(".o_back_button", shows=MANY)
        self._click(ROW, "Desk scratched", shows=FORM)
        self._look("complaint")
        self._click(f"{FORM} .nav-link[name=analysis]")
        self._type(f"{FORM} .o_field_widget[name=root_cause] :is(input, textarea)", "Badly packed")
        self._save()
        self._click(".o-mail-Chatter-sendMessage", shows=".o-mail-Composer-input")
        self._type(".o-mail-Composer-input", "We look into it")
        self._look("message")
        self._click(".o-mail-Composer-send", hides=".o-mail-Composer-input")
        self._move_to(self.waiting)
        self._look("waiting")
        with self._server():
            self.assertEqual(self.complaint.stage_id, self.waiting)
            self.assertEqual(self.complaint.root_cause, "Badly packed")
            self.assertIn("We look into it", self.complaint.message_ids.mapped("preview"))
            self.assertTrue(self.complaint.first_response_date)

    def _put_it_right(self):
        self._click_step("action_return", shows=".modal")
        self._look("return")
        self._click(".modal button[name=action_confirm]", hides=".modal")
        self._see(f"{FORM} [name=picking_type_id]")
        self._look("transfer")
        with self._server():
            self.assertEqual(self.complaint.return_ids.return_id, self.delivery)
        self._click(".o_back_button", shows=f"{FORM} [name=root_cause], {FORM} [name=subject]")

    def _answer_the_customer(self):
        self._click(f"{FORM} .nav-link[name=resolution]")
        self._type(f"{FORM} .o_field_widget[name=finding] textarea", "It was badly packed")
        self._type(f"{FORM} .o_field_widget[name=resolution] textarea", "You get a new one")
        self._save()
        self._look("resolution")
        self._act("customer_value.complaint_answer_report", is_print=True)
        self.assertTrue(self._wait_for_file().startswith(b"%PDF"))
        with self._server():
            self.assertEqual(self.complaint.resolution, "You get a new one")

    def _answer_who_waits(self):
        self._menu("interactions_waiting", MANY)
        self._look("waiting for an answer")
        if self._is_phone:
            self._click(ROW, "Where is it?", shows=FORM)
            self._look("question")
            self._click_step(self.log_action, shows=".modal")
        else:
            self._click(f".o_data_row button[name='{self.log_action}']", shows=".modal")
        self._look("answer")
        self._click(".modal button[name=action_save]", hides=".modal")
        with self._server():
            self.assertTrue(self.question.answered_date)
        self._menu("feedback_low", MANY)
        self._look("low answers")
        self._click(ROW, "Noisy Ltd", shows=FORM)
        self._look("low answer")
        self._click_step("action_create_complaint", shows=f"{FORM} [name=subject]")
        self._look("complaint of an answer")
        self._save()
        with self._server():
            self.assertEqual(self.feedback.complaint_ids.partner_id, self.complainer)

    # === ACCOUNTANT === #

    def test_accountant(self):
        self._work_as(self.accountant, self._account)

    def _account(self):
        self._see_who_pays_late()
        self._plan_the_cash()
        self._explain_a_profit()
        self._book_the_points()
        self._print_what_customers_are_worth()

    def _see_who_pays_late(self):
        self._open_app(".o_customer_board_question")
        self._menu("payment_expectation", MANY)
        self._look("likely late")
        self._clear_search(shows=ROW)
        self._look("expected payments")
        self._click(ROW, "Shopper 0", shows=f"{FORM} .o_customer_card_compact")
        self._look("invoice")
        self._see(f"{FORM} .o_customer_card_compact .o_tag")

    def _plan_the_cash(self):
        self._menu("cash_forecast", ".o_graph_view canvas")
        self._look("cash")
        self._switch_view("list", shows=".o_data_row")
        self._look("cash by week")
        self._menu("cash_actual", ".o_graph_view")
        self._look("what came")

    def _explain_a_profit(self):
        self._menu("profiles", MANY)
        self._click(ROW, "Shopper 0", shows=f"{FORM} .o_customer_card_full")
        self._look("customer")
        self._click("[data-metric=net_profit_365] button.o_customer_card_number", shows=MANY)
        self._look("parts of the profit")
        self._click(ROW, shows=f"{MANY}, {FORM}")
        self._look("documents of a part")

    def _book_the_points(self):
        self._menu("points_balance", MANY)
        self._look("points owed")
        self._click("button[name=action_make_liability_entry]", shows=FORM)
        self._look("entry")
        with self._server():
            entry = self.env["account.move"].search([("move_type", "=", "entry")], limit=1)
            self.assertEqual(entry.state, "draft")
            self.assertIn(self.points_owed, entry.line_ids.account_id)

    def _print_what_customers_are_worth(self):
        self._menu("profiles", MANY)
        self._select(2)
        self._act("customer_value.value_statement_report", is_print=True)
        self.assertTrue(self._wait_for_file().startswith(b"%PDF"))
