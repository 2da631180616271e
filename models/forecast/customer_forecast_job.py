import logging

import psycopg2

from odoo import api, models

_logger = logging.getLogger(__name__)


class CustomerForecastJobMixin(models.AbstractModel):
    """What is made anew for each company that is due: ``_get_due_companies``, ``_make``."""

    _name = "customer.forecast.job.mixin"
    _description = "Made for Each Company"

    @api.model
    def _cron_make(self):
        """Make it for the companies that are due, each in a transaction of its own."""
        companies = self._get_due_companies()
        for done, company in enumerate(companies, 1):
            try:
                self._make(company)
            except psycopg2.OperationalError as error:
                _logger.info("%s of %s postponed: %s", self._description, company.name, error)
                self.env.cr.rollback()
            except Exception:  # the other companies get theirs
                _logger.exception("%s of %s failed", self._description, company.name)
                self.env.cr.rollback()
            self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - done)
