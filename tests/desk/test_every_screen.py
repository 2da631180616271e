"""Every screen of our menus, read by a Persian reader and examined by axe-core, in one walk.

Findings in what Odoo draws itself are Odoo's: ODOO_DRAWS says what that is.
"""

import re
from ast import literal_eval
from pathlib import Path

import polib
from lxml import etree

from odoo.modules import get_module_path
from odoo.tests import tagged

from ..board.board_common import BoardCommon
from .common import read_axe
from .screens import ScreenCase

GROUPS = (
    "sales_team.group_sale_manager",
    "account.group_account_invoice",
    "base.group_system",
)
# Where a finding stands -> Odoo's own: search bar, list and its cells, tags, chatter, dialogs.
ODOO_DRAWS = re.compile(
    r"o_searchview|o_list_record_selector|o_optional_columns|o_technical_modal$|o_avatar"
    r"|o_m2o_avatar|o_select_menu|o-dropdown|o_field_tags|o_toggle_fold|o_search_panel"
    r"|o_pivot|o_boolean_cell|boolean_checkbox|o_field_reference|o_notebook_headers"
    r"|o_setting_container > div > div > a|o_colorlist|o_field_kanban_activity|o-mail|oi-search"
    r"|fa-user-o|o_column_title|searchabletext|o_field_badge|o_view_sample_data|smaller text-muted"
    r"|o_calendar_(container|sidebar)|o_datetime_picker|fc-more-link|o_field_list_activity"
)
# Odoo's own frame around the cards of a view, which scrolls.
ODOO_SCROLLS = re.compile(r"(main\.o_content|o_kanban_renderer)[^>]*$")
# A row that is marked as past or off has Odoo's own muted colour, in all its cells.
ODOO_ROW = re.compile(r"o_data_row[^>]* > td[^>]*$")
# Odoo's own dates: the client writes what a day was in the tooltip, a group by month is Odoo's.
ODOO_DATES = re.compile(
    r"o_field_(date|datetime|remaining_days|daterange)\b.*@|o_daterange_start|o_group_name"
)
# Odoo's own word, which it has not in Persian: the count of leads or complaints that rot.
ODOO_SAYS = re.compile(r"o_mail_resource_rotting")
GREGORIAN = re.compile(
    r"\b(ژانویه|فوریه|مارس|آوریل|ژوئن|ژوئیه|اوت|سپتامبر|اکتبر|نوامبر|دسامبر)\b|(?<![\d/])20\d\d[/-]\d"
)
TWO_KINDS_OF_DIGITS = re.compile(r"از [۰-۹]+ (نمره|نفر)|[0-9][۰-۹]|[۰-۹][0-9]")
# What the data of the tests is called, and a page of Odoo's loyalty, in words we have, too.
DATA = {"Call", "Coupon"}
LATIN = re.compile(r"[A-Za-z]{2,}")
# What is no sentence: Odoo's own dates, and the name of a number with it.
OTHER_NUMBERS = re.compile(rf"{ODOO_DATES.pattern}|o_customer_card_number")
# A name in the data may have numbers, a sentence around it has not.
NAMES = re.compile(r"[A-Za-z\[][\w\]/#&.,' -]*|\S+@\S+")
SENTENCE = re.compile(r"([آ-ی\u200c]{2,}[^آ-ی]+){3}")


def read_english():
    """Our English texts whose Persian reads otherwise, those with names in them as patterns."""
    file = Path(get_module_path("customer_value"), "i18n", "fa.po")
    texts, patterns = set(), []
    for entry in polib.pofile(str(file)):
        if entry.msgid == entry.msgstr or not LATIN.search(entry.msgid):
            continue
        texts.add(entry.msgid.strip())
        parts = re.split(r"%\(\w+\)[sd]|%[sd]", entry.msgid)
        if len(parts) > 1 and len("".join(re.findall("[A-Za-z]", "".join(parts)))) > 8:
            patterns.append(re.compile(".+?".join(map(re.escape, parts)), re.DOTALL))
    return texts, patterns


@tagged("post_install", "-at_install")
class TestEveryScreen(BoardCommon, ScreenCase):
    """No serious barrier, no English word of ours, no second calendar, nothing that fails."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.axe = read_axe()
        cls.everybody = cls._create_user("hana", "customer_value.customer_value_group_manager")
        cls.everybody.group_ids += cls.env["res.groups"].union(*map(cls.env.ref, GROUPS))
        cls.everybody.name = "هانا"

    def _get_screens(self):
        """All our screens as (name, action, options): menus, forms behind lists, windows."""
        root = self.env.ref("customer_value.customer_value_menu_root")
        menus = self.env["ir.ui.menu"].search(
            [("id", "child_of", root.id), ("action", "!=", False)]
        )
        screens, models = [], {}
        for menu in menus:
            name = menu.action.get_external_id()[menu.action.id]
            if name.startswith("customer_value."):
                screens.append((name, name, {}))
                if menu.action._name == "ir.actions.act_window":
                    models.setdefault(menu.action.res_model, menu.action)
        for model, action in models.items():
            if model.startswith("customer.") and "form" in action.view_mode.split(","):
                screens += self._get_form(model, action)
        windows = self.env["ir.actions.act_window"].search([("target", "=", "new")], order="id")
        seen = set()
        for action in windows:
            name = action.get_external_id()[action.id]
            # One window is offered in many lists: it is the same in all of them.
            window = (action.res_model, action.view_id.id, action.context)
            if name.startswith("customer_value.") and window not in seen:
                seen.add(window)
                model = action.binding_model_id.model or "res.partner"
                record = self.env[model].sudo().search([], limit=1)
                context = {"active_model": model, "active_id": record.id}
                context["active_ids"] = record.ids
                screens.append((name, name, {"additionalContext": context}))
        return screens

    def _get_second_screens(self):
        """What is behind the first view: other views of our lists, and forms of nothing yet.

        Each view once, whichever action shows it.
        """
        root = self.env.ref("customer_value.customer_value_menu_root")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        screens, seen, forms = [], set(), set()
        for action in (menu.action for menu in menus if menu.action):
            name = action.get_external_id()[action.id]
            if not name.startswith("customer_value.") or action._name != "ir.actions.act_window":
                continue
            chosen = {view.view_mode: view.view_id.id for view in action.view_ids}
            modes = action.view_mode.split(",")
            seen.add((action.res_model, modes[0], chosen.get(modes[0])))
            for mode in modes[1:]:
                key = (action.res_model, mode, chosen.get(mode))
                if mode != "form" and key not in seen:
                    seen.add(key)
                    screens.append((f"{mode} of {name}", name, {"viewType": mode}))
            is_ours = action.res_model.startswith("customer.")
            if is_ours and "form" in modes and action.res_model not in forms:
                forms.add(action.res_model)
                screens += self._get_new_form(action, name)
        return screens

    def _get_new_form(self, action, name):
        """The empty form of a list, where somebody may create."""
        model = self.env[action.res_model].with_user(self.everybody)
        form = action.view_ids.filtered(lambda view: view.view_mode == "form")
        view = form[:1].view_id.id
        arch = etree.fromstring(model.get_view(view or None, "form")["arch"])  # noqa: S320 - our own view
        if arch.get("create") in ("0", "false") or not model.has_access("create"):
            return []
        opened = {"type": "ir.actions.act_window", "name": "…", "res_model": action.res_model}
        opened |= {"views": [[view or False, "form"]], "context": literal_eval(action.context)}
        return [(f"new form of {name}", opened, {})]

    def _get_form(self, model, action):
        """The form of the first record of a list, if there is one to open."""
        record = self.env[model].sudo().search([], limit=1, order="id")
        if self.env[model]._transient or not record:
            return []
        form = action.view_ids.filtered(lambda view: view.view_mode == "form")
        opened = {"type": "ir.actions.act_window", "name": "…", "res_model": model}
        opened |= {"res_id": record.id, "views": [[form[:1].view_id.id, "form"]]}
        return [(f"form of {model}", opened, {})]

    def _visit(self, language, screens):
        """Go to the screens; yield (name, barriers, texts) of each."""
        self.env["res.lang"]._activate_lang(language)
        self.everybody.lang = language
        seen = []
        with self._signed_in(self.everybody):
            self._resize(1440)
            self._load(scripts=(self.axe,))
            for name, action, options in screens:
                try:
                    self._walk("open", action, options)
                    seen.append((name, self._walk("barriers"), self._walk("texts")))
                except AssertionError as problem:
                    seen.append((name, [["does not open", str(problem)[:600], "", ""]], []))
            complaints = [*self.page.complaints, *map(str, self.page.errors)]
        self.assertFalse(complaints, "said on the console")
        return seen

    @staticmethod
    def _is_ours(rule, html, where):
        if ODOO_DRAWS.search(where) or ODOO_DRAWS.search(html):
            return False
        if rule == "scrollable-region-focusable" and ODOO_SCROLLS.search(where):
            return False
        return rule != "color-contrast" or not ODOO_ROW.search(where)

    def _get_barriers(self, seen):
        return sorted(
            {
                f"{name}: {rule}: {where[-120:]} {html[:200]}"
                for name, barriers, _texts in seen
                for rule, html, where, _why in barriers
                if self._is_ours(rule, html, where)
            }
        )

    def test_persian(self):
        screens = self._get_screens()
        self.assertGreater(len(screens), 120)
        self._check_persian(screens, 5000)

    def test_persian_second_views(self):
        """The other views of each list, and its form before anything is in it."""
        screens = self._get_second_screens()
        self.assertGreater(len(screens), 40)
        self.assertTrue(any(name.startswith("new form") for name, _action, _options in screens))
        self._check_persian(screens, 1000)

    def _check_persian(self, screens, text_count):
        """Nothing that keeps a reader out, no English word of ours, one calendar."""
        seen = self._visit("fa_IR", screens)
        self.assertEqual("\n".join(self._get_barriers(seen)), "")
        english, patterns = read_english()
        words, days, digits = set(), set(), set()
        for name, _barriers, texts in seen:
            for text, where in texts:
                is_ours = LATIN.search(text) and not ODOO_SAYS.search(where)
                parts = {text, *text.split(" / ")} - DATA if is_ours else set()
                if parts & english or any(
                    pattern.fullmatch(part) for part in parts for pattern in patterns
                ):
                    words.add(f"{name}: {text[:100]} {where[-80:]}")
                if GREGORIAN.search(text) and not ODOO_DATES.search(where):
                    days.add(f"{name}: {text[:100]} {where[-80:]}")
                two_kinds = TWO_KINDS_OF_DIGITS.search(text) and re.search("[0-9]", text)
                is_sentence = SENTENCE.search(f"{text} ") and not ODOO_DRAWS.search(where)
                latin = is_sentence and re.search("[0-9]", NAMES.sub("", text))
                if two_kinds or (latin and not OTHER_NUMBERS.search(where)):
                    digits.add(f"{name}: {text[:100]} {where[-80:]}")
        self.assertEqual("\n".join(sorted(words)), "", "English words of ours")
        self.assertEqual("\n".join(sorted(days)), "", "a second calendar")
        self.assertEqual("\n".join(sorted(digits)), "", "digits of another language in a sentence")
        # The walk can fail: it reads what it should, and knows an English word when it sees one.
        self.assertGreater(sum(len(texts) for _name, _barriers, texts in seen), text_count)
        self.assertIn("Waiting for an answer", english)

    def _find_cut_headers(self, language):
        """Return the columns of the lists of our menus whose name has no room, and their number."""
        self.env["res.lang"]._activate_lang(language)
        self.everybody.lang = language
        lists = [
            (name, action)
            for name, action, options in self._get_screens()
            if isinstance(action, str) and not options
            and (opened := self.env.ref(action))._name == "ir.actions.act_window"
            and opened.view_mode.startswith("list") and opened.target != "new"
        ]  # fmt: skip
        found, headers = [], 0
        with self._signed_in(self.everybody):
            self._resize(1440)
            self._load()
            for name, action in lists:
                self._walk("open", action)
                found += [f"{name}: {cut}" for cut in self._walk("cutHeaders")]
                headers += self.page.evaluate(
                    "document.querySelectorAll('.o_list_table th[data-name]').length"
                )
        return found, headers

    def test_columns_say_their_whole_name(self):
        for language in ("en_US", "fa_IR"):
            found, headers = self._find_cut_headers(language)
            self.assertEqual("\n".join(found), "", language)
            self.assertGreater(headers, 300)

    def test_english_sample(self):
        """What we draw ourselves, in the other direction of writing."""
        screens = [
            screen for screen in self._get_screens()
            if re.search(r"board_action|today|first_steps|settings|form of", screen[0])
        ]  # fmt: skip
        self.assertGreater(len(screens), 20)
        self.assertEqual("\n".join(self._get_barriers(self._visit("en_US", screens))), "")
