from odoo import models

from ..outreach import mass_mailing


class MailMail(models.Model):
    """Mails of plays wait in the mail queue: who is not to get any meanwhile gets none."""

    _inherit = "mail.mail"

    def _send(self, *args, **kwargs):
        """Look again before each mail of a play: a queue of a thousand takes its time."""
        plays = self._find_play_actions().mail_id.with_env(self.env)
        others = self - plays
        result = super(MailMail, others)._send(*args, **kwargs) if others or not self else True
        for mail in plays.sorted(lambda mail: self.ids.index(mail.id)):
            if not mail._hold_refused():
                super(MailMail, mail)._send(*args, **kwargs)
        return result

    def _hold_refused(self):
        """Cancel mails of plays to who opted out, was blacklisted or left since; return them."""
        actions = self._find_play_actions().filtered(lambda one: one.mail_id.state == "outgoing")
        if not actions:
            return self.browse()
        refused, blocked = actions._find_refused(), actions._find_blacklisted()
        listed = actions.filtered(lambda one: one.address in blocked)
        archived = actions.filtered(
            lambda one: not all((one.contact_id | one.partner_id).mapped("active"))
        )
        mails = actions.mail_id.browse()
        for reason, found in (
            *(("opted_out", refused), ("blacklisted", listed), ("archived", archived)),
            ("left", actions._find_gone()),
        ):
            held = found.filtered(lambda one: one.state == "done")
            held.write({"state": "skipped", "skip_reason": reason, "is_reached": False, "cost": 0})
            mails |= held.mail_id
        mails.write({"state": "cancel"})
        mass_mailing.cancel(mails)
        return mails.with_env(self.env)

    def _find_play_actions(self):
        """Return the actions these are the mails of, with all rights."""
        done = [("mail_id", "in", self.ids), ("state", "=", "done")]
        return self.env["customer.play.action"].sudo().search(done)
