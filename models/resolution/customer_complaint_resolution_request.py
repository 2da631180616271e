from odoo import api, fields, models

from ..base.access import MANAGER

MAKERS = {
    "credit": "account.group_account_invoice",
    "return": "stock.group_stock_user",
    "replacement": "sales_team.group_sale_salesman",
    "points": "sales_team.group_sale_salesman",
}

LINKS = {
    "account.move": "credit_note_ids",
    "stock.picking": "return_ids",
    "sale.order": "replacement_ids",
    "loyalty.history": "loyalty_history_ids",
}


class CustomerComplaintResolution(models.Model):
    """Who is asked to approve or to make a resolution, and how they are told."""

    _inherit = "customer.complaint.resolution"

    activity_id = fields.Many2one(
        comodel_name="mail.activity", ondelete="set null", readonly=True, copy=False
    )
    may_open = fields.Boolean(
        compute="_compute_may_open", help="The reader has the right to open what was made."
    )

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("document_model", "document_id")
    def _compute_may_open(self):
        for resolution in self:
            made = resolution.document_model and resolution._call_kind("find_made")
            resolution.may_open = bool(made)

    def _get_approver(self):
        """Return the manager who is asked: the team's approver, its leader, or any."""
        team = self.complaint_id.sudo().team_id
        return self._find_user(MANAGER, team.approver_id or team.user_id)

    def _get_maker(self):
        """Return somebody who may make the document: who is meant for it, or any."""
        complaint = self.complaint_id.sudo()
        wanted = complaint.user_id
        if self.kind == "credit" and complaint.team_id.accountant_id:
            wanted = complaint.team_id.accountant_id
        return self._find_user(self._call_kind("get_maker_group"), wanted)

    def _get_maker_group(self):
        return MAKERS[self.kind]

    def _find_user(self, group, wanted):
        """Return the first wanted user, else any, who is in a group and in the company."""
        users = self.env["res.users"].sudo()
        domain = [
            ("all_group_ids", "in", self.env.ref(group).ids),
            ("company_ids", "in", self.company_id.ids),
            ("share", "=", False),
        ]
        able = users.search(domain, order="id")
        return ((wanted & able) or able)[:1]

    def _ask(self, user, summary):
        """Plan an activity on the complaint for who is to act."""
        self._end_activities()
        self.sudo().activity_id = self.complaint_id.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            user_id=user.id or self.env.uid,
            note=self.reason or False,
        )

    def _tell_asked(self, user, text):
        """Return the action that says who goes on with a request.

        :param text: with placeholders ``what`` and ``who``
        """
        who = (user or self.env.user).sudo().display_name
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": text % {"what": self._describe(), "who": who},
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _find_made(self):
        """Return the document that was made; nothing for who may not read it."""
        document = self.env[self.document_model].browse(self.document_id)
        return document.exists()._filtered_access("read")

    def _open_document(self):
        if not self.may_open:
            return {"type": "ir.actions.act_window_close"}
        return self._call_kind("find_made")._get_records_action(context={})

    def _end_activities(self):
        """Take away the activities of a request that has been dealt with."""
        self.sudo().activity_id._remove_from(self.complaint_id)

    def _describe(self):
        """Return kind and amount in the language of the user."""
        amount = self.currency_id.format(self.amount)
        return self.env._("%(kind)s, %(amount)s", kind=self.display_name, amount=amount)

    def _log(self, text):
        self.complaint_id.sudo()._message_log(body=text)

    def _link(self, document):
        """Write on the complaint and on the document where they came from."""
        complaint = self.complaint_id.sudo()
        if field := LINKS.get(document._name):
            complaint.write({field: [fields.Command.link(document.id)]})
        link = document.sudo().display_name
        if "message_ids" in document._fields:
            link = document._get_html_link(title=link)
        complaint._message_log(
            body=self.env._("%(kind)s made: %(document)s", kind=self.display_name, document=link)
        )
        if "message_ids" in document._fields:
            link = complaint._get_html_link(title=complaint.name)
            document.sudo()._message_log(body=self.env._("Made for complaint %(link)s.", link=link))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_made(self):
        if any(resolution.state != "draft" for resolution in self) and not self.env.su:
            self._refuse_guarded()
