"""Who may be called from elsewhere says what he promises."""

import ast

from . import sources

FOLDERS = (
    "models/",
    "engine/",
    "client/",
    "wizards/",
    "reports/",
    "controllers/",
    "devtools/",
    "benchmarks/",
    "hooks.py",
)
ODOO_FOLDERS = ("models/", "wizards/", "reports/", "controllers/")
# What is extended here and promised by Odoo: its contract stands there.
OVERRIDES = (
    # records
    "action_archive",
    "action_unarchive",
    "copy",
    "copy_data",
    "create",
    "default_get",
    "export_data",
    "fields_get",
    "formatted_read_group",
    "get_view",
    "get_views",
    "init",
    "name_create",
    "name_search",
    "onchange",
    "read",
    "search",
    "search_count",
    "search_fetch",
    "search_read",
    "unlink",
    "web_read",
    "web_read_group",
    "web_search_read",
    "write",
    # requests, exports
    "dispatch",
    "export_xlsx",
    "from_group_data",
    "handle_error",
    "is_compatible_with",
    "post_dispatch",
    "pre_dispatch",
    # users, about themselves
    "SELF_READABLE_FIELDS",
    "SELF_WRITEABLE_FIELDS",
)
# Whole families: the mail thread calls message_new, message_update …
OVERRIDDEN_PREFIXES = ("message_",)


def docstrings(names):
    """Public functions and methods without a docstring."""
    found = []
    for name in sources.select(names, ".py", inside=FOLDERS):
        is_odoo = name.startswith(ODOO_FOLDERS)
        for function, node in sources.functions(sources.tree(name), nested=False):
            silent = is_odoo and _is_override(node.name)
            if _is_public(function) and not silent and not ast.get_docstring(node):
                found.append(f"{name}:{node.lineno}: {function} is public and has no docstring")
    return found


def _is_public(function):
    return not any(part.startswith("_") for part in function.split("."))


def _is_override(name):
    return name in OVERRIDES or name.startswith(OVERRIDDEN_PREFIXES)
