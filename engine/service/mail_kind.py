"""What a mail is that no person has written: automatic reply, bounce, receipt, mass mail.

Headers are read as they came, never parsed: what is broken in them cannot raise. RFC 3834 and what
mail servers write beside it; a subject counts only together with another hint, since anybody may
write about an office he is out of.
"""

import functools
import html
import re
import unicodedata

from .mail_part import find_part_kind
from .mail_phrase import (
    ANSWER_SUBJECTS,
    AUTO_MARK,
    AUTO_REPLY_SUBJECTS,
    AWAY,
    AWAY_BEGINNING,
    AWAY_NAME,
    AWAY_TEXTS,
    BOUNCE_SUBJECTS,
    BOUNCE_TEXTS,
    READ_TEXT,
    RECALL_SUBJECTS,
    RECALL_TEXT,
    RECEIPT_SUBJECTS,
    RECEIPT_TEXTS,
    SURE_BOUNCE_SUBJECTS,
    VAGUE_BOUNCE_SUBJECTS,
    VAGUE_BOUNCE_TEXTS,
)

MAIL_KINDS = ("bounce", "receipt", "calendar", "recall", "auto_reply", "mass_mail", "program")
MAX_TEXT = 4000

BULK = {"bulk", "junk", "list"}
AUTO_REPLY = {"auto_reply", "auto-reply", "autoreply"}
# Without the dashes, which everybody sets otherwise.
AUTO_REPLY_HEADERS = (
    *("xautoreply", "xautoreplyfrom", "xautoreplied", "xautorespond", "xautoresponded"),
    *("xautoresponder", "xautoresponse", "xmailautoreply", "xamazonautoreply"),
    *("xfcmachinegenerated", "xvacation", "xvacationreply", "xvacationmessage", "xautovacation"),
    *("xoutofoffice", "xoutofofficereply", "xoof"),
)
NOT_SET = {"no", "false", "0", "off", "none", "never", "disabled"}
MAILERS = re.compile(r"(?:vacation(?:[/ ]v?\d|$)|autorespon|auto-?reply\b)")
# Classes of Outlook and Exchange, as content-class, X-Message-Class and the like.
CLASSES = (
    (re.compile(r"recall"), "recall"),
    (re.compile(r"\boof(?:template)?\b|autorespon"), "auto_reply"),
    (re.compile(r"content-classes:dsn\b|report\..*\bndr\b"), "bounce"),
    (re.compile(r"content-classes:mdn\b|report\..*\b(?:ipnn?rn|dr)\b"), "receipt"),
    (re.compile(r"schedule\.meeting\.resp\b"), "calendar"),
)
LIST_HEADERS = (
    *("list-id", "list-unsubscribe", "list-post", "list-help", "list-subscribe", "list-owner"),
    *("list-archive", "mailing-list", "x-mailing-list", "x-mailman-version"),
)
# A person's mail never has these, but may have the others.
SURE_HINTS = {"submitted", "no_sender"}
DAEMONS = {"mailer-daemon", "mail-daemon", "maildaemon", "mailerdaemon"}
DAEMON_NAMES = ("mail delivery system", "mail delivery subsystem", "mail delivery service")
# Their mails may be of a person, too.
SERVERS = {"postmaster", "administrator", "system-administrator", "system.administrator"}
SERVER_NAMES = ("system administrator", "microsoft exchange", "courier mail server", "postmaster")

COMMENT = re.compile(r"\([^()]*\)")
TAG = re.compile(r"<[^>]*>")
HIDDEN = re.compile(r"<(style|script|title)\b[^>]*>.*?</\1>", re.IGNORECASE | re.DOTALL)
EMPTY_ADDRESS = re.compile(r"[^<]*<\s*>")
# What gateways put before a subject: [External], ***SPAM***, {Spam?}
LABEL = re.compile(r"(?:\[[^\]]{1,30}\]|\{[^}]{1,30}\}|\*{2,}[^*]{1,30}\*{2,}|ext(?:ernal)?:)\s*")
SPELLING = str.maketrans("يك’‘`", "یک'''", "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2069")


def find_mail_kind(message, subject="", text="", is_reply=False, is_machine=False):
    """Return what a mail is instead of the mail of a person, of :data:`MAIL_KINDS`, or ``""``.

    :param message: ``email.message.Message``, however broken
    :param subject: decoded
    :param text: its body, plain or HTML; only the beginning is looked at
    :param is_reply: whether it is known to go on with something of ours
    :param is_machine: whether it comes from a fax gateway or scanner: a program that people use
    """
    headers = _read_headers(message)
    marks = headers.get("auto-submitted", []) + headers.get("x-auto-submitted", [])
    submitted = [value for value in marks if value != "no"]
    if _is_marked_auto_reply(headers, submitted):
        return "auto_reply"
    if is_machine and not is_reply:
        return ""
    subject, written = _fold(subject), _read_text(text)
    hints = _find_hints(headers, submitted, is_reply)
    kind = (
        _find_class_kind(headers, subject)
        or find_part_kind(message, _is_invitation_answer(headers, subject))
        or ("bounce" if _is_bounce(headers, subject, written, hints) else "")
        or _find_written_kind(subject, written, hints)
    )
    if kind:
        return kind
    if submitted and "reply" in hints:  # as Exchange marks what is sent out of office
        return "auto_reply"
    if "bulk" in hints or any(headers.get(name) for name in LIST_HEADERS):
        return "mass_mail"
    if "no_sender" in hints:
        return "bounce"
    return "program" if submitted else ""


def _read_headers(message):
    """Return name -> values, both in lower case and without comments; empty values left out."""
    headers = {}
    for name, value in message.raw_items():
        name, text = str(name).lower(), COMMENT.sub(" ", str(value)).lower()
        # The class itself may stand behind its number.
        text = (text if name.endswith("class") else text.split(";")[0]).strip()
        if text:
            headers.setdefault(name, []).append(text)
    return headers


@functools.lru_cache(maxsize=1024)
def _fold(subject):
    text = _fold_signs((subject or "")[:500])
    while label := LABEL.match(text):
        text = text[label.end() :]
    return text


def _fold_signs(text):
    text = unicodedata.normalize("NFC", text).translate(SPELLING).casefold()
    return " ".join(text.split())


def _read_text(text):
    """Return the beginning of a body, plain or HTML, without what nobody sees."""
    shown = TAG.sub(" ", HIDDEN.sub(" ", str(text or "")[: 4 * MAX_TEXT]))[:MAX_TEXT]
    return _fold_signs(html.unescape(shown))


def _begins(subject, phrases):
    """Tell whether a subject is one of the phrases, or goes on with what was answered."""
    for phrase in phrases:
        rest = subject.removeprefix(_fold(phrase))
        if rest != subject and (not rest or rest.lstrip()[0] in ":：-–—([|!."):
            return True
    return False


def _is_marked_auto_reply(headers, submitted):
    marks = [
        mark
        for name, values in headers.items()
        if name.replace("-", "") in AUTO_REPLY_HEADERS
        for mark in values
    ]
    return (
        any(value.startswith("auto-replied") for value in submitted)
        or not NOT_SET.issuperset(marks)
        or not AUTO_REPLY.isdisjoint(_get_precedence(headers))
        or "autoresponder" in headers.get("delivered-to", ())
        or "reply" in headers.get("x-autogenerated", ())
        or any(MAILERS.match(mailer) for mailer in headers.get("x-mailer", ()))
        or any("autorespon" in text for text in headers.get("x-post-messageclass", ()))
    )


def _get_precedence(headers):
    names = ("precedence", "x-precedence", "preference")  # the last one is a slip that has spread
    return {value for name in names for value in headers.get(name, ())}


def _find_hints(headers, submitted, is_reply):
    """Return what else tells of a program: each is not enough, but for some subjects it is."""
    suppressed = [x for x in headers.get("x-auto-response-suppress", ()) if x != "none"]
    senders = headers.get("return-path", ())
    found = {
        "reply": is_reply or "in-reply-to" in headers or "references" in headers,
        "submitted": submitted,
        "suppressed": suppressed,
        "bulk": not BULK.isdisjoint(_get_precedence(headers)),
        "no_sender": any(EMPTY_ADDRESS.fullmatch(sender) for sender in senders),
    }
    return {name for name, is_found in found.items() if is_found}


def _get_classes(headers):
    """Return what Outlook and Exchange say the mail is, under one of their names."""
    return [
        value
        for name, values in headers.items()
        if name.replace("-", "").endswith(("messageclass", "contentclass", "itemclass"))
        for value in values
    ]


def _find_class_kind(headers, subject):
    for value in _get_classes(headers):
        for pattern, kind in CLASSES:
            if pattern.search(value):
                return kind
    is_recall = _begins(subject, RECALL_SUBJECTS) and any(
        name.startswith("x-ms-") and "recall" in name and not NOT_SET.issuperset(values)
        for name, values in headers.items()
    )
    return "recall" if is_recall else ""


def _is_invitation_answer(headers, subject):
    return _begins(subject, ANSWER_SUBJECTS) or any(
        "calendarmessage" in value for value in _get_classes(headers)
    )


def _find_written_kind(subject, written, hints):
    """Return what subject and text tell together, one of them with a hint."""
    is_receipt = _begins(subject, RECEIPT_SUBJECTS)
    if is_receipt and "reply" in hints and len(hints) > 1:
        return "receipt"
    if (is_receipt or "reply" in hints) and written.startswith(RECEIPT_TEXTS):
        return "receipt"
    if is_receipt and READ_TEXT.match(written):
        return "receipt"
    if _begins(subject, RECALL_SUBJECTS) and (
        RECALL_TEXT.match(written) or (not written and "suppressed" in hints)
    ):
        return "recall"
    if hints and _begins(subject, AUTO_REPLY_SUBJECTS):
        return "auto_reply"
    return "auto_reply" if _is_notes_reply(subject, written, hints) else ""


def _is_notes_reply(subject, written, hints):
    """Tell whether Notes has answered: it marks a mail only by its subject and text."""
    mark = AUTO_MARK.match(subject)
    if mark:
        is_away = AWAY.search(subject, mark.end()) and "reply" in hints
        return bool(is_away) or any(text in written for text in AWAY_TEXTS)
    is_name = AWAY_NAME.fullmatch(subject) and "reply" in hints
    return bool(is_name and AWAY_BEGINNING.match(written))


def _is_bounce(headers, subject, written, hints):
    sender = "".join(headers.get("from", ()))
    address = sender.rpartition("<")[2].partition("@")[0].strip(" \"'<>")
    is_daemon = address in DAEMONS or any(name in sender for name in DAEMON_NAMES)
    if is_daemon or "x-failed-recipients" in headers or EMPTY_ADDRESS.fullmatch(sender):
        return True
    if subject.rstrip(".") in SURE_BOUNCE_SUBJECTS or written.startswith(BOUNCE_TEXTS):
        return True
    is_server = address in SERVERS or sender.strip(" \"'").startswith(SERVER_NAMES)
    is_told = written.startswith(VAGUE_BOUNCE_TEXTS)
    is_vague = _begins(subject, VAGUE_BOUNCE_SUBJECTS)
    if is_told and (is_server or is_vague or not hints.isdisjoint(SURE_HINTS)):
        return True
    is_sure = address == "postmaster" or not hints.isdisjoint(SURE_HINTS)
    if _begins(subject, BOUNCE_SUBJECTS) and (hints or is_sure or is_told):
        return True
    return is_vague and is_sure
