from odoo import api, fields, models


class CustomerInteraction(models.Model):
    """A customer who writes again waits again; how fast the first answer came stays known."""

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
