from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..base.access import MANAGER
from ..guard.digits import write_digits
from .customer_bulk_line import LINE_STATES

KINDS = [
    ("activity", "Plan a follow-up"),
    ("assign", "Assign a salesperson"),
    ("feedback", "Ask for feedback"),
    ("sms", "Write an SMS"),
]


class CustomerBulk(models.Model):
    """Journal of one step taken for many customers at once, and how to take it back.

    What each kind does stands in ``customer_bulk_kind``. Nothing here records a contact: a planned
    call is a plan, a question waits in the queue, until somebody or the mail server has acted.
    """

    _name = "customer.bulk"
    _description = "Step for Many Customers"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _is_guarded = True
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection(selection=KINDS, string="What was done", required=True, readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    user_id = fields.Many2one(
        string="By", comodel_name="res.users", required=True, ondelete="cascade", readonly=True
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    is_undone = fields.Boolean(string="Taken back", readonly=True)
    line_ids = fields.One2many(
        string="Customers",
        comodel_name="customer.bulk.line",
        inverse_name="bulk_id",
        readonly=True,
    )
    done_count = fields.Integer(string="Done for", compute="_compute_counts")
    left_out_count = fields.Integer(string="Left out", compute="_compute_counts")
    undone_count = fields.Integer(string="Taken back for", compute="_compute_counts")

    @api.depends("line_ids.state")
    def _compute_counts(self):
        """Count the lines: one query for any number of steps."""
        groups = self.env["customer.bulk.line"]._read_group(
            [("bulk_id", "in", self.ids)], ["bulk_id", "state"], ["__count"]
        )
        counts = {(bulk, state): count for bulk, state, count in groups}
        for bulk in self:
            found = {state: counts.get((bulk, state), 0) for state, _label in LINE_STATES}
            bulk.left_out_count = found["left_out"]
            bulk.undone_count = found["undone"]
            bulk.done_count = found["done"] + found["undone"] + found["kept"]

    def action_undo(self):
        """Take a step back where it can still be taken back. Public: button, notification.

        Planned activities that are not done yet are deleted, salespeople put back where the one
        we assigned is still there, questions deleted that have not been sent, SMS cancelled that
        still wait.

        :return: a notification with how many were taken back, and how many were not and why
        :raise AccessError: for a step of somebody else, but for managers
        :raise UserError: for a step that was taken back already
        """
        self.ensure_one()
        self._check_undo()
        self.sudo().lock_for_update()
        lines = self.line_ids.filtered(lambda line: line.state == "done")
        undone = getattr(self, f"_undo_{self.kind}")(lines)
        # With all rights: the journal is ours, and who may take it back was asked above.
        undone.sudo().state = "undone"
        (lines - undone).sudo().state = "kept"
        self.sudo().is_undone = True
        message = self.env._(
            "Taken back for: %(count)s.", count=write_digits(self.env, len(undone))
        )
        if kept := len(lines - undone):
            message += " " + self._get_kept_message(kept)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_undo(self):
        self.check_access("read")
        if self.user_id != self.env.user and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only %(user)s or a manager takes this back.", user=self.user_id.name)
            )
        if self.is_undone:
            raise UserError(self.env._("This was taken back already."))

    def _get_kept_message(self, count):
        texts = {
            "activity": self.env._(
                "Not for %(count)s: done or deleted meanwhile.", count=write_digits(self.env, count)
            ),
            "assign": self.env._(
                "Not for %(count)s: somebody else was assigned meanwhile, or you may not change "
                "the contact.",
                count=write_digits(self.env, count),
            ),
            "feedback": self.env._(
                "Not for %(count)s: asked already.", count=write_digits(self.env, count)
            ),
            "sms": self.env._(
                "Not for %(count)s: on its way or there already.",
                count=write_digits(self.env, count),
            ),
        }
        return texts[self.kind]

    def action_open_customers(self):
        """Open the customers of a step, with who was left out and why. Public: button.

        :raise AccessError: for a step the user may not see
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers of this step"),
            "res_model": "customer.bulk.line",
            "views": [(False, "list"), (False, "kanban")],
            "mobile_view_mode": "kanban",
            "domain": [("bulk_id", "=", self.id)],
        }
