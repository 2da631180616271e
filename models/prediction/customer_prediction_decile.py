from odoo import fields, models


class CustomerPredictionDecile(models.Model):
    """A tenth of the customers on a past day: what was predicted, and what happened."""

    _name = "customer.prediction.decile"
    _description = "Prediction against Outcome, by Tenth of Customers"
    _inherit = "customer.date.bounds.mixin"
    _order = "date desc, decile"

    model_id = fields.Many2one(
        comodel_name="customer.prediction.model",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="model_id.company_id")
    date = fields.Date(
        string="Looked from", required=True, readonly=True, help="Nothing later was looked at."
    )
    horizon_days = fields.Integer(string="Days ahead", readonly=True, aggregator=None)
    decile = fields.Integer(
        string="Tenth", readonly=True, aggregator=None, help="1 is the tenth likeliest to buy."
    )
    customer_count = fields.Integer(string="Customers", readonly=True)
    lowest_probability = fields.Float(string="Lowest probability", readonly=True, aggregator="min")
    highest_probability = fields.Float(
        string="Highest probability", readonly=True, aggregator="max"
    )
    predicted_ratio = fields.Float(string="Predicted share", readonly=True, aggregator="avg")
    actual_ratio = fields.Float(string="Share who bought", readonly=True, aggregator="avg")
