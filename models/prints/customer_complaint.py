from odoo import models

from . import reader_text as reader

# What was given for a complaint, and the state from which on the customer has it.
RESULT_STATES = {"credit_note_ids": "posted", "return_ids": "done", "replacement_ids": "sale"}


class CustomerComplaint(models.Model):
    """The answer to a complaint, as a letter to the customer."""

    _inherit = "customer.complaint"

    def _get_answer_letter(self):
        """Return what the letter says, in the customer's language; nothing colleagues wrote for
        themselves.

        :raise AccessError: for users who may not read the complaint
        """
        self.ensure_one()
        self.check_access("read")
        timezone = self.env["customer.profile"]._get_timezone(self.company_id)
        return {
            "number": self.name,
            "subject": self.subject,
            "company": self.company_id.name,
            "solved": bool(self.close_date),
            "sentences": self._get_letter_sentences(timezone),
            "found": self.finding or "",
            "resolution": self.resolution if self.close_date else "",
            "given": self._get_told_results() if self.close_date else [],
            "promises": self._get_told_promises(timezone),
            "responsible": self.user_id.name or self.env.user.name,
        }

    def _get_letter_sentences(self, timezone):
        """Return the sentences of the letter that name a number, a name or a moment."""

        def write(moment):
            return reader.write_moment(self.env, moment, timezone)

        answer_by = write(not self.close_date and self._get_answer_date())
        return {
            "title": self.env._("Your complaint %(number)s", number=self.name),
            "dear": self.env._(
                "Dear %(name)s,", name=self.partner_id.name or self.email_from or ""
            ),
            "received": self.env._(
                "Thank you for telling us. We received your complaint on %(moment)s.",
                moment=write(self.open_date),
            ),
            "solved": self.env._("Solved on %(moment)s.", moment=write(self.close_date)),
            "answer_by": answer_by
            and self.env._("You hear from us by %(moment)s.", moment=answer_by),
            "again": self.env._(
                "If something is still not right, please write to us and name the number "
                "%(number)s.",
                number=self.name,
            ),
        }

    def _get_told_results(self):
        """Return (what was given, its documents) for the complaint, what is done only."""
        rows = []
        complaint = self.sudo()  # the customer gets these documents, whoever prints the letter
        for name, state in RESULT_STATES.items():
            if documents := complaint[name].filtered(lambda one, state=state: one.state == state):
                label = self._fields[name]._description_string(self.env)
                rows.append((label, ", ".join(documents.mapped("name"))))
        return rows

    def _get_told_promises(self, timezone):
        """Return a sentence per promised time that is over: kept, or missed and by when."""
        sentences = []
        for deadline in self.deadline_ids.sorted("id"):
            if not (deadline.deadline_date and deadline.reached_date):
                continue
            dates = {
                "promised": reader.write_moment(self.env, deadline.deadline_date, timezone),
                "reached": reader.write_moment(self.env, deadline.reached_date, timezone),
            }
            is_kept = deadline.state == "kept"
            sentences.append(self._get_promise_sentence(deadline.kind, is_kept, dates))
        return sentences

    def _get_promise_sentence(self, kind, is_kept, dates):
        if kind == "first_response" and is_kept:
            return self.env._(
                "We promised a first answer by %(promised)s and gave it on %(reached)s.", **dates
            )
        if kind == "first_response":
            return self.env._(
                "We promised a first answer by %(promised)s and gave it only on %(reached)s. "
                "We are sorry for that.",
                **dates,
            )
        if is_kept:
            return self.env._(
                "We promised a solution by %(promised)s and found it on %(reached)s.", **dates
            )
        return self.env._(
            "We promised a solution by %(promised)s and found it only on %(reached)s. We are "
            "sorry for that.",
            **dates,
        )
