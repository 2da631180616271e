"""Each tile of the spreadsheet dashboards opens its list, which adds up to it: in a browser."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..desk.screens import ScreenCase
from .board_common import BoardCommon
from .test_board import average, quotient, total

# What somebody would make of the list behind a tile with a pocket calculator, in their order.
TILES = {
    "value": {
        "Revenue, last 365 days": total("revenue_365"),
        "Net profit, last 365 days": total("net_profit_365"),
        "Lifetime value": total("lifetime_value"),
        "Expected profit": total("predicted_profit"),
        "Customers who bought": len,
        "Slipping away": len,
        "Value at risk": total("value_at_risk"),
        "Overdue": total("overdue_amount"),
    },
    "satisfaction": {
        "NPS": average("nps"),
        "Mean rating": average("rating"),
        "Gap to expectation": average("gap"),
        "On time in full (%)": lambda rows: (
            100 * quotient("otif_on_time_count", "otif_line_count")(rows)
        ),
        "Complaints received": len,
        "Standards kept (%)": lambda rows: 100 * average("kept_ratio")(rows),
        "Dissatisfied customers": len,
    },
}
# The page of the dashboards, with what it knows, from the tree of components.
FIND = """(() => {
    const find = (node) => node.component.loader?.getActiveDashboard
        ? node.component : Object.values(node.children).map(find).find(Boolean);
    return find(odoo.__WOWL_DEBUG__.root.__owl__)?.loader.getActiveDashboard()?.model;
})()"""
HELPERS = 'odoo.loader.modules.get("@spreadsheet/helpers/model")'
NUMBERS = f"""(() => {{
    const {{ getters }} = {FIND};
    const sheetId = getters.getSheetIdByName("Data");
    return Array.from({{ length: %s }}, (_x, row) =>
        getters.getEvaluatedCell({{ sheetId, col: 1, row }}).value);
}})()"""
LOADED = f"(() => {{ const model = {FIND}; return !!model?.getters.getSheetIdByName('Data'); }})()"
LIST = """(() => {
    const { res_model, domain, context, name } =
        odoo.__WOWL_DEBUG__.root.env.services.action.currentController.action;
    return { res_model, domain, context, name };
})()"""


@tagged("post_install", "-at_install")
class TestDashboardLists(BoardCommon, ScreenCase):
    """Tile by tile, with and without the filters of the page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create(
            {"name": "South", "member_ids": [Command.link(cls.salesperson.id)]}
        )
        cls.shoppers[0].user_id = cls.salesperson
        cls._fill_profiles()

    @classmethod
    def _fill_profiles(cls):
        """Numbers that no day changes: the browser's clock is today's."""
        profiles = cls.env["customer.profile"].search([("company_id", "=", cls.company.id)])
        for number, profile in enumerate(profiles, 1):
            cls._set(
                profile,
                revenue_365=100.5 * number,
                net_profit_365=10.25 * number,
                lifetime_value=1000 + number,
                predicted_profit=30 + number,
                value_at_risk=7.5 * number,
                overdue_amount=2 * number,
                occasion_count_365=number % 3,
                otif_line_count=4,
                otif_on_time_count=number % 5,
                stage="slipping" if number % 2 else "active",
                satisfaction_state="dissatisfied" if number % 3 else "satisfied",
            )
        mine = profiles.filtered(lambda one: one.partner_id == cls.shoppers[0])
        cls._set(mine, stage="slipping", occasion_count_365=2)

    def _show(self, name, filters):
        """Open a dashboard with these filters; return what its tiles say."""
        action = {"type": "ir.actions.client", "tag": "action_spreadsheet_dashboard"}
        self._walk("open", action | {"params": {"dashboard_id": self.dashboards[name]}})
        self.page.wait(LOADED)
        for key, value in ({"period": None} | filters).items():
            command = f"{{ id: 'cv-filter-{key}', value: {value or 'undefined'} }}"
            self.page.evaluate(f"{FIND}.dispatch('SET_GLOBAL_FILTER_VALUE', {command}) && 0")
        self.page.evaluate(f"{HELPERS}.waitForDataLoaded({FIND}).then(() => 0)")
        return self.page.evaluate(NUMBERS % len(TILES[name]))

    def _open_tiles(self, name, titles=None, **filters):
        """Open the list of each tile; return rows of title, value and the list's action."""
        found = []
        for title in titles or TILES[name]:
            value = self._show(name, filters)[list(TILES[name]).index(title)]
            self.page.click(f'canvas.o-scorecard[title="{title}"]')
            self.page.wait("!!document.querySelector('.o_list_view')")
            self._walk("settle")
            found.append((title, value, self.page.evaluate(LIST)))
        return found

    def _check(self, name, found):
        """Compare each tile with its list; return how many rows were behind each."""
        counts = []
        for title, value, action in found:
            self.assertEqual(action["name"], title)
            model = self._as(self.manager)[action["res_model"]]
            rows = model.with_context(**action["context"]).search(action["domain"])
            self.assertAlmostEqual(TILES[name][title](rows), value, 2, title)
            counts.append(len(rows))
        return counts

    def test_every_list_adds_up_to_its_tile(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.manager.lang = "en_US"
        self.dashboards = {
            name: self.env.ref(f"customer_value.spreadsheet_dashboard_{name}").id for name in TILES
        }
        team = f"{{ operator: 'in', ids: [{self.team.id}] }}"
        with self._signed_in(self.manager):
            self._load()
            everybody = self._open_tiles("value")
            own = self._open_tiles("value", ("Lifetime value", "Slipping away"), team=team)
            answers = self._open_tiles("satisfaction")
            complaints = self.page.errors + self.page.complaints
        self.assertFalse(complaints)
        self.assertTrue(all(self._check("value", everybody)))
        self.assertEqual(set(self._check("value", own)), {1}, "the filters hold for the list")
        self.assertTrue(all(self._check("satisfaction", answers)))

    def test_lists_are_in_groups_when_they_are_long(self):
        boards = self._as(self.manager)["customer.board"]
        action = boards.get_list("customer.profile", "overdue_amount:sum", [], "Overdue")
        self.assertEqual(action["context"]["customer_board"], "overdue_amount")
        view = self.env.ref("customer_value.customer_profile_view_list_board")
        self.assertIn([view.id, "list"], [list(row) for row in action["views"]])
        self.assertIn("overdue_amount", view.arch)
        self.assertNotIn("group_by", action["context"])

    def test_nothing_but_the_rows_of_tiles(self):
        boards = self._as(self.manager)["customer.board"]
        for values in (
            ("res.users", "__count", [], "Users"),
            ("customer.profile", None, [], "x"),
            ("customer.profile", "__count", [("nothing", "=", 1)], "x"),
            ("customer.profile", "__count", "no domain", "x"),
        ):
            with self.assertRaises(UserError):
                boards.get_list(*values)
        clerk = self._create_user("roya", "base.group_user")
        with self.assertRaises(AccessError):
            self._as(clerk)["customer.board"].get_list("customer.profile", "__count", [], "x")
