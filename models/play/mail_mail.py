from odoo import models


class MailMail(models.Model):
    """Mails of plays wait in the mail queue: who opted out meanwhile gets none."""

    _inherit = "mail.mail"

    def _send(self, *args, **kwargs):
        held = self._hold_refused()
        return super(MailMail, self - held)._send(*args, **kwargs)

    def _hold_refused(self):
        """Cancel mails of plays to who opted out after they were written; return them."""
        waiting = [("mail_id", "in", self.ids), ("state", "=", "done")]
        actions = self.env["customer.play.action"].sudo().search(waiting)
        if not actions:
            return self.browse()
        optouts = self.env["customer.play.optout"]
        refused = optouts._find_addresses({*actions.mapped("address")} - {False})
        customers = optouts._find_customers("email", actions.partner_id)
        held = actions.filtered(
            lambda action: action.address in refused or action.partner_id in customers
        )
        mails = held.mail_id.filtered(lambda mail: mail.state == "outgoing")
        held = held.filtered(lambda action: action.mail_id in mails)
        held.write({"state": "skipped", "skip_reason": "opted_out", "is_reached": False, "cost": 0})
        mails.write({"state": "cancel"})
        return mails.with_env(self.env)
