import re
from datetime import datetime, timezone

from odoo.tools import email_normalize

from ..guard.customer_date_bounds import is_within

# What PostgreSQL, XML or a screen cannot take.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# What ends a line anywhere: mails cannot have it in their subject.
LINE_BREAK = re.compile("[\n\r\x85\u2028\u2029]")
# Marks of direction, half spaces and the like, left over from copying an e-mail address.
NOT_IN_MAIL = re.compile(
    "[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f]"
)
MAX_ID = 2**31 - 1


class InputReader:
    """Reads values another program sent, and says in one sentence what is wrong with them.

    ``None``, ``False`` and ``""`` mean *not given*: XML-RPC has no other word for it.
    """

    # What is raised; each door to the outside has its own.
    error = ValueError

    def __init__(self, env, values, place=""):
        self.env = env
        self.values = values
        self.place = place

    def refuse(self, problem):
        """Raise the error of this reader with the place the problem is at."""
        raise self.error(f"{self.place}: {problem}" if self.place else problem)

    def _wrong(self, name, wanted):
        problem = self.env._("“%(name)s” must be %(wanted)s.", name=name, wanted=wanted)
        self.refuse(problem)

    def is_given(self, name):
        """Whether there is a value that says something."""
        value = self.values.get(name)
        return value is not None and value is not False and value != ""

    def check_names(self, known):
        """Refuse values nobody would read."""
        for name in self.values:
            if name not in known:
                problem = self.env._(
                    "There is no field “%(name)s”. Known: %(names)s.",
                    name=str(name)[:40].encode("utf-8", "replace").decode(),
                    names=", ".join(known),
                )
                self.refuse(problem)

    def _check_given(self, name):
        if not self.is_given(name):
            self.refuse(self.env._("“%(name)s” is missing.", name=name))

    def text(self, name, longest, required=False, lines=False):
        """Return stripped text, "" when not given.

        :param lines: whether line breaks may be in it
        """
        if required:
            self._check_given(name)
        value = self.values.get(name) if self.is_given(name) else ""
        if not isinstance(value, str):
            self._wrong(name, self.env._("text"))
        value = value.strip()
        if required and not value:
            self.refuse(self.env._("“%(name)s” is missing.", name=name))
        if len(value) > longest:
            self._wrong(name, self.env._("at most %(count)s characters long", count=longest))
        if FORBIDDEN.search(value) or (not lines and LINE_BREAK.search(value)):
            self._wrong(name, self.env._("free of control characters"))
        return value

    def whole(self, name, least=1, most=MAX_ID, default=0):
        """Return a whole number, the default when not given (or given as such)."""
        value = self.values.get(name)
        if not self.is_given(name) or (type(value) is int and value == default):
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            limits = {"least": least, "most": most}
            self._wrong(name, self.env._("a whole number from %(least)s to %(most)s", **limits))
        return value

    def number(self, name, most):
        """Return a number from 0, 0.0 when not given."""
        value = self.values.get(name) if self.is_given(name) else 0.0
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong(name, self.env._("a number"))
        if not 0 <= value <= most:  # nor is "not a number"; no float is made of endless ones
            self._wrong(name, self.env._("a number from 0 to %(most)s", most=most))
        return float(value)

    def choice(self, name, options, required=False):
        """Return one of the options, "" when not given."""
        if required:
            self._check_given(name)
        value = self.values.get(name) if self.is_given(name) else ""
        value = value.strip() if isinstance(value, str) else value
        if value != "" and (not isinstance(value, str) or value not in options):
            self._wrong(name, self.env._("one of %(options)s", options=", ".join(options)))
        return value

    def flag(self, name):
        """Return a truth value, false when not given."""
        value = self.values.get(name) if self.is_given(name) else False
        if not isinstance(value, bool):
            self._wrong(name, self.env._("true or false"))
        return value

    def moment(self, name, whole_seconds=True):
        """Return a moment in UTC without a zone, ``None`` when not given.

        Text in ISO 8601; without a zone it is UTC.

        :param whole_seconds: whether parts of a second are cut off, as Odoo keeps none
        """
        if not self.is_given(name):
            return None
        value = self.values[name]
        if isinstance(value, str):
            value = self._parsed(value)
        wanted = self.env._("a date and time such as 2026-06-15T09:30:00+02:00")
        if not isinstance(value, datetime) or not is_within(value):
            self._wrong(name, wanted)
        if value.tzinfo:
            value = value.astimezone(timezone.utc).replace(tzinfo=None)
            if not is_within(value):  # not in the zone it was written in
                self._wrong(name, wanted)
        return value.replace(microsecond=0) if whole_seconds else value

    @staticmethod
    def _parsed(text):
        text = text.strip()
        if text[-1:] in ("z", "Z"):  # Python 3.10 does not know it
            text = f"{text[:-1]}+00:00"
        try:
            return datetime.fromisoformat(text) if len(text) < 40 else None
        except ValueError:
            return None


def clean_address(text):
    """Return an e-mail address as typed, without what nobody sees in it."""
    return NOT_IN_MAIL.sub("", (text or "").replace("\u00a0", " "))


def get_address_forms(text):
    """Return the ways in which an address may be stored: normalized, its domain in letters of its
    own and in those of servers (punycode). Empty without an address.

    The first one is the same for all of them.
    """
    address = email_normalize(clean_address(text), strict=False)
    if not address:
        return ()
    name, _at, domain = address.rpartition("@")
    try:
        served = domain.encode("idna").decode()
        shown = served.encode().decode("idna")
    except UnicodeError:
        return (address,)
    if shown != domain and not domain.isascii():  # another domain: ß is not ss
        return (address,)
    return tuple(dict.fromkeys(f"{name}@{form}" for form in (served, domain, shown)))
