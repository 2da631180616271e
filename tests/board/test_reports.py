from ast import literal_eval

from lxml import etree

from odoo.tests import TransactionCase, tagged

# Graphs whose title stands above them, each with its question.
QUESTIONED = {"customer_question_graph", "customer_compared_graph", "customer_standing_graph"}
# A list to look things up in, which asks nothing.
NO_REPORT = {"customer_timeline_action"}
# Reports that stand in another menu than *Reporting*.
ELSEWHERE = {"customer_cash_forecast_action", "customer_acquisition_report_action"}


@tagged("post_install", "-at_install")
class TestReports(TransactionCase):
    """The question of a report stands on top, the picture first, the table behind."""

    def _get_reports(self):
        reporting = self.env.ref("customer_value.customer_value_menu_reporting")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", reporting.id)])
        actions = {menu.action for menu in menus if menu.action}
        actions |= {self.env.ref(f"customer_value.{name}") for name in ELSEWHERE}
        for action in actions:
            name = action.get_external_id()[action.id].removeprefix("customer_value.")
            if name not in NO_REPORT:
                yield name, action

    def test_every_report_opens_with_its_question_and_a_picture(self):
        seen = set()
        for name, action in self._get_reports():
            with self.subTest(report=name):
                modes = action.view_mode.split(",")
                self.assertEqual(modes[0], "graph")
                self.assertIn(modes[1], ("pivot", "list"))
                if "kanban" in modes:
                    self.assertEqual(action.mobile_view_mode, "graph", "the phone, too")
                chosen = {view.view_mode: view.view_id.id for view in action.view_ids}
                context = literal_eval(action.context or "{}")
                model = self.env[action.res_model].with_context(**context)
                view = model.get_view(chosen.get("graph"), "graph")
                graph = etree.fromstring(view["arch"])  # noqa: S320 - our own view
                self.assertIn(graph.get("js_class"), QUESTIONED)
                self.assertTrue(graph.get("string", "").endswith("?"), graph.get("string"))
                seen.add(graph.get("string"))
        self.assertGreater(len(seen), 14)
