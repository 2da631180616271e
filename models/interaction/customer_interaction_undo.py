from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

UNDO_MINUTES = 10


class CustomerInteraction(models.Model):
    """The next step planned along with an interaction, and taking both back."""

    _inherit = "customer.interaction"

    # The index serves the deletion of activities, which looks for references.
    next_activity_id = fields.Many2one(
        string="Next step",
        comodel_name="mail.activity",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    def action_undo(self):
        """Delete interactions that the user logged just now, with their next steps. Public: RPC.

        :return: True
        :raise UserError: when they are gone already, not logged by the user, or ten minutes old
        """
        interactions = self.exists().sudo()
        # The clock of the database, which also wrote the creation date.
        since = self.env.cr.now() - timedelta(minutes=UNDO_MINUTES)
        if not interactions:
            raise UserError(self.env._("There is nothing to undo: it has been deleted already."))
        if any(
            interaction.create_uid != self.env.user or interaction.create_date < since
            for interaction in interactions
        ):
            raise UserError(
                self.env._(
                    "An interaction can be undone by whoever logged it, for %(minutes)s minutes. "
                    "Open it to correct or delete it.",
                    minutes=UNDO_MINUTES,
                )
            )
        interactions.sudo(False).check_access("read")
        interactions.next_activity_id.filtered("active").unlink()
        interactions.unlink()
        return True
