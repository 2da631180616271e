from datetime import timedelta

import numpy as np

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import forecast
from ..guard.customer_date_bounds import bound

# An order that was not invoiced for a year will hardly be.
ORDER_DAYS = 365
LEARNED_DAYS = 730
# Until there is something to learn from.
DEFAULT_DAYS_TO_INVOICE, DEFAULT_DAYS_TO_CLOSE = 7, 30


class CustomerPipelineLine(models.Model):
    """What is left to invoice, and what past documents tell about open ones: a query each."""

    _inherit = "customer.pipeline.line"

    @api.model
    def _get_remaining(self, company, today):
        """Return order -> what is still to be invoiced of it, without taxes, company currency.

        What the open orders of the profiles say, of orders not too old to be invoiced yet.
        """
        return self.env["sale.order"]._get_open_amounts(
            SQL(
                "%s AND date_order >= %s",
                company._where_counted(SQL("company_id")),
                today - timedelta(days=ORDER_DAYS),
            ),
            today,
        )

    @api.model
    def _get_odds(self, company, today):
        """Return what the company's quotations of the last two years say about open ones.

        Of several ones for an opportunity the confirmed one counts, else the last.
        """
        self.env["sale.order"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT EXTRACT(EPOCH FROM %(today)s::date + 1 - create_date) / 86400.0,
                          EXTRACT(EPOCH FROM CASE state
                                  WHEN 'sale' THEN date_order
                                  WHEN 'cancel' THEN write_date
                                  ELSE %(today)s::date + 1 END - create_date) / 86400.0,
                          state = 'sale'
                     FROM (SELECT DISTINCT ON (COALESCE(-opportunity_id, id)) *
                             FROM sale_order
                            WHERE %(companies)s
                              AND amount_untaxed > 0
                              AND create_date >= %(first)s
                              AND create_date < %(today)s::date + 1
                         ORDER BY COALESCE(-opportunity_id, id), state = 'sale' DESC, id DESC) o""",
                companies=company._where_counted(SQL("company_id")),
                today=today,
                first=today - timedelta(days=LEARNED_DAYS),
            )
        )
        columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
        ages = [np.array(column, dtype=float) for column in columns[:2]]
        return forecast.learn_win_rates(*ages, np.array(columns[2], dtype=bool))

    @api.model
    def _get_days_to_invoice(self, company, today):
        """Return the median of days from an order to its first invoice, in the last 365 days."""
        scope = self.env["customer.profile"]._get_scope(company, None, today)
        [(days,)] = self.env.execute_query(
            SQL(
                """SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY f.days)
                     FROM (SELECT GREATEST(MIN(m.invoice_date) - %(ordered)s, 0) AS days
                             FROM sale_order o
                             JOIN sale_order_line l ON l.order_id = o.id
                             JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
                             JOIN account_move_line i ON i.id = r.invoice_line_id
                             JOIN account_move m ON m.id = i.move_id
                            WHERE %(companies)s AND o.state = 'sale'
                              AND o.date_order >= %(first)s
                              AND m.state = 'posted' AND m.move_type = 'out_invoice'
                         GROUP BY o.id, o.date_order) f""",
                ordered=scope.local_day(SQL("o.date_order")),
                companies=scope.where_company(SQL("o.company_id")),
                first=today - timedelta(days=ORDER_DAYS),
            )
        )
        return DEFAULT_DAYS_TO_INVOICE if days is None else days

    @api.model
    def _get_days_to_close(self, company, today):
        """Return the median of days until an opportunity was won, in the last 365 days."""
        [(days,)] = self.env.execute_query(
            SQL(
                """SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY day_close)
                     FROM crm_lead
                    WHERE (%s OR company_id IS NULL) AND won_status = 'won'
                      AND day_close IS NOT NULL AND date_closed >= %s""",
                company._where_counted(SQL("company_id")),
                today - timedelta(days=ORDER_DAYS),
            )
        )
        return DEFAULT_DAYS_TO_CLOSE if days is None else round(days)

    @api.model
    def _to_day(self, company, moment):
        """Return the day a UTC moment falls on in the company's time zone."""
        record = self.with_context(tz=self.env["customer.profile"]._get_timezone(company))
        return fields.Datetime.context_timestamp(record, bound(moment)).date()
