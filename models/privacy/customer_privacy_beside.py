from odoo import api, models
from odoo.tools import SQL, html2plaintext

from .personal_text import get_pattern, mask

# What stands beside a record of ours in tables of Odoo's: table -> its text columns.
BESIDE = {
    "mail_message": (
        *("subject", "body", "email_from", "reply_to"),
        *("incoming_email_to", "incoming_email_cc", "outgoing_email_to"),
    ),
    "mail_tracking_value": ("old_value_char", "new_value_char", "old_value_text", "new_value_text"),
    "mail_activity": ("summary", "note"),
    "ir_attachment": ("name",),
}


class CustomerPrivacy(models.AbstractModel):
    """Messages, what they tell of changes, activities and files beside our records.

    They may be the only place where a record names somebody.
    """

    _inherit = "customer.privacy"

    @api.model
    def _find_beside(self, model, persons, words):
        """Return the ids of the records of a model beside which a person wrote, or is named."""
        if "message_ids" not in model._fields:
            return set()
        found = set()
        pattern = get_pattern(words)
        for table, names in BESIDE.items():
            columns = [SQL("t.%s", SQL.identifier(name)) for name in names]
            condition = self._get_mention_sql(columns, words) if words else SQL("FALSE")
            is_theirs = SQL("FALSE")
            if table == "mail_message" and persons:
                is_theirs = SQL("t.author_id = ANY(%s)", persons.ids)
            rows = self.env.execute_query(
                SQL(
                    "SELECT r.id, %s, %s FROM %s r JOIN %s t ON %s WHERE %s OR %s",
                    is_theirs,
                    SQL(", ").join(columns),
                    SQL.identifier(model._table),
                    SQL.identifier(table),
                    self._get_beside_sql(table, model._name),
                    is_theirs,
                    condition,
                )
            )
            found |= {
                record_id
                for record_id, is_own, *texts in rows
                if is_own or any(mask(text, pattern) != text for text in texts)
            }
        return found

    @api.model
    def _get_beside_sql(self, table, model_name):
        """Return the condition that a row ``t`` of a table stands beside the record ``r``."""
        if table == "mail_tracking_value":
            return SQL(
                """EXISTS (SELECT 1 FROM mail_message m
                            WHERE m.id = t.mail_message_id AND m.model = %s AND m.res_id = r.id)""",
                model_name,
            )
        column = SQL.identifier("t", "model" if table == "mail_message" else "res_model")
        return SQL("%s = %s AND t.res_id = r.id", column, model_name)

    @api.model
    def _export_beside(self, record, name, email):
        """Return what a person has written beside a record, and what there names the person."""
        if "message_ids" not in record._fields:
            return {}
        persons = self._get_persons(name, email)
        pattern = get_pattern(self._get_person_words(name, email))
        messages = record.message_ids.filtered(
            lambda message: message.author_id in persons or self._is_named(message, pattern)
        )
        return {
            "messages": [
                {
                    "date": message.date,
                    "from": message.email_from,
                    "subject": message.subject,
                    "text": html2plaintext(message.body or ""),
                }
                for message in messages
            ]
        }

    @api.model
    def _is_named(self, message, pattern):
        """Whether a message, or a change it tells of, names somebody."""
        columns = BESIDE["mail_message"]
        texts = [message[name] for name in (*columns, "record_name", "preview")]
        for tracked in message.sudo().tracking_value_ids:
            texts += [tracked[name] for name in BESIDE["mail_tracking_value"]]
        return any(pattern.search(str(text or "")) for text in texts)

    @api.model
    def _erase_messages(self, records, about, persons, pattern):
        """Delete what was said with the person, and what names the person, beside records."""
        messages = self.env["mail.message"].sudo()
        messages = messages.search([("model", "=", records._name), ("res_id", "in", records.ids)])
        talked = messages.filtered(
            lambda message: (
                message.res_id in about._ids
                and (message.message_type in ("email", "comment") or message.tracking_value_ids)
            )
            or message.author_id in persons
            or self._is_named(message, pattern)
        )
        files = self.env["ir.attachment"].sudo()
        files = files.search([("res_model", "=", records._name), ("res_id", "in", records.ids)])
        gone = files.filtered(lambda file: file.res_id in about._ids) | talked.attachment_ids
        for file in files - gone:
            if (name := mask(file.name, pattern)) != file.name:
                file.name = name
        gone.unlink()
        self.env["mail.mail"].sudo().search([("mail_message_id", "in", talked.ids)]).unlink()
        talked.unlink()
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        activities = activities.search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        )
        activities.filtered(
            lambda activity: activity.res_id in about._ids
            or pattern.search(f"{activity.summary or ''} {activity.note or ''}")
        ).unlink()
