from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all

UNSENT = ("outgoing", "exception")
# Mails of ours that belong to no record tell by their links whose they are.
OUR_LINKS = "/customer/"


class CustomerPrivacy(models.AbstractModel):
    """What waits to go out to a person who is erased goes out to nobody."""

    _inherit = "customer.privacy"

    @api.model
    def _stop_waiting(self, about):
        """Take questions, SMS and letters to a person out of their queues.

        Without number and text an SMS could only fail, and a question would reach somebody else.
        """
        if about._name == "customer.outreach.message":
            about.filtered(lambda message: message.state == "waiting")._set_state(
                "cancelled", cancel_reason="opted_out"
            )
        elif about._name == "customer.feedback.request":
            queued = about.filtered(lambda request: request.state == "queued")
            queued.write({"state": "skipped", "skip_reason": "no_email"})

    @api.model
    def _stop_mails(self, name, email):
        """Delete mails of ours to a person that wait to be sent, or could not be."""
        persons = self._get_persons(name, email)
        addresses = {
            email_normalize(email or "", strict=False),
            *persons.mapped("email_normalized"),
        }
        mails = self.env["mail.mail"].sudo()
        ours = [
            name for name, model in self.env.items() if model._original_module == "customer_value"
        ]
        actions = (
            self.env["customer.play.action"]
            .sudo()
            .search(["|", ("partner_id", "in", persons.ids), ("contact_id", "in", persons.ids)])
        )
        domain = Domain("model", "in", ours) | Domain("id", "in", actions.mail_id.ids)
        domain |= Domain("model", "=", False) & Domain("body_html", "like", OUR_LINKS)
        unsent = mails.search(Domain("state", "in", UNSENT) & domain)
        unsent.filtered(
            lambda mail: (
                mail.recipient_ids & persons
                or not addresses.isdisjoint(email_normalize_all(mail.email_to or ""))
            )
        ).unlink()
