from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.scope import YEAR
from .board_tile import Window, get_measured_field

PERIODS = (30, 90, 365)
# A list adds up the rows it has loaded; a longer one opens in groups, which the server adds up.
MAX_UNGROUPED = 500
# What a run of the customers makes: of nothing before the first one, which is not the same as 0.
WORKED_OUT = {
    *("customer.profile", "customer.profile.snapshot", "customer.cohort", "customer.tier.change"),
}


class CustomerBoard(models.AbstractModel):
    """Work boards: a question, tiles whose lists add up to them, pictures and maps.

    All tiles of a board are one statement. Every number is an aggregate of rows the user may
    read, so the list behind it, opened by the same user, is the same rows (docs/boards.md).
    """

    _name = "customer.board"
    _description = "Boards of Customer Value"

    @api.model
    def get_board(self, name, days=YEAR, month=None, since=None):
        """Return a board of the current company, for who may see it. Public: page, RPC.

        :param name: key of ``_get_boards``
        :param days: how far back flows are counted: 30, 90 or 365
        :param month: ISO day of the month end until which moves are shown, one of the ``months``
            of their grid; by default the last one
        :param since: ISO day of the month end from which they are, one of the ``starts`` of the
            grid; by default the one before
        :return: dict of ``name``, ``title``, ``question``, ``boards`` (key and title of those
            of the user), ``days``, ``has_periods`` (they can be chosen), ``currency_id``,
            ``is_empty`` (no customer has been worked out yet), ``notes``, ``tiles``, ``charts``
            and ``grids``. Amounts are in
            company currency; ``None`` is *not enough data*
        :raise AccessError: for users who do not work with customers
        :raise UserError: for a board, a period or a month that does not exist
        """
        profiles = self.env["customer.profile"]
        profiles.check_access("read")
        boards = self._get_boards()
        if name not in boards or days not in PERIODS:
            raise UserError(self.env._("Choose one of the boards and periods of the page."))
        title, question, make = boards[name]
        today = profiles._get_today(self.env.company.sudo())
        window = Window(today, days, self._read_month(month), self._read_month(since))
        is_empty = not profiles.search_count(self._in_company(), limit=1)
        board = {"tiles": [], "charts": [], "grids": [], "notes": [], "has_periods": False}
        board |= make(window)
        tiles = [tile for tile in board["tiles"] if self._may_see(tile)]
        return board | {
            "name": name,
            "title": title,
            "question": question,
            "boards": [(key, row[0]) for key, row in boards.items()],
            "days": days,
            "currency_id": self.env.company.currency_id.id,
            "is_empty": is_empty,
            "tiles": self._read_tiles(tiles, is_empty),
            "charts": [chart for chart in board["charts"] if chart],
            "grids": [grid for grid in board["grids"] if grid],
        }

    @api.model
    def _read_month(self, month):
        try:
            return fields.Date.to_date(month) if month else None
        except (TypeError, ValueError):
            raise UserError(self.env._("Choose one of the months of the page.")) from None

    @api.model
    def _get_boards(self):
        """Return key -> (title, question, method from :class:`Window` to parts of the board)."""
        return {}

    # === WHOSE ROWS ===

    @api.model
    def _in_company(self, operator="="):
        """Domain of what belongs to the current company; of its branches with ``child_of``."""
        return Domain("company_id", operator, self.env.company.id)

    @api.model
    def _in_window(self, window, name):
        """Domain of a moment within the window, by the days of the company's time zone."""
        return Domain(name, ">=", self._to_utc(window.start + timedelta(days=1))) & Domain(
            name, "<", self._to_utc(window.today + timedelta(days=1))
        )

    @api.model
    def _to_utc(self, day):
        """Return the UTC instant at which a day of the company starts, naive."""
        zone = pytz.timezone(self.env["customer.profile"]._get_timezone(self.env.company.sudo()))
        start = zone.localize(datetime.combine(day, time.min))
        return start.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _may_see(self, tile):
        """Tell whether the user may read the rows and every field a tile is made of."""
        if tile.model not in self.env or not self.env[tile.model].has_access("read"):
            return False
        return self._may_read_fields(tile.model, tile.measures, tile.domain)

    @api.model
    def _may_read_fields(self, model_name, measures, domain=Domain.TRUE):
        model = self.env[model_name]
        names = {get_measured_field(measure) for measure in measures} - {None}
        names |= {c.field_expr.partition(".")[0] for c in Domain(domain).iter_conditions()}
        return all(model._has_field_access(model._fields[name], "read") for name in names)

    # === TILES ===

    @api.model
    def _read_tiles(self, tiles, is_empty):
        """Return the tiles as the page shows them; one statement for all of them.

        :param is_empty: no customer has been worked out, so nothing made of them is known
        """
        parts = []
        for tile in tiles:
            before = tile.before
            parts.append(self._get_tile_sql(tile.model, tile.domain, tile.measures))
            if before:
                measures = [before.measure] if before.measure else tile.measures
                parts.append(
                    self._get_tile_sql(before.model or tile.model, before.domain, measures)
                )
        numbers = iter(self._read_numbers(parts))
        rows = []
        for tile in tiles:
            value, count = next(numbers)
            before = next(numbers) if tile.before else None
            row = self._prepare_tile(tile, value, count, before)
            if is_empty and tile.model in WORKED_OUT:
                row |= {"value": None, "before": None, "empty_text": self._get_empty_text()}
            rows.append(row)
        return rows

    @api.model
    def _get_empty_text(self):
        return self.env._("Not worked out yet: needs a customer with an invoice.")

    @api.model
    def _read_numbers(self, parts):
        """Return (value, number of rows) of each part."""
        if not parts:
            return []
        self.env.flush_all()
        aliases = [SQL.identifier(f"part{number}") for number in range(len(parts))]
        (row,) = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s",
                SQL(", ").join(SQL("%s.value, %s.rows", alias, alias) for alias in aliases),
                SQL(" CROSS JOIN ").join(
                    SQL("(%s) AS %s (value, rows)", part, alias)
                    for part, alias in zip(parts, aliases, strict=True)
                ),
            )
        )
        return list(zip(row[::2], row[1::2], strict=True))

    @api.model
    def _get_tile_sql(self, model_name, domain, measures):
        """Query of one row: the aggregate, or the quotient of two, and the number of rows."""
        model = self.env[model_name].with_context(active_test=False)
        query = model._search(domain)
        value, *per = (model._read_group_select(measure, query) for measure in measures)
        if per:
            value = SQL("(%s)::float8 / NULLIF(%s, 0)", value, per[0])
        return query.select(SQL("(%s)::float8", value), SQL("COUNT(*)"))

    @api.model
    def _prepare_tile(self, tile, value, count, before):
        if not count and tile.none:
            value = None
        elif not count and tile.measure.endswith(":sum") and not tile.per:
            value = 0.0  # of no rows at all; of rows without a number it is not known
        return {
            "name": tile.name,
            "label": tile.label,
            "help": tile.help,
            "empty_text": ((not count and tile.none) or tile.empty) if value is None else "",
            "value": value,
            "unit": tile.unit,
            "before": before and before[0],
            "before_text": tile.before.text if tile.before else "",
            "good": tile.good,
            "action": self._get_list_action(tile, count),
        }

    @api.model
    def _get_list_action(self, tile, count=0):
        """Return the action of the list behind a tile, in groups when it is long."""
        context = {"create": False, "active_test": False} | tile.context
        if measured := get_measured_field(tile.measure):
            context["customer_board"] = measured  # its column is shown
        if tile.group and count > MAX_UNGROUPED:
            context["group_by"] = [tile.group]
        view = self._get_view(tile.view)
        return {
            "type": "ir.actions.act_window",
            "name": tile.label,
            "res_model": tile.model,
            "domain": list(tile.domain),
            "views": [(view, "list"), (view, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "limit": MAX_UNGROUPED,
            "context": context,
        }

    @api.model
    def _get_view(self, xmlid):
        if not xmlid:
            return False
        return self.env["ir.model.data"]._xmlid_to_res_id(f"customer_value.{xmlid}")
