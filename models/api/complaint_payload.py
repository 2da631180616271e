from dataclasses import dataclass, field
from typing import Any

from odoo import fields

from ..complaint.customer_complaint import SEVERITIES
from .input_reader import InputReader
from .interaction_payload import (
    ADDRESSES,
    CLOCK_TOLERANCE,
    MAX_ADDRESS_LENGTH,
    MAX_KEY_LENGTH,
    MAX_NOTE_LENGTH,
    MAX_SUBJECT_LENGTH,
    InteractionPayload,
)

# What other programs write instead of the numbers Odoo sorts by.
SEVERITY_NAMES = dict(zip(("minor", "normal", "major", "critical"), SEVERITIES, strict=True))
NAMES = (
    *("request_key", "subject", "description", "severity", "date", "team_id", "category_id"),
    *("order", "product_code", "partner_id", "phone", "email", "reference"),
)


@dataclass
class ComplaintPayload:
    """One complaint another program wants recorded, with values that can be right.

    Has what contacts are looked up by, as an interaction has (``_resolve_requests``).
    """

    key: str
    place: str
    given: dict[str, Any]
    digest: str
    resolved: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_values(cls, env, values, place):
        """Check types, lengths and options.

        :raise InvalidInput: with the name of the first value that is wrong
        """
        reader = InputReader(env, values, place)
        reader.check_names(NAMES)
        key = reader.text("request_key", MAX_KEY_LENGTH, required=True)
        severity = reader.choice("severity", list(SEVERITY_NAMES)) or "normal"
        given = {
            "subject": reader.text("subject", MAX_SUBJECT_LENGTH, required=True),
            "description": reader.text("description", MAX_NOTE_LENGTH, lines=True),
            "severity": SEVERITY_NAMES[severity][0],
            "date": reader.moment("date"),
            "team_id": reader.whole("team_id"),
            "category_id": reader.whole("category_id"),
            "order": reader.text("order", MAX_ADDRESS_LENGTH),
            "product_code": reader.text("product_code", MAX_ADDRESS_LENGTH),
            "partner_id": reader.whole("partner_id"),
            **{name: reader.text(name, MAX_ADDRESS_LENGTH) for name in ADDRESSES},
        }
        if given["date"] and given["date"] > fields.Datetime.now() + CLOCK_TOLERANCE:
            reader.refuse(env._("“date” lies in the future."))
        if not any(given[name] for name in ("partner_id", *ADDRESSES)):
            reader.refuse(env._("Give “partner_id”, “phone”, “email” or “reference”."))
        digest = InteractionPayload._digest(given)
        # Nothing of these is in a complaint; the look-up of contacts asks for them.
        return cls(key, place, {**given, "reason_id": 0, "user_login": ""}, digest)
