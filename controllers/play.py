from odoo.http import Controller, request, route

from .dispatchers import PageDispatcher
from .feedback_page import FeedbackPage

PATHS = ["/customer/play/optout/<string:key>", "/customer/o/<string:key>"]
MAIL_PATH = "/customer/mails/optout/<string:word>/<string:key>"
MAX_BODY_BYTES = 8 * 1024
ROUTE = {"type": PageDispatcher.routing_type, "auth": "public", "sitemap": False}


def find_message(key):
    """Return what a link to opt out stood in: an action of a play, or an SMS to a list."""
    action = request.env["customer.play.action"]._find_by_optout_key(key)
    return action or request.env["customer.outreach.message"]._find_by_optout_key(key)


def is_mail(message):
    """Tell whether an action of a play, or a message, is a mail."""
    return message["kind" if "kind" in message._fields else "channel"] == "email"


class PlayOptout(Controller):
    """Where customers say that they want no more such messages (docs/plays.md).

    A GET asks, only a POST with what the page contained stores: programs that open every link of
    a mail opt nobody out. Saying it again changes nothing.
    """

    @route(PATHS, methods=["GET"], readonly=True, **ROUTE)
    def show(self, key, **_rest):
        """Ask whether no more such messages are wanted."""
        page = FeedbackPage(request)
        message = find_message(key)
        if not message:
            return page.closed()
        return page.optout(message, is_done=False, is_mail=is_mail(message))

    @route(PATHS, methods=["POST"], max_content_length=MAX_BODY_BYTES, **ROUTE)
    def opt_out(self, key, **_form):
        """Opt the contact out of such messages."""
        page = FeedbackPage(request)
        message = find_message(key)
        if not message:
            return page.closed()
        message._opt_out()
        return page.optout(message, is_done=True, is_mail=is_mail(message))


class MailOptout(Controller):
    """The same for mails about the tier, and reminders of points."""

    @route(MAIL_PATH, methods=["GET"], readonly=True, **ROUTE)
    def show(self, word, key, **_rest):
        """Ask whether no more such mails are wanted."""
        page = FeedbackPage(request)
        record = request.env["customer.optout.link.mixin"]._find_record_of_link(word, key)
        return page.optout(record, is_done=False) if record else page.closed()

    @route(MAIL_PATH, methods=["POST"], max_content_length=MAX_BODY_BYTES, **ROUTE)
    def opt_out(self, word, key, **_form):
        """Note that the customer wants no more such mails."""
        page = FeedbackPage(request)
        record = request.env["customer.optout.link.mixin"]._find_record_of_link(word, key)
        if not record:
            return page.closed()
        record._opt_out()
        return page.optout(record, is_done=True)
