"""Answering customers: working time, what telephones, fax gateways and mail servers write, and how
to speak to an SMS gateway.

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
from .gateway_answer import AnswerRule, is_match, judge_answer, read_path, read_values
from .gateway_report import ReportError, ReportRule, parse_report, read_reports
from .gateway_template import (
    FILLERS,
    fill_header,
    fill_template,
    fill_url,
    find_places,
    get_national,
    read_headers,
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
from .sms_length import SmsLength, measure_sms
from .working_time import WorkingTime

__all__ = [
    "CALL_ENDING_KINDS",
    "CALL_EVENT_KINDS",
    "DEFAULT_FAX_PATTERNS",
    "FILLERS",
    "MAIL_KINDS",
    "MAX_LOCAL_DIGITS",
    "MAX_PATTERN_LENGTH",
    "MAX_STARS",
    "MIN_NUMBER_DIGITS",
    "AnswerRule",
    "FaxPatternError",
    "PhoneCall",
    "PhoneNumber",
    "ReportError",
    "ReportRule",
    "SmsLength",
    "WorkingTime",
    "clean_phone_text",
    "compile_fax_patterns",
    "derive_call",
    "extract_phone_number",
    "fill_header",
    "fill_template",
    "fill_url",
    "find_fax_number",
    "find_mail_kind",
    "find_places",
    "get_national",
    "is_match",
    "judge_answer",
    "measure_sms",
    "merge_call_event",
    "parse_report",
    "read_headers",
    "read_path",
    "read_phone_numbers",
    "read_reports",
    "read_values",
    "strip_phone_prefixes",
    "unwrap_phone_number",
]
