from odoo import api, fields, models
from odoo.tools import SQL

# Customers per range: about a second of work, the longest a lock is held.
RANGE_SIZE = 1000


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
        """Split the customers of a run's company into ranges of ids.

        :return: number of customers
        """
        self.env.flush_all()
        ranges = self.env.execute_query(
            SQL(
                """SELECT MIN(partner_id), MAX(partner_id), COUNT(*)
                     FROM (SELECT partner_id,
                                  (ROW_NUMBER() OVER (ORDER BY partner_id) - 1) / %s AS bucket
                             FROM (%s) AS customer) AS numbered
                 GROUP BY bucket ORDER BY bucket""",
                size,
                self._get_customer_sql(run.company_id),
            )
        )
        self.create(
            [
                {"run_id": run.id, "partner_from": start, "partner_to": end}
                for start, end, _count in ranges
            ]
        )
        return sum(count for _start, _end, count in ranges)

    def _process(self):
        """Do the step of the run for this range.

        Results stay in the range until the run goes on: two workers never write to one row.
        """
        self.ensure_one()
        profiles = self.env["customer.profile"]
        run, company = self.run_id, self.company_id
        if run.state == "facts":
            partner_ids = [
                partner
                for (partner,) in self.env.execute_query(
                    SQL(
                        "SELECT partner_id FROM (%s) AS customer"
                        " WHERE partner_id BETWEEN %s AND %s ORDER BY partner_id",
                        self._get_customer_sql(company),
                        self.partner_from,
                        self.partner_to,
                    )
                )
            ]
            errors = profiles._refresh_isolated(company, partner_ids, run.date)
            self.env["customer.refresh.queue"]._settle(company, partner_ids, errors)
            self.failed_count = len(errors)
        else:
            changed = profiles._rescore(company, self.partner_from, self.partner_to, run.date)
            self.changed_count = len(changed)
        self.done = True
