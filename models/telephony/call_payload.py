"""Reads what a telephone system sends: known names, plain types, sensible values."""

from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from werkzeug.exceptions import BadRequest

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
MAX_CALL_ID_LENGTH, MAX_NUMBER_LENGTH, MAX_AGENT_LENGTH, MAX_URL_LENGTH = 128, 64, 64, 1000
KNOWN = (
    *("event", "call_id", "direction", "from", "to", "agent", "at", "voicemail_url"),
    "company_id",
)
MIN_MOMENT = datetime(2000, 1, 1)
# Clocks of telephone systems are not always right; more than this is a mistake.
MAX_AHEAD = timedelta(days=1)


class CallReader(InputReader):
    """Reads the fields of an event; what is wrong with them is answered as HTTP 400."""

    error = BadRequest

    def link(self, name):
        """Return a web link, "" when not given: the agent will click on it."""
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
        "from": reader.text("from", MAX_NUMBER_LENGTH),
        "to": reader.text("to", MAX_NUMBER_LENGTH),
        "agent": reader.text("agent", MAX_AGENT_LENGTH),
        "voicemail_url": reader.link("voicemail_url"),
        "at": reader.time("at"),
    }
    if body.get("company_id") in ("", False):  # for the default company it is left out
        reader.refuse(env._("“%(name)s” is missing.", name="company_id"))
    if event["kind"] == "ringing":
        reader.choice("direction", DIRECTIONS, required=True)
    return event, reader.whole("company_id", default=None)
