"""Which mails no person has written, by their headers, parts and subjects."""

import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.service import MAIL_KINDS, find_mail_kind

EXCHANGE = "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n"
REPLY = "In-Reply-To: <a@b>\nReferences: <a@b>\n"
ANA = "From: Ana <ana@azure.example>\n"


def kind(headers="", subject="The desk is scratched", body="Scratched", **context):
    raw = f"{headers}Subject: x\n\n{body}".encode("utf-8", "surrogateescape")
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    return find_mail_kind(message, subject, body, **context)


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: Auto-Replied (vacation)\n",
        "Auto-Submitted: (a comment) auto-replied; owner-email=x@y\n",
        "AUTO-SUBMITTED: auto-replied\n",
        "Auto-Submitted:\n auto-replied\n",
        "X-Autoreply: yes\n",
        "X-Autorespond: Away\n",
        "X-Auto-Reply-From: ana@azure.example\n",
        "Precedence: auto_reply\n",
        "X-Precedence: auto-reply\n",
        "Delivered-To: Autoresponder\n",
        f"{EXCHANGE}{REPLY}",
        f"{REPLY}Auto-Submitted: auto-generated\n",
        f"{REPLY}Auto-Submitted: auto-notified\n",
    ],
)
def test_automatic_replies_by_their_headers(headers):
    assert kind(headers) == "auto_reply"
    assert kind(headers, is_reply=True) == "auto_reply"


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: The desk",
        "AUTOMATIC REPLY: The desk",
        "Out of Office AutoReply: Re: The desk",
        "Out of office",
        "[External] Automatic reply: The desk",
        "***SPAM*** Automatische Antwort: Auftrag",
        "Abwesenheitsnotiz: Auftrag",
        "Réponse automatique : Commande",
        "Risposta automatica: Ordine",
        "Respuesta automática: Pedido",
        "Automatiskt svar: Order",
        "Автоматический ответ: Заказ",
        "自动答复: 订单",
        "自動応答：注文",
        "پاسخ خودکار: سفارش",
        "پاسخ خودكار: سفارش",
        "رد تلقائي: طلب",
    ],
)
def test_subjects_count_with_another_hint(subject):
    assert kind("", subject) == ""
    for hint in (REPLY, "X-Auto-Response-Suppress: All\n", EXCHANGE, "Return-Path: <>\n"):
        assert kind(hint, subject) == "auto_reply"
    assert kind("", subject, is_reply=True) == "auto_reply"
    assert kind(REPLY, f"Re: {subject}") == ""
    assert kind(REPLY, f"AW: {subject}") == ""


@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        (f"{ANA}X-Auto-Response-Suppress: OOF, AutoReply\n", "A question"),
        (f"{ANA}{REPLY}X-Auto-Response-Suppress: All\n", "Re: A question"),
        (f"{ANA}{REPLY}Auto-Submitted: no\n", "Re: A question"),
        (f"{ANA}Auto-Submitted: No (sent by a person)\n", "A question"),
        (f"{ANA}Auto-Submitted:\n", "A question"),
        (f"{ANA}X-Autoreply: no\n", "A question"),
        (f"{ANA}Disposition-Notification-To: ana@azure.example\n", "A question"),
        (f"{ANA}Return-Path: <ana@azure.example>\n", "A question"),
        (f"{ANA}Precedence: first-class\n", "A question"),
        (f"{ANA}List-Id:\n", "A question"),
        (f"{ANA}{REPLY}", "Out of office chairs"),
        (f"{ANA}{REPLY}", "Delivery failed: the desk never came"),
        (f"{ANA}{REPLY}", "Returned to sender - and now?"),
        (f"{ANA}{REPLY}", "Delivered: the wrong desk"),
        (f"{ANA}{REPLY}", "Read: my letter"),
        (f"{ANA}{REPLY}", "Fwd: Undelivered Mail Returned to Sender"),
        ("From: Postmaster <postmaster@azure.example>\n", "Our desk"),
    ],
)
def test_persons_stay_persons(headers, subject):
    assert kind(headers, subject) == ""


@pytest.mark.parametrize(
    ("headers", "subject", "body"),
    [
        ("From: <>\n", "x", ""),
        ('From: "Mail Delivery System" <>\n', "x", ""),
        ("From: MAILER-DAEMON@mx.example (Mail Delivery System)\n", "x", ""),
        ("From: Mail Delivery Subsystem <nobody@mx.example>\n", "x", ""),
        ("Return-Path: <>\n", "x", ""),
        ("X-Failed-Recipients: ana@azure.example\n", "x", ""),
        (REPLY, "Undelivered Mail Returned to Sender", ""),
        (REPLY, "Returned mail: see transcript for details", ""),
        ("From: <postmaster@mx.example>\n", "Undeliverable: The desk", ""),
        ("", "x", "Hi. This is the qmail-send program at mx.example."),
        ("", "x", "<pre>This is the mail system at host mx.example.</pre>"),
        ("Content-Type: multipart/report; report-type=delivery-status\n", "x", ""),
        ('Content-Type: Multipart/Report;\n report-type="feedback-report"\n', "x", ""),
    ],
)
def test_bounces(headers, subject, body):
    assert kind(headers, subject, body) == "bounce"


def test_a_bounce_told_of_by_a_person():
    told = "Why did I get this? Hi. This is the qmail-send program at mx.example."
    assert kind(ANA, "Why", told) == ""


PARTS = """MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="B"

--B
Content-Type: text/plain

Hello
--B
Content-Type: {}

{}
--B--
"""


@pytest.mark.parametrize(
    ("content", "body", "expected"),
    [
        ("message/disposition-notification", "Final-Recipient: x", "receipt"),
        ("message/delivery-status", "Reporting-MTA: x", "bounce"),
        ('text/calendar; method="REPLY"; charset=utf-8', "BEGIN:VCALENDAR", "calendar"),
        ("text/calendar", "BEGIN:VCALENDAR\nMETHOD:COUNTER", "calendar"),
        ("text/calendar; method=REQUEST", "BEGIN:VCALENDAR", ""),
        ("message/rfc822", "Content-Type: message/delivery-status\n\nx", ""),
        ("message/rfc822", "Content-Type: text/calendar; method=REPLY\n\nx", ""),
        ("application/pdf", "x", ""),
    ],
)
def test_parts(content, body, expected):
    message = email.message_from_string(PARTS.format(content, body), policy=email.policy.SMTP)
    assert find_mail_kind(message, "Desk") == expected


def test_read_receipts():
    report = "Content-Type: multipart/report; report-type=disposition-notification\n"
    assert kind(report) == "receipt"
    assert kind(f"{REPLY}X-Auto-Response-Suppress: All\n", "Gelesen: Auftrag") == "receipt"


@pytest.mark.parametrize(
    "header",
    [
        *("Precedence: bulk", "Precedence: LIST", "Precedence: junk", "X-Precedence: bulk"),
        *("List-Id: News <news.example>", "List-Unsubscribe: <mailto:x@y>"),
        *("Mailing-List: x", "List-Post: <mailto:x@y>"),
    ],
)
def test_mass_mails(header):
    assert kind(f"{ANA}{header}\n") == "mass_mail"
    assert kind(f"{ANA}{header}\n", is_reply=True) == "mass_mail"
    assert kind(f"{ANA}{header}\n", is_machine=True) == ""


def test_programs_and_machines():
    assert kind("Auto-Submitted: auto-generated\n") == "program"
    assert kind(EXCHANGE) == "program"
    assert kind(EXCHANGE, is_machine=True) == ""
    assert kind("Auto-Submitted: auto-replied\n", is_machine=True) == "auto_reply"
    assert kind("Return-Path: <>\n", is_machine=True) == ""


NAMES = st.sampled_from(
    [
        *("From", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress", "Precedence"),
        *("X-Precedence", "List-Id", "In-Reply-To", "References", "Return-Path", "Delivered-To"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version", "X-Autoreply", "To"),
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        [
            *("no", "auto-replied", "auto-generated", "<>", "<a@b>", "bulk", "All", "yes", ""),
            *("multipart/report", "multipart/mixed; boundary=B", "text/calendar; method=REPLY"),
            *("message/rfc822", "=?utf-8?B?////?=", "=?nonsense?Q?=FF?=", "text/plain; charset=x"),
            *("multipart/mixed", "base64", "(((", ";;;", "\udcff\udcfe", '"', "\x00"),
        ]
    ),
    st.text(max_size=40),
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), st.text(max_size=60), st.text(max_size=60))
def test_nothing_written_in_a_mail_raises(headers, subject, body):
    lines = [f"{name}: {value}\n" for name, value in headers]
    raw = ("".join(lines) + "\n--B\n" + body).encode("utf-8", "surrogatepass")
    for policy in (email.policy.SMTP, email.policy.compat32):
        message = email.message_from_bytes(raw, policy=policy)
        for context in ({}, {"is_reply": True}, {"is_machine": True}):
            assert find_mail_kind(message, subject, body, **context) in ("", *MAIL_KINDS)
