"""What of ours is open to whom, read from the registry: the tables of ``./dev audit``.

Each line is a decision that stands in tests/quality/audit/. What is new, or open to more people
than before, differs from that until somebody has looked at it.
"""

from odoo.tests import new_test_user
from odoo.tools.safe_eval import safe_eval

OURS = "customer_value"
OPERATIONS = {"read": "R", "write": "W", "create": "C", "unlink": "D"}
PLACES = ("own", "branch", "other", "none")
# role -> groups, as people get them; each of them works in one company
ROLES = {
    "public": None,
    "portal": "base.group_portal",
    "employee": "base.group_user",
    "stock": "base.group_user,stock.group_stock_user",
    "purchase": "base.group_user,base.group_partner_manager",
    "own sales": "base.group_user,sales_team.group_sale_salesman",
    "all sales": "base.group_user,sales_team.group_sale_salesman_all_leads",
    "sales manager": "base.group_user,sales_team.group_sale_manager",
    "invoicing": "base.group_user,account.group_account_invoice",
    "auditor": "base.group_user,account.group_account_readonly",
    "service": "base.group_user,customer_value.customer_value_group_user",
    "manager": "base.group_user,customer_value.customer_value_group_manager",
    "api": "base.group_user,customer_value.customer_value_group_api",
    "telephony": "base.group_user,customer_value.customer_value_group_telephony",
    "settings": "base.group_user,base.group_system",
}


def make_users(env, company):
    """Return role -> a user who has it in one company."""
    users = {
        role: new_test_user(
            env,
            login=f"audit {role}",
            groups=groups,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        for role, groups in ROLES.items()
        if groups
    }
    return {"public": env.ref("base.public_user"), **users}


def get_models(env):
    """Return the names of our own models that have records."""
    models = sorted(env.items())
    return [name for name, one in models if one._original_module == OURS and not one._abstract]


def tell_access(env, companies):
    """Lines ``model | role | own branch other none``: what a role may do with whose records.

    :param companies: place -> id of a company, ``False`` for a record of none
    """
    users = make_users(env, env["res.company"].browse(companies["own"]))
    lines = []
    for name in get_models(env):
        places = PLACES if "company_id" in env[name]._fields else ("own",)
        for role, user in users.items():
            cells = [_tell_cell(env[name], user, companies, place) for place in places]
            if set(cells) != {"-"}:
                lines.append(f"{name} | {role} | {' '.join(cells)}")
    return lines


def _tell_cell(model, user, companies, place):
    mine = model.with_user(user).with_context(allowed_company_ids=[companies["own"]])
    allowed = [
        letter
        for operation, letter in OPERATIONS.items()
        if mine.has_access(operation) and _fits_rules(mine, operation, companies[place])
    ]
    return "".join(allowed) or "-"


def _fits_rules(mine, operation, company):
    """Tell whether the rules leave a record that is the user's in all else."""
    rules = mine.env["ir.rule"]._get_rules(mine._name, operation)
    own, context = mine.env.user.sudo().all_group_ids, rules._eval_context()
    values = {"create_uid": mine.env.uid, "user_id": mine.env.uid, "company_id": company}
    record = mine.sudo().new({key: value for key, value in values.items() if key in mine._fields})

    def fits(rule):
        domain = rule.sudo().domain_force
        return bool(record.filtered_domain(safe_eval(domain, context) if domain else []))

    groups = [rule for rule in rules if rule.sudo().groups & own]
    return all(fits(rule) for rule in rules if not rule.sudo().groups) and (
        not groups or any(fits(rule) for rule in groups)
    )


def tell_rules(env):
    """Lines ``model | operations | groups | domain`` of our record rules."""
    lines = []
    for rule in env["ir.rule"].search([("model_id.model", "in", get_models(env))]):
        operations = [letter for name, letter in OPERATIONS.items() if rule[f"perm_{name}"]]
        groups = ", ".join(sorted(rule.groups.mapped("full_name"))) or "everybody"
        domain = " ".join((rule.domain_force or "").split())
        lines.append(f"{rule.model_id.model} | {''.join(operations)} | {groups} | {domain}")
    return sorted(lines)


def tell_fields(env):
    """Lines ``model | field | who | how`` of every field of ours, on whatever model."""
    lines = []
    for name, model in sorted(env.items()):
        if model._abstract:
            continue
        for field in model._fields.values():
            if set(field._modules) == {OURS}:
                groups = ", ".join(sorted(filter(None, (field.groups or "").split(","))))
                lines.append(f"{name} | {field.name} | {groups or 'as the model'} | {_how(field)}")
    return sorted(lines)


def _how(field):
    """Return what decides about a field from outside: kind, who gives its value."""
    marks = [
        field.type,
        "readonly" if field.readonly else "given",
        "computed" if field.compute else "",
        "related" if field.related else "",
        "" if field.store else "not stored",
        "own search" if field.search and not field.related else "",
        "company dependent" if field.company_dependent else "",
    ]
    return " ".join(filter(None, marks))


def tell_open(env):
    """Lines of everything that is there without a login, or for customers in the portal."""
    lines = []
    for url, endpoint in env["ir.http"]._generate_routing_rules([OURS], converters={}):
        routing = endpoint.routing
        methods = ",".join(routing.get("methods") or ["any"])
        csrf = "" if routing.get("csrf", True) else " without csrf"
        lines.append(f"route | {url} | {methods} {routing['auth']} {routing['type']}{csrf}")
    outsiders = env.ref("base.group_public") | env.ref("base.group_portal")
    rights = env["ir.model.access"].search([("model_id.model", "in", get_models(env))])
    for right in rights:
        if not right.group_id or right.group_id & outsiders:
            lines.append(f"model | {right.model_id.model} | {right.group_id.name or 'everybody'}")
    return sorted(lines)
