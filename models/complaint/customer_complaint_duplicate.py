from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What hangs on a record by model and id: (model, field with the model, field with the id)
ATTACHED = (
    ("mail.message", "model", "res_id"),
    ("mail.activity", "res_model", "res_id"),
    ("ir.attachment", "res_model", "res_id"),
    ("customer.interaction", "res_model", "res_id"),
)


class CustomerComplaint(models.Model):
    """Complaints told twice: one goes on, with all that was said in the others."""

    _inherit = "customer.complaint"

    duplicate_of_id = fields.Many2one(
        comodel_name="customer.complaint",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    duplicate_ids = fields.One2many(
        string="Duplicates", comodel_name="customer.complaint", inverse_name="duplicate_of_id"
    )

    @api.constrains("duplicate_of_id")
    def _check_duplicate_of_id(self):
        for complaint in self.filtered("duplicate_of_id"):
            if complaint.duplicate_of_id == complaint or complaint.duplicate_of_id.duplicate_of_id:
                raise ValidationError(
                    self.env._(
                        "%(complaint)s cannot be a duplicate of this complaint: choose the one "
                        "that goes on.",
                        complaint=complaint.display_name,
                    )
                )

    def _merge_into(self, target):
        """Close complaints as duplicates of another, which takes over all that hangs on them.

        :raise UserError: when they are not of one customer and company
        """
        sources = self - target
        self._check_mergeable(sources, target)
        # Tracking values and messages are the history of who said what: they move, too.
        for model, model_field, id_field in ATTACHED:
            records = self.env[model].sudo().with_context(active_test=False)
            records = records.search(
                [(model_field, "=", self._name), (id_field, "in", sources.ids)]
            )
            records.write({id_field: target.id})
        followers = sources.message_partner_ids
        target.message_subscribe(partner_ids=followers.ids)
        sources.duplicate_ids.write({"duplicate_of_id": target.id})
        target.write(sources._prepare_merge_values(target))
        stage = self.env["customer.complaint.stage"]._get_solved()
        sources.write({"duplicate_of_id": target.id, "hours": 0})
        sources.filtered(lambda c: not c.close_date).write({"stage_id": stage.id})
        for source in sources:
            link = target._get_html_link(title=target.display_name)
            source._message_log(body=self.env._("Merged into %(complaint)s.", complaint=link))
            link = source._get_html_link(title=source.display_name)
            target._message_log(body=self.env._("%(complaint)s was merged in.", complaint=link))

    @api.model
    def _check_mergeable(self, sources, target):
        together = sources | target
        if not sources:
            raise UserError(self.env._("Choose at least two complaints to merge."))
        if len(together.company_id) > 1 or len(together.customer_id) > 1:
            raise UserError(
                self.env._("Only complaints of one customer in one company can be merged.")
            )
        if target.duplicate_of_id:
            raise UserError(
                self.env._(
                    "%(complaint)s is a duplicate itself: merge into %(original)s.",
                    complaint=target.display_name,
                    original=target.duplicate_of_id.display_name,
                )
            )

    def _prepare_merge_values(self, target):
        """Return what the target gets of duplicates: links add up, gaps are filled."""
        values = {"hours": target.hours + sum(self.mapped("hours"))}
        for name in self._get_merged_links():
            values[name] = [fields.Command.link(record.id) for record in self[name] - target[name]]
        every = self | target
        values["open_date"] = min(every.mapped("open_date"))
        answers = [date for date in every.mapped("first_response_date") if date]
        values["first_response_date"] = min(answers) if answers else False
        values["severity"] = max(every.mapped("severity"))
        for name in self._get_merged_gaps():
            found = next((source[name] for source in self if source[name]), False)
            if found and not target[name]:
                values[name] = found.id if isinstance(found, models.BaseModel) else found
        return values

    @api.model
    def _get_merged_links(self):
        """Return the many2many fields that add up when complaints are merged."""
        return ["tag_ids"]

    @api.model
    def _get_merged_gaps(self):
        """Return the fields taken from a duplicate where the complaint has nothing."""
        return [
            *("partner_id", "email_from", "user_id", "category_id", "description"),
            *("root_cause", "department", "corrective_action", "preventive_action"),
        ]
