from odoo import api, fields, models


class CustomerFeedbackFactor(models.Model):
    """One thing customers expect and perceive: quality, performance, on-time delivery, …"""

    _name = "customer.feedback.factor"
    _description = "Factor of Satisfaction"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    question = fields.Char(translate=True, help="What the customer is asked about it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )

    @api.model
    def _get_factors(self, company):
        """Return the factors a company asks about."""
        return self.search([("company_id", "=", company.id)])

    @api.model
    def _create_missing_defaults(self):
        """Give all companies what new ones get: factors, and rules that are switched off."""
        companies = self.env["res.company"].sudo().search([])
        self._create_default_factors(companies)
        self.env["customer.feedback.rule"]._create_default_rules(companies)

    @api.model
    def _create_default_factors(self, companies):
        """Give companies that never had one the four factors, in every installed language."""
        factors = self.sudo().with_context(active_test=False, lang="en_US")
        known = factors.search([("company_id", "in", companies.ids)]).company_id
        for company in companies - known:
            created = factors.create(
                [
                    {**texts, "sequence": number * 10, "company_id": company.id}
                    for number, texts in enumerate(factors._get_default_factors(), 1)
                ]
            )
            created._translate_default_factors()

    def _translate_default_factors(self):
        """Write the texts of new default factors in the other installed languages."""
        for code, _name in self.env["res.lang"].get_installed():
            texts = self.with_context(lang=code)._get_default_factors()
            for factor, translated in zip(self, texts, strict=True):
                for name, text in translated.items():
                    if text != factor[name]:
                        factor.update_field_translations(name, {code: text})

    @api.model
    def _get_default_factors(self):
        """Return name and question of the default factors in the language of the environment."""
        return [
            {
                "name": self.env._("Quality"),
                "question": self.env._("The quality of what you received"),
            },
            {
                "name": self.env._("Performance"),
                "question": self.env._("How well it does what you bought it for"),
            },
            {
                "name": self.env._("On-time delivery"),
                "question": self.env._("Delivery at the promised time"),
            },
            {
                "name": self.env._("Relationship"),
                "question": self.env._("The way our people work with you"),
            },
        ]
