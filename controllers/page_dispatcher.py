from http import HTTPStatus

from psycopg2 import OperationalError
from werkzeug.exceptions import HTTPException

from odoo.exceptions import ConcurrencyError
from odoo.http import HttpDispatcher

from .feedback_page import FeedbackPage


class PageDispatcher(HttpDispatcher):
    """Public pages of ours: every error is a page people can read, in their language.

    Odoo's own answers are English, technical, or need its web client.
    """

    routing_type = "customer_value_page"

    def handle_error(self, exc):
        if isinstance(exc, HTTPException) and exc.response:
            return exc.response
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        if isinstance(exc, HTTPException):
            status = HTTPStatus(exc.code)
        elif isinstance(exc, (OperationalError, ConcurrencyError)):
            status = HTTPStatus.SERVICE_UNAVAILABLE
        return FeedbackPage(self.request).error(status)
