"""The menu is one tree, so it is read in one file."""

import re

from . import sources

MENU_FILE = "views/customer_value_menus.xml"
MENU = re.compile(r"<menuitem\b|<record\b[^>]*\bmodel=[\"']ir\.ui\.menu[\"']")


def menus(names):
    """Menu items outside `views/customer_value_menus.xml`."""
    found = []
    for name in sources.select(names, ".xml", outside=("static/", MENU_FILE)):
        text = sources.text(name)
        for match in MENU.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{name}:{line}: a menu item belongs into {MENU_FILE}")
    return found
