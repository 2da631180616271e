"""Which records a value names that somebody has given, whichever form it has."""

from odoo import models
from odoo.api import NewId
from odoo.fields import Command

ONE_RECORD = (Command.UPDATE, Command.DELETE, Command.UNLINK, Command.LINK)


def read_ids(value):
    """Return the ids in a value of a relational field, whichever form it has; none of new records.

    PostgreSQL takes an id in quotes for an id, and Python ``True`` for 1: so does the gate.
    """
    if isinstance(value, models.BaseModel):
        return value.ids
    if isinstance(value, NewId):  # in a form: a copy of a record that is there
        return read_ids(value.origin)
    if isinstance(value, dict):
        return read_ids(value.get("id"))
    if isinstance(value, list | tuple):
        return [id_ for item in value for id_ in read_command_ids(item)]
    if isinstance(value, str):
        return read_text(value)
    return [int(value)] if value and isinstance(value, int | float) else []


def has_no_id(value):
    """Tell whether something stands for a record that is no number of one."""
    if isinstance(value, float):
        return not value.is_integer()
    if isinstance(value, list | tuple):
        return any(map(has_no_id, value))
    return False


def read_text(text):
    """Return the id a text stands for in Python or PostgreSQL; that of a new record is none."""
    for base in (10, 0):
        try:
            return [int(text, base)]
        except ValueError:
            continue
    return []


def read_command_ids(item):
    """Return the ids in one command of a x2many field; an id alone stands for itself."""
    if not isinstance(item, list | tuple):
        return read_ids(item)
    if item and item[0] in ONE_RECORD:
        return read_ids(item[1])
    return read_ids(item[2]) if item and item[0] == Command.SET else []


def without_ids(value, ids):
    """Return the commands of a x2many field without those that name some ids."""
    commands = []
    for item in value:
        if isinstance(item, list | tuple) and item and item[0] == Command.SET:
            kept = [id_ for id_ in read_ids(item[2]) if id_ not in ids]
            commands.append((Command.SET, 0, kept))
        elif not ids.intersection(read_command_ids(item)):
            commands.append(item)
    return commands
