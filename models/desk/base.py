from lxml.builder import E
from markupsafe import Markup

from odoo import api, models

from ..base.access import USER

# List -> the first step without which it stays empty. Customers have several lists.
NEEDED_STEPS = {
    "customer.profile": "run",
    "customer.recommendation": "run",
    "customer.stopped.category": "run",
    "customer.feedback": "feedback",
    "customer.feedback.request": "feedback",
    "customer.complaint.deadline": "standards",
    "customer.prediction.model": "prediction",
    "customer.product.affinity": "prediction",
}
NEEDED_BY_LIST = {
    "leaving": "prediction",
    "value_at_risk": "prediction",
    "retention": "prediction",
    "contact_due": "policies",
}


class Base(models.AbstractModel):
    """Lists of ours become cards on a phone, where columns are cut off.

    Empty ones tell the truth: what is not worked out yet or switched off, and by whom it is
    switched on.
    """

    _inherit = "base"

    @api.model
    def get_empty_list_help(self, help_message):
        """Say what is missing instead of *nobody*, where something is. Public: Odoo's client."""
        help_message = super().get_empty_list_help(help_message)
        key = NEEDED_STEPS.get(self._name)
        if self._name == "customer.profile":
            key = NEEDED_BY_LIST.get(self.env.context.get("customer_list"), key)
        if not key or not self.env.user.has_group(USER):
            return help_message
        title, text, who = self.env["customer.first.steps"]._get_obstacle(key)
        if not title:
            return help_message
        return Markup('<p class="o_view_nocontent_smiling_face">{}</p><p>{}</p><p>{}</p>').format(
            title, text, who
        )

    def _get_default_kanban_view(self):
        """Make a card of the columns of the list, for models of ours without cards of their own.

        The first column is the title, each other one that is shown a line with its label.
        """
        if not self._name.startswith("customer.") or self._transient:
            return super()._get_default_kanban_view()
        columns, _view = self._get_view(None, "list")
        nodes = [node for node in columns.findall("field") if node.get("name") in self._fields]
        shown = [node for node in nodes if self._is_card_line(node)]
        if not shown:
            return super()._get_default_kanban_view()
        card = E.t(*[self._get_card_line(node, node is shown[0]) for node in shown])
        card.set("t-name", "card")
        hidden = [E.field(name=node.get("name")) for node in nodes if node not in shown]
        kanban = E.kanban(*hidden, E.templates(card))
        for name in ("create", "edit", "delete", "action", "type"):
            if columns.get(name):
                kanban.set(name, columns.get(name))
        return kanban

    def _is_card_line(self, node):
        """Whether a column is shown in the list: not hidden by the view or by its reader."""
        always_hidden = node.get("column_invisible") in ("1", "True", "true")
        return not always_hidden and node.get("optional") != "hide"

    def _get_card_line(self, node, is_title):
        """Return a line of the card; empty values have none."""
        name = node.get("name")
        kept = ("name", "widget", "options", "groups", "invisible")
        values = {key: node.get(key) for key in kept if node.get(key)}
        values |= {k: v for k, v in node.attrib.items() if k.startswith("decoration-")}
        if is_title:
            return E.field(**(values | {"class": "fw-bold fs-5"}))
        label = node.get("string") or self._fields[name]._description_string(self.env)
        line = E.div(E.span(label, {"class": "text-muted"}), E.field(**values))
        line.set("class", "d-flex flex-wrap justify-content-between gap-2")
        line.set("t-if", f"record.{name} and record.{name}.raw_value")
        if node.get("groups"):
            line.set("groups", node.get("groups"))
        return line
