from http import HTTPStatus

from odoo.addons.portal.controllers.portal import CustomerPortal, pager
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from ..models.base.input_reader import MAX_ID
from .feedback import MAX_BODY_BYTES, read_answer
from .feedback_page import FeedbackPage

PAGE_SIZE = 20


class FeedbackPortal(CustomerPortal):
    """What a customer was asked, and answering without the link of the mail.

    Portal users have no rights on requests. One that is not theirs, or does not exist, answers
    as a link that was used.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "customer_feedback_count" in counters:
            values["customer_feedback_count"] = self._requests().search_count(self._own_requests())
        return values

    def _requests(self):
        return request.env["customer.feedback.request"].sudo()

    def _own_requests(self):
        user = request.env.user
        if not user._is_portal():
            return Domain.FALSE
        return self._requests()._get_portal_domain(user.partner_id)

    def _find_request(self, request_id, lock=False):
        user = request.env.user
        if not user._is_portal() or request_id > MAX_ID:
            return request.env["customer.feedback.request"]
        return self._requests()._find_for_portal(request_id, user.partner_id, lock)

    @route(
        ["/my/feedback", "/my/feedback/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def feedback_list(self, page=1, **kwargs):
        """List what the user's company was asked, the latest first."""
        requests, domain = self._requests(), self._own_requests()
        total = requests.search_count(domain)
        page = page if isinstance(page, int) else 1
        turned = pager(url="/my/feedback", total=total, page=page, step=PAGE_SIZE)
        values = self._prepare_portal_layout_values() | {
            "page_name": "customer_feedback",
            "pager": turned,
            "default_url": "/my/feedback",
            "partner": request.env.user.partner_id,
            "asked": requests.search(domain, limit=PAGE_SIZE, offset=turned["offset"]),
        }
        return request.render("customer_value.portal_feedback_list", values)

    @route("/my/feedback/<int:request_id>", type="http", auth="user", website=True, methods=["GET"])
    def feedback_form(self, request_id, **kwargs):
        """Show the question, as the link of the mail does."""
        page, asked = FeedbackPage(request), self._find_request(request_id)
        return page.form(asked, None) if asked else page.closed()

    @route(
        "/my/feedback/<int:request_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_BODY_BYTES,
    )
    def feedback_answer(self, request_id, **form):
        """Store the answer, once."""
        page, asked = FeedbackPage(request), self._find_request(request_id, lock=True)
        attempts = request.env["customer.feedback.attempt"].sudo()
        counted = ("address", request.httprequest.remote_addr)
        if attempts._is_exhausted(*counted):
            return page.error(HTTPStatus.TOO_MANY_REQUESTS, minutes=2)
        if not asked:
            return page.closed()
        if form.get("decline"):
            asked._decline()
            return page.thanks(asked)
        answer = read_answer(form)
        try:
            with request.env.cr.savepoint():
                asked.with_context(lang=asked._get_contact_lang())._answer(answer)
        except UserError as error:
            attempts._note(*counted)
            return page.form(asked, None, problem=str(error), answer=answer)
        return page.thanks(asked)
