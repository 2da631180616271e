import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from odoo import fields

from ..interaction.customer_interaction import DIRECTIONS, KINDS, MAX_MINUTES, OUTCOMES
from .api_reader import ApiReader

MAX_KEY_LENGTH = 128
MAX_SUBJECT_LENGTH = 255
MAX_NOTE_LENGTH = 20_000
MAX_ADDRESS_LENGTH = 254
CLOCK_TOLERANCE = timedelta(days=1)
ADDRESSES = ("reference", "email", "phone")
NAMES = (
    *("request_key", "kind", "direction", "date", "duration_minutes", "subject", "note"),
    *("outcome", "reason_id", "partner_id", "phone", "email", "reference", "user_login"),
    "needs_answer",
)


@dataclass
class InteractionPayload:
    """One interaction another program wants recorded, with values that can be right."""

    key: str
    place: str
    given: dict[str, Any]
    digest: str
    resolved: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_values(cls, env, values, place):
        """Check types, lengths and options.

        :raise InvalidInput: with the place and the name of the first value that is wrong
        """
        reader = ApiReader(env, values, place)
        reader.check_names(NAMES)
        key = reader.text("request_key", MAX_KEY_LENGTH, required=True)
        given = {
            "kind": reader.choice("kind", [code for code, _label in KINDS], required=True),
            "direction": reader.choice("direction", [code for code, _label in DIRECTIONS]),
            "outcome": reader.choice("outcome", [code for code, _label in OUTCOMES]),
            "date": reader.moment("date"),
            "duration_minutes": reader.number("duration_minutes", MAX_MINUTES),
            "subject": reader.text("subject", MAX_SUBJECT_LENGTH, required=True),
            "note": reader.text("note", MAX_NOTE_LENGTH, lines=True),
            "reason_id": reader.whole("reason_id"),
            "partner_id": reader.whole("partner_id"),
            "user_login": reader.text("user_login", MAX_ADDRESS_LENGTH),
            "needs_answer": reader.flag("needs_answer"),
            **{name: reader.text(name, MAX_ADDRESS_LENGTH) for name in ADDRESSES},
        }
        if given["date"] and given["date"] > fields.Datetime.now() + CLOCK_TOLERANCE:
            reader.refuse(env._("“date” lies in the future."))
        if not any(given[name] for name in ("partner_id", *ADDRESSES)):
            reader.refuse(env._("Give “partner_id”, “phone”, “email” or “reference”."))
        return cls(key, place, given, cls._digest(given))

    @staticmethod
    def _digest(given):
        """Return what tells the content from another: values not given do not count."""
        said = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in given.items()
            if value
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
