from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.satisfaction import STILL_OPEN
from ..models.base.access import GROUPS_STANDING

# Row ids: id of the record times this, plus the number of the component; the last number is
# for the row a burden is taken off from.
COMPONENTS = 16
# A fact of so many half-lives weighs nothing; PostgreSQL refuses numbers that are smaller yet.
NO_WEIGHT = 900


class CustomerSatisfactionFact(models.Model):
    """What a customer's satisfaction is made of: one row per answer, order line and complaint.

    The points of a component add up to its score, the points of the score to the satisfaction
    the profile shows. Read from the documents, so it is ahead of a profile not yet refreshed.
    """

    _name = "customer.satisfaction.fact"
    _inherit = "customer.date.bounds.mixin"
    _description = "Fact of a Customer's Satisfaction"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "component"

    profile_id = fields.Many2one(comodel_name="customer.profile", readonly=True)
    partner_id = fields.Many2one(string="Customer", comodel_name="res.partner", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    component = fields.Selection(selection="_selection_component", readonly=True)
    date = fields.Date(
        readonly=True,
        help="Day of the answer, of the promise, or on which the complaint was closed; of an open "
        "one, on which it was made.",
    )
    res_model = fields.Char(string="Document model", readonly=True)
    res_id = fields.Many2oneReference(string="Document", model_field="res_model", readonly=True)
    document_name = fields.Char(
        string="Fact", compute="_compute_document_name", help="Empty if you may not read it."
    )
    value = fields.Float(
        readonly=True, digits=(16, 1), aggregator=None, help="0 to 100, before it is weighed."
    )
    weight_ratio = fields.Float(
        string="Weight in component",
        readonly=True,
        groups=GROUPS_STANDING,
        aggregator=None,
        help="Recent facts weigh more: half as much with every half-life.",
    )
    points = fields.Float(
        string="Points of component",
        readonly=True,
        digits=(16, 1),
        groups=GROUPS_STANDING,
        help="Weight times value: they add up to the score of the component.",
    )
    score_points = fields.Float(
        string="Points of satisfaction",
        readonly=True,
        digits=(16, 1),
        groups=GROUPS_STANDING,
        help="Points of the component times its weight: they add up to the satisfaction.",
    )

    @api.model
    def _selection_component(self):
        profiles = self.env["customer.profile"]
        return [
            (name, profiles._fields[f"satisfaction_{name}"]._description_string(self.env))
            for name in profiles._get_satisfaction_components()
        ]

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        self.document_name = False
        for model, facts in self.filtered("res_id").grouped("res_model").items():
            if not self.env[model].has_access("read"):
                continue
            documents = self.env[model].browse(facts.mapped("res_id"))._filtered_access("read")
            names = {document.id: document.display_name for document in documents}
            for fact in facts:
                fact.document_name = names.get(fact.res_id, False)
        for fact in self.filtered(lambda fact: not fact.res_id):
            fact.document_name = self.env._("Without complaints")

    @property
    def _table_query(self) -> SQL:
        self.env.flush_all()
        only = self.env["customer.profile"].sudo()
        chosen = self.env.context.get("customer_satisfaction_of")
        only = only.browse(chosen if type(chosen) is int else []).exists()
        companies = self.env.companies & only.company_id if only else self.env.companies
        branches = [
            branch
            for company in companies or self.env.company
            for branch in self._get_branches(company, only.partner_id.ids if only else None)
        ]
        return SQL(" UNION ALL ").join(branches)

    @api.model
    def _get_branches(self, company, partner_ids):
        """Return one SELECT per component, and one for what burdens are taken off from."""
        profiles = self.env["customer.profile"].with_company(company).sudo()
        scope = profiles._get_scope(company, partner_ids)
        parts = profiles._get_satisfaction_components()
        total = SQL(" + ").join(
            SQL(
                "CASE WHEN f.%s IS NULL THEN 0 ELSE %s END",
                SQL.identifier(f"satisfaction_{name}"),
                part.weight,
            )
            for name, part in parts.items()
        )
        for number, (name, part) in enumerate(parts.items()):
            weigh = self._weigh_burden if part.is_burden else self._weigh_answers
            facts = weigh(name, part, scope, company)
            for is_base in (False, True) if part.is_burden else (False,):
                yield self._get_branch(number, (name, part), facts, total, company, is_base)

    @api.model
    def _get_facts_sql(self, part, scope):
        """Return SQL of the facts that count today."""
        today = self.env["customer.profile"]._get_day_number(SQL("%s::date", scope.today))
        recent = SQL("known <= %s", today)
        if part.window:
            recent = SQL("%s AND day > %s - %s", recent, today, part.window)
        return SQL("SELECT * FROM (%s) AS fact WHERE %s", part.make_sql(scope), recent)

    @api.model
    def _weigh_answers(self, name, part, scope, company):
        """Return facts with the weight of each in its component, by age, and its points."""
        return SQL(
            """SELECT weighed.*,
                      weight / SUM(weight) OVER (PARTITION BY partner_id) AS weight_ratio,
                      %(value)s * weight / SUM(weight) OVER (PARTITION BY partner_id) AS points
                 FROM (SELECT counted.*,
                              size * power(0.5::float8, LEAST(
                                  (MAX(day) OVER (PARTITION BY partner_id) - day)::float8
                                  / %(half_life)s, %(no_weight)s)) AS weight
                         FROM (%(facts)s) AS counted) AS weighed""",
            value=SQL("(50 + 12.5 * value)") if name == "gap" else SQL("value"),
            half_life=company.sudo().customer_satisfaction_half_life,
            no_weight=NO_WEIGHT,
            facts=self._get_facts_sql(part, scope),
        )

    @api.model
    def _weigh_burden(self, _name, part, scope, _company):
        """Return facts with what each takes off from 100, in proportion to its size."""
        return SQL(
            """SELECT counted.*,
                      size / SUM(size) OVER (PARTITION BY partner_id) AS weight_ratio,
                      - size / SUM(size) OVER (PARTITION BY partner_id)
                        * (100 - 100 * exp(- SUM(size) OVER (PARTITION BY partner_id))) AS points
                 FROM (%s) AS counted""",
            self._get_facts_sql(part, scope),
        )

    @api.model
    def _get_branch(self, number, component, facts, total, company, is_base):
        """Return the rows of a component, or its 100 points before burdens, of a company."""
        name, part = component
        if is_base:
            facts = SQL(
                """SELECT DISTINCT partner_id, NULL::int AS res_id, NULL::int AS day,
                          NULL::int AS known, 100::float8 AS value, NULL::float8 AS weight_ratio,
                          100::float8 AS points
                     FROM (%s) AS burden""",
                facts,
            )
        return SQL(
            """SELECT (%(row)s)::bigint * %(components)s + %(number)s AS id, f.id AS profile_id,
                      f.partner_id, f.company_id, %(name)s AS component,
                      DATE '1970-01-01' + CASE WHEN c.day < %(open)s THEN c.day ELSE c.known END
                          AS date,
                      %(model)s AS res_model, c.res_id, %(value)s AS value,
                      c.weight_ratio, c.points,
                      c.points * %(weight)s / NULLIF(%(total)s, 0) AS score_points
                 FROM (%(facts)s) AS c
                 JOIN customer_profile f
                   ON f.partner_id = c.partner_id AND f.company_id = %(company)s""",
            row=SQL("f.id") if is_base else SQL("c.res_id"),
            open=STILL_OPEN,
            components=COMPONENTS,
            number=COMPONENTS - 1 if is_base else number,
            name=name,
            model=None if is_base else part.model,
            value=SQL("(50 + 12.5 * c.value)") if name == "gap" else SQL("c.value"),
            weight=part.weight,
            total=SQL("(%s)", total),
            facts=facts,
            company=company.id,
        )

    @api.readonly
    def action_open_document(self):
        """Open the answer, order or complaint behind a fact. Public: button.

        :raise UserError: for the row complaints are taken off from
        :raise AccessError: when the user may not read it
        """
        self.ensure_one()
        if not self.res_id:
            raise UserError(
                self.env._(
                    "This row is no document: it is the score of a customer without complaints."
                )
            )
        document = self.env[self.res_model].browse(self.res_id)
        document.check_access("read")
        if self.res_model == "sale.order.line":
            document = document.order_id
        return document.get_formview_action()
