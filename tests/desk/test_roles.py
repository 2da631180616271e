"""Each role does the five everyday jobs of its guide (docs/guide), in a real browser.

In both languages, on a phone, a small and a large screen; no scenario knows a word of a language.
Three classes, so that two workers share them.
"""

from odoo.tests import tagged

from .roles_common import PASSWORD, RolesCommon

TODAY_ROW = ".o_customer_today_row"
FORM = ".o_form_view"
MANY = ".o_list_view, .o_kanban_view"
ROW = ".o_data_row .o_data_cell, .o_kanban_record:not(.o_kanban_ghost)"
# What is counted: one of each row, not of its cells.
ROWS = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)"


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
        self._look("contact")
        self._click(f"{FORM} .nav-link[name=customer_value]", shows=".o_customer_card_full")
        self._look("card")
        self._click(".o_customer_card_full button.o_customer_card_number", shows=MANY)
        self._look("documents")
        self._click(".o_back_button", shows=FORM)

    def _write_down(self):
        self._click_stat(".o_customer_log_call", shows=".modal")
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
        self._type(".modal .o_field_widget[name=summary] input", "Spring offer")
        self._click(".modal button[name=action_start]", hides=".modal")
        self._look("done")
        with self._server():
            planned = self.env["mail.activity"].search([("summary", "=", "Spring offer")])
            self.assertEqual(len(planned), 2)
            self.assertEqual(planned.user_id, self.seller)


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
        self._menu("cash_actual", MANY)
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


@tagged("post_install", "-at_install")
class TestManaging(RolesCommon):
    maxDiff = None

    # === MANAGER === #

    def test_manager(self):
        self._work_as(self.manager, self._manage)

    def _manage(self):
        self._see_all_customers()
        self._try_tiers()
        self._start_a_play()
        self._watch_the_service()
        self._see_how_satisfied_they_are()

    def _see_all_customers(self):
        self._open_app(".o_customer_today_page")
        self._menu("profiles", MANY)
        self._look("customers")
        self._click(ROW, "Shopper 0", shows=f"{FORM} .o_customer_card_full")
        self._look("customer")
        for board in ("value", "retention", "map"):
            self._menu(f"board_{board}", ".o_customer_board_question")
            self._look(board)
        self._menu("board_value", ".o_customer_board_tile[name=buyers]")
        count = self._see(".o_customer_board_tile[name=buyers] .o_customer_board_value")
        self._click(".o_customer_board_tile[name=buyers]", shows=MANY)
        self._look("buyers")
        self.assertIn(str(self._count(ROWS)), count)

    def _try_tiers(self):
        self._menu("tiers", MANY)
        self._look("tiers")
        self._menu("tier_preview", FORM)
        self._click_step("action_preview")
        self._see(f"{FORM} .o_field_widget[name=same_count]")
        self._look("who would move")

    def _start_a_play(self):
        self._menu("profiles", MANY)
        self._select(3)
        self._act("customer_value.customer_play_start_action", shows=".modal")
        self._look("dry run")
        self._click(".modal button[name=action_start]", hides=".modal")
        self._see(f"{FORM} .o_statusbar_status")
        self._look("play")
        with self._server():
            play = self.env["customer.play"].search([], order="id desc", limit=1)
            self.assertEqual((play.create_uid, play.state), (self.manager, "starting"))

    def _watch_the_service(self):
        self._menu("complaint_rates", ".o_graph_view canvas")
        self._look("complaint rate")
        self._menu("deadlines", ".o_view_controller")
        self._look("standards kept")
        self._menu("board_service", ".o_customer_board_question")
        self._look("service")

    def _see_how_satisfied_they_are(self):
        self._menu("customer_value.customer_gap_report_menu", ".o_graph_view canvas")
        self._look("gap")
        self._switch_view("list", shows=".o_data_row")
        self._look("gap list")

    # === ADMINISTRATOR === #

    def test_administrator(self):
        self._work_as(self.administrator, self._administrate)

    def _administrate(self):
        self._set_it_up()
        self._see_that_it_works()
        self._give_rights()
        self._connect_a_program()
        self._find_a_person()

    def _set_it_up(self):
        self._open_app(".o_customer_today_page")
        self._menu("first_steps", ".o_customer_first_steps li")
        self._look("first steps")
        rate = ".o_field_widget[name=customer_cost_per_interaction_minute] input"
        self._menu("settings", rate)
        self._look("settings")
        self._type(rate, "2")
        self._press("Tab")
        self._click("button[name=execute], button[name=action_save], .o_form_button_save")
        with self._server():
            self.assertEqual(self.company.customer_cost_per_interaction_minute, 2)
        self._wait_for_reload()

    def _see_that_it_works(self):
        self._menu("refresh_runs", MANY)
        self._look("runs")
        self._see(ROW)
        self._menu("refresh_queue", MANY)
        self._look("failed")
        self.assertFalse(self._count(".o_data_row"))

    def _give_rights(self):
        self._open_app(".o_view_controller, .o_action", "base.menu_administration")
        self._menu("base.menu_action_res_users", MANY)
        self._click(ROW, "Program", shows=FORM)
        self._look("user")
        right = f"{FORM} .o_field_widget[name='{self.privilege_field}'] .o_select_menu_toggler"
        item = ".o-dropdown--menu .o_select_menu_item"
        self._click(right, shows=item)
        self._click(item, self._read_name(self.api_group), hides=item)
        self._save()
        with self._server():
            self.assertIn(self.api_group, self.program_user.group_ids)

    def _connect_a_program(self):
        self._act("customer_value.customer_api_key_action", shows=".modal")
        self._type(".modal .o_field_widget[name=name] input", "Call centre")
        self._look("key")
        password = ".modal .o_field_widget[name=password] input"
        self._click(".modal button[name=action_make_key]", shows=password)
        self._type(password, PASSWORD)
        self._click(".modal button[name=run_check]", hides=password)
        self._look("made key")
        with self._server():
            keys = self.env["res.users.apikeys"].sudo().search([("name", "=", "Call centre")])
            self.assertEqual(keys.user_id, self.program_user)

    def _find_a_person(self):
        self._click(".modal .btn-close, .modal button[special=cancel]", hides=".modal")
        self._open_app(".o_customer_today_page")
        self._menu("contacts", MANY)
        self._click(ROW, "Brandon of Azure", shows=f"{FORM} .o_field_widget[name=email]")
        lookup = "privacy_lookup.ir_action_server_action_privacy_lookup_partner"
        self._act(lookup, shows=f"{FORM} button[name=action_lookup]")
        self._click_step("action_lookup", shows=".o_list_view .o_group_header")
        self._look("where a person stands")
        self._click(".o_back_button", shows=f"{FORM} .o_field_widget[name=customer_export]")
        self._look("privacy lookup")
        with self._server():
            lookup = self.env["privacy.lookup.wizard"].search([], order="id desc", limit=1)
            self.assertIn("res.partner", lookup.line_ids.mapped("res_model"))
            self.assertTrue(lookup.customer_export)
