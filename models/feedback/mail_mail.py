from odoo import models


class MailMail(models.Model):
    """The key of a feedback link exists from the moment a mail is sent: what waits has none."""

    _inherit = "mail.mail"

    def _send(self, *args, **kwargs):
        sending = self.with_context(feedback_minted={})
        return super(MailMail, sending)._send(*args, **kwargs)

    def _prepare_outgoing_body(self):
        """Put a new key into each link that waits for one."""
        body = super()._prepare_outgoing_body()
        minted = self.env.context.get("feedback_minted", {}).setdefault(self.id, [])
        return self.env["customer.feedback.request"]._mint_tokens(body, minted)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Let mails that reached nobody wait again, to be sent with a new key."""
        if failure_type and not (success_pids or success_emails):
            for mail in self:
                minted = self.env.context.get("feedback_minted", {}).pop(mail.id, [])
                self.env["customer.feedback.request"]._take_back_tokens(minted)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
