import runpy
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from statistics import mean, median
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.modules import get_module_path
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL

from ...models.board import customer_board
from .board_common import BoardCommon
from .common import NOW, TODAY

TRUE = ("1", "True", "true")


def total(name):
    """Sum of what is known; ``None`` if nothing is, of some rows."""

    def of(rows):
        known = [row[name] for row in rows if row[name] is not False]
        return sum(known) if known or not rows else None

    return of


def average(name):
    def of(rows):
        known = [row[name] for row in rows if row[name] is not False]
        return mean(known) if known else None

    return of


def middle(name):
    def of(rows):
        known = [row[name] for row in rows if row[name] is not False]
        return median(known) if known else None

    return of


def quotient(part, whole):
    return lambda rows: total(part)(rows) / total(whole)(rows) if total(whole)(rows) else None


def response_median(rows):
    return middle("response_median_hours")([row for row in rows if row.answered_count])


def response_p90(rows):
    """As PostgreSQL has it: between the two nearest, by how near they are."""
    known = sorted(row.response_p90_hours for row in rows if row.answered_count)
    if not known:
        return None
    place = 0.9 * (len(known) - 1)
    below = int(place)
    above = min(below + 1, len(known) - 1)
    return known[below] + (place - below) * (known[above] - known[below])


def value_to_cost(rows):
    value, valued, won, cost = (
        total(name)(rows) for name in ("lifetime_value", "valued_count", "won_count", "cost")
    )
    return value / valued * won / cost if value is not None and valued and cost else None


def complaint_rate(rows):
    deliveries = {row.sudo().picking_id for row in rows if row.kind == "delivery"}
    complaints = len([row for row in rows if row.kind == "complaint"])
    return 1000 * complaints / len(deliveries) if deliveries else None


def payback(rows):
    cost, won, months, profit = (
        total(name)(rows) for name in ("cost", "won_count", "customer_months", "net_profit")
    )
    return cost / won * months / profit if won and profit and profit > 0 else None


# tile -> what somebody would make of its list with a pocket calculator
ADD_UP = {
    "revenue": total("revenue_365"),
    "net_profit": total("net_profit_365"),
    "buyers": len,
    "pareto": len,
    "loss": total("net_profit_365"),
    "lifetime_value": total("lifetime_value"),
    "predicted_profit": total("predicted_profit"),
    "active": len,
    "slipping": len,
    "revenue_at_risk": total("revenue_365"),
    "value_at_risk": total("value_at_risk"),
    "churned": len,
    "saved": len,
    "won_back": len,
    "won": len,
    "won_again": len,
    "new_revenue": total("revenue_365"),
    "repeat_revenue": total("revenue_365"),
    "new_profit": total("net_profit_365"),
    "repeat_profit": total("net_profit_365"),
    "acquisition_cost": total("cost"),
    "cost_per_customer": quotient("cost", "won_count"),
    "payback": payback,
    "in_tier": len,
    "upgrades": len,
    "downgrades": len,
    "by_hand": len,
    "grants": len,
    "points": total("points"),
    "points_value": total("outstanding_amount"),
    "nps": average("nps"),
    "rating": average("rating"),
    "gap": average("gap"),
    "otif": quotient("otif_on_time_count", "otif_line_count"),
    "rate": complaint_rate,
    "dissatisfied": len,
    "low": len,
    "kept": average("kept_ratio"),
    "missed": len,
    "received": len,
    "open": len,
    "response": average("response_hours"),
    "solution": average("solution_hours"),
    "answered": response_median,
    "waiting": len,
    "running": len,
    "members": len,
    "measuring": len,
    "over": len,
    "uplift": total("uplift_profit"),
    "return": quotient("uplift_profit", "uplift_spent"),
    "spent": total("cost"),
    "this_month": total("expected_amount"),
    "billed": total("actual_amount"),
    "ahead": total("expected_amount"),
    "came": total("actual_amount"),
}
# Tiles that must not pass by being empty.
FILLED = {
    *("revenue", "net_profit", "buyers", "pareto", "loss", "active", "slipping", "won"),
    *("revenue_at_risk", "churned", "saved", "won_back", "won_again", "new_revenue"),
    *("repeat_revenue", "upgrades", "downgrades", "by_hand", "grants", "nps", "rating", "gap"),
    *("otif", "rate", "low", "kept", "missed", "received", "open", "waiting", "running"),
    *("acquisition_cost", "cost_per_customer", "payback", "points", "points_value"),
    *("uplift", "return", "spent", "this_month", "ahead", "came", "members", "answered"),
    *("measuring", "over"),
}
# label of a series -> the same of the rows of a point
SERIES = {
    "Customers": len,
    "Customers won": len,
    "Revenue": total("revenue_365"),
    "Net profit": total("net_profit_365"),
    "Revenue of their first month": total("revenue"),
    "Gross profit of their first month": total("gross_profit"),
    "Deadlines": len,
    "Share kept": average("kept_ratio"),
    "NPS": average("nps"),
    "Answers": total("nps_count"),
    "Cost": total("cost"),
    "Cost per customer": quotient("cost", "won_count"),
    "Payback (months)": payback,
    "Lifetime value ÷ cost": value_to_cost,
    "Expected": average("expectation"),
    "Perceived": average("perception"),
    "Gap": average("gap"),
    "Median (working hours)": response_median,
    "90 % within": response_p90,
    "Still waiting": total("waiting_count"),
    "Brought": total("uplift_profit"),
    "At least": total("uplift_low"),
    "At most": total("uplift_high"),
}
# Where a label of one picture is made of something else.
SERIES_OF = {
    "sources": {"Customers won": total("won_count")},
    "forecast": {
        "At least": total("low_amount"),
        "Expected": total("expected_amount"),
        "At most": total("high_amount"),
        "Invoiced": total("actual_amount"),
    },
}


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestBoard(BoardCommon):
    """Tiles and their lists, pictures and grids, who sees what, companies, queries."""

    def _users(self):
        return (self.manager, self.accountant, self.salesperson, self.own_salesperson, self.service)

    def test_every_list_adds_up_to_its_tile(self):
        filled, seen = set(), set()
        for user in self._users():
            for name in self._names(user):
                for days in (365, 30):
                    for tile in self._board(name, user, days)["tiles"]:
                        rows = self._open(tile["action"], user)
                        found = ADD_UP[tile["name"]](rows)
                        with self.subTest(user=user.login, board=name, tile=tile["name"]):
                            if found is None or (not rows and tile["empty_text"]):
                                self.assertIsNone(tile["value"])
                                self.assertNotEqual(found is None, not tile["empty_text"])
                            else:
                                self.assertAlmostEqual(tile["value"], found, 2)
                        filled |= {tile["name"]} if found else set()
                        seen.add(tile["name"])
        self.assertEqual(seen, set(ADD_UP), "tiles of no board, or of none that was opened")
        self.assertFalse(FILLED - filled, "nothing to add up")

    def test_every_point_and_cell_opens_its_rows(self):
        seen = Counter()
        for name in self._names():
            board = self._board(name)
            for chart in board["charts"]:
                seen[chart["name"]] += self._check_points(chart)
            for grid in board["grids"]:
                for cell in filter(None, sum(grid["cells"], [])):
                    domain = Domain(grid["action"]["domain"]) & Domain(cell["domain"])
                    rows = self._open(grid["action"], domain=list(domain))
                    for mode, value in zip(grid["modes"], cell["values"], strict=True):
                        if add := self._get_adder(grid["name"], mode["label"]):
                            self.assertAlmostEqual(value, add(rows), 2, grid["name"])
                    seen[grid["name"]] += 1
        for name in ("sources", "classes", "stages", "tiers", "gaps", "nps_months", "kept_months",
                     "months", "won_months", "won_stages", "response_kinds", "plays", "forecast",
                     "segments", "segment_moves", "tier_moves", "cohorts"):  # fmt: skip
            self.assertTrue(seen[name], name)

    def _check_points(self, chart):
        """Compare the points of a picture with their rows; return how many were compared."""
        compared, adders = 0, SERIES | SERIES_OF.get(chart["name"], {})
        for place, domain in enumerate(chart["domains"]):
            rows = self._open(chart["action"], domain=domain)
            self.assertTrue(rows, chart["name"])
            for series in chart["series"]:
                value, found = series["values"][place], adders[series["label"]](rows)
                where = (chart["name"], series["label"], chart["labels"][place])
                self.assertAlmostEqual(value or 0, found or 0, 6, where)
                self.assertEqual(value is False, found is None, where)  # it is not known
                compared += 1
        return compared

    @staticmethod
    def _get_adder(grid, label):
        if grid == "cohorts" and label == "Customers":
            return total("buyer_count")
        names = {"Gross profit": "gross_profit", "Net profit": "net_profit_365"}
        names["Revenue"] = "revenue" if grid == "cohorts" else "revenue_365"
        return total(names[label]) if label in names else SERIES.get(label)

    def test_long_list_opens_in_groups(self):
        """The web client adds up the rows it has loaded; groups are added up by the server."""
        board = self._board("value")
        self.assertNotIn("group_by", self._tile(board, "buyers")["action"]["context"])
        with patch(f"{customer_board.__name__}.MAX_UNGROUPED", 3):
            action = self._tile(self._board("value"), "buyers")["action"]
        self.assertEqual(action["context"]["group_by"], ["segment"])

    def test_moves_between_month_ends(self):
        board = self._board("retention")
        profiles = len(self.env["customer.profile"].search([("occasion_count", ">", 0)]))
        moved = {
            name: self._tile(board, name)["value"] for name in ("churned", "saved", "won_back")
        }
        counts = Counter(number % 4 for number in range(profiles))
        self.assertEqual(
            moved, {"churned": counts[0], "saved": counts[1] + counts[3], "won_back": counts[2]}
        )
        (grid,) = [g for g in self._board("map")["grids"] if g["name"] == "segment_moves"]
        cell = grid["cells"][grid["rows"].index("Loyal")][grid["columns"].index("Champions")]
        self.assertEqual(cell["values"][0], profiles)

    def test_a_play_that_is_done_is_shown_whatever_it_brought(self):
        board = self._board("plays")
        done = self._open(self._tile(board, "over")["action"])
        self.assertEqual(done.mapped("name"), ["Write to them"])
        self.assertIn("Not enough data", done.outcome_sentence)
        (chart,) = board["charts"]
        brought = dict(zip(chart["labels"], chart["series"][0]["values"], strict=True))
        self.assertEqual(brought, {"Call them": 30, "Write to them": False})

    def _get_moves(self, month=None, board="map", name="segment_moves"):
        board = self._as(self.manager)["customer.board"].get_board(board, month=month)
        (grid,) = [grid for grid in board["grids"] if grid["name"] == name]
        return grid

    def test_moves_of_any_month(self):
        """Each month end with one before it can be asked for, and is what its snapshots say."""
        profiles = len(self.env["customer.profile"].search([("occasion_count", ">", 0)]))
        last, before = self._get_moves(), self._get_moves("2026-04-30")
        self.assertEqual([day for day, _label in last["months"]], ["2026-05-31", "2026-04-30"])
        self.assertEqual([label for _day, label in last["months"]], ["2026-05-01", "2026-04-01"])
        self.assertEqual((last["month"], before["month"]), ("2026-05-31", "2026-04-30"))
        self.assertEqual(before["note"], "From Mar 31 to Apr 30.")
        for grid, moved in ((last, ("Loyal", "Champions")), (before, ("Loyal", "Loyal"))):
            filled = {
                (row, column): cell["values"][0]
                for row, cells in zip(grid["rows"], grid["cells"], strict=True)
                for column, cell in zip(grid["columns"], cells, strict=True)
                if cell and not cell.get("is_total")
            }
            self.assertEqual(filled, {moved: profiles})
        tiers = self._get_moves("2026-04-30", "loyalty", "tier_moves")
        self.assertEqual(tiers["month"], "2026-04-30")

    def test_moves_over_two_months(self):
        """From any month end to any later one: each row is where a customer stood at the start."""
        env = self._as(self.manager)
        first = {row.partner_id: row for row in self._get_snapshots("2026-03-31")}
        first.popitem()[1].sudo().unlink()  # bought later
        changed = next(iter(first.values()))
        changed.sudo().write(
            {"segment": "at_risk", "tier_id": env["customer.tier"].search([])[0].id}
        )
        self.env.invalidate_all()
        boards = env["customer.board"]
        for board, name, field in (
            ("map", "segment_moves", "segment"),
            ("loyalty", "tier_moves", "tier_id"),
        ):
            parts = boards.get_board(board, month="2026-05-31", since="2026-03-31")["grids"]
            (grid,) = [grid for grid in parts if grid["name"] == name]
            self.assertEqual(
                (grid["since"], grid["note"]), ("2026-03-31", "From Mar 31 to May 31.")
            )
            self.assertEqual([day for day, _month in grid["starts"]], ["2026-04-30", "2026-03-31"])
            expected = Counter(
                (self._get_key(first.get(row.partner_id), field), self._get_key(row, field))
                for row in self._get_snapshots("2026-05-31")
            )
            found = Counter()
            for cell in filter(None, sum((line[:-1] for line in grid["cells"][:-1]), [])):
                rows = self._open(grid["action"], domain=grid["action"]["domain"] + cell["domain"])
                self.assertEqual(len(rows), cell["values"][0])
                self.assertEqual(len({row[f"start_{field}"] for row in rows}), 1)
                key = self._get_key(rows[0], f"start_{field}"), self._get_key(rows[0], field)
                found[key] += len(rows)
            self.assertEqual(found, expected)
            self.assertGreater(len(found), 2)
        near = boards.get_board("map", month="2026-05-31", since="2026-04-30")
        self.assertEqual(near, boards.get_board("map", month="2026-05-31"))
        for since in ("2026-05-31", "2026-04-29"):
            with self.assertRaises(UserError):
                boards.get_board("map", month="2026-05-31", since=since)

    def _get_key(self, row, name):
        """Return what a snapshot says, of none False; of a record its id."""
        value = row[name] if row else False
        return getattr(value, "id", value)

    def _get_snapshots(self, day):
        return self.env["customer.profile.snapshot"].search(
            [("date", "=", day), ("company_id", "=", self.company.id)]
        )

    def test_moves_add_up(self):
        """The last row and column are what the cells add up to, and so are their lists."""
        for month in ("2026-05-31", "2026-04-30"):
            for name in (("map", "segment_moves"), ("loyalty", "tier_moves")):
                cells = self._get_moves(month, *name)["cells"]
                counts = [[cell["values"][0] if cell else 0 for cell in line] for line in cells]
                for line in counts:
                    self.assertEqual(sum(line[:-1]), line[-1])
                for line in zip(*counts, strict=True):
                    self.assertEqual(sum(line[:-1]), line[-1])
                everybody = self.env["customer.profile.snapshot"].search_count(
                    [("date", "=", month), ("company_id", "=", self.company.id)]
                )
                self.assertEqual(counts[-1][-1], everybody)
                totals = [cell for cell in sum(cells, []) if cell and cell.get("is_total")]
                self.assertGreaterEqual(len(totals), 3)

    def test_other_months_are_none(self):
        for month in ("2026-03-31", "2026-04-29", "soon"):  # the first has none before it
            with self.assertRaises(UserError):
                self._get_moves(month)
        self.env["customer.profile.snapshot"].sudo().search([("date", ">", "2026-03-31")]).unlink()
        board = self._board("map")
        self.assertEqual([grid["name"] for grid in board["grids"]], ["segments"])
        self.assertIn("second month end", board["notes"][0])
        self.assertNotIn("churned", [tile["name"] for tile in self._board("retention")["tiles"]])

    def test_first_snapshot_has_nothing_before(self):
        first = self.env["customer.profile.snapshot"].search([("date", "=", "2026-03-31")])
        self.assertEqual(set(first.mapped("previous_date")), {False})
        second = self.env["customer.profile.snapshot"].search([("date", "=", "2026-04-30")])
        self.assertEqual(set(second.mapped("previous_date")), {self._day("2026-03-31")})
        self.assertEqual(set(second.mapped("previous_stage")), {"active"})

    def test_upgrade_tells_old_snapshots_what_was_before(self):
        snapshots = self.env["customer.profile.snapshot"]
        names = ("previous_date", "previous_segment", "previous_stage", "previous_tier_id")
        kept = {row.id: [row[name] for name in names] for row in snapshots.search([])}
        for name in names:
            column = SQL.identifier(name)
            self.env.cr.execute(SQL("UPDATE customer_profile_snapshot SET %s = NULL", column))
        version = Path(get_module_path("customer_value"), "migrations", "19.0.1.4.0")
        script = runpy.run_path(str(version / "post-snapshot_moves.py"))
        script["migrate"](self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()
        found = {row.id: [row[name] for name in names] for row in snapshots.search([])}
        self.assertEqual(found, kept)
        self.assertTrue(any(values[0] for values in kept.values()))

    def test_cohorts_are_those_of_the_invoices(self):
        """First month and months later, as counted invoice by invoice."""
        months = defaultdict(set)
        for invoice in self.env["account.move"].search([("partner_id", "in", [
            shopper.id for shopper in self.shoppers])]):  # fmt: skip
            months[invoice.partner_id].add(invoice.invoice_date.replace(day=1))
        expected = Counter()
        for found in months.values():
            first = min(found)
            if first >= self._day("2025-06-01"):
                for month in found:
                    age = 12 * (month.year - first.year) + month.month - first.month
                    expected[first.isoformat(), str(age)] += 1
        (grid,) = [g for g in self._board("retention")["grids"] if g["name"] == "cohorts"]
        counted = {
            (row, column): cell["values"][0]
            for row, cells in zip(grid["rows"], grid["cells"], strict=True)
            for column, cell in zip(grid["columns"], cells, strict=True)
            if cell
        }
        self.assertEqual(counted, expected)
        for cells in grid["cells"]:
            if cells[0]:
                self.assertEqual(cells[0]["values"][1], 1)

    def test_segment_map_holds_every_buyer_once(self):
        (grid, *_others) = self._board("map")["grids"]
        inside = sum(cell["values"][0] for cell in sum(grid["cells"], []) if cell)
        buyers = self.env["customer.profile"].search_count([("fm_score", "!=", False)])
        self.assertEqual(inside, buyers)
        self.assertTrue(buyers)

    # === WHO SEES WHAT === #

    def _units(self, user):
        return {
            (tile["name"], tile["unit"])
            for name in self._names(user)
            for tile in self._board(name, user)["tiles"]
        }

    def test_money_is_for_those_who_may_see_it(self):
        own = self._units(self.own_salesperson)
        self.assertFalse([name for name, unit in own if unit == "money"])
        revenue = {name for name, unit in self._units(self.salesperson) if unit == "money"}
        self.assertIn("revenue", revenue)
        self.assertFalse(
            revenue & {"net_profit", "lifetime_value", "loss", "value_at_risk", "uplift"}
        )
        self.assertIn("net_profit", {name for name, _unit in self._units(self.accountant)})
        self.assertNotIn("plays", self._names(self.salesperson))
        self.assertIn("plays", self._names(self.manager))
        self.assertNotIn("forecast", self._names(self.own_salesperson))
        for name in ("value", "retention", "map", "loyalty"):
            board = self._board(name, self.salesperson)
            labels = {s["label"] for chart in board["charts"] for s in chart["series"]}
            labels |= {mode["label"] for grid in board["grids"] for mode in grid["modes"]}
            self.assertFalse(labels & {"Net profit", "Gross profit"}, name)

    def test_others_have_no_boards(self):
        clerk = new_test_user(self.env, login="clerk", groups="base.group_user")
        for user in (clerk, self.stock_user):
            with self.assertRaises(AccessError):
                self._board("value", user)
        for arguments in (("nothing",), ("value", None, 7), ("plays", self.salesperson)):
            with self.assertRaises(UserError):
                self._board(*arguments)

    def test_two_companies_never_mix(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        self.manager.company_ids |= other
        alone = self._board("value")
        self._invoice(self.customer, TODAY, 1000, company=other)
        self._run_nightly(other)
        both = self.company | other
        self.assertEqual(
            self._tile(self._board("value", company=both), "revenue")["value"],
            self._tile(alone, "revenue")["value"],
        )
        board = self._board("value", company=other | self.company)
        self.assertEqual(self._tile(board, "revenue")["value"], 1000)
        self.assertEqual(self._tile(board, "buyers")["value"], 1)
        self.assertEqual(board["currency_id"], other.currency_id.id)
        for name in self._names():
            for tile in self._board(name, company=other | self.company)["tiles"]:
                env = self._as(self.manager, other | self.company)
                model = env[tile["action"]["res_model"]]
                rows = model.with_context(**tile["action"]["context"]).search(
                    tile["action"]["domain"]
                )
                self.assertLessEqual(set(rows.mapped("company_id").ids), {other.id}, tile["name"])

    def test_without_data(self):
        other = self._create_company("Empty", self.env.ref("base.EUR"))
        self.manager.company_ids |= other
        zeros = set()
        for name in self._names():
            board = self._board(name, company=other)
            self.assertTrue(board["is_empty"])
            for tile in board["tiles"]:
                self.assertFalse(tile["value"], tile["name"])
                self.assertEqual(bool(tile["empty_text"]), tile["value"] is None, tile["name"])
                zeros |= {tile["name"]} if tile["value"] is not None else set()
        # What did happen no time, with or without customers. Nothing else says 0.
        self.assertEqual(
            zeros,
            {
                *("acquisition_cost", "grants", "low", "received", "open", "waiting"),
                *("running", "members", "spent", "measuring", "over"),
            },
        )

    def test_a_tile_without_a_number_says_why(self):
        """Who was won has brought no profit: there is nothing that pays back what it cost."""
        tile = self._get_payback_tile()
        self.assertGreater(tile["value"], 0)
        self.assertFalse(tile["empty_text"])
        won = self.env["customer.profile"].search([("company_id", "=", self.company.id)])
        won.sudo().net_profit_total = -5
        tile = self._get_payback_tile()
        self.assertIsNone(tile["value"])
        self.assertIn("no profit so far", tile["empty_text"])

    def _get_payback_tile(self):
        tiles = self._board("acquisition")["tiles"]
        return next(tile for tile in tiles if tile["name"] == "payback")

    def test_months_are_days_the_page_can_write(self):
        for name, chart_name in (("satisfaction", "nps_months"), ("service", "kept_months")):
            charts = self._board(name)["charts"]
            chart = next(chart for chart in charts if chart["name"] == chart_name)
            self.assertTrue(chart["labels"])
            for label in chart["labels"]:
                self.assertEqual(label, date.fromisoformat(label).isoformat())

    def test_lists_are_cards_on_a_phone(self):
        """The cards of a tile have its number, and are opened where columns are cut off."""
        for name in self._names():
            for tile in self._board(name)["tiles"]:
                action = tile["action"]
                self.assertIn("kanban", [kind for _view, kind in action["views"]], tile["name"])
                self.assertEqual(action["mobile_view_mode"], "kanban", "the client has no default")
        tiles = self._board("retention")["tiles"]
        action = next(tile for tile in tiles if tile["name"] == "value_at_risk")["action"]
        model = self._as(self.manager)[action["res_model"]]
        cards = model.get_views(action["views"])["views"]["kanban"]["arch"]
        self.assertIn('name="value_at_risk"', cards)
        self.assertIn("context.get(", cards, "only the number of the tile")

    # === QUERIES === #

    def _count(self, function):
        counts = []
        for _time in range(2):  # the first one fills the caches of the registry
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            function()
            counts.append(self.env.cr.sql_log_count - before)
        return counts[-1]

    def _count_list(self):
        """Queries of Odoo's own list of quotations with the columns it shows, as the page asks."""
        orders = self._as(self.manager)["sale.order"]
        view = self.env.ref("sale.view_quotation_tree_with_onboarding")
        arch = etree.fromstring(orders.get_view(view.id, "list")["arch"])  # noqa: S320 - Odoo's
        names = {
            field.get("name")
            for field in arch.iterfind("field")
            if field.get("optional") != "hide" and field.get("column_invisible") not in TRUE
        }
        self.assertFalse([name for name in names if name.startswith("customer_")], "not of ours")
        specification = {
            name: {"fields": {"display_name": {}}} if orders._fields[name].relational else {}
            for name in names
        }
        self.assertTrue(orders.search_count([]))
        return self._count(lambda: orders.web_search_read([], specification, limit=80))

    def test_queries(self):
        plain = self._count_list()
        counts = {name: self._count(lambda n=name: self._board(n)) for name in self._names()}
        self.assertLessEqual(max(counts.values()), plain + 5, (plain, counts))
        for number in range(20):
            self._invoice(self._create_customer(f"More {number}"), TODAY, 50)
        self._run_nightly()
        more = {name: self._count(lambda n=name: self._board(n)) for name in self._names()}
        self.assertEqual(more, counts)
