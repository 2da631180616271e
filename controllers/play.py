from odoo.http import Controller, request, route

from .dispatchers import PageDispatcher
from .feedback_page import FeedbackPage

PATHS = ["/customer/play/optout/<string:key>", "/customer/o/<string:key>"]
MAX_BODY_BYTES = 8 * 1024
ROUTE = {"type": PageDispatcher.routing_type, "auth": "public", "sitemap": False}


def find_message(key):
    """Return what a link to opt out stood in: an action of a play, or an SMS to a list."""
    action = request.env["customer.play.action"]._find_by_optout_key(key)
    return action or request.env["customer.outreach.message"]._find_by_optout_key(key)


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
        return page.optout(message, is_done=False) if message else page.closed()

    @route(PATHS, methods=["POST"], max_content_length=MAX_BODY_BYTES, **ROUTE)
    def opt_out(self, key, **_form):
        """Opt the contact out of such messages."""
        page = FeedbackPage(request)
        message = find_message(key)
        if not message:
            return page.closed()
        message._opt_out()
        return page.optout(message, is_done=True)
