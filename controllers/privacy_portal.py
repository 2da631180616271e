from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.http import request, route

MAX_BODY_BYTES = 16 * 1024


class PrivacyPortal(CustomerPortal):
    """How we may speak to a contact, and what we keep about them: their own, nobody else's."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "customer_privacy_count" in counters:
            values["customer_privacy_count"] = 1 if request.env.user._is_portal() else 0
        return values

    @route("/my/privacy", type="http", auth="user", website=True, methods=["GET"])
    def privacy_page(self, saved=None, **kwargs):
        """Show the choices and what is stored."""
        user = request.env.user
        if not user._is_portal():
            return request.redirect("/my")
        privacy = request.env["customer.privacy"]
        values = self._prepare_portal_layout_values() | {
            "page_name": "customer_privacy",
            "ways": privacy._get_portal_ways(user.partner_id),
            "record": privacy._get_portal_record(user.partner_id),
            "is_saved": bool(saved),
        }
        return request.render("customer_value.portal_privacy", values)

    @route(
        "/my/privacy",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_BODY_BYTES,
    )
    def privacy_save(self, **form):
        """Store the choices of the form: a way whose box is not ticked is not wanted."""
        user = request.env.user
        if not user._is_portal():
            return request.redirect("/my")
        wanted = {name.removeprefix("way_") for name in form if name.startswith("way_")}
        request.env["customer.privacy"]._set_portal_ways(user.partner_id, wanted)
        return request.redirect("/my/privacy?saved=1")

    @route("/my/privacy/download", type="http", auth="user", website=True, methods=["GET"])
    def privacy_download(self, **kwargs):
        """Hand out what is stored, as a file."""
        user = request.env.user
        if not user._is_portal():
            return request.redirect("/my")
        content = request.env["customer.privacy"]._export_portal_record(user.partner_id)
        headers = [
            ("Content-Type", "application/json; charset=utf-8"),
            ("Content-Disposition", 'attachment; filename="my-data.json"'),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
