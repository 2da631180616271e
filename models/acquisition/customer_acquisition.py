from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import MANAGER

UTM = ("source_id", "medium_id", "campaign_id")


class CustomerAcquisition(models.Model):
    """Where a customer came from: taken once, at the first order, and never by a later one.

    The refresh adds a row as soon as a customer has an order or an invoice (``_collect``); only
    a manager corrects it. After a merge of contacts the earlier row counts, the others stay as
    history (``_merge``).
    """

    _name = "customer.acquisition"
    _description = "Where a Customer Came From"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _contact_history = ("partner_id",)
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    state = fields.Selection(
        selection=[("counts", "Counts"), ("merged", "Of a merged contact")],
        required=True,
        default="counts",
        readonly=True,
    )
    date = fields.Date(string="First order", required=True, readonly=True)
    source_id = fields.Many2one(comodel_name="utm.source", ondelete="restrict", index=True)
    medium_id = fields.Many2one(comodel_name="utm.medium", ondelete="restrict")
    campaign_id = fields.Many2one(comodel_name="utm.campaign", ondelete="restrict", index=True)
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        groups=MANAGER,
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        groups=MANAGER,
    )
    move_id = fields.Many2one(
        string="Invoice",
        comodel_name="account.move",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        groups=MANAGER,
    )
    former_name = fields.Char(
        string="Was of", readonly=True, help="The contact it belonged to before a merge."
    )
    corrected_by_id = fields.Many2one(
        comodel_name="res.users", ondelete="set null", index="btree_not_null", readonly=True
    )
    corrected_on = fields.Datetime(readonly=True)

    _counts_uniq = models.UniqueIndex("(partner_id, company_id) WHERE state = 'counts'")

    def write(self, vals):
        """Note who corrects where a customer came from."""
        result = super().write(vals)
        if not self.env.su and not vals.keys().isdisjoint(UTM):
            self.sudo().write(
                {"corrected_by_id": self.env.uid, "corrected_on": fields.Datetime.now()}
            )
        return result

    @api.model
    def default_get(self, fields):
        """Take no default from outside: rows come of documents."""
        unset = {f"default_{name}" for name in ("source_id", "medium_id", "campaign_id")}
        context = {key: value for key, value in self.env.context.items() if key not in unset}
        plain = self.with_env(self.env(context=context))
        return super(CustomerAcquisition, plain).default_get(fields)

    @api.model
    def _collect(self, company, scope):
        """Add the rows of customers who have a first order or invoice, and none yet.

        What the document says of source, medium and campaign counts as a whole; where it says
        nothing, the lead it came from, else the customer's earliest one before it. Reads the
        work tables of a refresh; one statement for any number of customers.
        """
        self.env.execute_query(
            SQL(
                """WITH missing AS (
                    SELECT w.partner_id
                      FROM customer_work_partner w
                     WHERE NOT EXISTS (
                           SELECT 1 FROM customer_acquisition a
                            WHERE a.partner_id = w.partner_id AND a.company_id = %(company)s
                              AND a.state = 'counts')
                ), %(earliest)s, %(lead)s
                INSERT INTO customer_acquisition
                       (partner_id, company_id, state, date, source_id, medium_id, campaign_id,
                        lead_id, order_id, move_id, create_uid, create_date, write_uid, write_date)
                SELECT e.partner_id, %(company)s, 'counts', e.day, u.source_id, u.medium_id,
                       u.campaign_id, l.id, e.order_id, e.move_id, %(uid)s, %(now)s, %(uid)s,
                       %(now)s
                  FROM earliest e
             LEFT JOIN lead l ON l.partner_id = e.partner_id
            CROSS JOIN LATERAL (
                       SELECT e.source_id, e.medium_id, e.campaign_id
                        WHERE COALESCE(e.source_id, e.medium_id, e.campaign_id) IS NOT NULL
                        UNION ALL
                       SELECT l.source_id, l.medium_id, l.campaign_id
                        WHERE COALESCE(e.source_id, e.medium_id, e.campaign_id) IS NULL) u
           ON CONFLICT (partner_id, company_id) WHERE state = 'counts' DO NOTHING
             RETURNING id""",
                company=company.id,
                earliest=self._get_earliest_sql(scope),
                lead=self._get_lead_sql(scope),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )

    @api.model
    def _get_earliest_sql(self, scope) -> SQL:
        """CTEs up to ``earliest``, after ``missing``: the first order or invoice of each."""
        return SQL(
            """document AS (
                SELECT o.partner_id, s.id AS order_id, NULL::int AS move_id, 0 AS rank,
                       %(day)s AS day, s.opportunity_id, s.source_id, s.medium_id,
                       s.campaign_id
                  FROM missing
                  JOIN customer_work_order o ON o.partner_id = missing.partner_id
                  JOIN sale_order s ON s.id = o.id AND s.state = 'sale'
                 UNION ALL
                SELECT d.partner_id, NULL, m.id, 1, m.invoice_date, NULL, m.source_id,
                       m.medium_id, m.campaign_id
                  FROM missing
                  JOIN customer_work_document d ON d.partner_id = missing.partner_id
                  JOIN account_move m ON m.id = d.id
                 WHERE d.move_type IN ('out_invoice', 'out_receipt')
            ), earliest AS (
                SELECT DISTINCT ON (partner_id) *
                  FROM document
                 WHERE day <= %(today)s
              ORDER BY partner_id, day, rank, COALESCE(order_id, move_id)
            )""",
            day=scope.local_day(SQL("s.date_order")),
            today=scope.today,
        )

    @api.model
    def _get_lead_sql(self, scope) -> SQL:
        """CTEs up to ``lead``, after ``earliest``: the one behind it, else the earliest before."""
        return SQL(
            """candidate AS (
                SELECT partner_id, opportunity_id AS lead_id, 0 AS rank
                  FROM earliest
                 WHERE opportunity_id IS NOT NULL
                 UNION ALL
                SELECT e.partner_id, l.id, 1
                  FROM earliest e
                  JOIN customer_work_contact c ON c.partner_id = e.partner_id
                  JOIN crm_lead l ON l.partner_id = c.id
                 WHERE l.create_date < e.day + 1 AND (l.company_id IS NULL OR %(companies)s)
            ), lead AS (
                SELECT DISTINCT ON (c.partner_id) c.partner_id, l.id, l.source_id,
                       l.medium_id, l.campaign_id
                  FROM candidate c
                  JOIN crm_lead l ON l.id = c.lead_id
              ORDER BY c.partner_id, c.rank,
                       COALESCE(l.source_id, l.medium_id, l.campaign_id) IS NULL,
                       l.create_date, l.id
            )""",
            companies=scope.where_company(SQL("l.company_id")),
        )

    def _merge(self, customer):
        """Give the rows of merged contacts to the one that stays; the earlier one counts."""
        rows = self.search([("partner_id", "in", (self.partner_id | customer).ids)])
        for in_company in rows.grouped("company_id").values():
            counting = in_company.filtered(lambda row: row.state == "counts")
            later = counting.sorted(lambda row: (row.date, row.partner_id != customer, row.id))[1:]
            for row in in_company.filtered(lambda row: row.partner_id != customer):
                row.former_name = row.former_name or row.partner_id.name
            later.state = "merged"
            self.flush_model()
            in_company.partner_id = customer
        self.flush_model()
