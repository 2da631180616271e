import logging
import time
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import psycopg2

from odoo import Command, api, fields, models
from odoo.fields import Domain

from ...engine import backtest, prediction

_logger = logging.getLogger(__name__)

# A company that has little to learn from learns soon.
SHORT_LEVELS = ("short_history", "no_data")
SHORT_INTERVAL_DAYS = 7
KEPT_DAYS = 730
KEPT_DAYS_AFTER_CHANGE = 30
FORECAST_CRON = "customer_value.ir_cron_customer_value_forecast"
ACTIVITY = "mail.mail_activity_data_warning"


class CustomerPredictionModel(models.Model):
    """Fitting: monthly or on demand, by a cron of its own, one company after the other."""

    _inherit = "customer.prediction.model"

    @api.model
    def _cron_fit(self):
        """Fit the companies that are due or asked for it, until the time of this slice is over."""
        due = self._get_due_companies()
        if due:
            self._request(due)
        while True:
            waiting = self.sudo().search([("state", "=", "requested")], order="id")
            remaining = len(waiting)
            if not remaining:
                self.env["ir.cron"]._commit_progress(remaining=0)
                return
            try:
                request = waiting.try_lock_for_update(limit=1, allow_referencing=True)
                if request:
                    request._fit()
            except psycopg2.OperationalError as error:
                _logger.info("Prediction postponed: %s", error)
                self.env.cr.rollback()
                request = self.browse()
            done = len(request)
            if not self.env["ir.cron"]._commit_progress(done, remaining=remaining - done):
                return
            if not done:
                return

    @api.model
    def _get_due_companies(self):
        """Return companies with sales whose prediction is to be made anew today."""
        companies = self.env["res.company"].sudo().search([])
        profiles = self.env["customer.profile"].sudo()
        selling = dict(
            profiles._read_group(
                [("occasion_count", ">", 0)], groupby=["company_id"], aggregates=["__count"]
            )
        )
        tried = self.sudo().search([("state", "in", ("active", "superseded", "failed"))])
        last = {company: fits[:1] for company, fits in tried.grouped("company_id").items()}
        return companies.filtered(
            lambda company: (
                selling.get(company)
                and self._is_due(last.get(company), profiles._get_today(company))
            )
        )

    @api.model
    def _is_due(self, last, today):
        """Tell whether a company whose last fit (if any) is ``last`` is to be fitted today."""
        if not last:
            return True
        if last.state == "failed" or last.unknown_cost_count:
            return last.date < today
        if last.level in SHORT_LEVELS:
            return (today - last.date).days >= SHORT_INTERVAL_DAYS
        return last.date < today.replace(day=1)

    def _fit(self):
        """Do a requested fit: the model comes into use, or the last good one stays.

        :raise psycopg2.OperationalError: on a conflict with another transaction; retry later
        """
        self.ensure_one()
        started = time.monotonic()
        today = self.env["customer.profile"]._get_today(self.company_id)
        try:
            with self.env.cr.savepoint():
                vals = self._prepare_fit_vals(today)
                if vals["fit_reason"] == "not_converged":
                    message = "The parameters did not settle after %s steps."
                    raise ArithmeticError(message % vals["iteration_count"])
                vals |= {"date": today, "duration_seconds": time.monotonic() - started}
                self._activate(vals)
        except psycopg2.errors.QueryCanceled as error:
            self._fail(error, today)
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            self._fail(error, today)

    def _activate(self, vals):
        """Let this model take over, and have all customers scored with it."""
        previous = self._get_active(self.company_id)
        previous.write({"state": "superseded"})
        previous.flush_recordset()
        self.write(vals | {"state": "active", "error": False})
        self.flush_recordset()
        self.env["customer.refresh.run"]._request(self.company_id, "prediction")
        self.env.ref(FORECAST_CRON)._trigger()
        _logger.info(
            "Customer Value: prediction of %s fitted on %s customers, grade %s",
            self.company_id.name,
            self.customer_count,
            self.grade or "none",
        )

    def _fail(self, error, today):
        """Keep the model in use, note why, and tell the managers once."""
        _logger.error(
            "Customer Value: the prediction of %s failed", self.company_id.name, exc_info=error
        )
        self.env.invalidate_all()
        previous = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "!=", "requested"),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        self.write({"state": "failed", "date": today, "error": f"{type(error).__name__}: {error}"})
        if previous.state != "failed":
            self._notify_managers()

    def _notify_managers(self):
        """Give each manager of the company something to look into."""
        group = self.env.ref("customer_value.customer_value_group_manager")
        managers = group.all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids and not user.share
        )
        in_use = self._get_active(self.company_id)
        for manager in managers:
            reader = self.with_context(lang=manager.lang)
            note = reader.env._(
                "No customer is scored until a later attempt succeeds: it is made anew every day."
            )
            if in_use:
                note = reader.env._(
                    "The one of %(day)s stays in use; a new attempt is made every day.",
                    day=fields.Date.to_string(in_use.date),
                )
            reader.activity_schedule(
                ACTIVITY,
                summary=reader.env._("The customer prediction could not be made anew"),
                note=note,
                user_id=manager.id,
            )

    def _prepare_fit_vals(self, today):
        """Return the values of this model, fitted and graded on all sales up to a day."""
        log = self._get_log(today)
        horizon = self._get_fit_horizon(log)
        model = prediction.fit_prediction(log, today.toordinal(), horizon)
        # Where a cost is still to be filled in, revenue tells who brings the money.
        unknown = np.isnan(log.profits)
        known = replace(log, profits=log.revenues) if unknown.any() else log
        card = backtest.grade_prediction(known, today.toordinal(), horizon)
        return {
            **self._prepare_process_vals(model),
            **self._prepare_grade_vals(card),
            "unknown_cost_count": int(unknown.sum()),
            "cost_per_occasion": self._get_cost_per_occasion(),
            "profit_per_occasion": model.value.mean,
            "learned": self._get_learned(model.adjustment),
            "tag_state": {"tags": self._read_tag_state()},  # an empty one is stored as nothing
            "is_season_known": model.season.season_known,
            "season_source": model.season.source,
            "season_factor": model.season.horizon,
            "parameters": model.to_json(),
        }

    def _get_fit_horizon(self, log):
        """Return the days ahead that are asked for: the company's own, else learned."""
        own = self.company_id._get_leaving_window()
        return own or prediction.get_default_horizon(self._get_median_gap(log))

    def _get_learned(self, adjustment):
        """Return codes of what is used beside the process, as in docs/prediction.md."""
        codes = [f"cycle {adjustment.cycle.shape}"] if adjustment.cycle else []
        codes += adjustment.members
        if any(adjustment.count_weights):
            codes.append("counts")
        if adjustment.traits:
            codes += adjustment.traits.names
        return ", ".join(codes)

    def _prepare_process_vals(self, model):
        process = model.process
        return {
            "level": model.level,
            "family": f"{process.family.upper()}/NBD",
            "horizon_days": model.horizon,
            "history_days": model.history_days,
            "customer_count": process.customers,
            "repeater_count": process.repeaters,
            "process_r": process.r,
            "process_alpha": process.alpha,
            "process_a": process.a,
            "process_b": process.b,
            "log_likelihood": process.log_likelihood,
            "is_converged": process.converged,
            "iteration_count": process.iterations,
            "fit_reason": process.reason,
        }

    def _prepare_grade_vals(self, card):
        newest = card.cuts[0] if card.cuts else None
        deciles = [
            Command.create(
                {
                    "date": date.fromordinal(cut.day),
                    "horizon_days": cut.horizon,
                    "decile": number,
                    "customer_count": part["customers"],
                    "lowest_probability": part["low"],
                    "highest_probability": part["high"],
                    "predicted_ratio": part["predicted"],
                    "actual_ratio": part["actual"],
                }
            )
            for cut in card.cuts
            for number, part in enumerate(cut.deciles, 1)
        ]
        return {
            "grade": card.grade,
            "grade_reason": card.reason,
            "is_seasonal": card.seasonal,
            "auc": newest and newest.auc["model"],
            "rule_auc": newest and newest.best_rule_auc,
            "best_rule": newest and newest.best_rule,
            "tried_from": newest and date.fromordinal(newest.day + 1),
            "tried_until": newest and date.fromordinal(newest.until),
            "left_of_ten": newest and newest.left_of_ten,
            "brier": newest and newest.brier,
            "total_ratio": newest and newest.total_ratio,
            "mean_absolute_error": newest and newest.mean_absolute_error,
            "capture_ratio": newest and newest.capture["model"],
            "date_error_days": newest and newest.median_date_error,
            "card": card.to_json(),
            "decile_ids": [Command.clear(), *deciles],
        }

    @api.autovacuum
    def _gc_models(self):
        """Delete replaced and failed fits older than :data:`KEPT_DAYS`.

        Those large changes asked for, which may be several a day, go earlier.
        """
        old = Domain("date", "<", fields.Date.today() - timedelta(days=KEPT_DAYS))
        many = Domain("date", "<", fields.Date.today() - timedelta(days=KEPT_DAYS_AFTER_CHANGE))
        done = Domain("state", "in", ("superseded", "failed"))
        self.search(done & (old | many & Domain("is_after_change", "=", True))).unlink()
