from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .board_tile import Tile, get_measured_field
from .customer_board_customer import PROFILE, PROFILE_VIEW
from .customer_board_service import ANSWERS, COMPLAINTS, DEADLINES, GAPS

# What tiles of the spreadsheet dashboards are made of -> (view of the list, how a long one is
# grouped)
LISTS = {
    PROFILE: (PROFILE_VIEW, "segment"),
    ANSWERS: ("", "date:month"),
    GAPS: ("", "factor_id"),
    COMPLAINTS: ("", "category_id"),
    DEADLINES: ("", "state"),
}


class CustomerBoard(models.AbstractModel):
    """The lists behind the tiles of the spreadsheet dashboards, with the filters of the reader."""

    _inherit = "customer.board"

    @api.model
    def get_list(self, model_name, measure, domain, title):
        """Return the action of the list behind a tile of a spreadsheet. Public: dashboards, RPC.

        :param measure: as for ``_read_group``, such as ``revenue_365:sum`` or ``__count``
        :param domain: of the rows the tile is made of, as the spreadsheet has filtered them
        :param title: name of the list
        :raise AccessError: for who may not read these rows
        :raise UserError: for other models, measures and domains
        """
        if model_name not in LISTS or not isinstance(measure, str) or not isinstance(title, str):
            raise UserError(self.env._("This is no tile of a dashboard of Customer Value."))
        model = self.env[model_name]
        model.check_access("read")
        measured = get_measured_field(measure)
        try:
            domain = Domain(domain)
            if measured and measure.endswith(":avg"):
                domain &= Domain(measured, "!=", False)  # a mean is of what is known
            # Those who were archived count, as in the lists of boards.
            count = model.with_context(active_test=False).search_count(domain)
        except (KeyError, TypeError, ValueError) as error:
            message = self.env._("This is no tile of a dashboard of Customer Value.")
            raise UserError(message) from error
        view, group = LISTS[model_name]
        tile = Tile(model_name, title, model_name, domain, measure, view=view, group=group)
        return self._get_list_action(tile, count)
