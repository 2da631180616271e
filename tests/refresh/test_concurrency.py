"""Several real database connections at once: workers share the queue, users never wait.

Everything here is committed, so every test takes away what it made. The documents are
quotations: they need no chart of accounts and reach the profile in the same way.
"""

import threading
from contextlib import contextmanager
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, Command, api
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

LOCK_TIMEOUT = "300ms"
CUSTOMERS = 12
MAX_ROUNDS = 200


@tagged("post_install", "-at_install")
class TestConcurrency(TransactionCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self._forget_documents)
        self.partner_ids, self.run_ids, self.worker_errors = [], [], []
        with self._connect() as env:
            self.last_trigger = self._get_last_trigger(env)
            env["customer.refresh.queue"].search([]).unlink()
            self.product_id = (
                env["product.product"].create({"name": "Concurrent desk", "type": "service"}).id
            )
            self.company_id = env.company.id
            for number in range(CUSTOMERS):
                partner = env["res.partner"].create({"name": f"Concurrent customer {number}"})
                self.partner_ids.append(partner.id)
                self._quote(env, partner.id, 100)
            env.cr.commit()

    @contextmanager
    def _connect(self):
        """Environment on a connection of its own; closed, and rolled back, after the block."""
        with self.env.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})
            cr.rollback()

    def _connect_until_the_end(self):
        """Environment on a connection that does not wait for locks, for the whole test."""
        cr = self.env.registry.cursor()
        self.addCleanup(self._disconnect, cr)
        # For the session, not the transaction: the tests commit and go on.
        cr.execute("SELECT set_config('lock_timeout', %s, FALSE)", [LOCK_TIMEOUT])
        cr.commit()
        return api.Environment(cr, SUPERUSER_ID, {})

    @staticmethod
    def _disconnect(cr):
        if not cr.closed:
            cr.rollback()
            cr.execute("RESET lock_timeout")
            cr.commit()
            cr.close()

    @staticmethod
    def _get_last_trigger(env):
        env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM ir_cron_trigger")
        return env.cr.fetchone()[0]

    def _forget_documents(self):
        with self._connect() as env:
            partners = env["res.partner"].browse(self.partner_ids)
            env["sale.order"].search([("partner_id", "in", partners.ids)]).unlink()
            env["customer.refresh.run"].browse(self.run_ids).exists().unlink()
            partners.unlink()
            env["product.product"].browse(self.product_id).exists().unlink()
            env["customer.refresh.queue"].search([]).unlink()
            env.flush_all()
            env.cr.execute("DELETE FROM ir_cron_trigger WHERE id > %s", [self.last_trigger])
            env.cr.commit()

    def _quote(self, env, partner_id, price):
        """Make a quotation, which queues the customer, in the transaction of ``env``."""
        return env["sale.order"].create(
            {
                "partner_id": partner_id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product_id,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )

    def _queue(self, env, partner_id):
        env["customer.refresh.queue"]._enqueue({(partner_id, self.company_id)}, "test")

    def _read(self, sql, *parameters):
        """Return what is committed."""
        with self._connect() as env:
            env.cr.execute(sql, parameters)
            return env.cr.fetchall()

    def _count_queued(self):
        return self._read("SELECT COUNT(*) FROM customer_refresh_queue")[0][0]

    def _read_amounts(self):
        """Return customer -> (quotations, amount) of the committed profiles."""
        rows = self._read(
            """SELECT partner_id, open_quotation_count, open_quotation_amount
                 FROM customer_profile WHERE partner_id = ANY(%s)""",
            self.partner_ids,
        )
        return {partner: (count, float(amount)) for partner, count, amount in rows}

    def _get_amounts(self, changed=None):
        """Return what the profiles should be: one quotation of 100, or what is given."""
        return {**dict.fromkeys(self.partner_ids, (1, 100.0)), **(changed or {})}

    def _drain(self):
        with self._connect() as env:
            env["customer.refresh.queue"]._cron_refresh()
            env.cr.commit()

    # === SEVERAL WORKERS === #

    def _work(self, batch_size, barrier):
        """Be a worker until the queue is empty, as Odoo's cron workers do it."""
        try:
            barrier.wait()
            for _round in range(MAX_ROUNDS):
                with self._connect() as env:
                    queue = env["customer.refresh.queue"]
                    queue._cron_refresh(batch_size)
                    env.cr.commit()
                    if not queue._count_waiting():
                        return
            raise AssertionError("the queue did not become empty")
        except BaseException as error:  # a thread must not die unnoticed
            self.worker_errors.append(error)

    @mute_logger("odoo.sql_db")
    def test_two_workers_drain_one_queue(self):
        """Every customer stands in the queue four times, spread over the workers' batches."""
        for start in (5, 2, 7):
            with self._connect() as env:
                for partner_id in self.partner_ids[start:] + self.partner_ids[:start]:
                    self._queue(env, partner_id)
                env.cr.commit()
        self.assertEqual(self._count_queued(), 4 * CUSTOMERS)
        barrier = threading.Barrier(2)
        threads = [threading.Thread(target=self._work, args=(size, barrier)) for size in (5, 7)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(50)
            self.assertFalse(thread.is_alive(), "a worker hangs")
        self.assertEqual(self.worker_errors, [])
        self.assertEqual(self._count_queued(), 0)
        self.assertEqual(self._read_amounts(), self._get_amounts())

    def test_second_worker_takes_other_rows(self):
        """The oldest rows are taken: the next worker goes on behind them instead of giving up."""
        first, second = self._connect_until_the_end(), self._connect_until_the_end()
        self.assertEqual(first["customer.refresh.queue"]._process_batch(4), 4)
        self.assertEqual(second["customer.refresh.queue"]._process_batch(4), 4)
        first.cr.commit()
        second.cr.commit()
        self.assertEqual(self._count_queued(), CUSTOMERS - 8)
        self.assertEqual(len(self._read_amounts()), 8)

    @mute_logger("odoo.sql_db")
    def test_same_customer_in_two_workers(self):
        """The second worker to write a profile is told so, gives up, and loses nothing."""
        partner_id = self.partner_ids[0]
        with self._connect() as env:
            queue = env["customer.refresh.queue"]
            queue.search([("partner_id", "!=", partner_id)]).unlink()
            env.cr.commit()
        first, second = self._connect_until_the_end(), self._connect_until_the_end()
        first["customer.refresh.queue"]._process_batch(1)
        self._quote(second, partner_id, 50)
        second.cr.commit()
        with self.assertRaises(psycopg2.OperationalError):
            second["customer.refresh.queue"]._process_batch(10)
        second.cr.rollback()
        first.cr.commit()
        self.assertEqual(self._count_queued(), 1)
        second["customer.refresh.queue"]._cron_refresh()
        second.cr.commit()
        self.assertEqual(self._read_amounts(), {partner_id: (2, 150.0)})
        self.assertEqual(self._count_queued(), 0)

    # === USERS AND WORKERS === #

    def test_user_does_not_wait_for_a_worker(self):
        """The worker has read the documents before the new one came: its row must survive."""
        partner_id = self.partner_ids[0]
        worker, user = self._connect_until_the_end(), self._connect_until_the_end()
        self.assertEqual(worker["customer.refresh.queue"]._process_batch(100), CUSTOMERS)
        self._quote(user, partner_id, 50)
        user.cr.commit()
        worker.cr.commit()
        self.assertEqual(self._read_amounts(), self._get_amounts())
        rows = self._read("SELECT partner_id FROM customer_refresh_queue")
        self.assertEqual(rows, [(partner_id,)])
        self._drain()
        self.assertEqual(self._read_amounts(), self._get_amounts({partner_id: (2, 150.0)}))

    def test_worker_does_not_wait_for_a_user(self):
        """A document that is not committed yet is neither seen nor waited for nor forgotten."""
        partner_id = self.partner_ids[0]
        worker, user = self._connect_until_the_end(), self._connect_until_the_end()
        self._quote(user, partner_id, 50)
        user.flush_all()
        self.assertEqual(worker["customer.refresh.queue"]._process_batch(100), CUSTOMERS)
        worker.cr.commit()
        self.assertEqual(self._read_amounts(), self._get_amounts())
        user.cr.commit()
        self.assertEqual(self._count_queued(), 1)
        self._drain()
        self.assertEqual(self._read_amounts(), self._get_amounts({partner_id: (2, 150.0)}))

    def test_users_do_not_wait_for_each_other(self):
        partner_id = self.partner_ids[0]
        users = [self._connect_until_the_end() for _number in range(4)]
        for number, user in enumerate(users, start=1):
            self._quote(user, partner_id, number)
            user.flush_all()
        for user in reversed(users):
            user.cr.commit()
        self._drain()
        self.assertEqual(self._read_amounts(), self._get_amounts({partner_id: (5, 110.0)}))

    def test_user_does_not_wait_for_a_full_refresh(self):
        partner_id = self.partner_ids[0]
        self._open_run()
        worker, user = self._connect_until_the_end(), self._connect_until_the_end()
        self.assertEqual(worker["customer.refresh.run"]._step(), 1)
        self._quote(user, partner_id, 50)
        user.cr.commit()
        worker.cr.commit()
        self._drain()
        self.assertEqual(self._read_amounts()[partner_id], (2, 150.0))

    def test_saving_rules_does_not_wait_for_a_full_refresh(self):
        self._open_run()
        worker, user = self._connect_until_the_end(), self._connect_until_the_end()
        self.assertEqual(worker["customer.refresh.run"]._step(), 1)
        user["res.company"].browse(self.company_id)._request_full_refresh()
        user.cr.commit()
        worker.cr.commit()
        requested = self._read(
            "SELECT id FROM customer_refresh_run WHERE state = 'requested' AND company_id = %s",
            self.company_id,
        )
        self.assertEqual(len(requested), 1)
        self.run_ids += [run for (run,) in requested]

    # === LARGE CHANGES === #

    def _let_everybody_buy(self):
        """Change all profiles as a refresh would that finds a first purchase in each."""
        self._drain()
        with self._connect() as env:
            runs = env["customer.refresh.run"]
            runs.search([("state", "not in", ("done", "failed"))]).unlink()
            border = runs._get_border_run(env.company)
            env.cr.execute(
                "UPDATE customer_profile SET occasion_count = 1, moved_run_id = %s"
                " WHERE partner_id = ANY(%s)",
                [border.id or 0, self.partner_ids],
            )
            env.cr.commit()

    def _read_unfinished(self):
        rows = self._read(
            """SELECT id, state, reason FROM customer_refresh_run
                WHERE company_id = %s AND state IN ('requested', 'facts', 'scores')""",
            self.company_id,
        )
        self.run_ids += [run for run, _state, _reason in rows]
        return [row[1:] for row in rows]

    def test_two_workers_find_a_large_change_and_one_run_is_opened(self):
        """Neither sees the request of the other, and neither waits for it; nor does a user."""
        self._let_everybody_buy()
        workers = [self._connect_until_the_end() for _number in range(2)]
        for worker in workers:
            worker["customer.refresh.run"]._follow_changes(worker.company)
            worker.flush_all()
        user = self._connect_until_the_end()
        self._quote(user, self.partner_ids[0], 50)
        user.cr.commit()
        for worker in workers:
            worker.cr.commit()
        self.assertEqual(self._read_unfinished(), [("requested", "change")] * 2)
        with self._connect() as env:
            env["customer.refresh.run"]._open_due()
            env.cr.commit()
        self.assertEqual(self._read_unfinished(), [("facts", "change")])

    def test_worker_does_not_ask_while_a_run_is_going_on(self):
        self._let_everybody_buy()
        self._open_run()
        with self._connect() as env:
            env["customer.refresh.run"]._follow_changes(env.company)
            env.cr.commit()
        self.assertEqual(self._read_unfinished(), [("facts", "change")])

    # === DEATH OF A WORKER === #

    def _kill(self, env):
        """Cut the connection, as a killed process or a restarted database does."""
        with self._connect() as killer:
            killer.cr.execute("SELECT pg_terminate_backend(%s)", [env.cr._cnx.info.backend_pid])

    @mute_logger("odoo.sql_db")
    def test_worker_killed_before_its_commit(self):
        """All the work is done, nothing is committed: nothing has happened."""
        self._drain()
        with self._connect() as env:
            for partner_id in self.partner_ids:
                self._quote(env, partner_id, 50)
            env.cr.commit()
        worker = self._connect_until_the_end()
        self.assertEqual(worker["customer.refresh.queue"]._process_batch(100), CUSTOMERS)
        self._kill(worker)
        with self.assertRaises(psycopg2.Error):
            worker.cr.commit()
        self.assertEqual(self._count_queued(), CUSTOMERS)
        self.assertEqual(self._read_amounts(), self._get_amounts())
        self._drain()
        self.assertEqual(self._count_queued(), 0)
        self.assertEqual(self._read_amounts(), dict.fromkeys(self.partner_ids, (2, 150.0)))

    @mute_logger("odoo.sql_db", "odoo.addons.customer_value.models.refresh.customer_profile")
    def test_worker_killed_between_writing_and_settling(self):
        """Profiles are upserted, the queue is not settled yet: both or none."""
        worker = self._connect_until_the_end()
        queue = worker.registry["customer.refresh.queue"]
        settle = queue._settle

        def die(*args):
            self._kill(worker)
            return settle(*args)

        with patch.object(queue, "_settle", die), self.assertRaises(psycopg2.Error):
            worker["customer.refresh.queue"]._cron_refresh()
        self.assertEqual(self._count_queued(), CUSTOMERS)
        self.assertEqual(self._read_amounts(), {})
        errors = self._read("SELECT COUNT(*) FROM customer_refresh_queue WHERE error IS NOT NULL")
        self.assertEqual(errors, [(0,)], "a dead connection is no fault of the customers")
        self._drain()
        self.assertEqual(self._read_amounts(), self._get_amounts())

    # === FULL REFRESH === #

    def _open_run(self, size=5):
        """Open a full refresh whose ranges hold a few customers each."""
        with self._connect() as env:
            runs = env["customer.refresh.run"]
            runs._open(env.company)
            run = runs.search([("company_id", "=", env.company.id)], limit=1)
            run.range_ids.unlink()
            env["customer.refresh.range"]._create_for(run, size)
            self.run_ids.append(run.id)
            env.cr.commit()

    @mute_logger("odoo.sql_db")
    def test_workers_share_a_full_refresh_and_one_dies(self):
        """Two take a range each, one dies: its range is done again, and the run is completed."""
        self._open_run()
        first, second = self._connect_until_the_end(), self._connect_until_the_end()
        self.assertEqual(first["customer.refresh.run"]._step(), 1)
        self.assertEqual(second["customer.refresh.run"]._step(), 1, "there is a second range")
        self._kill(first)
        with self.assertRaises(psycopg2.Error):
            first.cr.commit()
        second.cr.commit()
        self.assertLess(len(self._read_amounts()), CUSTOMERS)
        with self._connect() as env:
            env["customer.refresh.run"]._cron_continue()
            env.cr.commit()
        self.assertEqual(self._read_amounts(), self._get_amounts())
        with self._connect() as env:
            run = env["customer.refresh.run"].browse(self.run_ids)
            self.assertEqual((run.state, run.failed_count), ("done", 0))
        self.assertEqual(self._count_queued(), 0, "the full refresh settles the queue")
