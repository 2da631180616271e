"""Which columns of ours can hold a person, and how a person's words are found in texts.

Every text column of a model of ours stands in one of the lists; tests/security/test_privacy.py
fails for one that does not.
"""

import html
import re

from odoo.tools import email_normalize
from odoo.tools.sql import escape_psql

from ..base.folded_text import ARABIC_SCRIPT, DIGITS, LETTERS, TO_ASCII_DIGITS

MASK = "***"
TEXT_TYPES = ("char", "text", "html", "json")
# A number is told by its last digits, however it is written: with or without country and area.
MIN_DIGITS, TOLD_DIGITS = 7, 8
TAG = re.compile(r"<[^<>]*>")
# What may stand between the words of a name, and between the digits of a number.
GAP = r"(?:[\s\u00ad\u200b-\u200f]|&nbsp;|<[^<>]*>)"
BETWEEN = r"(?:[\s()./\-\u2010-\u2015\u200b-\u200f]|&nbsp;){0,3}"
AT = r"(?:@|%40|&\#64;|\s?[(\[]at[)\]]\s?)"


def _get_variants():
    """Return sign -> what matches it however it is written (``FoldedChar``)."""
    groups = {}
    for sign, plain in {**LETTERS, **DIGITS}.items():
        groups.setdefault(plain, {plain}).add(sign)
    return {sign: f"[{''.join(sorted(group))}]" for group in groups.values() for sign in group}


VARIANTS = _get_variants()
# Of a record about a person, all of these go: addresses, and what the person has said or what was
# said of the person. In records about others only the person's own names and addresses go.
THEIRS = {
    "customer.account.contact": {"note"},
    "customer.account.plan": {"strategy"},
    "customer.account.review": {"note"},
    "customer.call": {
        *("evidence", "from_number", "to_number", "number", "voicemail_url"),
    },
    "customer.complaint": {
        *("subject", "description", "email_from", "email_cc", "root_cause", "resolution"),
        "finding",
        *("corrective_action", "preventive_action"),
    },
    "customer.complaint.resolution": {"reason", "refusal"},
    "customer.feedback": {"comment", "void_reason"},
    "customer.feedback.request": {"asked_emails", "error"},
    "customer.interaction": {"subject", "note", "address"},
    "customer.lost.interview": {"note"},
    "customer.outreach.message": {"address", "text", "error", "answer"},
    "customer.play.action": {"address", "error"},
    "customer.play.optout": {"address"},
    "customer.acquisition": {"former_name"},
    "customer.profile": {"override_reason"},
    "customer.referral": {"name", "email", "phone"},
    "customer.recommendation": {"reject_note"},
    "customer.tier.change": {"note"},
    "customer.benefit.grant": {"note"},
}
# Where an address or number makes the record one about its owner.
ADDRESSES = {
    "customer.call": {"number", "from_number", "to_number"},
    "customer.complaint": {"email_from"},
    "customer.feedback.request": {"asked_emails"},
    "customer.interaction": {"address"},
    "customer.outreach.message": {"address"},
    "customer.play.action": {"address"},
    "customer.play.optout": {"address"},
    "customer.referral": {"email", "phone"},
}
# Records that are nothing without the person: they go as a whole.
DELETED = {"customer.mail.left.out", "customer.phone.number"}
# Texts of colleagues and programs, which may mention somebody.
MENTIONS = {
    "customer.acquisition.cost": {"name"},
    "customer.call": {"agent", "call_id"},
    "customer.complaint": {"request_key"},
    "customer.complaint.category": {"name", "complete_name"},
    "customer.complaint.resolution.line": {"name"},
    "customer.complaint.stage": {"name"},
    "customer.complaint.tag": {"name"},
    "customer.complaint.team": {"name"},
    "customer.feedback": {"document_name"},
    "customer.feedback.factor": {"name", "question"},
    "customer.feedback.key": {"request_key"},
    "customer.intake.channel": {"name"},
    "customer.interaction": {"request_key"},
    "customer.interaction.reason": {"name"},
    "customer.lost.interview": {"competitor"},
    "customer.lost.reason": {"name"},
    "customer.outreach.message": {"title"},
    "customer.play": {"name", "reason"},
    "customer.play.step": {"name", "note", "text"},
    "customer.play.template": {"name", "reason"},
    "customer.play.template.step": {"name", "note", "text"},
    "customer.prediction.model": {"error"},
    "customer.refresh.queue": {"error"},
    "customer.refresh.run": {"error"},
    "customer.service.standard": {"name"},
    "customer.sms.gateway": {"name", "test_number", "test_answer"},
    "customer.tier": {"name", "benefit_text"},
}
# Made by programs of numbers, hashes and names of ours: nobody's words come into these.
TECHNICAL = {
    "customer.complaint": {"name", "access_token", "request_hash"},
    "customer.complaint.category": {"parent_path"},
    "customer.complaint.resolution": {"document_model"},
    "customer.feedback": {"res_model"},
    "customer.feedback.attempt": {"key"},
    "customer.feedback.key": {"request_hash"},
    "customer.feedback.request": {"res_model", "token_hash", "reminder_hash"},
    "customer.intake.channel": {"number_patterns"},
    "customer.interaction": {"res_model", "request_hash"},
    "customer.points.entry": {"source_model"},
    "customer.points.lot": {"terms"},
    "customer.payment.expectation": {"causes", "document_key", "week_amounts"},
    "customer.payment.model": {"card", "parameters"},
    "customer.outreach.message": {"way_out", "lang", "request_id", "gateway_ref"},
    "customer.play": {"domain"},
    "customer.play.template": {"domain"},
    "customer.prediction.model": {
        *("affinity_best_sellers", "affinity_trial", "card", "category_limits", "family"),
        *("fit_reason", "learned", "parameters", "tag_state"),
    },
    "customer.referrer": {"code"},
    "customer.refresh.queue": {"reason", "transaction"},
    "customer.refresh.range": {"customers", "gap_counts"},
    "customer.refresh.run": {"cutoffs"},
    "customer.sms.gateway": {
        *("url", "headers", "body", "sender", "user_name", "secret", "success_path"),
        *("success_value", "ref_path", "status_url", "status_path", "delivered_value"),
        *("undelivered_value", "report_token", "report_list", "report_id", "report_state"),
        *("report_delivered", "report_undelivered"),
    },
    "customer.tier": {"icon"},
    "customer.tier.change": {"values"},
    "customer.benefit.grant": {"old_value", "new_value", "failed_value"},
    "customer.today.skip": {"kind"},
}


def get_words(names, addresses):
    """Return the texts that tell a person, as written and in HTML, the longest first."""
    words = {word.strip() for word in (*names, *addresses) if word and len(word.strip()) > 1}
    words |= {email_normalize(word, strict=False) for word in words if "@" in word} - {False, ""}
    words |= {html.escape(word) for word in words}
    return sorted(words, key=len, reverse=True)


def is_number(text):
    """Whether a text is a telephone number: it has the digits of one, and is no address."""
    return len(_get_digits(text)) >= MIN_DIGITS and "@" not in text


def get_pattern(words):
    """Return what matches each of the words where it stands alone, however it is written."""
    return re.compile(
        "|".join(rf"(?<!\w){_get_word_pattern(word)}(?!\w)" for word in words) or r"(?!)",
        re.IGNORECASE,
    )


def get_likes(words):
    """Return patterns of SQL for ILIKE that find at least what :func:`get_pattern` matches.

    Of texts whose digits are ASCII.
    """
    likes = set()
    for word in words:
        if _is_plain_number(word):
            likes.add("%".join(("", *_get_digits(word)[-TOLD_DIGITS:], "")))
            continue
        parts = [_get_like(part) for part in _get_parts(word)]
        likes |= {"%".join(("", *order, "")) for order in (parts, [*parts[-1:], *parts[:-1]])}
    return sorted(likes)


def mask(value, pattern, sign=MASK):
    """Return a text, or the texts in a structure, with a sign for what the pattern matches."""
    if isinstance(value, str):
        return pattern.sub(lambda found: sign + "".join(TAG.findall(found[0])), value)
    if isinstance(value, list):
        return [mask(item, pattern, sign) for item in value]
    if isinstance(value, dict):
        return {mask(key, pattern, sign): mask(item, pattern, sign) for key, item in value.items()}
    return value


# === HOW A WORD MAY BE WRITTEN ===


def _get_digits(text):
    return [sign for sign in (text or "").translate(TO_ASCII_DIGITS) if sign in "0123456789"]


def _is_plain_number(word):
    """Whether a word is a number and nothing else: names may have digits in them."""
    return is_number(word) and not any(map(str.isalpha, word))


def _get_parts(word):
    return [part for part in re.split(r"[\s@\u200c]+", word) if part] or [word]


def _get_like(part):
    """Return a part of a word for ILIKE, with any sign in the place of those written variously."""
    return "".join("_" if sign in VARIANTS else escape_psql(sign) for sign in part)


def _get_word_pattern(word):
    if _is_plain_number(word):
        return _get_number_pattern(_get_digits(word))
    if "@" in word:
        name, _at, domain = word.partition("@")
        return rf"{re.escape(name)}{AT}{re.escape(domain)}"
    parts = [_get_part_pattern(part) for part in _get_parts(word)]
    gap = rf"{GAP}{{0,8}}" if ARABIC_SCRIPT.search(word) else rf"{GAP}{{1,8}}"
    as_said = gap.join(parts)
    if len(parts) == 1:
        return as_said
    in_lists = rf"{parts[-1]}{GAP}{{0,8}},{GAP}{{0,8}}{gap.join(parts[:-1])}"
    return rf"(?:{as_said}|{in_lists})"


def _get_part_pattern(part):
    return "".join(VARIANTS.get(sign) or re.escape(sign) for sign in part)


def _get_number_pattern(digits):
    """Return what matches a number by its last digits, with whatever stands before them."""
    told = digits[-TOLD_DIGITS:]
    before = rf"[+(]{{0,2}}(?:\d{BETWEEN}){{0,9}}" if len(digits) > TOLD_DIGITS else r"[+(]{0,2}"
    return before + BETWEEN.join(VARIANTS[digit] for digit in told)
