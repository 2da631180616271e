import logging
from functools import partial

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import SQL

from ..guard.transaction_notes import get_notes, work_off
from .cron_notify import notify_soon

_logger = logging.getLogger(__name__)

# About half a second of work: short transactions let users and other workers through.
BATCH_SIZE = 200
REFRESH_CRON = "customer_value.ir_cron_customer_value_refresh"
NOTIFIED_KEY = "customer_value.notified"
NOTES_KEY = "customer_value.refresh"


class CustomerRefreshQueue(models.Model):
    """Insert-only list of customers whose documents changed.

    Business transactions only ever insert here, so they never wait for each other or for a
    refresh. Workers share the rows through row locks; a row goes away with the refresh it
    asked for, in one transaction, so that a killed worker loses nothing.
    """

    _name = "customer.refresh.queue"
    _description = "Customer To Refresh"
    _is_guarded = True
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", readonly=True
    )
    reason = fields.Char(readonly=True)
    transaction = fields.Char(
        readonly=True,
        index=True,
        help="The database transaction that queued the customer; it queues each only once.",
    )
    error = fields.Text(
        readonly=True, help="Why the refresh failed; the other customers went on without this one."
    )

    _waiting_idx = models.Index("(id) WHERE error IS NULL")

    @api.model
    def _enqueue(self, pairs, reason):
        """Ask for the refresh of customers soon after this transaction.

        :param pairs: (partner id, company id) pairs; pairs without either are left out
        :param reason: technical word that tells administrators where a row came from
        """
        if pairs := {pair for pair in pairs if all(pair)}:
            self._get_notes().setdefault(("pairs", reason), set()).update(pairs)

    @api.model
    def _note(self, records, reason, method="_get_customer_pairs"):
        """Ask for the refresh of the customers records have when the transaction is committed.

        :param method: what returns (partner id, company id) pairs of the records
        """
        if records:
            noted = self._get_notes().setdefault((records._name, method, reason), set())
            noted.update(records._ids)

    @api.model
    def _get_notes(self):
        queue = self.with_env(self.env(su=True, context={}))
        return get_notes(self.env, NOTES_KEY, queue._insert_noted, queue._mend_noted)

    @api.model
    def _insert_noted(self, notes):
        """Fix the costs of what was posted, and queue the customers in one statement."""
        reasons = {}
        if move_ids := notes.get("cost"):
            self.env["account.move"].browse(sorted(move_ids))._fix_cost()
        for (source, *call), noted in ((k, v) for k, v in notes.items() if k != "cost"):
            pairs = noted if source == "pairs" else self._read_noted(source, call[0], noted)
            for pair in self._add_companies_above({pair for pair in pairs if all(pair)}):
                reasons.setdefault(pair, call[-1])
        if reasons and self._insert(reasons):
            self._notify_workers()

    @api.model
    def _mend_noted(self, note, content):
        """Have the cron of costs go back to what has none; the nightly run refreshes everybody."""
        if note == "cost":
            for company, moves in (
                self.env["account.move"].browse(content).grouped("company_id").items()
            ):
                first = min(company.customer_cost_cursor, min(moves.ids) - 1)
                self.env["account.move.line"]._set_history_place(company, first)
            self.env.flush_all()

    @api.model
    def _read_noted(self, model, method, ids):
        """Return the pairs of records noted before, without those that were deleted since."""
        records = self.env[model].browse(sorted(ids))
        try:
            return getattr(records, method)()
        except MissingError:
            return getattr(records.exists(), method)()

    def _search(self, *args, **kwargs):
        """Look for rows after what this transaction has noted went in, as Odoo flushes fields."""
        self._work_off()
        return super()._search(*args, **kwargs)

    @api.model
    def _work_off(self):
        """Do now what would be done before the commit: whoever asks sees the costs and rows."""
        queue = self.with_env(self.env(su=True, context={}))
        work_off(self.env, NOTES_KEY, queue._insert_noted, queue._mend_noted)

    @api.model
    def _add_companies_above(self, pairs):
        """Add the companies above each: their numbers are made of its documents, too."""
        companies = self.env["res.company"].sudo().with_context(prefetch_fields=False)
        above = {
            company: companies.browse(company).parent_ids.ids or [company]
            for company in {company for _partner, company in pairs}
        }
        return {(partner, other) for partner, company in pairs for other in above[company]}

    @api.model
    def _insert(self, reasons):
        """Insert rows and, with the first of the transaction, the trigger of the cron.

        A customer whom this transaction has queued already is not queued again. The trigger goes
        in with the first row: ``_trigger()`` would cost three statements more.

        :param reasons: (partner id, company id) -> reason
        :return: ids of the new rows
        """
        pairs = sorted(reasons)
        partner_ids, company_ids = (list(column) for column in zip(*pairs, strict=True))
        return self.env.execute_query(
            SQL(
                """WITH queued AS (
                    INSERT INTO customer_refresh_queue
                           (partner_id, company_id, reason, transaction, create_uid, create_date)
                    SELECT pair.partner_id, pair.company_id, pair.reason,
                           pg_current_xact_id()::text, %(uid)s, %(now)s
                      FROM unnest(%(partners)s::int[], %(companies)s::int[], %(reasons)s::text[])
                           AS pair(partner_id, company_id, reason)
                     WHERE NOT EXISTS (
                           SELECT 1 FROM customer_refresh_queue q
                            WHERE q.partner_id = pair.partner_id
                              AND q.company_id = pair.company_id
                              AND q.transaction = pg_current_xact_id()::text)
                 RETURNING id
                ), woken AS (
                    INSERT INTO ir_cron_trigger (cron_id, call_at, create_uid, create_date)
                    SELECT c.id, %(now)s, %(uid)s, %(now)s
                      FROM ir_cron c
                     WHERE c.id = %(cron)s AND c.active AND EXISTS (SELECT 1 FROM queued)
                       AND NOT EXISTS (
                           SELECT 1 FROM customer_refresh_queue q
                            WHERE q.transaction = pg_current_xact_id()::text)
                )
                SELECT id FROM queued""",
                reasons=[reasons[pair] for pair in pairs],
                uid=self.env.uid,
                now=fields.Datetime.now(),
                partners=partner_ids,
                companies=company_ids,
                cron=self.env["ir.model.data"]._xmlid_to_res_id(REFRESH_CRON),
            )
        )

    @api.model
    def _notify_workers(self):
        """Let the cron workers look at the new trigger as soon as this is committed."""
        postcommit = self.env.cr.postcommit
        if not postcommit.data.get(NOTIFIED_KEY):
            postcommit.data[NOTIFIED_KEY] = True
            postcommit.add(partial(notify_soon, self.env.cr.dbname))

    @api.model
    def _wake_worker(self):
        """Let the cron run again, soon."""
        self.env.ref(REFRESH_CRON)._trigger()

    @api.model
    def _cron_refresh(self, batch_size=BATCH_SIZE):
        """Refresh queued customers; any number of workers, safe to kill at any time."""
        remaining = self._count_waiting()
        while remaining:
            try:
                done = self._process_batch(batch_size)
            except psycopg2.OperationalError as error:
                # Another worker refreshed the same customer: its rows are tried again.
                _logger.info("Customer refresh postponed: %s", error)
                self.env.cr.rollback()
                done = 0
            remaining = self._count_waiting()
            time_left = self.env["ir.cron"]._commit_progress(done, remaining=remaining)
            if not done or (remaining and not time_left):
                self._wake_worker()
                break

    @api.model
    def _count_waiting(self):
        return self.sudo().search_count([("error", "=", False)])

    @api.model
    def _process_batch(self, batch_size):
        """Refresh the customers of the oldest rows that nobody else holds.

        :return: number of rows dealt with; 0 when other workers hold them all
        """
        rows = (
            self.sudo()
            .search([("error", "=", False)], order="id", limit=4 * batch_size)
            .try_lock_for_update(limit=batch_size)
        )
        by_company = rows.grouped("company_id")
        for company, queued in by_company.items():
            queued._process(company)
        if by_company:
            companies = self.env["res.company"].union(*by_company)
            self.env["customer.refresh.run"]._follow_changes(companies)
        return len(rows)

    def _process(self, company):
        """Refresh the customers of rows of one company; keep the rows of those that fail."""
        partner_ids = sorted(set(self.partner_id.ids))
        errors = self.env["customer.profile"]._refresh_isolated(company, partner_ids)
        self._settle(company, partner_ids, errors)

    @api.model
    def _settle(self, company, partner_ids, errors):
        """Drop the rows of refreshed customers, old failures included; mark new failures.

        Rows added since this transaction began are not visible to it, and stay.
        """
        rows = self.sudo().search(
            [("company_id", "=", company.id), ("partner_id", "in", partner_ids)]
        )
        missing = errors.keys() - set(rows.partner_id.ids)
        for partner, failed in rows.grouped("partner_id").items():
            if error := errors.get(partner.id):
                failed[1:].unlink()
                failed[:1].error = error
            else:
                failed.unlink()
        self.sudo().create(
            [
                {
                    "partner_id": partner_id,
                    "company_id": company.id,
                    "reason": "refresh",
                    "error": errors[partner_id],
                }
                for partner_id in sorted(missing)
            ]
        )

    def action_retry(self):
        """Try failed customers again."""
        self.check_access("write")
        rows = self.sudo()
        rows.write({"error": False})
        rows._wake_worker()
        return True
