from http import HTTPStatus

from odoo.exceptions import UserError
from odoo.http import Controller, request, route

from ..models.acquisition.customer_referral import MAX_LENGTHS
from .dispatchers import PageDispatcher
from .feedback_page import FeedbackPage

PATH = "/customer/referral/<string:key>"
CONFIRM_PATH = "/customer/referral/confirm/<string:key>"
MAX_BODY_BYTES = 32 * 1024
ROUTE = {"type": PageDispatcher.routing_type, "auth": "public", "sitemap": False}


class Referral(Controller):
    """Where somebody who was invited says how to reach them (docs/acquisition.md).

    A GET asks, only a POST with what the page contained stores. Neither tells who invited them,
    nor whether they are known already.
    """

    @route(PATH, methods=["GET"], readonly=True, **ROUTE)
    def show(self, key, **_rest):
        """Ask for a name and a way to answer."""
        page = FeedbackPage(request)
        referrer = request.env["customer.referrer"]._find_by_key(key)
        return page.referral(referrer) if referrer else page.closed()

    @route(PATH, methods=["POST"], max_content_length=MAX_BODY_BYTES, **ROUTE)
    def register(self, key, **form):
        """Make a lead of what was written, once for an address."""
        page = FeedbackPage(request)
        attempts = request.env["customer.feedback.attempt"].sudo()
        counted = ("address", request.httprequest.remote_addr)
        if attempts._is_exhausted(*counted):
            return page.error(HTTPStatus.TOO_MANY_REQUESTS, minutes=2)
        attempts._note(*counted)
        referrer = request.env["customer.referrer"]._find_by_key(key)
        if not referrer:
            return page.closed()
        answers = {name: form.get(name) for name in MAX_LENGTHS if isinstance(form.get(name), str)}
        referrals = request.env["customer.referral"]
        referrals = referrals.with_context(lang=referrer._get_page_lang())
        try:
            with request.env.cr.savepoint():
                referrals._register_by_link(referrer, answers)
        except UserError as error:
            return page.referral(referrer, problem=str(error), answers=answers)
        return page.referral(referrer, is_done=True)

    @route(CONFIRM_PATH, methods=["GET"], readonly=True, **ROUTE)
    def ask(self, key, **_rest):
        """Ask whether it was the reader of our mail who came by a link."""
        page = FeedbackPage(request)
        referral = request.env["customer.referral"]._find_by_confirm_key(key)
        return page.referral_confirm(referral) if referral else page.closed()

    @route(CONFIRM_PATH, methods=["POST"], max_content_length=MAX_BODY_BYTES, **ROUTE)
    def confirm(self, key, **_form):
        """Note that it was; whoever recommended them may be rewarded."""
        page = FeedbackPage(request)
        referral = request.env["customer.referral"]._find_by_confirm_key(key)
        if not referral:
            return page.closed()
        referral._confirm()
        return page.referral_confirm(referral, is_done=True)
