from odoo import fields, models


class CustomerPointsRate(models.Model):
    """Points a loyalty program gives for products of a category and the categories below it."""

    _name = "customer.points.rate"
    _description = "Points for a Product Category"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "program_id, categ_id, id"
    _rec_name = "categ_id"

    program_id = fields.Many2one(
        comodel_name="loyalty.program", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True, precompute=True)
    categ_id = fields.Many2one(
        string="Product category",
        comodel_name="product.category",
        required=True,
        ondelete="cascade",
        index=True,
    )
    rate = fields.Float(
        string="Points per currency unit",
        digits=(16, 6),
        aggregator=None,
        help="Instead of the rate of the program; 0: products of the category earn nothing. Of "
        "several categories the lowest one counts.",
    )

    _categ_uniq = models.Constraint(
        "UNIQUE(program_id, categ_id)", "This category has a rate in the program already."
    )
    _rate_range = models.Constraint(
        "CHECK(rate BETWEEN 0 AND 1000000)", "The rate must lie between 0 and 1000000 points."
    )
