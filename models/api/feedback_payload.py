"""One answer another program wants recorded, with values that can be right."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from odoo import fields

from ..feedback.customer_feedback import FEEDBACK_KINDS
from ..feedback.customer_feedback_answer import MAX_COMMENT_LENGTH
from .input_reader import InputReader
from .interaction_payload import ADDRESSES, CLOCK_TOLERANCE, MAX_ADDRESS_LENGTH, MAX_KEY_LENGTH

NAMES = (
    *("request_key", "kind", "rating", "nps", "levels", "comment", "date"),
    *("partner_id", *ADDRESSES, "user_login"),
)
LEVEL_NAMES = ("factor_id", "expectation", "perception")


@dataclass
class FeedbackPayload:
    """Values of one answer; ``given`` has the names ``_resolve_requests`` reads."""

    key: str
    place: str
    given: dict[str, Any]
    answer: dict[str, Any]
    digest: str
    resolved: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_values(cls, env, values, place):
        """Check types, lengths and options.

        :raise InvalidInput: with the place and the name of the first value that is wrong
        """
        reader = InputReader(env, values, place)
        reader.check_names(NAMES)
        key = reader.text("request_key", MAX_KEY_LENGTH, required=True)
        given = {
            "kind": reader.choice("kind", [code for code, _name in FEEDBACK_KINDS], required=True),
            "date": reader.moment("date"),
            "partner_id": reader.whole("partner_id"),
            "user_login": reader.text("user_login", MAX_ADDRESS_LENGTH),
            "reason_id": 0,
            **{name: reader.text(name, MAX_ADDRESS_LENGTH) for name in ADDRESSES},
        }
        if given["date"] and given["date"] > fields.Datetime.now() + CLOCK_TOLERANCE:
            reader.refuse(env._("“date” lies in the future."))
        if not any(given[name] for name in ("partner_id", *ADDRESSES)):
            reader.refuse(env._("Give “partner_id”, “phone”, “email” or “reference”."))
        answer = {
            "rating": reader.whole("rating", 1, 5),
            # 0 is an answer here, and not the same as nothing
            "nps": reader.whole("nps", 0, 10, None) if reader.is_given("nps") else None,
            "levels": cls._read_levels(env, reader, values.get("levels")),
            "comment": reader.text("comment", MAX_COMMENT_LENGTH, lines=True),
        }
        return cls(key, place, given, answer, cls._digest(given, answer))

    @staticmethod
    def _read_levels(env, reader, rows):
        if not reader.is_given("levels"):
            return {}
        if not isinstance(rows, list | tuple) or not all(isinstance(row, dict) for row in rows):
            reader.refuse(env._("“levels” must be a list of sets of named values."))
        levels = {}
        for row in rows:
            level = InputReader(env, row, reader.place)
            level.check_names(LEVEL_NAMES)
            factor = level.whole("factor_id")
            if factor in levels:
                reader.refuse(env._("“levels” has a factor twice."))
            levels[factor] = (level.whole("expectation", 1, 5), level.whole("perception", 1, 5))
        return levels

    @staticmethod
    def _digest(given, answer):
        """Return what tells the content from another: values not given do not count."""
        said = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in {**given, **answer}.items()
            if value or (name == "nps" and value is not None)
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
