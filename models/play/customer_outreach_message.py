from odoo import models


class CustomerOutreachMessage(models.Model):
    """Messages of plays: who left meanwhile gets none, and the play knows what became of them."""

    _inherit = "customer.outreach.message"

    def _find_obstacles(self):
        """Also keep back messages to who has left the play; one that has ended keeps its word."""
        obstacles = super()._find_obstacles()
        gone = self._find_actions()._find_gone().message_id
        return {**dict.fromkeys(self & gone, "left"), **obstacles}

    def _follow_state(self):
        for action in self._find_actions():
            if values := action._get_values_of_message():
                action.write(values)
        return super()._follow_state()

    def _find_actions(self):
        actions = self.env["customer.play.action"].sudo()
        return actions.search([("message_id", "in", self.ids)])
