from odoo import api, models

from ..models.calendar.reader_number import write_amount


class ReportAccountPlan(models.AbstractModel):
    """The page of an account plan for a meeting: what the reader may see, and nothing else."""

    _name = "report.customer_value.report_account_plan"
    _description = "Print of an Account Plan"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the plans, and their aims as the reader may see them.

        :raise AccessError: for plans the reader may not see
        """
        plans = self.env["customer.account.plan"].browse(docids)
        plans.check_access("read")
        aims = self.env["customer.account.aim"].search([("plan_id", "in", plans.ids)])
        by_plan = aims.grouped("plan_id")
        return {
            "doc_ids": docids,
            "doc_model": plans._name,
            "docs": plans,
            "aims_of": lambda plan: by_plan.get(plan, aims.browse()),
            "write": lambda text: write_amount(self.env, text),
        }
