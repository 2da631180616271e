"""What a mail is that no person has written: automatic reply, bounce, receipt, mass mail.

Headers are read as they came, never parsed: what is broken in them cannot raise. RFC 3834 and what
mail servers write beside it; a subject counts only together with another hint, since anybody may
write about an office he is out of.
"""

import functools
import re
import unicodedata

MAIL_KINDS = ("bounce", "receipt", "calendar", "auto_reply", "mass_mail", "program")
MAX_TEXT = 4000
MAX_PARTS = 200

BULK = {"bulk", "junk", "list"}
AUTO_REPLY = {"auto_reply", "auto-reply", "autoreply"}
AUTO_REPLY_HEADERS = (
    *("x-autoreply", "x-auto-reply", "x-autorespond", "x-autoresponder", "x-auto-respond"),
    *("x-auto-reply-from", "x-autoreply-from", "x-mail-autoreply", "x-fc-machinegenerated"),
)
LIST_HEADERS = (
    *("list-id", "list-unsubscribe", "list-post", "list-help", "list-subscribe", "list-owner"),
    *("list-archive", "mailing-list", "x-mailing-list", "x-mailman-version"),
)
# A person's mail never has these, but may have the others.
SURE_HINTS = {"submitted", "no_sender"}
DAEMONS = {"mailer-daemon", "mail-daemon", "maildaemon", "mailerdaemon"}
DAEMON_NAMES = ("mail delivery system", "mail delivery subsystem", "mail delivery service")
CALENDAR_ANSWERS = {"reply", "counter", "declinecounter", "refresh"}

# As servers and programs write them, at the beginning of the subject, before a colon or the end.
AUTO_REPLY_SUBJECTS = (
    *("automatic reply", "automatic response", "auto reply", "auto-reply", "autoreply"),
    *("auto response", "auto-response", "autoresponse", "automated reply", "automated response"),
    *("out of office", "out of the office", "out-of-office", "out of office reply"),
    *("out of office autoreply", "out of office auto-reply", "out of office message"),
    *("away from office", "away from the office", "vacation reply", "vacation response", "ooo"),
    *("on vacation", "on leave", "on holiday", "absence notice"),
    *("automatische antwort", "automatische rückantwort", "abwesenheitsnotiz", "abwesend"),
    *("abwesenheit", "abwesenheitsnachricht", "abwesenheitsmeldung", "abwesenheitsassistent"),
    *("réponse automatique", "absence du bureau", "message d'absence", "absent du bureau"),
    *("respuesta automática", "respuesta automatica", "fuera de la oficina", "fuera de oficina"),
    *("risposta automatica", "fuori sede", "fuori ufficio", "assente dall'ufficio"),
    *("automatisch antwoord", "automatische beantwoording", "afwezig", "afwezigheidsbericht"),
    *("afwezigheid", "niet op kantoor"),
    *("resposta automática", "resposta automatica", "fora do escritório", "ausência temporária"),
    *("automatyczna odpowiedź", "autoodpowiedź", "nieobecność", "poza biurem"),
    *("autosvar", "automatiskt svar", "automatisk svar", "automaattinen vastaus", "poissa"),
    *("frånvaro", "fraværende", "fravær", "ikke til stede", "poissaoloviesti"),
    *("automatická odpověď", "automatická odpoveď", "mimo kancelář", "automatikus válasz"),
    *("házon kívül", "răspuns automat", "automatski odgovor", "samodejni odgovor"),
    *("автоматический ответ", "автоматична відповідь", "автоматичен отговор"),
    *("нет на месте", "вне офиса", "αυτόματη απάντηση", "εκτός γραφείου"),
    *("otomatik yanıt", "otomatik cevap", "ofis dışında", "balasan otomatis"),
    *("trả lời tự động", "การตอบกลับอัตโนมัติ", "automaatvastus", "automātiska atbilde"),
    *("automatinis atsakymas", "automatinis atsakas"),
    *("自动答复", "自动回复", "自動回覆", "自動回復", "自動応答", "自動返信", "不在", "자동 회신"),
    *("부재 중", "부재중", "رد تلقائي", "الرد التلقائي", "خارج المكتب", "תשובה אוטומטית"),
    *("מחוץ למשרד", "پاسخ خودکار", "پاسخ اتوماتیک", "خارج از دفتر", "جواب خودکار"),
)
# Nobody writes so about anything but mails.
BOUNCE_SUBJECTS = (
    *("undelivered mail returned to sender", "undeliverable mail", "undeliverable message"),
    *("undelivered mail", "undelivered message", "returned mail", "mail delivery failed"),
    *("delivery status notification", "mail delivery failure", "mail delivery error"),
    *("mail delivery failed: returning message to sender", "mail delivery problem"),
    *("failure notice", "message undeliverable", "mail system error - returned mail"),
    *("nondeliverable mail", "non-deliverable mail", "message delivery has failed"),
    *("warning: could not send message", "warning: message delayed", "unzustellbare nachricht"),
)
# These may be about goods, too.
VAGUE_BOUNCE_SUBJECTS = (
    *("undeliverable", "returned to sender", "delivery failure", "delivery failed"),
    *("delivery failure notification", "delivery notification", "delivery report"),
    *("delayed mail", "delivered", "delivery receipt", "relayed"),
    *("unzustellbar", "nicht zustellbar", "zugestellt", "non remis", "non distribuable"),
    *("échec de la remise", "remis", "no se puede entregar", "no entregado", "entregado"),
    *("non recapitabile", "mancato recapito", "onbestelbaar", "niet te bezorgen", "bezorgd"),
    *("não é possível entregar", "não entregue", "niedostarczalne", "nie dostarczono"),
    *("kan inte levereras", "kan ikke leveres", "toimittamaton", "nedoručitelné"),
    *("kézbesíthetetlen", "teslim edilemedi", "не доставлено", "недоставленное сообщение"),
    *(
        "не удается доставить",
        "未送達",
        "无法送达",
        "未传递",
        "無法傳遞",
        "配信不能",
        "배달되지 않음",
    ),
    *("تعذر التسليم", "تعذر تسليم", "تحویل داده نشد", "ارسال نشد"),
)
RECEIPT_SUBJECTS = (
    *("read", "not read", "read receipt", "return receipt", "disposition notification"),
    *("displayed", "gelesen", "ungelesen", "lesebestätigung", "lu", "non lu"),
    *("accusé de réception", "accusé de lecture", "leído", "no leído", "letto", "non letto"),
    *("conferma di lettura", "gelezen", "ongelezen", "lido", "przeczytano", "läst", "læst"),
    *("lest", "luettu", "прочитано", "прочтено", "okundu", "okundu bilgisi", "已读", "已讀"),
    *("開封済み", "읽음", "تمت القراءة", "خوانده شد", "رسید خواندن"),
)
BOUNCE_TEXTS = (
    *("hi. this is the qmail-send program", "hi. this is the deliver program"),
    *("this is the mail system at host", "this message was created automatically by mail"),
    *("this is an automatically generated delivery status notification",),
    *("the original message was received at", "this is the mailer-daemon"),
    *("i'm afraid i wasn't able to deliver your message",),
)

COMMENT = re.compile(r"\([^()]*\)")
TAG = re.compile(r"<[^>]*>")
REPORT_TYPE = re.compile(r"report-type\s*=\s*\"?\s*([\w-]+)")
METHOD = re.compile(r"\bmethod\s*[=:]\s*\"?\s*(\w+)")
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
    submitted = [value for value in headers.get("auto-submitted", ()) if value != "no"]
    if _is_marked_auto_reply(headers, submitted):
        return "auto_reply"
    if is_machine and not is_reply:
        return ""
    subject = _fold(subject)
    kind = _find_part_kind(message)
    hints = _find_hints(headers, submitted, is_reply)
    if kind or _is_bounce(headers, subject, text, hints):
        return kind or "bounce"
    if _begins(subject, RECEIPT_SUBJECTS) and "reply" in hints and len(hints) > 1:
        return "receipt"
    if hints and _begins(subject, AUTO_REPLY_SUBJECTS):
        return "auto_reply"
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
        text = COMMENT.sub(" ", str(value)).split(";")[0].strip().lower()
        if text:
            headers.setdefault(str(name).lower(), []).append(text)
    return headers


@functools.lru_cache(maxsize=1024)
def _fold(subject):
    text = unicodedata.normalize("NFC", (subject or "")[:500]).translate(SPELLING).casefold()
    text = " ".join(text.split())
    while label := LABEL.match(text):
        text = text[label.end() :]
    return text


def _begins(subject, phrases):
    """Tell whether a subject is one of the phrases, or goes on with what was answered."""
    for phrase in phrases:
        rest = subject.removeprefix(_fold(phrase))
        if rest != subject and (not rest or rest.lstrip()[0] in ":：-–—([|!."):
            return True
    return False


def _is_marked_auto_reply(headers, submitted):
    marks = [mark for name in AUTO_REPLY_HEADERS for mark in headers.get(name, ())]
    return (
        any(value.startswith("auto-replied") for value in submitted)
        or any(mark not in ("no", "false", "0") for mark in marks)
        or not AUTO_REPLY.isdisjoint(_get_precedence(headers))
        or "autoresponder" in headers.get("delivered-to", ())
        or "reply" in headers.get("x-autogenerated", ())
    )


def _get_precedence(headers):
    return {*headers.get("precedence", ()), *headers.get("x-precedence", ())}


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


def _is_bounce(headers, subject, text, hints):
    sender = "".join(headers.get("from", ()))
    address = sender.rpartition("<")[2].partition("@")[0].strip(" \"'<>")
    is_daemon = address in DAEMONS or any(name in sender for name in DAEMON_NAMES)
    if is_daemon or "x-failed-recipients" in headers or EMPTY_ADDRESS.fullmatch(sender):
        return True
    if _begins(subject, BOUNCE_SUBJECTS) and (hints or address == "postmaster"):
        return True
    is_sure = address == "postmaster" or not hints.isdisjoint(SURE_HINTS)
    if _begins(subject, VAGUE_BOUNCE_SUBJECTS) and is_sure:
        return True
    written = " ".join(TAG.sub(" ", str(text or "")[:MAX_TEXT]).split()).casefold()
    return written.startswith(BOUNCE_TEXTS)


def _find_part_kind(message):
    """Return what the parts of a mail tell; mails that are passed on inside it do not count."""
    parts, seen = [message], 0
    while parts and seen < MAX_PARTS:
        part, seen = parts.pop(), seen + 1
        content = _get_content_type(part)
        kind, is_container = _get_part_kind(part, content)
        if kind:
            return kind
        if is_container and part.is_multipart():
            parts += part.get_payload()
    return ""


def _get_content_type(part):
    values = [str(value) for name, value in part.raw_items() if name.lower() == "content-type"]
    return " ".join("".join(values[:1]).lower().split())


def _get_part_kind(part, content):
    """Return (kind, whether parts in it are looked at)."""
    main = content.split(";")[0].strip()
    if main == "message/disposition-notification":
        return "receipt", False
    if main in ("message/delivery-status", "message/global-delivery-status"):
        return "bounce", False
    if main == "multipart/report":
        report = REPORT_TYPE.search(content)
        return ("receipt" if report and "disposition" in report[1] else "bounce"), False
    if main == "text/calendar":
        method = METHOD.search(content) or METHOD.search(_get_beginning(part))
        if method and method[1] in CALENDAR_ANSWERS:
            return "calendar", False
    return "", main.startswith("multipart/")


def _get_beginning(part):
    """Return the beginning of a part in lower case."""
    try:
        content = part.get_payload(decode=True) or b""
    except Exception:  # whatever a sender wrote for an encoding: then nobody can read it
        return ""
    return content[:MAX_TEXT].decode("ascii", "ignore").lower()
