from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from .low_common import LowCommon

VALUES = {
    **dict.fromkeys(("char", "text", "html"), "forged"),
    **dict.fromkeys(("integer", "float", "monetary", "many2one_reference"), 7),
    **{"date": "2001-01-01", "datetime": "2001-01-01 00:00:00", "boolean": True, "json": {"a": 1}},
    **{"many2one": 1, "one2many": [[0, 0, {}]], "many2many": [[4, 1, 0]]},
}
# Another company's own column: written by whoever may change companies, and by nobody else.
BY_ADMINISTRATORS = {"res.company"}


@tagged("post_install", "-at_install")
class TestWrittenByUs(LowCommon):
    """What only our own code decides is written by nobody else, on any model, over RPC either."""

    def _get_written(self):
        """Return (model, access, field) of our read-only stored fields where people write."""
        rights = {}
        for right in self.env["ir.model.access"].search([]):
            for access in ("write", "create"):
                if right[f"perm_{access}"]:
                    rights.setdefault(right.model_id.model, set()).add(access)
        for name, model in self.env.items():
            if model._abstract or model._transient or name in BY_ADMINISTRATORS:
                continue
            for field in model._fields.values():
                is_decided = field.store and field.readonly and field.name not in MAGIC_COLUMNS
                is_ours = field._modules == ("customer_value",)
                is_named = field.name in getattr(model, "_document_fields", ())
                if name in rights and is_decided and is_ours and not is_named:
                    yield model, rights[name], field

    def test_every_read_only_field_is_refused(self):
        tried, taken = 0, []
        boss = self._create_user("boss", "base.group_system")
        boss.group_ids = [(4, self.env.ref(f"{g}").id) for g in self._get_groups()]
        for model, accesses, field in self._get_written():
            if field.name == "request_key":  # importers give their own: see below
                continue
            if model._name == "rating.rating":  # what is given is dropped: test_ratings.py
                continue
            value = VALUES.get(field.type) or field.get_values(self.env)[-1]
            seen = model.with_user(boss).sudo(False)
            if field.type == "one2many" and not model._name.startswith("customer."):
                lines = self.env[field.comodel_name].with_user(boss).sudo(False)
                self.assertFalse(lines.has_access("create") or lines.has_access("write"))
                continue
            for access in accesses:
                tried += 1
                try:
                    with self.env.cr.savepoint():
                        if access == "create":
                            seen.create([{field.name: value}])
                        else:
                            seen.write({field.name: value})
                    taken.append((access, str(field)))
                except AccessError:
                    pass
                except Exception as error:
                    taken.append((access, str(field), repr(error)[:60]))
        self.assertEqual(taken, [])
        self.assertGreater(tried, 90)

    def _get_groups(self):
        return (
            *("customer_value.customer_value_group_manager", "account.group_account_manager"),
            *("sales_team.group_sale_manager", "stock.group_stock_manager"),
        )

    def test_dates_and_counts_of_complaints(self):
        complaint = self._complain()
        forged = {
            "close_date": "2030-01-01 00:00:00",
            "first_response_date": "2001-01-01 00:00:00",
            "reopen_count": 9,
            "access_token": "known",
            "request_key": "taken",
            "is_from_customer": True,
            "previous_id": complaint.id,
            "response_hours": 0.1,
            "solution_start_date": "2030-01-01 00:00:00",
            "date_last_stage_update": "2001-01-01 00:00:00",
            "name": "C/1",
        }
        for name, forgery in forged.items():
            for user in (self.clerk, self.manager):
                with self._refused(AccessError, "cannot be entered"):
                    self._rpc(user, complaint._name, "write", complaint.ids, {name: forgery})
                value = "portal:1:taken" if name == "request_key" else forgery
                with self._refused(AccessError, "cannot be entered"):
                    values = {"subject": "Late", "partner_id": self.contact.id, name: value}
                    self._rpc(user, complaint._name, "create", values)
        self.assertFalse(complaint.close_date or complaint.reopen_count or complaint.request_key)

    def test_answers_of_interactions(self):
        interaction = self._log(self.clerk, direction="in", needs_answer=True)
        for name, value in {
            "answered_date": "2001-01-01 00:00:00",
            "answered_user_id": self.manager.id,
            "answer_id": interaction.id,
            "response_hours": 0,
            "request_key": "taken",
            "asked_date": "2001-01-01 00:00:00",
        }.items():
            with self._refused(AccessError, "cannot be entered"):
                self._rpc(self.clerk, interaction._name, "write", interaction.ids, {name: value})
        self.assertFalse(interaction.answered_date)
        self._rpc(self.clerk, interaction._name, "action_mark_answered", interaction.ids)
        self.assertTrue(interaction.answered_date)

    def test_the_ways_meant_go_on(self):
        """Solving, reopening and merging write those very fields, with the clerk's rights."""
        complaint, other = self._complain(), self._complain()
        with self._refused(UserError, "Resolution"):
            self._rpc(self.clerk, complaint._name, "action_solve", complaint.ids)
        self._rpc(self.clerk, complaint._name, "write", complaint.ids, {"resolution": "Sent."})
        self._rpc(self.clerk, complaint._name, "action_solve", complaint.ids)
        self.assertTrue(complaint.close_date)
        self._rpc(self.clerk, complaint._name, "action_reopen", complaint.ids)
        self.assertEqual((complaint.close_date, complaint.reopen_count), (False, 1))
        self.assertTrue(complaint.name and complaint.date_last_stage_update)
        self._rpc(self.clerk, complaint._name, "copy", complaint.ids)
        wizard = {"complaint_ids": [[6, 0, (complaint | other).ids]], "target_id": other.id}
        id_ = self._rpc(self.clerk, "customer.complaint.merge", "create", wizard)
        self._rpc(self.clerk, "customer.complaint.merge", "action_merge", [id_])
        self.assertEqual(complaint.duplicate_of_id, other)

    def test_rules_tell_since_when_they_are_active(self):
        rules = self.env["customer.feedback.rule"].with_user(self.manager)
        rule = rules.search([("active", "=", False), ("company_id", "=", self.company.id)], limit=1)
        rule.active = True
        self.assertTrue(rule.active_since)

    # === DELETING THROUGH A LINK ===

    def _plan(self, user, record):
        return (
            record.with_user(user)
            .sudo()
            .activity_schedule(
                "mail.mail_activity_data_todo", summary="Call the bank", user_id=user.id
            )
        )

    def test_links_to_next_steps_are_not_written(self):
        foreign = self._plan(self.accountant, self.accountant.partner_id)
        interaction = self._log(self.clerk)
        values = {"next_activity_id": foreign.id}
        with self._refused(AccessError, "cannot be entered"):
            self._rpc(self.clerk, interaction._name, "write", interaction.ids, values)
        with self._refused(AccessError, "cannot be entered"):
            self._log(self.clerk, **values)
        context = {"default_next_activity_id": foreign.id, "default_activity_id": foreign.id}
        given = {"partner_id": self.contact.id, "subject": "Called"}
        id_ = self._rpc(self.clerk, interaction._name, "create", given, context=context)
        self._rpc(self.clerk, interaction._name, "action_undo", [id_])
        self.assertTrue(foreign.exists())

    def test_undo_deletes_no_step_of_others_whatever_the_link_says(self):
        """Rows may hold what was written before it was refused."""
        interaction = self._log(self.clerk)
        late = interaction.create_date + timedelta(seconds=1)
        for activity in (
            self._plan(self.accountant, self.accountant.partner_id),
            self._plan(self.accountant, self.contact),
            self._plan(self.clerk, self.clerk.partner_id),
        ):
            self.env.cr.execute(
                "UPDATE mail_activity SET create_date = %s WHERE id = %s", [late, activity.id]
            )
            interaction = self._log(self.clerk)
            interaction.sudo().next_activity_id = activity
            self._rpc(self.clerk, interaction._name, "action_undo", interaction.ids)
            self.assertTrue(activity.exists())
            self.assertFalse(interaction.exists())

    def test_undo_deletes_its_own_step(self):
        values = {
            "partner_ids": [[6, 0, self.contact.ids]],
            "kind": "call",
            "subject": "Called",
            "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
            "activity_date": fields.Date.to_string(fields.Date.today()),
        }
        logs = "customer.interaction.log"
        id_ = self._rpc(self.clerk, logs, "create", values)
        answer = self._rpc(self.clerk, logs, "action_save", [id_])
        interaction = self.env["customer.interaction"].browse(answer["params"]["interaction_ids"])
        activity = interaction.next_activity_id
        self.assertTrue(activity)
        self._rpc(self.clerk, interaction._name, "action_undo", interaction.ids)
        self.assertFalse(activity.exists())

    def test_requests_delete_their_own_steps_only(self):
        foreign = self._plan(self.accountant, self.accountant.partner_id)
        complaint = self._complain()
        values = {"complaint_id": complaint.id, "kind": "credit", "activity_id": foreign.id}
        with self._refused(AccessError, "step by step"):
            self._rpc(self.clerk, "customer.complaint.resolution", "create", values)
        resolution = self._ask_for(complaint, "credit").sudo()
        resolution.activity_id = foreign
        resolution._end_activities()
        self.assertTrue(foreign.exists())

    def test_a_named_answer_of_another_customer_stays_open(self):
        answer = self.env["customer.feedback"]._register_answer(
            self.company, self.other_customer, "rating", {"rating": 1}
        )
        self.assertEqual(answer.loop_state, "open")
        complaint = self._complain(feedback_id=answer.id)
        self._rpc(self.clerk, complaint._name, "action_mark_answered", complaint.ids)
        self.assertEqual(answer.loop_state, "open")
