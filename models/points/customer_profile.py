from odoo import api, fields, models


class CustomerProfile(models.Model):
    """Points are booked with the refresh of a customer, and shown on the profile."""

    _inherit = "customer.profile"

    has_points = fields.Boolean(compute="_compute_points_balance")
    points_balance = fields.Float(
        string="Loyalty points",
        compute="_compute_points_balance",
        digits=(16, 2),
        help="On the card of the program that gives points for paid invoices of the company.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_points_balance(self):
        programs = self.env["loyalty.program"]
        by_company = {
            company: programs._find_points_program_above(company) for company in self.company_id
        }
        found = programs.sudo().union(*by_company.values())
        cards = found.env["loyalty.card"].search(
            [("program_id", "in", found.ids), ("partner_id", "in", self.partner_id.ids)]
        )
        balances = {(card.partner_id.id, card.program_id): card.points for card in cards}
        for profile in self:
            program = by_company[profile.company_id]
            profile.has_points = bool(program)
            profile.points_balance = balances.get((profile.partner_id.id, program), 0.0)

    @api.model
    def _get_card_sections(self):
        """Show the points of customers of companies that give some."""
        sections = super()._get_card_sections()
        if any(profile.has_points for profile in self):
            sections.append(("points", self.env._("Loyalty points"), ("points_balance",)))
        return sections

    @api.model
    def _follow_refresh(self, company, facts, scope, tally):
        """Book the points that invoices of these customers have earned meanwhile."""
        result = super()._follow_refresh(company, facts, scope, tally)
        program = self.env["loyalty.program"]._get_points_program(company)
        if program:
            multipliers = self._get_points_multipliers(company, facts)
            self.env["customer.points.lot"]._earn(program, scope, multipliers)
        return result

    @api.model
    def _get_points_multipliers(self, company, facts):
        """Return customer id -> multiplier of the tier, of customers with another one than 1."""
        tiers = self.env["customer.tier"].sudo().with_context(active_test=False)
        tiers = tiers.search([("company_id", "=", company.id), ("points_multiplier", "!=", 1)])
        multipliers = {tier.id: tier.points_multiplier for tier in tiers}
        if not multipliers:
            return {}
        pairs = zip(facts.keys.tolist(), facts["tier_id"].tolist(), strict=True)
        return {partner: multipliers[tier] for partner, tier in pairs if tier in multipliers}
