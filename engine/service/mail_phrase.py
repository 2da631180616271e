"""What mail servers and mail programs write in subjects and texts, in many languages.

All are looked for at the beginning only, where a person would hardly begin so.
"""

import re

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
    *("message delivery failure", "mail delivery status", "notice: mail delivery status"),
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
    *("permanent delivery failure", "delivery problem", "unzustellbarkeit"),
)
RECEIPT_SUBJECTS = (
    *("read", "not read", "read receipt", "return receipt", "disposition notification"),
    *("displayed", "gelesen", "ungelesen", "lesebestätigung", "lu", "non lu"),
    *("accusé de réception", "accusé de lecture", "leído", "no leído", "letto", "non letto"),
    *("conferma di lettura", "gelezen", "ongelezen", "lido", "przeczytano", "läst", "læst"),
    *("lest", "luettu", "прочитано", "прочтено", "okundu", "okundu bilgisi", "已读", "已讀"),
    *("開封済み", "읽음", "تمت القراءة", "خوانده شد", "رسید خواندن", "رسید دریافت"),
    *("empfangsbestätigung", "confirmation de lecture", "acuse de recibo", "ricevuta di ritorno"),
    *("ontvangstbevestiging", "leesbevestiging", "confirmação de leitura", "message displayed"),
)
# The whole subject, and of nothing else.
SURE_BOUNCE_SUBJECTS = {
    *("notice: mail delivery status", "undelivered mail returned to sender"),
    *("delivery status notification (failure)", "delivery status notification (delay)"),
    *("mail delivery failed: returning message to sender",),
}
BOUNCE_TEXTS = (
    *("hi. this is the qmail-send program", "hi. this is the deliver program"),
    *("this is the mail system at host", "this message was created automatically by mail"),
    *("this is an automatically generated delivery status notification",),
    *("the original message was received at", "this is the mailer-daemon"),
    *("i'm afraid i wasn't able to deliver your message",),
    *("this is a delivery status notification from", "mailenable: message could not be delivered"),
)
# Persons tell of them, too: they count with a subject or sender of a server.
VAGUE_BOUNCE_TEXTS = (
    *("your message did not reach some or all of the intended recipients",),
    *("your message did not reach the following recipient", "delivery has failed to these"),
    *("your message couldn't be delivered", "your message could not be delivered"),
    *("your message wasn't delivered", "your message was not delivered"),
    *("a message that you sent could not be delivered", "the following recipient"),
    *("the following address", "the following message to", "message could not be delivered"),
    *("message delivery failure", "delivery failed for", "delivery to the following recipient"),
    *("ihre nachricht hat einige oder alle empfänger nicht erreicht",),
    *("fehler bei der nachrichtenzustellung an folgende", "échec de la remise à ces destinataires"),
    *("votre message n'est pas parvenu à certains",),
    *("votre message n'a pas été remis à certains",),
    *("su mensaje no ha llegado a algunos", "su mensaje no llegó a algunos"),
    *("error al entregar a los siguientes", "il messaggio non ha raggiunto alcuni"),
    *("il messaggio non è stato recapitato a", "recapito non riuscito per"),
    *("uw bericht heeft sommige of alle", "uw bericht is niet aangekomen bij"),
    *("sua mensagem não alcançou alguns", "ваше сообщение не доставлено"),
    *("پیام شما به برخی", "پیام شما به دست برخی"),
)
# Of mails, not of goods, which come with receipts, too.
RECEIPT_TEXTS = (
    *("this is a return receipt for the mail", "this is a return receipt for your m"),
    *("this is a return receipt for the message", "this is a read receipt for"),
    *("this is a receipt for the mail", "this is a receipt for your m"),
    *("dies ist eine empfangsbestätigung für die nachricht",),
    *("dies ist eine empfangsbestätigung für eine nachricht",),
    *("dies ist eine empfangsbestätigung für ihre nachricht", "dies ist eine lesebestätigung für"),
    *("ceci est un accusé de réception pour le courrier", "ceci est un accusé de lecture"),
    *("ceci est un accusé de réception pour le message",),
    *("este es un acuse de recibo del correo", "este es un acuse de recibo para el correo"),
    *("questa è una ricevuta di ritorno per il messaggio", "questa è una conferma di lettura"),
    *("dit is een ontvangstbevestiging voor het bericht", "dit is een leesbevestiging"),
    *("este é um recibo de retorno", "esta é uma confirmação de leitura"),
    *("это уведомление о прочтении",),
)
# Outlook: "Your message To: … Subject: … Sent: … was read on …"
READ_TEXT = re.compile(
    r"(?:your message .{0,600}? was (?:read|displayed|deleted without being read)\b"
    r"|the message sent on .{0,600}? has been (?:read|displayed)\b)"
)
# Of the answer to an invitation; without a calendar, anybody may accept an offer.
ANSWER_SUBJECTS = (
    *("accepted", "declined", "tentative", "tentatively accepted", "new time proposed"),
    *("proposed new time", "zugesagt", "abgelehnt", "mit vorbehalt", "mit vorbehalt zugesagt"),
    *("neue zeit vorgeschlagen", "accepté", "acceptée", "refusé", "refusée", "provisoire"),
    *("aceptado", "aceptada", "rechazado", "rechazada", "provisional", "accettato", "accettata"),
    *("rifiutato", "rifiutata", "provvisorio", "geaccepteerd", "geweigerd", "voorlopig"),
    *("aceito", "aceita", "recusado", "recusada", "zaakceptowano", "odrzucono", "accepterat"),
    *("принято", "отклонено", "под вопросом", "kabul edildi", "reddedildi", "已接受", "已拒绝"),
    *("承諾", "辞退", "تم القبول", "تم الرفض", "پذیرفته شد", "رد شد"),
)
RECALL_SUBJECTS = (
    *("recall", "rückruf", "zurückrufen", "rappel", "rappeler", "recuperar", "recuperación"),
    *("retirar", "richiama", "richiamo", "intrekken", "cancelar", "återkalla", "tilbagekald"),
    *("odwołaj", "отозвать", "отзыв", "geri çağır", "撤回", "取り消し", "استدعاء", "فراخوانی"),
)
# "Ana would like to recall the message, …" comes after a name.
RECALL_TEXT = re.compile(
    r""".{1,200}?(?:would\ like\ to\ recall\ the\ message
        |möchte\ die\ nachricht\ .{0,300}zurückrufen
        |(?:souhaite|voudrait|aimerait)\ rappeler\ le\ message
        |(?:desea|quiere|desearía|quisiera)\ (?:recuperar|retirar)\ el\ mensaje
        |(?:desidera|vorrebbe)\ richiamare\ il\ messaggio
        |wil\ (?:het\ bericht|dit\ bericht)\ .{0,300}intrekken
        |(?:gostaria\ de|deseja)\ (?:recuperar|cancelar)\ a\ mensagem
        |vill\ återkalla\ meddelandet|ønsker\ at\ tilbagekalde\ meddelelsen
        |(?:хочет|хотел\ бы|желает)\ отозвать\ сообщение)""",
    re.VERBOSE,
)
# Notes writes "AUTO:" before any subject; what follows, or the end of the text, tells it apart.
AUTO_MARK = re.compile(r"auto\s?:\s?")
AWAY = re.compile(
    r"""(?<!\w)(?:out\ of\ (?:the\ |my\ )?office|away\ from\ (?:the\ |my\ )?office
        |on\ (?:vacation|leave|holidays?|sick\ leave|maternity\ leave)|ausser\ haus
        |nicht\ im\ (?:büro|hause?)|(?:ist|bin)\ abwesend|abwesenheit|im\ urlaub
        |(?:absente?|absent\(e\))\ du\ bureau|en\ (?:congés?|vacances)
        |fuera\ de\ (?:la\ )?oficina|de\ vacaciones|fuori\ (?:ufficio|sede)|in\ ferie
        |(?:is|ben)\ afwezig|niet\ op\ kantoor|fora\ do\ escritório|poza\ biurem
        |вне\ офиса|нет\ на\ месте|خارج\ از\ (?:دفتر|اداره|شرکت)|در\ مرخصی)
       (?=\s*(?:$|[-(.,;:!–—]|(?:until|till|from|bis|ab|jusqu|hasta|fino|tot|até|do|до|تا)\b))
       |\((?:returning|back\ on|rückkehr|zurück|retour|regresa|vuelve|ritorno|rientro|terug)\b""",
    re.VERBOSE,
)
AWAY_TEXTS = (
    *("this is an automated response to your message", "this is an automatic response to your"),
    *("dies ist eine automatische antwort auf ihre", "ceci est une réponse automatique à votre"),
    *("esta es una respuesta automática a su", "questa è una risposta automatica al"),
    *("questa è una risposta automatica alla", "dit is een automatisch antwoord op uw"),
    *("esta é uma resposta automática à sua", "این یک پاسخ خودکار به پیام"),
)
AWAY_NAME = re.compile(r".{2,80} is out of the office\.?")
AWAY_BEGINNING = re.compile(r"i (?:will be|am) out of the office (?:starting|from|until)")
