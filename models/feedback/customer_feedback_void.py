from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..base.access import MANAGER


class CustomerFeedback(models.Model):
    """Managers take an answer out of all numbers, with a reason; the answer itself stays."""

    _inherit = "customer.feedback"

    void_reason = fields.Char(readonly=True)
    voided_by_id = fields.Many2one(
        string="Voided by", comodel_name="res.users", ondelete="set null", readonly=True
    )
    void_date = fields.Datetime(readonly=True)

    def _void(self, reason):
        """Take answers out of all numbers.

        :raise AccessError: for anybody but managers
        :raise UserError: without a reason
        """
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Only managers of Customer Value can void an answer. "
                    "Ask one of them, and tell the reason."
                )
            )
        self.check_access("read")
        if not (reason or "").strip():
            raise UserError(self.env._("Tell why the answer does not count."))
        self.sudo().write(
            {
                "is_void": True,
                "void_reason": reason.strip(),
                "voided_by_id": self.env.uid,
                "void_date": fields.Datetime.now(),
            }
        )
        for feedback in self.sudo():
            feedback._drop_loop()
            feedback._message_log(
                body=self.env._("Does not count any more: %(reason)s", reason=reason.strip())
            )

    def action_restore(self):
        """Let voided answers count again; low ones are to be answered again. Public: button.

        :raise AccessError: for anybody but managers
        """
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only managers of Customer Value can let a voided answer count again.")
            )
        self.check_access("read")
        self.sudo().write(
            {"is_void": False, "void_reason": False, "voided_by_id": False, "void_date": False}
        )
        self._open_loops()
        return True
