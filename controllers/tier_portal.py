from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.http import request, route


class TierPortal(CustomerPortal):
    """Customers see the own tier, what it gives, and the way to the next; no JavaScript.

    Portal users have no rights on profiles: what is shown is that of their own customer.
    """

    @route("/my/tier", type="http", auth="user", website=True, methods=["GET"])
    def tier_page(self, **kwargs):
        """Show the tier of the user's customer in the user's company."""
        user = request.env.user
        if not user._is_portal():
            return request.redirect("/my")
        company = user.company_id.sudo()
        customer = user.partner_id.commercial_partner_id.sudo()
        profiles = request.env["customer.profile"]
        values = self._prepare_portal_layout_values() | {
            "page_name": "tier",
            "tier_company": company,
            "tier_mail": company.customer_tier_mail,
            "tier_optout": customer.customer_tier_mail_optout,
            "tier_referrer": request.env["customer.referrer"]._get_for_portal(customer, company),
            **profiles._get_portal_tier(customer, company),
        }
        return request.render("customer_value.portal_tier", values)

    @route("/my/tier/mails", type="http", auth="user", website=True, methods=["POST"])
    def tier_mails(self, **kwargs):
        """Take or refuse mails about the tier, for the user's customer."""
        user = request.env.user
        if user._is_portal():
            customer = user.partner_id.commercial_partner_id.sudo()
            customer.customer_tier_mail_optout = kwargs.get("refuse") == "1"
        return request.redirect("/my/tier")
