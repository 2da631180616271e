"""A record of any model of ours, with as little in it as the model allows."""

PLAIN = {
    **dict.fromkeys(("char", "text", "html"), "x"),
    **dict.fromkeys(("integer", "float", "monetary"), 1),
    **{"date": "2026-01-01", "datetime": "2026-01-01 00:00:00", "boolean": True, "json": {}},
    "many2one_reference": 1,
}


class AnyRecords:
    """Finds or makes records of one company.

    :param dict known: model -> record, where the next best one will not do
    """

    def __init__(self, env, company, known=()):
        self.env, self.company, self.known = env, company, dict(known)

    def find(self, name):
        """Return a record; nothing of a report nobody has made rows for."""
        if self.known.get(name):
            return self.known[name]
        context = {"allowed_company_ids": self.company.ids, "active_test": False}
        model = self.env[name].with_context(**context)
        model = model.with_company(self.company)
        if name == "customer.timeline":
            customer = self.known["res.partner"]
            return model.search([("customer_id", "=", customer.id)], limit=1)
        if "company_id" in model._fields:
            found = model.search([("company_id", "=", self.company.id)], limit=1)
            if found or not model._auto:
                return found
        record = model.create(self._prepare(model))
        self.env.flush_all()
        return record

    def _prepare(self, model):
        values = model.default_get([n for n, f in model._fields.items() if f.required])
        for field in model._fields.values():
            is_company = field.comodel_name == "res.company" and field.name == "company_id"
            if field.related or (field.compute and not is_company):
                continue
            if is_company:
                values[field.name] = self.company.id
            elif field.required and not values.get(field.name):
                values[field.name] = self._get_value(field)
        return values

    def _find_other(self, name):
        """Return a record of a model of others, made where the database has none."""
        found = self.env[name].search([], limit=1)
        if not found and name == "account.analytic.account":
            plan = self.env["account.analytic.plan"].create({"name": "x"})
            found = self.env[name].create({"name": "x", "plan_id": plan.id})
        if not found and name == "loyalty.card":
            values = {"name": "x", "program_type": "loyalty", "applies_on": "both"}
            program = self.env["loyalty.program"].create(values)
            found = self.env[name].create({"program_id": program.id})
        return found

    def _get_value(self, field):
        if field.type == "many2many":
            return self.find(field.comodel_name).ids
        if field.type == "many2one":
            if field.comodel_name.startswith("customer.") or field.comodel_name in self.known:
                return self.find(field.comodel_name).id
            return self._find_other(field.comodel_name).id
        if field.type == "selection":
            return field.get_values(self.env)[0]
        if field.name == "url":
            return "https://sms.example.com/send"
        return PLAIN[field.type]
