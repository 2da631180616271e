"""Manager and administrator do the five everyday jobs of their guides, in a real browser.

In both languages, on a phone, a small and a large screen; no scenario knows a word of a language.
"""

from odoo.tests import tagged

from .roles_common import FORM, MANY, PASSWORD, ROW, ROWS, RolesCommon


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
