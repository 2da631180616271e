"""Whether there is something to see on every screen of our menus."""

from ast import literal_eval

from lxml import etree

from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval

from .base import Sample

# Empty on a good day, and windows that are filled by who opens them.
MAY_BE_EMPTY = {
    *("customer_refresh_queue_action", "customer_settings_action", "customer_tier_preview_action"),
    *("customer_feedback_record_action", "customer_sms_gateway_action"),
}


class Look(Sample):
    """The last part: what a visitor of the demo would find empty."""

    def look(self):
        """Print the names of screens without anything, and what a living company would have."""
        print(f"empty screens: {', '.join(self.find_empty_screens()) or 'none'}", flush=True)
        print(f"missing: {', '.join(self.find_gaps()) or 'nothing'}", flush=True)

    def find_gaps(self):
        """Return what the company has not got, of all that makes it a living one."""
        company = [("company_id", "=", self.company.id)]
        profiles = self.env["customer.profile"].search(company)
        tiers = self.env["customer.tier"].search(company)
        plays = self.env["customer.play"].search([*company, ("state", "=", "done")])
        deadlines = self.env["customer.complaint.deadline"].search(company)
        offered = self.env["customer.recommendation"].search(company)
        stock = offered.product_id.filtered("is_storable").mapped("qty_available")
        lines, on_time = (
            sum(profiles.mapped(name)) for name in ("otif_line_count", "otif_on_time_count")
        )
        found = {
            "150 customers": len(profiles) >= 150,
            "customers in every tier": not tiers - profiles.tier_id,
            "three salespeople": len(profiles.partner_id.user_id) >= 3,
            "a graded prediction": self.env["customer.prediction.model"]
            ._get_active(self.company)
            .grade,
            "done plays with a result": plays
            and all(play.member_ids and play.result_ids for play in plays),
            "standards kept and missed": {"kept", "missed"} <= {*deadlines.mapped("state")},
            "deliveries in time and late": 0 < on_time < lines,
            "offers in stock and out of it": min(stock, default=0) <= 0 < max(stock, default=0),
        }
        return [name for name, is_there in found.items() if not is_there]

    def find_empty_screens(self):
        """Return the actions of our menus that show nothing to the manager, as they open."""
        screens = [row for row in self.get_screens() if row[0] not in MAY_BE_EMPTY]
        return [name for name, action in screens if self.is_empty(action)]

    def is_empty(self, action):
        """Tell whether the manager finds nothing there."""
        records = self.env[action.res_model].with_user(self.get_manager())
        return not records.search(self.get_domain(action), limit=1)

    def get_screens(self):
        """Return (name, action) of the lists, charts and pivots of our menus."""
        root = self.env.ref("customer_value.customer_value_menu_root")
        menus = self.env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True})
        menus = menus.search([("id", "child_of", root.id), ("action", "!=", False)])
        for action in (menu.action for menu in menus):
            module, _point, name = action.get_external_id()[action.id].partition(".")
            if module == "customer_value" and action._name == "ir.actions.act_window":
                yield name, action

    def get_domain(self, action):
        """Return the domain of the rows of an action with the filters it opens with."""
        values = {"uid": self.get_manager().id, "allowed_company_ids": self.company.ids}
        values["context_today"] = lambda: self.today
        domain = Domain(safe_eval(action.domain or "[]", values))
        context = safe_eval(action.context or "{}", values)
        view = self.env[action.res_model].get_view(action.search_view_id.id, "search")
        for name, value in context.items():
            if name.startswith("search_default_") and value:
                domain &= self.get_filter(view["arch"], name.removeprefix("search_default_"))
        return domain

    def get_filter(self, arch, name):
        """Return the domain of a filter of a search view; periods that end today are wide."""
        node = etree.fromstring(arch).find(f".//filter[@name='{name}']")  # noqa: S320 - our own
        try:
            return Domain(literal_eval(node.get("domain") or "[]"))
        except (AttributeError, ValueError):  # a field, a group, a day the client works out
            return Domain.TRUE
