"""Mails of programs that say so only in their words, and persons who use the same words."""

import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.service import find_mail_kind

ANA = "From: Ana <ana@azure.example>\n"
REPLY = "In-Reply-To: <a@b>\n"
SUPPRESSED = "X-Auto-Response-Suppress: All\n"
NOTE = 'Note: This is an automated response to your message "The desk" sent on 3/4/2020.'
NOT_REACHED = "Your message did not reach some or all of the intended recipients."


def kind(headers="", subject="The desk", body="Scratched", **context):
    raw = f"{headers}Subject: x\n\n{body}".encode()
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    return find_mail_kind(message, subject, body, **context)


# === AUTOMATIC REPLIES ===


@pytest.mark.parametrize(
    ("headers", "subject", "body"),
    [
        (REPLY, "AUTO: Ana Lopez is out of the office (returning 06/22/2020)", "Back soon"),
        (REPLY, "AUTO: I am on vacation until Monday", "Back soon"),
        (REPLY, "[External] Auto : Out of Office", ""),
        (REPLY, "AUTO: Max Meier ist außer Haus (Rückkehr am 22.06.2020)", ""),
        (REPLY, "AUTO: Max Meier ist abwesend", ""),
        (REPLY, "AUTO: Max Meier ist außer Haus", ""),
        (REPLY, "AUTO: Eve Martin est absent(e) du bureau (retour 22/06/2020)", ""),
        (REPLY, "AUTO: Ana está fuera de la oficina (regresa 22/06/2020)", ""),
        (REPLY, "AUTO: علی خارج از دفتر", ""),
        ("", "AUTO: Re: The desk", f"Call Ben.<br/><br/>{NOTE}"),
        ("", "AUTO: The desk", f"<p>Call Ben.</p><p>{NOTE}</p>"),
        (REPLY, "Ana Lopez is out of the office.", "I will be out of the office starting 06/01."),
    ],
)
def test_replies_of_notes(headers, subject, body):
    assert kind(headers, subject, body) == "auto_reply"


@pytest.mark.parametrize(
    ("headers", "subject", "body"),
    [
        ("", "AUTO: new brakes for my car", "Please order them"),
        (REPLY, "AUTO: new brakes for my car", "Please order them"),
        (REPLY, "Auto: the lamps on my holidays list", "I need them in May"),
        (REPLY, "AUTO: out of office chairs again?", "When do you get some?"),
        (REPLY, "Re: AUTO: Ana Lopez is out of the office", f"So what?\n> {NOTE}"),
        (REPLY, "Automatic door is out of the office", "It was delivered elsewhere"),
        (REPLY, "Our printer is out of the office", "It is with you for repair"),
        ("", "Ana is out of the office", "I will be out of the office starting Monday"),
        ("", "Vacation chairs", "On vacation we need twelve"),
    ],
)
def test_persons_who_write_about_cars_and_holidays(headers, subject, body):
    assert kind(f"{ANA}{headers}", subject, body) == ""


@pytest.mark.parametrize(
    "header",
    [
        *("X-POST-MessageClass: 9; Autoresponder", "X-Post-Messageclass: Autoresponder"),
        *("X-Vacation: yes", "X-Vacation: true", "X-Auto-Responder: on", "X-Autoresponder: 1"),
        *("X-Out-Of-Office: yes", "X-OOF: 1", "X-Auto-Response: away", "X-Autoresponded: yes"),
        *("Preference: auto_reply", "X-Amazon-Auto-Reply: true", "X-Auto-Submitted: auto-replied"),
        *("X-Mailer: vacation 1.2.7", "X-Mailer: vacation", "X-Mailer: Autoresponder by Host"),
        "X-MS-Message-Class: IPM.Note.Rules.OofTemplate.Microsoft",
    ],
)
def test_more_headers_of_automatic_replies(header):
    assert kind(f"{ANA}{header}\n") == "auto_reply"


@pytest.mark.parametrize(
    "header",
    [
        *("X-POST-MessageClass: 9; Normal", "X-Vacation: no", "X-Vacation: off", "X-OOF: 0"),
        *("X-Out-Of-Office: never", "X-Auto-Responder: none", "X-Mailer: Vacation Rentals CRM"),
        *("Preference: urgent", "X-Auto-Submitted: no", "X-Message-Class: IPM.Note"),
        *("Content-Class: urn:content-classes:message", "X-MS-Exchange-Recall: no"),
        "X-Message-Class: IPM.Note.Proof",
    ],
)
def test_headers_of_persons(header):
    assert kind(f"{ANA}{header}\n") == ""


# === BOUNCES ===


@pytest.mark.parametrize(
    ("headers", "subject", "body"),
    [
        ("From: System Administrator <admin@mx.example>\n", "The desk", NOT_REACHED),
        (ANA, "Undeliverable: The desk", f"{NOT_REACHED}\n\n Subject: The desk"),
        (ANA, "Undeliverable: The desk", f"<html><style>p {{}}</style><p>{NOT_REACHED}</p>"),
        (
            ANA,
            "Unzustellbar: Auftrag",
            "Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.",
        ),
        (ANA, "Undeliverable: The desk", "Delivery has failed to these recipients or groups:"),
        (ANA, "Undeliverable: The desk", "Your message couldn&#8217;t be delivered."),
        (ANA, "NOTICE: mail delivery status.", "Sent to ana@azure.example"),
        (ANA, "x", "This is a delivery status notification from mx.example, running the Courier"),
        ("From: postmaster@mx.example\n", "Message Delivery Failure", "MailEnable: no route"),
        (ANA, "Message Delivery Failure", "MailEnable: Message could not be delivered to some"),
        (ANA, "Message Delivery Failure", "Message could not be delivered to some recipients."),
        (ANA, "Mail delivery failed", "The following addresses had permanent errors: a@b"),
        ("Content-Class: urn:content-classes:dsn\n", "x", ""),
        ("X-Message-Class: REPORT.IPM.Note.NDR\n", "x", ""),
    ],
)
def test_bounces_in_plain_words(headers, subject, body):
    assert kind(headers, subject, body) == "bounce"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Delivery failure of your van", "It broke down before our house"),
        ("Delivery failure", "Nobody came with the desk"),
        ("Undeliverable: you said so", "But I am at home all day"),
        ("Notice: mail delivery status of my letter", "Did you get it?"),
        ("Message delivery failure", "Your contact form does not work"),
        ("I cannot write to you", f"{NOT_REACHED} That is what I got. Please call me."),
        ("Fwd: Undeliverable: The desk", f"{NOT_REACHED} What is wrong?"),
        ("Undeliverable: The desk", f"I got this:\n{NOT_REACHED}"),
        ("Your message", "Your message could not be delivered in time, says my neighbour"),
    ],
)
def test_persons_who_write_about_deliveries(subject, body):
    assert kind(ANA, subject, body) == ""


# === RECEIPTS AND RECALLS ===


@pytest.mark.parametrize(
    ("headers", "subject", "body"),
    [
        (
            "",
            "Return Receipt (displayed) - The desk",
            "This is a Return Receipt for the mail that you sent to a@b",
        ),
        (REPLY, "The desk", "This is a Return Receipt for the mail that you sent to a@b"),
        (
            "",
            "Empfangsbestätigung (angezeigt) - Auftrag",
            "Dies ist eine Empfangsbestätigung für eine Nachricht",
        ),
        ("", "Read: The desk", "Your message\n\nTo: Us\nSubject: The desk\n\nwas read on Monday"),
        ("", "Not read: The desk", "Your message To: Us was deleted without being read on Monday"),
        (
            "",
            "Message displayed",
            "The message sent on Monday to us with subject x has been displayed",
        ),
        ("Content-Class: urn:content-classes:mdn\n", "x", ""),
        ("X-MS-Message-Class: REPORT.IPM.Note.IPNRN\n", "x", ""),
    ],
)
def test_receipts_in_plain_words(headers, subject, body):
    assert kind(headers, subject, body) == "receipt"


@pytest.mark.parametrize(
    ("headers", "subject", "body"),
    [
        ("", "Recall: The desk", 'Ana Lopez would like to recall the message, "The desk".'),
        ("", "Rückruf: Auftrag", 'Max Meier möchte die Nachricht "Auftrag" zurückrufen.'),
        ("", "Rappel : Commande", "Eve souhaite rappeler le message « Commande »."),
        (SUPPRESSED, "Recall: The desk", ""),
        ("X-MS-Exchange-Recall: yes\n", "Recall: The desk", "x"),
        ("X-Message-Class: IPM.Outlook.Recall\n", "Recall: The desk", "x"),
        ("Content-Class: urn:content-classes:recallmessage\n", "The desk", "x"),
    ],
)
def test_recalls(headers, subject, body):
    assert kind(f"{ANA}{headers}", subject, body) == "recall"


@pytest.mark.parametrize(
    ("headers", "subject", "body"),
    [
        ("", "Recall: the blue lamps", "They get hot"),
        (SUPPRESSED, "Recall: the blue lamps", "They get hot"),
        (f"{REPLY}", "Recall: the blue lamps", "We would like to return the lamps"),
        ("", "About your mail", "Ana would like to recall the message you sent"),
        ("", "Return receipt: the desk came back", "When do I get my money?"),
        (REPLY, "Return receipt", "Here is the receipt of the parcel service"),
        ("", "Read: the small print", "Your message was clear, but I read it late"),
        ("", "Rappel : facture", "Merci de payer"),
        (REPLY, "The chairs", "This is a return receipt for the chairs"),
        ("", "Accusé de réception", "Ceci est un accusé de réception de votre colis"),
    ],
)
def test_persons_who_recall_and_return_goods(headers, subject, body):
    assert kind(f"{ANA}{headers}", subject, body) == ""


# === ANSWERS TO INVITATIONS ===

ANSWER = "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR"
REQUEST = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR"
FILE = 'Content-Type: application/ics; name="a.ics"\nContent-Disposition: attachment\n'
CLASS = "Content-Class: urn:content-classes:calendarmessage\n"


def mixed(text, attached, headers=""):
    return email.message_from_string(
        f"{headers}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n"
        f"--B\nContent-Type: text/plain\n\n{text}\n--B\n{attached}\n--B--\n",
        policy=email.policy.SMTP,
    )


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Type: application/ics\n",
        'Content-Type: application/ics; name="invite.ics"; method=REPLY\n',
        'Content-Type: application/octet-stream; name="meeting.ics"\n',
        "Content-Type: text/plain\n",
        f"{CLASS}Content-Type: application/ics\n",
        f"{CLASS}Content-Type: text/calendar\n",
        "X-MS-Message-Class: IPM.Schedule.Meeting.Resp.Pos\nContent-Type: text/plain\n",
    ],
)
def test_answers_to_invitations(headers):
    message = email.message_from_string(f"{headers}\n{ANSWER}", policy=email.policy.SMTP)
    assert find_mail_kind(message, "Accepted: Visit") == "calendar"
    assert find_mail_kind(message, "Visit") == "calendar"


@pytest.mark.parametrize(
    ("text", "headers", "subject", "expected"),
    [
        ("", "", "Visit", "calendar"),
        ("Gladly", CLASS, "Visit", "calendar"),
        ("Ana has accepted", "", "Accepted: Visit", "calendar"),
        ("Ana has accepted", "", "پذیرفته شد: بازدید", "calendar"),
        ("The desk is scratched; the date is in the file", "", "The desk", ""),
        ("We take it", "", "Accepted my offer?", ""),
    ],
)
def test_answers_as_files(text, headers, subject, expected):
    message = mixed(text, f"{FILE}\n{ANSWER}", headers)
    assert find_mail_kind(message, subject, text) == expected


def test_invitations_and_accepted_offers_are_of_persons():
    for headers in ("", CLASS):
        assert find_mail_kind(mixed("Please come", f"{FILE}\n{REQUEST}", headers), "Visit") == ""
        assert kind(f"{headers}Content-Type: text/calendar\n", "Visit", REQUEST) == ""
    assert kind(ANA, "Accepted: your offer of May", "Send it, please") == ""
    assert kind(f"{ANA}{REPLY}", "Declined", "Too expensive") == ""


# === ANY PERSON ===

WORDS = st.sampled_from(
    [
        *("AUTO:", "Recall:", "the", "desk", "Delivery", "failure", "receipt", "Return", "of"),
        *("office", "out", "message", "Accepted:", "our", "van", "Undeliverable:", "lamps"),
    ]
)


@given(st.lists(WORDS, max_size=6), st.lists(WORDS, max_size=12))
def test_no_words_of_a_new_mail_leave_a_person_out(subject, body):
    headers = f"{ANA}{SUPPRESSED}Return-Path: <ana@azure.example>\n"
    text = " ".join(["Hello,", *body])
    assert kind(f"{ANA}", " ".join(subject), text) == ""
    assert kind(headers, " ".join(["Re:", *subject]), text) == ""
