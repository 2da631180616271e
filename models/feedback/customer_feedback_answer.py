import re

from odoo import api, models
from odoo.exceptions import UserError

LONGEST_COMMENT = 4000
LEVELS = range(1, 6)
SCORES = range(11)
# What PostgreSQL, XML or a screen cannot take.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class CustomerFeedback(models.Model):
    """How an answer comes in: by link, from an agent, from Odoo's ratings or another program."""

    _inherit = "customer.feedback"

    @api.model
    def _register_answer(self, company, partner, kind, answer, **values):
        """Record an answer; everything that follows from it happens here.

        :param dict answer: ``rating`` (1–5), ``nps`` (0–10), ``levels`` (factor id ->
            (expectation, perception), 1–5 each) and ``comment``; those of other kinds are ignored
        :param values: further fields, such as ``source``, ``date``, ``res_model`` and ``res_id``
        :raise UserError: when the answer is none, with a sentence for whoever gave it
        """
        checked = self._check_answer(company, kind, answer)
        return (
            self.sudo()
            .with_company(company)
            .create(
                {
                    "kind": kind,
                    "company_id": company.id,
                    "partner_id": partner.id,
                    **checked,
                    **values,
                }
            )
        )

    @api.model
    def _check_answer(self, company, kind, answer):
        """Return the fields an answer makes; one place for every way it can come in."""
        values = {"comment": self._clean_comment(answer.get("comment"))}
        if kind == "rating":
            if answer.get("rating") not in LEVELS:
                raise UserError(self.env._("Please choose a level from 1 to 5."))
            values["rating"] = answer["rating"]
        elif kind == "nps":
            if answer.get("nps") not in SCORES:
                raise UserError(self.env._("Please choose a number from 0 to 10."))
            values["nps"] = answer["nps"]
        else:
            values["line_ids"] = self._check_levels(company, answer.get("levels") or {})
        return values

    @api.model
    def _clean_comment(self, comment):
        comment = CONTROL.sub("", (comment or "").replace("\r\n", "\n")).strip()
        if len(comment) > LONGEST_COMMENT:
            raise UserError(
                self.env._(
                    "The comment is too long: please shorten it to %(count)s characters.",
                    count=LONGEST_COMMENT,
                )
            )
        return comment or False

    @api.model
    def _check_levels(self, company, levels):
        factors = self.env["customer.feedback.factor"].sudo()._get_factors(company)
        lines = []
        for factor in factors.filtered(lambda factor: factor.id in levels):
            expectation, perception = levels[factor.id]
            if expectation not in LEVELS or perception not in LEVELS:
                raise UserError(
                    self.env._(
                        "Please choose both levels, expected and perceived, of “%(factor)s”.",
                        factor=factor.name,
                    )
                )
            lines.append((factor.id, expectation, perception))
        if not lines or len(lines) < len(levels):
            raise UserError(
                self.env._("Please choose the expected and the perceived level of one topic.")
            )
        return [
            (0, 0, {"factor_id": factor, "expectation": expectation, "perception": perception})
            for factor, expectation, perception in lines
        ]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("res_model") and vals.get("res_id"):
                facts = self._get_document_facts(vals["res_model"], vals["res_id"])
                for name, value in facts.items():
                    vals.setdefault(name, value)
        feedback = super().create(vals_list)
        feedback._enqueue_customers()
        feedback._open_loops()
        return feedback

    def unlink(self):
        self._enqueue_customers()
        return super().unlink()

    def write(self, vals):
        if not {"is_void", "rating", "nps", "date", "partner_id", "company_id"} & vals.keys():
            return super().write(vals)
        self._enqueue_customers()
        result = super().write(vals)
        self._enqueue_customers()
        return result

    def _enqueue_customers(self):
        """Have the customers refreshed."""
        pairs = {
            (feedback.customer_id.id, feedback.company_id.id)
            for feedback in self.sudo()
            if feedback.customer_id
        }
        self.env["customer.refresh.queue"].sudo()._enqueue(pairs, "feedback")
