"""What RPC tests and measures need in a database: users with keys, and customers.

Text for `devtools.rpc_server.ask`, run in an Odoo shell.
"""

PREPARE = """
import json
from datetime import datetime, timedelta
from odoo.tests import new_test_user
company = env.company
groups = {
    "program": "customer_value.customer_value_group_api",
    "clerk": "customer_value.customer_value_group_user",
    "writer": "sales_team.group_sale_manager",
    "pbx": "customer_value.customer_value_group_telephony",
}
keys = {}
for login, group in groups.items():
    user = new_test_user(env, login=login, groups=group, company_id=company.id)
    expiry = datetime.now() + timedelta(days=1)
    keys[login] = env["res.users.apikeys"].with_user(user)._generate(None, "rpc", expiry)
partners = env["res.partner"].create([
    {"name": f"Customer {n}", "is_company": True, "ref": f"C-{n}",
     "email": f"c{n}@example.com", "phone": f"+1201555{n:04d}"}
    for n in range(100)
])
env.cr.commit()
print(MARK + json.dumps(
    {"company": company.id, "keys": keys, "partners": partners.ids, "database": env.cr.dbname}
))
"""
