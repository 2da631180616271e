import hashlib
import re
import secrets

from odoo import api, models

from .customer_feedback_request import PATH

TOKEN_BYTES = 32
# A link that waits for its token, in mails that wait to be sent.
WAITING = "waiting-"
WAITING_LINK = re.compile(rf"{re.escape(PATH)}/{WAITING}([\w-]{{43}})")


class CustomerFeedbackRequest(models.Model):
    """The keys of the links: kept as hashes, made when a mail leaves."""

    _inherit = "customer.feedback.request"

    @api.model
    def _hash(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _hash_waiting(self, number):
        """Return what stands in place of a hash while a mail waits: the hash of no token."""
        return f"{WAITING}{self._hash(number)}"

    @api.model
    def _mint_tokens(self, body, minted):
        """Return the body of a mail that is being sent, with new tokens in its links.

        Only a number of ours gets one: whoever writes such a link into a mail does not know it.

        :param list minted: gets (request, name of the hash, hash while the mail waited)
        """
        text = str(body)
        for number in set(WAITING_LINK.findall(text)):
            for name in ("token_hash", "reminder_hash"):
                waiting = self._hash_waiting(number)
                if request := self.sudo().search([(name, "=", waiting)], limit=1):
                    token = secrets.token_urlsafe(TOKEN_BYTES)
                    request.write({name: self._hash(token)})
                    minted.append((request, name, waiting))
                    text = text.replace(f"{PATH}/{WAITING}{number}", f"{PATH}/{token}")
        return type(body)(text) if minted else body

    @api.model
    def _take_back_tokens(self, minted):
        for request, name, waiting in minted:
            request.write({name: waiting})
