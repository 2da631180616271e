from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..base.nullable import NullableFloat
from .customer_interaction import UNREACHED

MATCHED_FIELDS = {
    "partner_id",
    "company_id",
    "date",
    "direction",
    "outcome",
    "res_model",
    "res_id",
    "needs_answer",
}
_AFTER_QUESTION = SQL("a.date >= q.date AND (q.asked_date IS NULL OR a.date > q.asked_date)")
_BEFORE_REPLY = SQL("a.date BETWEEN COALESCE(q.first_asked_date, q.date) AND q.asked_date")


class CustomerInteraction(models.Model):
    """A customer who writes again waits again; how fast the first answer came stays known.

    Which incoming interactions still wait, and how long the answered ones waited.

    The first outgoing interaction to the same customer about the same document (or, like the
    question, about none) is the answer; an attempt that reached nobody is not. Somebody who
    answered elsewhere marks it by hand.
    """

    _inherit = "customer.interaction"

    first_asked_date = fields.Datetime(
        readonly=True,
        copy=False,
        help="When it became a question by a reply; empty when it was one from the beginning.",
    )
    first_answered_date = fields.Datetime(
        readonly=True, copy=False, help="When the first question was answered, if others followed."
    )
    first_answer_id = fields.Many2one(
        comodel_name="customer.interaction",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    asked_date = fields.Datetime(
        string="Asked again on", readonly=True, copy=False, help="The last question by a reply."
    )
    answer_id = fields.Many2one(
        comodel_name="customer.interaction",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The interaction that answered; empty when the answer was marked by hand.",
    )
    answered_user_id = fields.Many2one(
        string="Answered by",
        comodel_name="res.users",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    response_hours = NullableFloat(
        string="Response time (hours)",
        readonly=True,
        copy=False,
        aggregator="avg",
        digits=(16, 2),
        help="Working hours of the company between the question and the answer.",
    )
    waiting_hours = NullableFloat(
        string="Waiting for (working hours)",
        compute="_compute_waiting_hours",
        digits=(16, 1),
        help="Working hours of the company since the customer asked; empty once answered.",
    )

    # Finds the questions of a customer without a walk through all the customer's history.
    _waiting_customer_idx = models.Index(
        "(customer_id) WHERE needs_answer AND answered_date IS NULL"
    )

    def _ask_again(self, date):
        """Note that the customer asks by a reply; who waits already goes on waiting.

        :param datetime date: when the reply was sent
        """
        for interaction in self:
            if interaction.needs_answer and not interaction.answered_date:
                continue
            values = {"asked_date": max(date, interaction.answered_date or date)}
            if interaction.needs_answer and not interaction.first_answered_date:
                values["first_answered_date"] = interaction.answered_date
                values["first_answer_id"] = interaction.answer_id.id
            elif not interaction.first_answered_date:
                values["first_asked_date"] = date
            interaction.write(
                {
                    **values,
                    "needs_answer": True,
                    "answered_date": False,
                    "answer_id": False,
                    "answered_user_id": False,
                }
            )

    @api.model
    def _match_first_answers(self, questions):
        """Find the first answers anew, after those known have changed or gone.

        Without any, the customer has waited since the first question.
        """
        found = self._find_answers(questions.customer_id, questions, is_first=True)
        for question in questions:
            answer = found.get(question.id)
            if answer:
                question.write(
                    {
                        "first_answer_id": answer["answer_id"],
                        "first_answered_date": answer["answered_date"],
                    }
                )
                continue
            question.write(
                {"first_answer_id": False, "first_answered_date": False, "asked_date": False}
            )
            question._reset_answers()
            if not question.answered_date:
                question.response_hours = None

    def _get_questions_first_answered(self):
        """Return the interactions to which these gave the first answer, asked again since."""
        return self.sudo().search([("first_answer_id", "in", self.ids)])

    @api.depends("date", "asked_date", "needs_answer", "answered_date", "company_id")
    def _compute_waiting_hours(self):
        waiting = self.filtered(lambda i: i.needs_answer and not i.answered_date and i.date)
        (self - waiting).waiting_hours = None
        now = fields.Datetime.now()
        for company, interactions in waiting.grouped("company_id").items():
            spans = [
                (interaction.asked_date or interaction.date, now) for interaction in interactions
            ]
            hours = company._get_customer_working_hours(spans)
            for interaction, waited in zip(interactions, hours, strict=True):
                interaction.waiting_hours = waited

    def _after_create(self):
        """Match new interactions with what they answer, or with what has answered them.

        Also called for those other programs log, which ``customer.api`` inserts by itself.
        """
        answers = self.filtered(lambda i: i.direction != "in")
        self._match_answers(answers.customer_id)
        # Without a new answer the older questions need no look: there may be many.
        questions = self.filtered(
            lambda i: i.needs_answer and i.customer_id not in answers.customer_id
        )
        self._match_answers(questions.customer_id, questions)
        self._note_on_leads()

    def write(self, vals):
        if MATCHED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        customers = self.sudo().customer_id
        asked_again = self._get_questions_first_answered()
        result = super().write(vals)
        self._match_first_answers(asked_again)
        self._reset_answers()
        self._match_answers(customers | self.sudo().customer_id)
        (self | asked_again)._update_marked_answers()
        return result

    def unlink(self):
        """Questions that the deleted interactions had answered wait again."""
        asked_again = self._get_questions_first_answered() - self
        waiting = self._reset_answers() - self
        customers = (waiting | asked_again).customer_id
        result = super().unlink()
        self._match_first_answers(asked_again)
        self._match_answers(customers)
        (waiting | asked_again)._update_marked_answers()
        return result

    def _reset_answers(self):
        """Take back the answers that these interactions gave or got, but none marked by hand.

        :return: the interactions that wait again
        """
        waiting = self.sudo().search([("answer_id", "in", self.ids)])
        waiting |= self.sudo().filtered("answer_id")
        if waiting:
            waiting.write(
                {
                    "answered_date": False,
                    "answer_id": False,
                    "answered_user_id": False,
                    "response_hours": None,
                }
            )
        return waiting

    def _update_marked_answers(self):
        """Measure again the response time that no new answer measures, after a change."""
        marked = self.sudo().filtered(
            lambda i: i.first_answered_date or (i.answered_date and not i.answer_id)
        )
        marked._store_answers({interaction: {} for interaction in marked})

    @api.model
    def _match_answers(self, customers, questions=None):
        """Find the answers to what customers still wait for, and store them.

        :param questions: look at these interactions only, default all of the customers
        """
        found = self._find_answers(customers, questions)
        self.sudo()._store_answers(
            {self.sudo().browse(question): answer for question, answer in found.items()}
        )

    @api.model
    def _find_answers(self, customers, questions=None, is_first=False):
        """Return question id -> values of its answer, of those that have one.

        :param is_first: look for the answers before the customers asked again, instead of for
            those to what they wait for
        """
        if not customers:
            return {}
        self.flush_model()
        chosen = SQL("TRUE") if questions is None else SQL("q.id = ANY(%s)", questions.ids)
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT DISTINCT ON (q.id) q.id AS question_id, a.id AS answer_id,
                          a.date AS answered_date, a.user_id AS answered_user_id
                     FROM customer_interaction q
                     JOIN customer_interaction a
                       ON a.customer_id = q.customer_id AND a.company_id = q.company_id
                      AND %s AND a.id <> q.id
                      AND a.direction IN ('out', 'both')
                      AND a.outcome IS DISTINCT FROM %s
                      AND COALESCE(a.res_model, '') = COALESCE(q.res_model, '')
                      AND COALESCE(a.res_id, 0) = COALESCE(q.res_id, 0)
                    WHERE q.customer_id = ANY(%s) AND %s AND q.needs_answer AND %s
                 ORDER BY q.id, a.date, a.id""",
                _BEFORE_REPLY if is_first else _AFTER_QUESTION,
                UNREACHED,
                customers.ids,
                chosen,
                SQL("q.asked_date IS NOT NULL" if is_first else "q.answered_date IS NULL"),
            )
        )
        return {row.pop("question_id"): row for row in rows}

    @api.model
    def _store_answers(self, answers):
        """Store answers with their response time.

        :param answers: interaction -> values of the answer; without them it was answered
            already and only the response time is measured
        """
        questions = self.browse([question.id for question in answers])
        for company, interactions in questions.grouped("company_id").items():
            # The first response counts, however often the customer asked again.
            spans = [
                (
                    i.first_asked_date or i.date,
                    i.first_answered_date or answers[i].get("answered_date") or i.answered_date,
                )
                for i in interactions
            ]
            hours = company._get_customer_working_hours(spans)
            for interaction, waited in zip(interactions, hours, strict=True):
                interaction.write({**answers[interaction], "response_hours": waited})

    def action_mark_answered(self):
        """Note that waiting interactions were answered just now, elsewhere. Public: button.

        Whoever may log interactions may do so for every interaction they can read, also of
        colleagues: what counts is that the customer got an answer.

        :return: True
        :raise UserError: when none of them waits for an answer
        :raise AccessError: when the user may not read or log interactions
        """
        self.check_access("read")
        self.browse().check_access("write")
        waiting = self.sudo().filtered(lambda i: i.needs_answer and not i.answered_date)
        if not waiting:
            raise UserError(
                self.env._("None of these interactions waits for an answer: nothing to mark.")
            )
        answer = {"answered_date": fields.Datetime.now(), "answered_user_id": self.env.uid}
        waiting._store_answers(dict.fromkeys(waiting, answer))
        return True
