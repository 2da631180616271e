"""Answering customers: working time, and what telephones, fax gateways and mail servers write.

Standard library only. Working time in seconds, moments in seconds since the epoch (UTC); times of
phone calls as ISO texts in UTC.
"""

from .fax_pattern import (
    DEFAULT_FAX_PATTERNS,
    MAX_PATTERN_LENGTH,
    MAX_STARS,
    FaxPatternError,
    compile_fax_patterns,
    find_fax_number,
)
from .mail_kind import MAIL_KINDS, find_mail_kind
from .phone_call import (
    CALL_ENDING_KINDS,
    CALL_EVENT_KINDS,
    PhoneCall,
    derive_call,
    merge_call_event,
)
from .phone_chunk import MAX_LOCAL_DIGITS, MIN_NUMBER_DIGITS
from .phone_field import read_phone_numbers
from .phone_number import (
    clean_phone_text,
    extract_phone_number,
    strip_phone_prefixes,
    unwrap_phone_number,
)
from .phone_range import PhoneNumber
from .working_time import WorkingTime

__all__ = [
    "CALL_ENDING_KINDS",
    "CALL_EVENT_KINDS",
    "DEFAULT_FAX_PATTERNS",
    "MAIL_KINDS",
    "MAX_LOCAL_DIGITS",
    "MAX_PATTERN_LENGTH",
    "MAX_STARS",
    "MIN_NUMBER_DIGITS",
    "FaxPatternError",
    "PhoneCall",
    "PhoneNumber",
    "WorkingTime",
    "clean_phone_text",
    "compile_fax_patterns",
    "derive_call",
    "extract_phone_number",
    "find_fax_number",
    "find_mail_kind",
    "merge_call_event",
    "read_phone_numbers",
    "strip_phone_prefixes",
    "unwrap_phone_number",
]
