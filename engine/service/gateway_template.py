"""What is sent to an SMS gateway: templates whose places are filled so that nothing breaks out.

A place is ``{number}``, ``{text}`` and the like; every other brace stays as it is, so JSON may be
written plainly. What is filled in is escaped for where it stands: an address, a header, or a body
of JSON, of a form, of XML or of plain text.
"""

import json
import re
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

PLACES = ("number", "digits", "national", "text", "id", "secret", "user", "sender", "ref")
PLACE = re.compile(rf"\{{({'|'.join(PLACES)})\}}")
# XML 1.0 has no place for these at all.
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
HEADER = re.compile(r"^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*?)\s*$")
# What we write ourselves, or what would change where a request ends.
OWN_HEADERS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te"}
)


def fill_json(value):
    """Return a text for between two quotation marks in JSON."""
    return json.dumps(value)[1:-1]


def fill_url(value):
    """Return a text as part of an address."""
    return quote(value.encode("utf-8", "replace"), safe="")


def fill_form(value):
    """Return a text as a value of a form (application/x-www-form-urlencoded)."""
    return quote_plus(value.encode("utf-8", "replace"), safe="")


def fill_xml(value):
    """Return a text for XML, between tags or within an attribute."""
    return escape(NO_XML.sub("", value), {'"': "&quot;", "'": "&apos;"})


def fill_plain(value):
    """Return a text as it is."""
    return value


def fill_header(value):
    """Return a text on one line, as a header has to be."""
    return " ".join(value.split())


FILLERS = {"json": fill_json, "form": fill_form, "xml": fill_xml, "plain": fill_plain}


def fill_template(template, values, filler):
    """Return a template with its places filled; a place without a value stays empty."""
    return PLACE.sub(lambda place: filler(values.get(place[1]) or ""), template or "")


def find_places(*templates):
    """Return the names of all places that stand in some templates."""
    return {name for template in templates for name in PLACE.findall(template or "")}


def read_headers(text):
    """Return ([(name, template)], lines that are none) of headers, one a line."""
    headers, wrong = [], []
    for line in (text or "").splitlines():
        found = HEADER.match(line)
        if found and found[1].lower() not in OWN_HEADERS:
            headers.append((found[1], found[2]))
        elif line.strip():
            wrong.append(line.strip())
    return headers, wrong


def get_national(number, country_code, keeps_zero=False):
    """Return a number in E.164 as it is dialled in a country, else only its digits.

    :param country_code: of the country, as a number or text; 0 or "" if it is not known
    """
    own = f"+{country_code}"
    if not country_code or not number.startswith(own):
        return number.removeprefix("+")
    return number.removeprefix(own) if keeps_zero else f"0{number.removeprefix(own)}"
