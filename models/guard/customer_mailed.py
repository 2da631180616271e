import logging

from psycopg2 import OperationalError

from odoo import models

_logger = logging.getLogger(__name__)


class CustomerMailedMixin(models.AbstractModel):
    """A record a mail to its customer is about, made by a job from a template."""

    _name = "customer.mailed.mixin"
    _description = "Record That a Customer Is Mailed About"

    def _queue_mail(self, template):
        """Put the mail into the mail queue; return it. Later rooms add a way to hear no more."""
        self.ensure_one()
        return self.env["mail.mail"].sudo().browse(template.send_mail(self.id))

    def _try_to_queue_mail(self, template):
        """Queue the mail; return the error if it cannot be made, so that others follow."""
        try:
            with self.env.cr.savepoint():
                self._queue_mail(template)
        except OperationalError:
            raise
        except Exception as error:
            _logger.exception("The mail about %s could not be made", self)
            return error
        return None
