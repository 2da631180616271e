from odoo import fields, models


class CustomerSettingsMixin(models.AbstractModel):
    """Our settings of a company, once for both pages: Odoo's, and that of our managers.

    Every room adds its own here; see ``desk`` for who inherits it.
    """

    _name = "customer.settings.mixin"
    _description = "Settings of a Company"

    company_id = fields.Many2one(comodel_name="res.company")
    currency_id = fields.Many2one(related="company_id.currency_id")

    customer_delivery_tolerance_days = fields.Integer(
        related="company_id.customer_delivery_tolerance_days", readonly=False
    )
    customer_cost_per_order_line = fields.Monetary(
        related="company_id.customer_cost_per_order_line", readonly=False
    )
    customer_cost_per_delivery = fields.Monetary(
        related="company_id.customer_cost_per_delivery", readonly=False
    )
    customer_cost_per_return = fields.Monetary(
        related="company_id.customer_cost_per_return", readonly=False
    )
    customer_capital_cost_percent = fields.Float(
        related="company_id.customer_capital_cost_percent", readonly=False
    )
    customer_tier_period = fields.Selection(
        related="company_id.customer_tier_period", readonly=False
    )
    customer_tier_period_months = fields.Integer(
        related="company_id.customer_tier_period_months", readonly=False
    )
    customer_tier_grace_days = fields.Integer(
        related="company_id.customer_tier_grace_days", readonly=False
    )
    customer_cost_per_complaint_hour = fields.Monetary(
        related="company_id.customer_cost_per_complaint_hour", readonly=False
    )
    customer_complaint_reopen_days = fields.Integer(
        related="company_id.customer_complaint_reopen_days", readonly=False
    )
    customer_complaint_is_limited = fields.Boolean(
        related="company_id.customer_complaint_is_limited", readonly=False
    )
    customer_complaint_approval_limit = fields.Monetary(
        related="company_id.customer_complaint_approval_limit", readonly=False
    )
    feedback_quiet_days = fields.Integer(related="company_id.feedback_quiet_days", readonly=False)
    feedback_low_rating = fields.Integer(related="company_id.feedback_low_rating", readonly=False)
    feedback_low_nps = fields.Integer(related="company_id.feedback_low_nps", readonly=False)
    feedback_low_gap = fields.Float(related="company_id.feedback_low_gap", readonly=False)
    feedback_answer_hours = fields.Float(related="company_id.feedback_answer_hours", readonly=False)
    feedback_user_id = fields.Many2one(related="company_id.feedback_user_id", readonly=False)
    customer_cost_per_interaction_minute = fields.Monetary(
        related="company_id.customer_cost_per_interaction_minute", readonly=False
    )
    customer_discount_percent = fields.Float(
        related="company_id.customer_discount_percent", readonly=False
    )
    customer_retention_contact_uplift_percent = fields.Float(
        related="company_id.customer_retention_contact_uplift_percent", readonly=False
    )
    customer_retention_offer_uplift_percent = fields.Float(
        related="company_id.customer_retention_offer_uplift_percent", readonly=False
    )
    customer_retention_contact_cost = fields.Monetary(
        related="company_id.customer_retention_contact_cost", readonly=False
    )
    customer_retention_offer_cost = fields.Monetary(
        related="company_id.customer_retention_offer_cost", readonly=False
    )
    customer_leaving_rule = fields.Selection(
        related="company_id.customer_leaving_rule", readonly=False
    )
    customer_slipping_days = fields.Integer(
        related="company_id.customer_slipping_days", readonly=False
    )
    customer_lapsed_days = fields.Integer(related="company_id.customer_lapsed_days", readonly=False)
    customer_leaving_window_days = fields.Integer(
        related="company_id.customer_leaving_window_days", readonly=False
    )
    customer_churn_low_percent = fields.Float(
        related="company_id.customer_churn_low_percent", readonly=False
    )
    customer_churn_high_percent = fields.Float(
        related="company_id.customer_churn_high_percent", readonly=False
    )
    customer_recommendation_lookback_days = fields.Integer(
        related="company_id.customer_recommendation_lookback_days", readonly=False
    )
    customer_satisfaction_weight_rating = fields.Float(
        related="company_id.customer_satisfaction_weight_rating", readonly=False
    )
    customer_satisfaction_weight_nps = fields.Float(
        related="company_id.customer_satisfaction_weight_nps", readonly=False
    )
    customer_satisfaction_weight_gap = fields.Float(
        related="company_id.customer_satisfaction_weight_gap", readonly=False
    )
    customer_satisfaction_weight_delivery = fields.Float(
        related="company_id.customer_satisfaction_weight_delivery", readonly=False
    )
    customer_satisfaction_weight_complaints = fields.Float(
        related="company_id.customer_satisfaction_weight_complaints", readonly=False
    )
    customer_satisfaction_half_life = fields.Integer(
        related="company_id.customer_satisfaction_half_life", readonly=False
    )
    customer_satisfaction_delighted = fields.Float(
        related="company_id.customer_satisfaction_delighted", readonly=False
    )
    customer_satisfaction_satisfied = fields.Float(
        related="company_id.customer_satisfaction_satisfied", readonly=False
    )
    customer_satisfaction_gap = fields.Float(
        related="company_id.customer_satisfaction_gap", readonly=False
    )
    customer_phone_area_code = fields.Char(
        related="company_id.customer_phone_area_code", readonly=False
    )
    customer_phone_prefixes = fields.Char(
        related="company_id.customer_phone_prefixes", readonly=False
    )
