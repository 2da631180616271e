import uuid

from odoo.addons.portal.controllers.portal import CustomerPortal, pager
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route
from odoo.tools import consteq

from ..models.base.input_reader import FORBIDDEN, MAX_ID

PAGE_SIZE = 20
# Five files of ten megabytes, and the text.
MAX_BODY_BYTES = 52 * 1024 * 1024
FORM_FIELDS = ("subject", "description", "order_line", "category", "key")
# What Odoo's pages for customers read of an address.
PAGE_OPTIONS = ("error", "warning", "success", "pid", "hash")
RECEIVED = "received"


class ComplaintPortal(CustomerPortal):
    """Customers complain and follow their complaints; nothing here needs JavaScript.

    Portal users have no rights on complaints. Who asks for one that is not theirs, or does not
    exist, gets the same answer.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "complaint_count" in counters:
            values["complaint_count"] = self._complaints().search_count(self._own_complaints())
        return values

    def _complaints(self):
        return request.env["customer.complaint"].sudo()

    def _own_complaints(self):
        user = request.env.user
        if not user._is_portal():
            return Domain.FALSE
        return self._complaints()._get_portal_domain(user.partner_id)

    def _find_complaint(self, complaint_id, access_token=None):
        """Return a complaint of the user, or one whose link the user has; else nothing."""
        complaint = self._complaints().browse(complaint_id if complaint_id <= MAX_ID else 0)
        complaint = complaint.exists()
        if not complaint:
            return complaint
        token = complaint.access_token or ""
        given = access_token if isinstance(access_token, str) else ""
        # Python compares letters outside ASCII as bytes only.
        if token and given and consteq(token.encode(), given.encode("utf-8", "replace")):
            return complaint
        return complaint if complaint._is_own_of(request.env.user) else complaint.browse()

    @route(
        ["/my/complaints", "/my/complaints/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def complaint_list(self, page=1, **kwargs):
        """List the complaints of the user's company."""
        complaints, domain = self._complaints(), self._own_complaints()
        total = complaints.search_count(domain)
        page = page if isinstance(page, int) else 1
        turned = pager(url="/my/complaints", total=total, page=page, step=PAGE_SIZE)
        values = self._prepare_portal_layout_values() | {
            "page_name": "complaint",
            "pager": turned,
            "default_url": "/my/complaints",
            "complaints": complaints.search(domain, limit=PAGE_SIZE, offset=turned["offset"]),
        }
        return request.render("customer_value.portal_complaint_list", values)

    @route("/my/complaints/new", type="http", auth="user", website=True, methods=["GET"])
    def complaint_form(self, **kwargs):
        """Show the form for a new complaint."""
        if not request.env.user._is_portal():
            return request.redirect("/my")
        return self._render_form({"key": str(uuid.uuid4())})

    @route(
        "/my/complaints/new",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_BODY_BYTES,
    )
    def complaint_create(self, **kwargs):
        """Record a complaint and show it; with mistakes, the form again with what was typed."""
        if not request.env.user._is_portal():
            return request.redirect("/my")
        given = {name: kwargs.get(name) for name in FORM_FIELDS}
        given = {
            name: FORBIDDEN.sub(" ", value)
            for name, value in given.items()
            if isinstance(value, str)
        }
        uploads = [file for file in request.httprequest.files.getlist("files") if file.filename]
        files = [(FORBIDDEN.sub(" ", file.filename), file.read()) for file in uploads]
        user = request.env.user
        try:
            with request.env.cr.savepoint():
                complaint = self._complaints()._create_from_portal(
                    user.partner_id, user.company_id, given, files
                )
        except UserError as error:
            return self._render_form(given, error.args[0])
        # The same form, sent twice at the same moment, is in the list when it is recorded.
        page = f"{complaint.access_url}?{RECEIVED}=1" if complaint else "/my/complaints"
        return request.redirect(page)

    def _render_form(self, given, error=None):
        partner = request.env.user.partner_id
        values = self._prepare_portal_layout_values() | {
            "page_name": "complaint",
            "given": given,
            "error": error,
            "lines": self._complaints()._get_portal_lines(partner),
            "categories": request.env["customer.complaint.category"].sudo().search([]),
        }
        return request.render("customer_value.portal_complaint_form", values)

    @route(
        "/my/complaints/<int:complaint_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def complaint_page(self, complaint_id, access_token=None, **kwargs):
        """Show a complaint: what was said and done, never what colleagues wrote for themselves."""
        complaint = self._find_complaint(complaint_id, access_token)
        if not complaint:
            return request.redirect("/my")
        files = (
            request.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", complaint._name), ("res_id", "=", complaint.id)])
        )
        values = {
            "page_name": "complaint",
            "complaint": complaint,
            "object": complaint,
            "files": complaint._get_portal_files(files),
            "can_write": complaint._is_reopenable(),
            "is_received": bool(kwargs.get(RECEIVED)),
            "answer_date": complaint._get_answer_date(),
        }
        options = {name: kwargs[name] for name in PAGE_OPTIONS if name in kwargs}
        values = self._get_page_view_values(
            complaint, complaint._portal_ensure_token(), values, "complaints", False, **options
        )
        return request.render("customer_value.portal_complaint_page", values)

    @route(
        "/my/complaints/<int:complaint_id>/close",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def complaint_close(self, complaint_id, access_token=None, **kwargs):
        """Close a complaint the customer says is solved."""
        complaint = self._find_complaint(complaint_id, access_token)
        if not complaint:
            return request.redirect("/my")
        complaint._close_from_portal()
        return request.redirect(complaint.get_portal_url())
