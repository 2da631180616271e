from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..base.access import GROUPS_EMPLOYEES, GROUPS_STANDING

KPI_ACTIONS = {
    "kpi_customer_won": "customer_board_action_acquisition",
    "kpi_customer_upgrade": "customer_board_action_loyalty",
    "kpi_customer_complaint": "customer_board_action_service",
    "kpi_customer_low_answer": "customer_feedback_action_open",
    "kpi_customer_nps": "customer_board_action_satisfaction",
}


class DigestDigest(models.Model):
    """What happened between us and our customers, in Odoo's own digest mail."""

    _inherit = "digest.digest"

    kpi_customer_won = fields.Boolean(string="Customers won", groups=GROUPS_EMPLOYEES)
    kpi_customer_won_value = fields.Integer(
        compute="_compute_kpi_customer_won_value", groups=GROUPS_STANDING
    )
    kpi_customer_upgrade = fields.Boolean(
        string="Customers moved up a tier", groups=GROUPS_EMPLOYEES
    )
    kpi_customer_upgrade_value = fields.Integer(
        compute="_compute_kpi_customer_upgrade_value", groups=GROUPS_STANDING
    )
    kpi_customer_complaint = fields.Boolean(string="Complaints received", groups=GROUPS_EMPLOYEES)
    kpi_customer_complaint_value = fields.Integer(
        compute="_compute_kpi_customer_complaint_value", groups=GROUPS_STANDING
    )
    kpi_customer_low_answer = fields.Boolean(
        string="Low answers of customers", groups=GROUPS_EMPLOYEES
    )
    kpi_customer_low_answer_value = fields.Integer(
        compute="_compute_kpi_customer_low_answer_value", groups=GROUPS_STANDING
    )
    kpi_customer_nps = fields.Boolean(string="NPS", groups=GROUPS_EMPLOYEES)
    kpi_customer_nps_value = fields.Integer(
        string="NPS, -100 to 100",
        compute="_compute_kpi_customer_nps_value",
        groups=GROUPS_STANDING,
    )

    def _compute_kpi_customer_won_value(self):
        self._count_customer_days(
            "customer.profile", "kpi_customer_won_value", "first_occasion_date"
        )

    def _compute_kpi_customer_upgrade_value(self):
        self._count_customer_days(
            "customer.tier.change",
            "kpi_customer_upgrade_value",
            "date",
            [("reason", "=", "upgrade")],
        )

    def _compute_kpi_customer_complaint_value(self):
        self._check_customer_kpi("customer.complaint")
        self._calculate_company_based_kpi(
            "customer.complaint",
            "kpi_customer_complaint_value",
            date_field="open_date",
            additional_domain=[("duplicate_of_id", "=", False)],
        )

    def _compute_kpi_customer_low_answer_value(self):
        self._check_customer_kpi("customer.feedback")
        self._calculate_company_based_kpi(
            "customer.feedback",
            "kpi_customer_low_answer_value",
            date_field="date",
            additional_domain=[("is_low", "=", True), ("is_void", "=", False)],
        )

    def _compute_kpi_customer_nps_value(self):
        """NPS of the answers of the period; 0 without one, as the mail has no empty number."""
        self._check_customer_kpi("customer.answer.report")
        start, end, companies = self._get_kpi_compute_parameters()
        rows = self.env["customer.answer.report"]._read_group(
            [
                ("company_id", "in", companies.ids),
                ("nps_count", ">", 0),
                ("date", ">=", start),
                ("date", "<", end),
            ],
            ["company_id"],
            ["nps:avg"],
        )
        values = {company: round(nps) for company, nps in rows}
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_customer_nps_value = values.get(company, 0)

    def _count_customer_days(self, model, name, date_field, extra=()):
        """Count rows by a day of theirs; the mail asks for periods between two moments."""
        self._check_customer_kpi(model)
        start, end, companies = self._get_kpi_compute_parameters()
        rows = self.env[model]._read_group(
            [
                ("company_id", "in", companies.ids),
                (date_field, ">=", fields.Date.to_date(start)),
                (date_field, "<", fields.Date.to_date(end)),
                *extra,
            ],
            ["company_id"],
            ["__count"],
        )
        counts = dict(rows)
        for digest in self:
            digest[name] = counts.get(digest.company_id or self.env.company, 0)

    @api.model
    def _check_customer_kpi(self, model):
        """Leave a number out of the mail of who may not see it: the mail knows by the error."""
        if not self.env.user.has_groups(GROUPS_STANDING):
            raise AccessError(self.env._("This number is for users of Customer Value."))
        self.env[model].check_access("read")

    def _compute_kpis_actions(self, company, user):
        menu = self.env.ref("customer_value.customer_value_menu_root").id
        return super()._compute_kpis_actions(company, user) | {
            name: f"customer_value.{action}?menu_id={menu}" for name, action in KPI_ACTIONS.items()
        }
