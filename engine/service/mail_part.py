"""What the parts of a mail tell: reports, receipts and answers to invitations.

Mails that are passed on inside a mail do not count.
"""

import re

MAX_TEXT = 4000
MAX_PARTS = 200
REPORT_TYPE = re.compile(r"report-type\s*=\s*\"?\s*([\w-]+)")
METHOD = re.compile(r"\bmethod\s*[=:]\s*\"?\s*(\w+)")
CALENDAR_FILE = re.compile(r"name\*?\s*=.*\.(?:ics|vcs)\b")
CALENDAR_ANSWERS = {"reply", "counter", "declinecounter", "refresh"}
TAG = re.compile(r"<[^>]*>|&nbsp;")
REPORTS = {
    "message/disposition-notification": "receipt",
    "message/delivery-status": "bounce",
    "message/global-delivery-status": "bounce",
}


def find_part_kind(message, is_answer=False):
    """Return what the parts of a mail tell: ``bounce``, ``receipt``, ``calendar`` or ``""``.

    An answer to an invitation as a file counts only if the mail has no other text, since people
    send files of calendars, too.

    :param is_answer: whether headers or subject say that it answers an invitation
    """
    parts, seen = [message], 0
    has_text = is_sent_file = False
    while parts and seen < MAX_PARTS:
        part, seen = parts.pop(), seen + 1
        content = _get_header(part, "content-type")
        main = content.split(";")[0].strip()
        if kind := _get_report_kind(main, content):
            return kind
        if part.is_multipart():
            parts += part.get_payload() if main.startswith("multipart/") else []
        elif _is_calendar(part, main, content):
            if _is_answer(part, content):
                if main.startswith("text/") and not _is_file(part):
                    return "calendar"
                is_sent_file = True
        elif main.startswith("text/") or not main:
            has_text = has_text or bool(TAG.sub("", _get_beginning(part)).strip())
    return "calendar" if is_sent_file and (is_answer or not has_text) else ""


def _get_header(part, wanted):
    values = [str(value) for name, value in part.raw_items() if name.lower() == wanted]
    return " ".join("".join(values[:1]).lower().split())


def _get_report_kind(main, content):
    if main == "multipart/report":
        report = REPORT_TYPE.search(content)
        return "receipt" if report and "disposition" in report[1] else "bounce"
    return REPORTS.get(main, "")


def _is_file(part):
    return _get_header(part, "content-disposition").startswith("attachment")


def _is_calendar(part, main, content):
    if main in ("text/calendar", "application/ics", "text/x-vcalendar", "application/calendar"):
        return True
    if CALENDAR_FILE.search(f"{content};{_get_header(part, 'content-disposition')}"):
        return True
    return main in ("", "text/plain") and _get_beginning(part).lstrip().startswith(
        "begin:vcalendar"
    )


def _is_answer(part, content):
    method = METHOD.search(content) or METHOD.search(_get_beginning(part))
    return bool(method) and method[1] in CALENDAR_ANSWERS


def _get_beginning(part):
    """Return the beginning of a part in lower case, whatever its letters are."""
    try:
        content = part.get_payload(decode=True) or b""
    except Exception:  # whatever a sender wrote for an encoding: then nobody can read it
        return ""
    return content[:MAX_TEXT].decode("utf-8", "replace").lower()
