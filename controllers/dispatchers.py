import json
from http import HTTPStatus

from psycopg2 import OperationalError
from werkzeug.exceptions import BadRequest, HTTPException

from odoo.exceptions import ConcurrencyError, UserError
from odoo.http import Dispatcher, HttpDispatcher, SessionExpiredException

from ..models.guard.ir_http import MACHINE_ROUTE
from .feedback_page import FeedbackPage


class MachineDispatcher(Dispatcher):
    """JSON in, JSON out, for programs: every error is a sentence, never a traceback.

    Odoo's own ``json2`` answers errors with the traceback, and a wrong content type in HTML.
    """

    routing_type = MACHINE_ROUTE
    mimetypes = ("application/json",)

    @classmethod
    def is_compatible_with(cls, request):
        return True

    def dispatch(self, endpoint, args):
        self.request.params = dict(args)
        result = self.request.registry["ir.http"]._dispatch(endpoint)
        return self.request.make_json_response(result)

    def read_object(self):
        """Return the JSON object of the body.

        :raise BadRequest: if there is none
        """
        try:
            body = json.loads(self.request.httprequest.get_data())
        except (ValueError, RecursionError) as error:
            raise BadRequest("The body is not valid JSON in UTF-8.") from error
        if not isinstance(body, dict):
            raise BadRequest('The body has to be a JSON object, such as {"event": "ringing"}.')
        return body

    def handle_error(self, exc):
        if isinstance(exc, HTTPException) and exc.response:
            return exc.response
        headers = []
        if isinstance(exc, SessionExpiredException):
            status, message = HTTPStatus.UNAUTHORIZED, str(exc)
        elif isinstance(exc, UserError):
            status, message = exc.http_status, exc.args[0]
        elif isinstance(exc, HTTPException):
            status, message = exc.code, exc.description
            headers = [pair for pair in exc.get_headers() if pair[0] == "WWW-Authenticate"]
        elif isinstance(exc, (OperationalError, ConcurrencyError)):
            status = HTTPStatus.SERVICE_UNAVAILABLE
            message = "The server is busy: send the same request again."
            headers = [("Retry-After", "1")]
        else:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            message = "Internal error: the log of the server tells more."
        body = {"error": {"code": int(status), "message": str(message)}}
        return self.request.make_json_response(body, headers=headers, status=int(status))


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
