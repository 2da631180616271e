"""Validates what a telephone system sends: plain types, known names, sensible values."""

import unicodedata
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from werkzeug.exceptions import BadRequest

MAX_CALL_ID, MAX_NUMBER, MAX_AGENT, MAX_URL = 128, 64, 64, 1000
KIND_OF_EVENT = {
    "ringing": "ringing",
    "start": "ringing",
    "answered": "answered",
    "hangup": "hangup",
    "missed": "missed",
    "voicemail": "voicemail",
}
DIRECTIONS = ("in", "out")
# name -> longest text
TEXTS = {
    "event": 20,
    "call_id": MAX_CALL_ID,
    "direction": 3,
    "from": MAX_NUMBER,
    "to": MAX_NUMBER,
    "agent": MAX_AGENT,
    "at": 40,
    "voicemail_url": MAX_URL,
}
KNOWN = (*TEXTS, "company_id")
MIN_MOMENT = datetime(2000, 1, 1, tzinfo=timezone.utc)
# Clocks of telephone systems are not always right; more than this is a mistake.
MAX_AHEAD = timedelta(days=1)
# Wide enough for every SERIAL id, and nothing that PostgreSQL would refuse.
MAX_ID = 2**31 - 1


def parse_event(env, body):
    """Return (event, company id or None).

    :raise BadRequest: with a sentence that says what is wrong
    """
    for name in body:
        if name not in KNOWN:
            raise BadRequest(
                env._(
                    "Field %(name)s is not known; known are %(known)s.",
                    name=ascii(name[:50]),
                    known=", ".join(KNOWN),
                )
            )
    texts = {name: _parse_text(env, body, name) for name in TEXTS}
    for name in ("event", "call_id"):
        if not texts[name]:
            raise BadRequest(env._("Field %(name)s is missing.", name=name))
    kind = _parse_choice(env, texts, "event", KIND_OF_EVENT)
    event = {
        "kind": KIND_OF_EVENT[kind],
        "call_id": texts["call_id"],
        "direction": _parse_choice(env, texts, "direction", DIRECTIONS),
        "from": texts["from"],
        "to": texts["to"],
        "agent": texts["agent"],
        "voicemail_url": _parse_url(env, texts["voicemail_url"]),
        "at": _parse_time(env, texts["at"]),
    }
    if event["kind"] == "ringing" and not event["direction"]:
        raise BadRequest(env._("Field %(name)s is missing.", name="direction"))
    return event, _parse_company(env, body.get("company_id"))


def _parse_text(env, body, name):
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRequest(env._("Field %(name)s has to be a text.", name=name))
    if len(value) > TEXTS[name]:
        raise BadRequest(
            env._(
                "Field %(name)s is longer than %(count)s characters.",
                name=name,
                count=TEXTS[name],
            )
        )
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in value):
        raise BadRequest(
            env._("Field %(name)s holds control characters or broken text.", name=name)
        )
    return value.strip()


def _parse_choice(env, texts, name, choices):
    value = texts[name]
    if value and value not in choices:
        raise BadRequest(
            env._(
                "Field %(name)s has to be one of %(choices)s.",
                name=name,
                choices=", ".join(choices),
            )
        )
    return value


def _parse_url(env, value):
    """Only web links: the agent will click on it."""
    try:
        parts = urlsplit(value)
        usable = not value or (parts.scheme in ("http", "https") and parts.hostname)
    except ValueError:
        usable = False
    if not usable or " " in value:
        raise BadRequest(
            env._(
                "Field %(name)s has to be a link that begins with http:// or https://.",
                name="voicemail_url",
            )
        )
    return value


def _parse_time(env, value):
    """Return an ISO text in UTC of fixed width; no value means now, no time zone means UTC."""
    now = datetime.now(timezone.utc)
    if not value:
        return _format_time(now)
    try:
        if value[-1] in "zZ":  # Python 3.10 does not know it
            value = value[:-1] + "+00:00"
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        moment = moment.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise BadRequest(
            env._(
                "Field %(name)s has to be a time such as %(example)s.",
                name="at",
                example="2026-03-25T14:05:00+03:30",
            )
        ) from error
    if not MIN_MOMENT <= moment <= now + MAX_AHEAD:
        raise BadRequest(
            env._(
                "Field %(name)s lies too far in the past or in the future: check the clock of "
                "the telephone system.",
                name="at",
            )
        )
    return _format_time(moment)


def _format_time(moment):
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def _parse_company(env, value):
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MAX_ID:
        raise BadRequest(
            env._("Field %(name)s has to be a whole number above 0.", name="company_id")
        )
    return value
