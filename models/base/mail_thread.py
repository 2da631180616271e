from odoo import api, models

SCREENED = ("customer.interaction", "customer.complaint")


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """Screen mails on their way to our records, new ones and replies; leave all others."""
        if route and route[0] in SCREENED:
            route = self.env[route[0]]._screen_mail(message, message_dict, route)
            if not route:
                return False
        return super()._routing_check_route(
            message, message_dict, route, raise_exception=raise_exception
        )
