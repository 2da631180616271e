"""Which columns of ours can hold a person, and how a person's words are found in texts.

Every text column of a model of ours stands in one of the lists; tests/security/test_privacy.py
fails for one that does not.
"""

import html
import re

from odoo.tools import email_normalize

MASK = "***"
TEXT_TYPES = ("char", "text", "html", "json")
# Of a record about a person, all of these go: addresses, and what the person has said or what was
# said of the person. In records about others only the person's own names and addresses go.
THEIRS = {
    "customer.call": {
        *("evidence", "from_number", "to_number", "number", "voicemail_url"),
    },
    "customer.complaint": {
        *("subject", "description", "email_from", "email_cc", "root_cause", "resolution"),
        *("corrective_action", "preventive_action"),
    },
    "customer.complaint.resolution": {"reason", "refusal"},
    "customer.feedback": {"comment", "void_reason"},
    "customer.feedback.request": {"asked_emails", "error"},
    "customer.interaction": {"subject", "note", "address"},
    "customer.profile": {"override_reason"},
    "customer.recommendation": {"reject_note"},
    "customer.tier.change": {"note"},
}
# Where an address or number makes the record one about its owner.
ADDRESSES = {
    "customer.call": {"number", "from_number", "to_number"},
    "customer.complaint": {"email_from"},
    "customer.feedback.request": {"asked_emails"},
    "customer.interaction": {"address"},
}
# Records that are nothing without the person: they go as a whole.
DELETED = {"customer.mail.left.out", "customer.phone.number"}
# Texts of colleagues and programs, which may mention somebody.
MENTIONS = {
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
    "customer.prediction.model": {"error"},
    "customer.refresh.queue": {"error"},
    "customer.refresh.run": {"error"},
    "customer.service.standard": {"name"},
    "customer.tier": {"name"},
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
    "customer.prediction.model": {
        *("affinity_best_sellers", "affinity_rule", "affinity_trial", "card", "family"),
        *("fit_reason", "parameters"),
    },
    "customer.refresh.queue": {"reason", "transaction"},
    "customer.refresh.run": {"cutoffs"},
    "customer.tier": {"icon"},
    "customer.tier.change": {"values"},
}


def get_words(names, addresses):
    """Return the texts that tell a person, as written and in HTML, the longest first."""
    words = {word.strip() for word in (*names, *addresses) if word and len(word.strip()) > 1}
    words |= {email_normalize(word, strict=False) for word in words if "@" in word} - {False, ""}
    words |= {html.escape(word) for word in words}
    return sorted(words, key=len, reverse=True)


def get_pattern(words):
    """Return what matches each of the words where it stands alone, in any case."""
    return re.compile(
        "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words) or r"(?!)", re.IGNORECASE
    )


def mask(value, pattern, sign=MASK):
    """Return a text, or the texts in a structure, with a sign for what the pattern matches."""
    if isinstance(value, str):
        return pattern.sub(sign, value)
    if isinstance(value, list):
        return [mask(item, pattern, sign) for item in value]
    if isinstance(value, dict):
        return {mask(key, pattern, sign): mask(item, pattern, sign) for key, item in value.items()}
    return value
