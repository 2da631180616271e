"""The books as they stood on an earlier day."""

from datetime import date

from odoo.tools import SQL

END = date(9999, 12, 31)


class Books:
    """Documents that came later than a day step aside, and come back as the days go by.

    Within one transaction, which ends with all of them back: what is kept of a day meanwhile is
    what would have been kept then. Only states and open amounts are set aside, by SQL.
    """

    def __init__(self, env):
        self.env = env

    def close(self, day):
        """Set everything aside that came after a day."""
        self.env.flush_all()
        self.remember()
        self.set_day(day)

    def open(self):
        """Bring back everything."""
        self.set_day(END)

    def set_day(self, day):
        """Let the books be as they stood at the end of a day."""
        self.env.flush_all()
        for statement in (self.get_moves_sql, self.get_lines_sql, self.get_residuals_sql):
            self.env.cr.execute(statement(day))
        self.env.cr.execute(
            SQL(
                """UPDATE account_move m
                      SET payment_state = CASE WHEN k.amount = 0 THEN p.payment_state
                                               WHEN k.amount = k.total THEN 'not_paid'
                                               ELSE 'partial' END,
                          amount_residual_signed = p.amount_residual_signed + k.amount,
                          amount_residual = ABS(p.amount_residual_signed + k.amount)
                     FROM past_move p
                     JOIN (SELECT l.move_id, SUM(l.balance) AS total,
                                  SUM(l.amount_residual - o.amount_residual) AS amount
                             FROM past_line o JOIN account_move_line l ON l.id = o.id
                         GROUP BY l.move_id) k ON k.move_id = p.id
                    WHERE m.id = p.id AND m.move_type <> 'entry'
                      AND m.amount_residual_signed <> p.amount_residual_signed + k.amount"""
            )
        )
        for statement in (self.get_payments_sql, self.get_orders_sql, self.get_leads_sql):
            self.env.cr.execute(statement(day))
        self.env.invalidate_all(flush=False)

    def remember(self):
        """Note how everything is now."""
        cr = self.env.cr
        cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE past_move ON COMMIT DROP AS
                   SELECT id, state, payment_state, amount_residual_signed,
                          GREATEST(date, invoice_date) AS day
                     FROM account_move WHERE state = 'posted'"""
            )
        )
        cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE past_line ON COMMIT DROP AS
                   SELECT l.id, l.amount_residual, l.amount_residual_currency, l.reconciled
                     FROM account_move_line l
                     JOIN (SELECT debit_move_id AS id FROM account_partial_reconcile
                            UNION SELECT credit_move_id FROM account_partial_reconcile) r
                       ON r.id = l.id"""
            )
        )
        cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE past_payment ON COMMIT DROP AS
                   SELECT p.id, p.state, p.date, r.invoice_id, m.payment_state
                     FROM account_payment p
                LEFT JOIN account_move__account_payment r ON r.payment_id = p.id
                LEFT JOIN account_move m ON m.id = r.invoice_id
                    WHERE p.move_id IS NULL AND p.state IN ('in_process', 'paid')"""
            )
        )
        cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE past_order ON COMMIT DROP AS
                   SELECT id, state, date_order::date AS day FROM sale_order"""
            )
        )
        cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE past_lead ON COMMIT DROP AS
                   SELECT id, create_date::date AS day FROM crm_lead WHERE active"""
            )
        )

    # === STATEMENTS === #

    def get_moves_sql(self, day):
        """Entries of later days are drafts."""
        return SQL(
            """UPDATE account_move m
                  SET state = CASE WHEN p.day <= %(day)s THEN p.state ELSE 'draft' END
                 FROM past_move p
                WHERE m.id = p.id AND (m.state = 'draft') <> (p.day > %(day)s)""",
            day=day,
        )

    def get_lines_sql(self, _day):
        """Items know the state of their entry."""
        return SQL(
            """UPDATE account_move_line l SET parent_state = m.state
                 FROM past_move p JOIN account_move m ON m.id = p.id
                WHERE l.move_id = p.id AND l.parent_state <> m.state"""
        )

    def get_residuals_sql(self, day):
        """What was matched on later days is still open."""
        return SQL(
            """WITH later AS (
                SELECT id, SUM(amount) AS amount, SUM(currency_amount) AS currency_amount
                  FROM (SELECT debit_move_id AS id, amount, max_date,
                               debit_amount_currency AS currency_amount
                          FROM account_partial_reconcile
                     UNION ALL
                        SELECT credit_move_id, -amount, max_date, -credit_amount_currency
                          FROM account_partial_reconcile) AS matched
                 WHERE max_date > %(day)s
              GROUP BY id
            ), fresh AS (
                SELECT p.id, p.amount_residual + COALESCE(t.amount, 0) AS amount,
                       p.amount_residual_currency + COALESCE(t.currency_amount, 0)
                           AS currency_amount,
                       p.reconciled AND t.id IS NULL AS reconciled
                  FROM past_line p LEFT JOIN later t ON t.id = p.id
            )
            UPDATE account_move_line l
               SET amount_residual = f.amount, amount_residual_currency = f.currency_amount,
                   reconciled = f.reconciled
              FROM fresh f
             WHERE l.id = f.id
               AND (l.amount_residual, l.amount_residual_currency, l.reconciled)
                   IS DISTINCT FROM (f.amount, f.currency_amount, f.reconciled)""",
            day=day,
        )

    def get_payments_sql(self, day):
        """Payments without an entry of later days are drafts, and their invoices open."""
        return SQL(
            """WITH invoice AS (
                UPDATE account_move m
                   SET payment_state = CASE WHEN p.date <= %(day)s THEN p.payment_state
                                            ELSE 'not_paid' END
                  FROM (SELECT invoice_id, payment_state, MAX(date) AS date
                          FROM past_payment WHERE invoice_id IS NOT NULL
                      GROUP BY invoice_id, payment_state) p
                 WHERE m.id = p.invoice_id
             RETURNING m.id
            )
            UPDATE account_payment a
               SET state = CASE WHEN p.date <= %(day)s THEN p.state ELSE 'draft' END
              FROM past_payment p
             WHERE a.id = p.id""",
            day=day,
        )

    def get_orders_sql(self, day):
        """Orders of later days do not count."""
        return SQL(
            """UPDATE sale_order o
                  SET state = CASE WHEN p.day <= %(day)s THEN p.state ELSE 'cancel' END
                 FROM past_order p
                WHERE o.id = p.id AND p.state <> 'cancel'
                  AND (o.state = 'cancel') <> (p.day > %(day)s)""",
            day=day,
        )

    def get_leads_sql(self, day):
        """Leads of later days are not there yet."""
        return SQL(
            """UPDATE crm_lead l SET active = p.day <= %(day)s
                 FROM past_lead p
                WHERE l.id = p.id AND l.active <> (p.day <= %(day)s)""",
            day=day,
        )
