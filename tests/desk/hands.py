"""A person at the screen: presses, taps and types what can be seen, and reads what is there.

Elements are named by selectors and by the data of the test, never by words of a language. What is
hidden, covered or off the screen cannot be pressed; whatever the page complains of is kept.
"""

import contextlib
import json
import os
import tempfile
import time
from pathlib import Path

from odoo.tests.common import _registry_test_lock

from .screens import PHONE, ScreenCase

HANDS = Path(__file__).with_name("hands.js").read_text()
# A folder for pictures of every step, for eyes: CUSTOMER_VALUE_PICTURES=/tmp/pictures
PICTURES = os.environ.get("CUSTOMER_VALUE_PICTURES")
DOWNLOAD_SECONDS = 30
KEYS = {"Enter": 13, "Escape": 27, "Tab": 9}
LONG_TOUCH_SECONDS = 0.7
TYPING_SECONDS = 0.35
ATTEMPTS = 3
PAUSES = 40


def _read_error(problem):
    details = problem.args[0] if problem.args and isinstance(problem.args[0], dict) else {}
    return details.get("exception", {}).get("description") or problem


class HandsCase(ScreenCase):
    """A browser that is used with thumb, mouse and keyboard."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page.watch_network()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.downloads = Path(folder.name)
        cls.page.call(
            "Browser.setDownloadBehavior", behavior="allow", downloadPath=str(cls.downloads)
        )

    def _sit_down(self, width, path="/odoo"):
        """Look at the web client on a screen of a width."""
        self.width, self.clicks, self.problems, self.pictures = width, 0, [], 0
        self._resize(width)
        self._load(path, scripts=(HANDS,))

    @property
    def _where(self):
        return f"{self.role}, {self.language}, {self.width} px"

    @property
    def _is_phone(self):
        return self.width == PHONE

    def _do(self, method, *arguments):
        values = ", ".join(json.dumps(value) for value in arguments)
        try:
            return self.page.evaluate(f"customerValueHands.{method}({values})")
        except AssertionError as problem:
            self._look("failed")
            raise AssertionError(f"{self._where}: {_read_error(problem)}") from None

    # === PRESSING AND TYPING === #

    def _click(self, selector, holding="", hold=False, shows="", hides=""):
        """Press what can be seen and reached; with a thumb on a phone.

        :param shows: selector of what is to be seen then
        :param hides: selector of what is to be gone then
        """
        is_message = True
        while is_message:
            x, y, is_message = self._do("aim", selector, holding)
            self._touch(x, y, hold) if self._is_phone else self._press_mouse(x, y)
            self._rest()
        self.clicks += 1
        if shows:
            self._see(shows)
        if hides:
            self._miss(hides)
        if shows or hides:
            self._rest()

    def _touch(self, x, y, hold=False):
        points = [{"x": x, "y": y}]
        self.page.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=points)
        if hold:
            time.sleep(LONG_TOUCH_SECONDS)
        # A long touch is no click on a telephone, but it is one to this browser.
        end = "touchCancel" if hold else "touchEnd"
        self.page.call("Input.dispatchTouchEvent", type=end, touchPoints=[])

    def _press_mouse(self, x, y):
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.page.call(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )

    def _rest(self):
        """Wait until the page is at rest; whatever it complains of fails the test."""
        wrong = self._do("rest")
        if wrong:
            self._look("failed")
        self.assertFalse(wrong, f"{self._where}: the page says no")

    def _type(self, selector, text, key=None):
        """Write into a field in place of what is there."""
        self._click(selector)
        self.clicks -= 1
        self._do("mark", selector)
        self.page.call("Input.insertText", text=text)
        if key:
            self._press(key)

    def _press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.page.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key,
                windowsVirtualKeyCode=KEYS[key], **({"text": "\r"} if key == "Enter" else {}),
            )  # fmt: skip
        self._rest()

    def _choose(self, field, name, scope=""):
        """Choose a record in a field that names one: from a list below it, on a phone a page."""
        field = f"{scope} .o_field_widget[name={field}] input"
        if self._is_phone:
            page = ".o_dialog .o_select_create_dialog_content"
            self._click(field, shows=page)
            self._click(f"{page} .o_kanban_record, {page} .o_data_row", name, hides=page)
        else:
            names = ".o-autocomplete--dropdown-item a"
            for _attempt in range(ATTEMPTS):
                self._type(field, name)
                self._await_names(names, name)
                self._click(names, name)
                time.sleep(TYPING_SECONDS)
                chosen = self._do("texts", field)
                if not self._do("visible", names) and (name in chosen or not any(chosen)):
                    break
            self._miss(names)

    def _await_names(self, names, name):
        """Wait until the list below a field stands still: it is looked up after the last key."""
        before = None
        for _pause in range(PAUSES):
            time.sleep(TYPING_SECONDS)
            shown = self._do("texts", names)
            if shown == before and any(name in text for text in shown):
                return
            before = shown

    def _click_step(self, name, **then):
        """Press a button in the head of a form; on a phone there is room for one."""
        button = f".o_statusbar_buttons button[name='{name}']"
        if not self._do("visible", button):
            button = f".o-dropdown--menu button[name='{name}']"
            self._click(".o_statusbar_buttons button:has(.oi-ellipsis-v)", shows=button)
        self._click(button, **then)

    def _move_to(self, stage):
        """Choose a stage in the head of a form."""
        button = f".o_statusbar_status button[data-value='{stage.id}']"
        name = self._read_name(stage)
        if self._do("visible", button):
            self._click(button)
        else:
            item = ".o-dropdown--menu .o-dropdown-item"
            self._click(".o_statusbar_status .dropdown-toggle", shows=item)
            self._click(item, name, hides=item)
        self._see(f"{button}[aria-checked=true], .o_statusbar_status .dropdown-toggle", name)

    def _create(self, shows=".o_form_view"):
        self._click(".o-kanban-button-new, .o_list_button_add", shows=shows)

    def _save(self):
        self._click(".o_form_button_save")
        self._miss(".o_form_button_save, .o_form_status_indicator_new_record")

    def _see(self, selector, holding=""):
        return self._do("see", selector, holding)

    def _miss(self, selector, holding=""):
        self._do("miss", selector, holding)

    def _count(self, selector):
        return self.page.evaluate(f"document.querySelectorAll({json.dumps(selector)}).length")

    def _has(self, selector):
        return self.page.evaluate(f"!!document.querySelector({json.dumps(selector)})")

    # === THE WEB CLIENT === #

    def _menu(self, name, shows):
        """Go to a menu of the app that is open."""
        path = self._read_path(
            name if "." in name else f"customer_value.customer_value_menu_{name}"
        )
        if self._is_phone:
            item = f".o_app_menu_sidebar li[data-menu-xmlid='{path[-1]}']"
            self._click(".o_menu_toggle", shows=item)
            self._click(item, shows=shows, hides=".o_app_menu_sidebar")
            return
        section = f".o_menu_sections [data-menu-xmlid='{path[0]}']"
        item = f".o-dropdown--menu [data-menu-xmlid='{path[-1]}']"
        if not self._do("visible", section):  # there is no room: all are under the last one
            self._open_menu(".o_menu_sections_more", item)
        elif len(path) == 1:
            item = section
        else:
            self._open_menu(section, item)
        self._click(item, shows=shows, hides=".o-dropdown--menu")

    def _open_menu(self, opener, item):
        """Open a menu; when the page is drawn anew under it, it closes, and is opened again.

        A message above its entries is closed before: closing it then would close the menu.
        """
        self._do("dismiss")
        for _attempt in range(ATTEMPTS):
            time.sleep(TYPING_SECONDS)
            if not self._do("visible", item):
                self._click(opener)
            time.sleep(TYPING_SECONDS)
            if self._do("visible", item):
                return

    def _read_path(self, name):
        """Return the names of a menu and of those above it, without the app."""
        with self._server():
            menu = self.env.ref(name)
            path = [name]
            while menu.parent_id.parent_id:
                menu = menu.parent_id
                path.insert(0, menu.get_external_id()[menu.id])
        return path

    def _read_name(self, record):
        """Return how a record, or what has this XML id, is called on the screen."""
        with self._server():
            record = self.env.ref(record) if isinstance(record, str) else record
            return record.with_context(lang=self.language).name

    def _open_app(self, shows, name="customer_value.customer_value_menu_root"):
        """Press the icon of an app; what it takes to see the icons is not counted."""
        if self._is_phone:
            self._click(".o_menu_toggle")
            if self._has(".o_sidebar_topbar .btn-primary"):
                self._click(".o_sidebar_topbar .btn-primary")
        else:
            self._click(".o_navbar_apps_menu button")
        self.clicks = 0
        self._click(f".o_app[data-menu-xmlid='{name}']", shows=shows)

    def _act(self, name, is_print=False, **then):
        """Choose an action or a print of the record or of the rows that are chosen."""
        words = self._read_name(name)
        menu = ".o_cp_action_menus button"
        is_apart = is_print and self._do("visible", f"{menu}:has(.fa-print)")
        item = ".o-dropdown--menu .o-dropdown-item"
        self._click(f"{menu}:has({'.fa-print' if is_apart else '.fa-cog'})", shows=item)
        prints = ".o-dropdown--menu .dropdown-toggle:has(.fa-print)"
        if is_print and not is_apart and self._do("visible", prints):
            self._click(prints)
        self._click(item, words, hides=item, **then)

    def _clear_search(self, **then):
        """Take the filters away; on a phone the search is behind a button."""
        facet = ".o_searchview .o_facet_remove"
        if not self._do("visible", facet):
            self._click(".o_control_panel_navigation button:has(.fa-search)", shows=facet)
        self._click(facet, **then)

    def _switch_view(self, kind, **then):
        """Look at the same as a list, a graph and so on."""
        if self._is_phone:
            item = f".o-dropdown--menu .o-dropdown-item:has(.oi-view-{kind})"
            self._click(".o_cp_switch_buttons button", shows=item)
            self._click(item, hides=item, **then)
        else:
            self._click(f".o_cp_switch_buttons .o_{kind}", **then)

    def _select(self, count):
        """Choose the first rows of a list, or cards with a long touch."""
        for number in range(1, count + 1):
            if self._has(".o_list_view"):
                self._click(f".o_data_row:nth-child({number}) .o_list_record_selector input")
            else:
                self._click(f".o_kanban_record:nth-child({number})", hold=True)

    def _wait_for_reload(self):
        """Let the client load itself anew, as it does after settings, before going on."""
        time.sleep(1)
        self._rest()

    def _wait_for_file(self):
        """Return the bytes of the file the browser was given."""
        end = time.monotonic() + DOWNLOAD_SECONDS
        while time.monotonic() < end:
            done = [file for file in self.downloads.iterdir() if file.suffix != ".crdownload"]
            if done:
                content = done[0].read_bytes()
                done[0].unlink()
                return content
            time.sleep(0.1)
            self.page.evaluate("1")
        raise AssertionError("no file came")

    # === WHAT IS LOOKED AT === #

    @contextlib.contextmanager
    def _server(self):
        """Look at what the server knows by now."""
        with _registry_test_lock:  # no request meanwhile
            self.env.invalidate_all()
            yield
            self.env.flush_all()
            self.env.invalidate_all()

    def _look(self, name):
        """Note what sticks out of the screen here; take a picture if somebody wants to see it."""
        if self._is_phone:
            self.problems += [f"{name}: {what}" for what in self._do("cut")]
        if PICTURES:
            self.pictures += 1
            step = f"{self.pictures:02}-{name.replace(' ', '-')}"
            file = f"{self.role}-{self.language}-{self.width}-{step}.png"
            self.page.screenshot(Path(PICTURES, file))
