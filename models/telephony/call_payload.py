"""Reads what a telephone system sends: known names, plain types, sensible values."""

from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from werkzeug.exceptions import BadRequest

from ...engine.service import extract_phone_number, unwrap_phone_number
from ..base.input_reader import InputReader

KIND_OF_EVENT = {
    "ringing": "ringing",
    "start": "ringing",
    "answered": "answered",
    "hangup": "hangup",
    "missed": "missed",
    "voicemail": "voicemail",
}
DIRECTIONS = ("in", "out")
MAX_CALL_ID_LENGTH, MAX_NUMBER_LENGTH, MAX_AGENT_LENGTH, MAX_URL_LENGTH = 128, 64, 64, 4000
KNOWN = (
    *("event", "call_id", "direction", "from", "to", "agent", "at", "voicemail_url"),
    "company_id",
)
# Marks of direction and half spaces have no width, and may stay.
INVISIBLE = "\u200c\u200d\u200e\u200f"
MIN_MOMENT = datetime(2000, 1, 1)
# Clocks of telephone systems are not always right; more than this is a mistake.
MAX_AHEAD = timedelta(days=1)


class CallReader(InputReader):
    """Reads the fields of an event; what is wrong with them is answered as HTTP 400."""

    error = BadRequest

    def shown(self, name):
        """Return one line of what is given, whatever its length and signs, "" when nothing is."""
        value = self.values.get(name) if self.is_given(name) else ""
        if type(value) is int:
            value = str(value)
        if not isinstance(value, str):
            self._wrong(name, self.env._("text"))
        kept = (sign if sign.isprintable() or sign in INVISIBLE else " " for sign in value)
        return " ".join("".join(kept).split())

    def line(self, name):
        """Return a number as the telephone system shows it, "" when not given.

        A long one is cut, but never its digits: no call is lost for a caller's long name.
        """
        value = self.shown(name)
        if len(value) <= MAX_NUMBER_LENGTH:
            return value
        number = unwrap_phone_number(value)
        if number == value or len(number) > MAX_NUMBER_LENGTH:
            return extract_phone_number(value) or value[:MAX_NUMBER_LENGTH].strip()
        room = MAX_NUMBER_LENGTH - len(number) - len(" <>")
        return f"{value[: max(room, 0)].strip()} <{number}>".strip() if room > 0 else number

    def link(self, name):
        """Return a web link, "" when not given or too long: the agent will click on it."""
        given = self.values.get(name)
        if isinstance(given, str) and len(given.strip()) > MAX_URL_LENGTH:
            return ""
        value = self.text(name, MAX_URL_LENGTH)
        try:
            parts = urlsplit(value)
            usable = not value or (parts.scheme in ("http", "https") and parts.hostname)
        except ValueError:
            usable = False
        if not usable or " " in value:
            self._wrong(name, self.env._("a link that begins with http:// or https://"))
        return value

    def time(self, name):
        """Return an ISO text in UTC of fixed width; not given means now."""
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        moment = self.moment(name, whole_seconds=False) or now
        if not MIN_MOMENT <= moment <= now + MAX_AHEAD:
            self.refuse(
                self.env._(
                    "“%(name)s” lies too far in the past or in the future: check the clock of the "
                    "telephone system.",
                    name=name,
                )
            )
        return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def read_event(env, body):
    """Return (event, company id or None) of what a telephone system sent.

    :raise BadRequest: with a sentence that says what is wrong
    """
    reader = CallReader(env, body)
    reader.check_names(KNOWN)
    event = {
        "kind": KIND_OF_EVENT[reader.choice("event", KIND_OF_EVENT, required=True)],
        "call_id": reader.text("call_id", MAX_CALL_ID_LENGTH, required=True),
        "direction": reader.choice("direction", DIRECTIONS),
        "from": reader.line("from"),
        "to": reader.line("to"),
        "agent": reader.shown("agent")[:MAX_AGENT_LENGTH].strip(),
        "voicemail_url": reader.link("voicemail_url"),
        "at": reader.time("at"),
    }
    if body.get("company_id") in ("", False):  # for the default company it is left out
        reader.refuse(env._("“%(name)s” is missing.", name="company_id"))
    if event["kind"] == "ringing":
        reader.choice("direction", DIRECTIONS, required=True)
    return event, reader.whole("company_id", default=None)
