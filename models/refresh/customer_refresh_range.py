from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from odoo import api, fields, models
from odoo.tools import SQL

# Customers and sale documents per range: seconds of work, so that it is worth preparing it.
RANGE_SIZE = 10_000
RANGE_DOCUMENTS = 50_000


@dataclass
class Tally:
    """What a range of a full run has seen: gaps in days, and customers something failed for."""

    gaps: Counter = field(default_factory=Counter)
    failed: set = field(default_factory=set)


class CustomerRefreshRange(models.Model):
    """A stretch of customers of a full refresh that any worker can take."""

    _name = "customer.refresh.range"
    _description = "Customer Refresh Range"
    _is_guarded = True
    _order = "id"

    run_id = fields.Many2one(
        comodel_name="customer.refresh.run", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="run_id.company_id")
    partner_from = fields.Integer(required=True, aggregator=None)
    partner_to = fields.Integer(required=True, aggregator=None)
    customers = fields.Json(
        readonly=True, help="Ids of the customers whose documents are to be read."
    )
    gap_counts = fields.Json(
        readonly=True, help="How often customers let so many days go by between purchases."
    )
    done = fields.Boolean(readonly=True)
    changed_count = fields.Integer(string="Profiles changed", readonly=True)
    failed_count = fields.Integer(string="Customers failed", readonly=True)

    @api.model
    def _get_customer_sql(self, company):
        """Every customer of the company: those with documents, and those with a profile."""
        return SQL(
            """SELECT partner_id FROM customer_profile WHERE company_id = %(company)s
                UNION
               SELECT p.commercial_partner_id
                 FROM account_move m JOIN res_partner p ON p.id = m.commercial_partner_id
                WHERE %(of_moves)s AND m.state = 'posted'
                  AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                UNION
               SELECT p.commercial_partner_id
                 FROM sale_order o
                 JOIN res_partner p ON p.id = COALESCE(o.customer_moved_from_id, o.partner_id)
                WHERE %(of_orders)s AND o.state IN ('draft', 'sent', 'sale')
                UNION
               SELECT p.commercial_partner_id
                 FROM stock_picking k
                 JOIN res_partner p ON p.id = COALESCE(k.customer_moved_from_id, k.partner_id)
                 JOIN stock_location s ON s.id = k.location_id
                 JOIN stock_location d ON d.id = k.location_dest_id
                WHERE %(of_transfers)s AND k.state = 'done'
                  AND (s.usage = 'customer') <> (d.usage = 'customer')
                UNION
               SELECT p.commercial_partner_id
                 FROM account_move m
                 JOIN account_move_line l ON l.move_id = m.id AND l.balance > 0
                 JOIN account_account a ON a.id = l.account_id
                                       AND a.account_type = 'asset_receivable'
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE %(of_moves)s AND m.state = 'posted'
                  AND m.move_type = 'entry'""",
            company=company.id,
            of_moves=company._where_counted(SQL("m.company_id")),
            of_orders=company._where_counted(SQL("o.company_id")),
            of_transfers=company._where_counted(SQL("k.company_id")),
        )

    @api.model
    def _create_for(self, run, size=RANGE_SIZE):
        """Split the customers of a run's company into ranges of about the same work.

        :return: number of customers
        """
        self.env.flush_all()
        rows = self.env.execute_query(self._get_work_sql(run))
        if not rows:
            return 0
        partners, documents = np.array(rows, dtype=np.int64).T
        share = np.cumsum(1 / size + documents / RANGE_DOCUMENTS)
        starts = np.flatnonzero(np.diff(np.floor(share), prepend=-1))
        is_reading = run.state == "facts"
        self.create(
            [
                {
                    "run_id": run.id,
                    "partner_from": int(part[0]),
                    "partner_to": int(part[-1]),
                    "customers": part.tolist() if is_reading else False,
                }
                for part in np.split(partners, starts[1:])
            ]
        )
        return len(partners)

    @api.model
    def _get_work_sql(self, run):
        """One row per customer of a run: id, and how many sale documents are to be read."""
        company = run.company_id
        if run.state != "facts":
            return SQL(
                "SELECT partner_id, 0 FROM customer_profile WHERE company_id = %s ORDER BY 1",
                company.id,
            )
        return SQL(
            """SELECT c.partner_id, COALESCE(d.documents, 0)
                 FROM (%(customers)s) AS c
            LEFT JOIN (SELECT m.commercial_partner_id AS partner_id, COUNT(*) AS documents
                         FROM account_move m
                        WHERE %(of_moves)s AND m.state = 'posted'
                          AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                     GROUP BY 1) d ON d.partner_id = c.partner_id
                WHERE c.partner_id IS NOT NULL
             ORDER BY 1""",
            customers=self._get_customer_sql(company),
            of_moves=company._where_counted(SQL("m.company_id")),
        )

    def _process(self):
        """Do the step of the run for this range.

        Results stay in the range until the run goes on: two workers never write to one row.
        """
        self.ensure_one()
        profiles = self.env["customer.profile"]
        run, company = self.run_id, self.company_id
        if run.state == "facts":
            tally = Tally()
            errors = profiles._refresh_isolated(company, self.customers, run.date, tally)
            self.env["customer.refresh.queue"]._settle(company, self.customers, errors)
            self.failed_count = len(tally.failed | errors.keys())
            self.gap_counts = dict(tally.gaps)
        else:
            changed = profiles._rescore(company, self.partner_from, self.partner_to, run.date)
            self.changed_count = len(changed)
        self.done = True
