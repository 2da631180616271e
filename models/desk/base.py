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
# Columns whose end counts as much as their beginning: who, what, and a sentence that says why.
WORDS = ("char", "many2one", "reference")
# Several sentences: each row would fill the screen.
ONE_LINE = {"prediction_sentence"}
# So many cards on a page: a list of documents has up to 500 rows for its sums.
CARDS = "80"
NUMBERS = ("integer", "float", "monetary")
NAMES = ("char", "many2one", "reference", "many2one_reference")
FORM_FACTS = (
    *("name", "string", "widget", "options", "groups", "invisible", "readonly", "required"),
    *("placeholder", "context", "domain"),
)
BUTTON_FACTS = ("name", "type", "icon", "invisible", "groups", "context", "confirm")


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

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Make cards of a list that is named as the view of the cards; let lists say who and why.

        A list behind a number has columns Odoo's own cards of these documents lack.
        """
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "kanban" and arch.tag == "list":
            arch = self._make_cards(arch)
        if view_type == "list" and self._name.startswith("customer."):
            self._show_who_and_why(arch)
            arch.set("class", f"{arch.get('class', '')} o_whole_headers".strip())
        return arch, view

    def _show_who_and_why(self, columns):
        """Let names and sentences go on in a second line where there is no room for them."""
        for node in columns.findall("field"):
            name = node.get("name")
            if name not in self._fields or name in ONE_LINE or node.get("widget"):
                continue
            if self._fields[name].type in WORDS:
                node.set("class", f"{node.get('class', '')} text-wrap".strip())

    def _get_default_kanban_view(self):
        """Make cards of the columns of the list, for models of ours without cards of their own."""
        if not self._name.startswith("customer.") or self._transient:
            return super()._get_default_kanban_view()
        columns, _view = self._get_view(None, "list")
        if not any(map(self._is_card_line, columns.findall("field"))):
            return super()._get_default_kanban_view()
        return self._make_cards(columns)

    def _get_default_form_view(self):
        """Make a form of the columns of a list that is edited in its rows: a phone has no rows."""
        if not self._name.startswith("customer.") or self._transient:
            return super()._get_default_form_view()
        columns, _view = self._get_view(None, "list")
        if not columns.get("editable"):
            return super()._get_default_form_view()
        nodes = [node for node in columns.findall("field") if node.get("widget") != "handle"]
        form = E.form(E.sheet(E.group(*map(self._get_form_line, nodes))))
        for name in ("string", "create", "edit", "delete"):
            if columns.get(name):
                form.set(name, columns.get(name))
        return form

    def _get_form_line(self, node):
        """Return the field of a form that a column becomes."""
        values = {key: node.get(key) for key in FORM_FACTS if node.get(key)}
        if node.get("column_invisible"):
            values["invisible"] = node.get("column_invisible")
        return E.field(**values)

    def _make_cards(self, columns):
        """Return cards with the columns of a list.

        The first column with a name is the title, each other one that is shown a line with its
        label; the buttons of a row stand below.
        """
        nodes = [node for node in columns.findall("field") if node.get("name") in self._fields]
        shown = list(filter(self._is_card_line, nodes))
        title = next(filter(self._is_name, shown), None)
        if title is None:
            title = next(filter(self._is_choice, shown), shown[0])
        rest = [node for node in shown if node is not title]
        card = E.t(*[self._get_card_line(node, node is title) for node in [title, *rest]])
        card.set("t-name", "card")
        if buttons := [self._get_card_button(node) for node in columns.findall("button")]:
            card.append(E.footer(*buttons, {"class": "flex-wrap gap-2 pt-2"}))
        hidden = [
            E.field(name=node.get("name"))
            for node in nodes
            if node not in shown or self._fields[node.get("name")].type == "boolean"
        ]
        kanban = E.kanban(*hidden, E.templates(card), js_class="customer_cards", limit=CARDS)
        for name in ("create", "edit", "delete", "action", "type"):
            if columns.get(name):
                kanban.set(name, columns.get(name))
        return kanban

    def _is_card_line(self, node):
        """Whether a column is shown in the list: not hidden by the view or by its reader."""
        if node.get("name") not in self._fields:
            return False
        always_hidden = node.get("column_invisible") in ("1", "True", "true")
        is_handle = node.get("widget") == "handle"
        return not always_hidden and not is_handle and node.get("optional") != "hide"

    def _is_name(self, node):
        """Whether a column says who or what the row is about."""
        is_person = (node.get("widget") or "").endswith("avatar_user")
        is_for_all = not node.get("groups")
        return self._fields[node.get("name")].type in NAMES and not is_person and is_for_all

    def _is_choice(self, node):
        return self._fields[node.get("name")].type == "selection" and not node.get("groups")

    def _get_card_line(self, node, is_title):
        """Return a line of the card; empty values have none."""
        name = node.get("name")
        kept = ("name", "widget", "options", "groups", "invisible", "class")
        values = {key: node.get(key) for key in kept if node.get(key)}
        values |= {k: v for k, v in node.attrib.items() if k.startswith("decoration-")}
        if is_title:
            title = E.field(**(values | {"class": "fw-bold fs-5"}))
            if not (empty := node.get("placeholder")):
                return title
            empty = E.span(empty, {"class": "fw-bold fs-5", "t-if": f"!record.{name}.raw_value"})
            return E.div(title, empty)
        label = node.get("string") or self._fields[name]._description_string(self.env)
        if self._fields[name].type in NUMBERS:
            values["class"] = f"{values.get('class', '')} o_customer_signed".strip()
        value = E.field(**values)
        if self._fields[name].type == "boolean" and node.get("widget", "boolean") == "boolean":
            value = E.i({"class": "fa fa-check", "role": "img", "title": label})
        line = E.div(E.span(label, {"class": "o_customer_muted text-muted"}), value)
        line.set("class", "d-flex flex-wrap justify-content-between gap-2")
        line.set("t-if", f"record.{name} and record.{name}.raw_value")
        if "column_invisible" in node.attrib:
            line.set("invisible", node.get("column_invisible"))
        if node.get("groups"):
            line.set("groups", node.get("groups"))
        return line

    def _get_card_button(self, node):
        """Return a button of a row, with its words: an icon alone is too small for a thumb."""
        values = {key: node.get(key) for key in BUTTON_FACTS if node.get(key)}
        values["string"] = node.get("string") or node.get("title") or node.get("name")
        return E.button(**(values | {"class": "btn btn-sm btn-secondary"}))
