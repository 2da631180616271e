import logging
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

MAX_COMMENT_LENGTH = 4000
LEVELS = range(1, 6)
SCORES = range(11)
# What PostgreSQL, XML or a screen cannot take.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_logger = logging.getLogger(__name__)
BATCH_SIZE = 200
CRON = "customer_value.ir_cron_customer_feedback_rating"
# Comments of a shop's website come without stars.
MIN_RATING = 1
# Trimmed alike in SQL and here: else a comment would differ for ever.
BLANKS = " \t\r\n\f\v"


class CustomerFeedback(models.Model):
    """How an answer comes in: by link, from an agent, from Odoo's ratings or another program.

    Ratings customers gave in other apps of Odoo (tasks, chats, …), each as one answer.

    The cron brings answers in line with the ratings: what is new is added, what the customer
    rated again is changed, what the system has reset does not count. A rating is never there
    twice. What one of us writes changes no answer of a customer, and counts for none: it is there
    as void, and says who recorded it.
    """

    _inherit = "customer.feedback"

    rating_id = fields.Many2one(
        string="Rating in Odoo",
        comodel_name="rating.rating",
        ondelete="set null",
        readonly=True,
        copy=False,
    )

    _rating_uniq = models.Constraint("UNIQUE(rating_id)", "A rating in Odoo is one answer.")

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
        if len(comment) > MAX_COMMENT_LENGTH:
            raise UserError(
                self.env._(
                    "The comment is too long: please shorten it to %(count)s characters.",
                    count=MAX_COMMENT_LENGTH,
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
            for name, value in self._get_document_facts(vals).items():
                vals.setdefault(name, value)
        feedback = super().create(vals_list)
        feedback._open_loops()
        return feedback

    @api.model
    def _cron_read_ratings(self, limit=BATCH_SIZE):
        """Read the ratings that differ from the answers they stand for."""
        last_id = 0
        while True:
            ids = self._read_ratings(limit, last_id)
            time_left = self.env["ir.cron"]._commit_progress(len(ids), remaining=0)
            if len(ids) < limit:
                break
            last_id = ids[-1]
            if not time_left:
                self.env.ref(CRON)._trigger()
                break

    @api.model
    def _read_ratings(self, limit=BATCH_SIZE, last_id=0):
        """Bring some answers in line with their ratings.

        :param last_id: only ratings with higher ids are read, so that none is in others' way
        :return: ids of the ratings dealt with, in order
        """
        ratings = self.env["rating.rating"].sudo()
        ratings.flush_model()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT r.id, f.id
                     FROM rating_rating r
                     JOIN res_partner p ON p.id = r.partner_id
                LEFT JOIN customer_feedback f ON f.rating_id = r.id
                    WHERE r.id > %(last_id)s
                      AND ((f.id IS NULL AND r.consumed AND r.rating >= %(least)s
                           AND p.partner_share IS TRUE AND p.id <> ALL(%(nobody)s))
                       OR (f.id IS NOT NULL AND f.voided_by_id IS NULL
                       AND r.customer_recorded IS NULL AND (
                           f.is_void IS NOT TRUE
                           AND (r.consumed IS NOT TRUE OR r.rating < %(least)s)
                        OR r.consumed AND r.rating >= %(least)s AND (
                           f.is_void OR f.rating <> %(level)s
                        OR COALESCE(f.comment, '')
                           <> BTRIM(COALESCE(r.feedback, ''), %(blanks)s)))))
                 ORDER BY r.id
                    LIMIT %(limit)s
               FOR UPDATE OF r SKIP LOCKED""",
                last_id=last_id,
                nobody=self._get_nobody_ids(),
                least=MIN_RATING,
                blanks=BLANKS,
                level=SQL("LEAST(5, GREATEST(1, FLOOR(r.rating + 0.5)))"),
                limit=limit,
            )
        )
        for rating_id, feedback_id in rows:
            self._read_rating(ratings.browse(rating_id), self.sudo().browse(feedback_id or ()))
        self.flush_model()
        return [rating_id for rating_id, _feedback_id in rows]

    @api.model
    def _get_nobody_ids(self):
        """Return the contacts of the users whoever does not log in is: no customers."""
        users = self.env.ref("base.group_public").sudo().with_context(active_test=False)
        return users.all_user_ids.partner_id.ids

    @api.model
    def _read_rating(self, rating, feedback):
        if not rating.consumed or rating.rating < MIN_RATING:
            feedback.write({"is_void": True, "void_reason": self.env._("Reset in Odoo")})
            feedback._drop_loop()
            return
        values = {
            "rating": self._get_rating_level(rating.rating),
            "comment": (rating.feedback or "").strip(BLANKS) or False,
        }
        if feedback:
            # One of us may have answered before the customer did.
            counting = {"is_void": False, "void_reason": False, "recorded_by_id": False}
            feedback.write({**values, **counting})
            feedback._open_loops()
        else:
            self._add_rating(rating, values)

    @api.model
    def _add_rating(self, rating, values):
        company = self._get_rating_company(rating)
        self.sudo().with_company(company).create(
            {
                **values,
                **self._prepare_recorder(rating),
                "kind": "rating",
                "source": "rating",
                "rating_id": rating.id,
                "date": rating.rated_on or rating.write_date,
                "partner_id": rating.partner_id.id,
                "company_id": company.id,
                "res_model": rating.res_model,
                "res_id": rating.res_id,
                "user_id": rating.rated_partner_id.user_ids[:1].id,
            }
        )

    @api.model
    def _prepare_recorder(self, rating):
        """Return that, and why, a rating does not count which no customer gave."""
        if not rating.customer_recorded:
            return {}
        user = rating.customer_recorded_by_id
        reason = self.env._("Recorded by %(user)s in Odoo, not by the customer", user=user.name)
        return {"is_void": True, "void_reason": reason, "recorded_by_id": user.id}

    @api.model
    def _take_in_ratings(self, ratings):
        """Read what customers have answered before one of us changes it in Odoo."""
        for rating in ratings.sudo():
            is_customers = rating.partner_id.partner_share and not rating.customer_recorded
            if is_customers and rating.consumed and rating.rating >= MIN_RATING:
                feedback = self.sudo().search([("rating_id", "=", rating.id)])
                if not feedback.voided_by_id:
                    self._read_rating(rating, feedback)

    @api.model
    def _get_rating_level(self, value):
        """Return a rating of Odoo as 1 to 5, halves rounded up."""
        return min(5, max(1, int(value + 0.5)))

    @api.model
    def _get_rating_company(self, rating):
        """Return the company of what was rated, else of the person, the contact, else the first."""
        document = rating.env.get(rating.res_model)
        if document is not None and "company_id" in document._fields:
            record = document.sudo().browse(rating.res_id).exists()
            if record.company_id:
                return record.company_id
        user = rating.rated_partner_id.user_ids[:1]
        first = self.env["res.company"].sudo().search([], order="id", limit=1)
        return user.company_id or rating.partner_id.company_id or first
