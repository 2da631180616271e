from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    feedback_quiet_days = fields.Integer(related="company_id.feedback_quiet_days", readonly=False)
    feedback_low_rating = fields.Integer(related="company_id.feedback_low_rating", readonly=False)
    feedback_low_nps = fields.Integer(related="company_id.feedback_low_nps", readonly=False)
    feedback_low_gap = fields.Float(related="company_id.feedback_low_gap", readonly=False)
    feedback_answer_hours = fields.Float(related="company_id.feedback_answer_hours", readonly=False)
    feedback_user_id = fields.Many2one(related="company_id.feedback_user_id", readonly=False)
