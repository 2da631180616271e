"""What people write, on the screens of a browser: nothing of it may run.

Every text a form of ours takes holds one of sixty payloads; a page that runs one of them tells.
"""

import importlib.util
import json

from devtools import paths, rpc_server

RECORD = """
for (const name of ["alert", "confirm", "prompt", "hit"]) {
    window[name] = () => localStorage.setItem("hits", location.href);
}
"""
CALLS = ("alert(1)", "hit()", "confirm(1)")
FORMS = (
    "<script>{}</script>",
    "</textarea><script>{}</script>",
    "</title><script>{}</script>",
    "<img src=x onerror={}>",
    "<svg/onload={}>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<iframe src=javascript:{}></iframe>",
    "<iframe srcdoc='<script>top.{}</script>'></iframe>",
    "<details open ontoggle={}>",
    "<body onload={}>",
    '" onmouseover="{}" x="',
    "' onfocus='{}' autofocus x='",
    '"><script>{}</script>',
    "<input autofocus onfocus={}>",
    "{{{{ {} }}}}",
    '<t t-out="{}"/>',
    "<video><source onerror={}></video>",
    "<math><mtext><script>{}</script></mtext></math>",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "&lt;script&gt;{}&lt;/script&gt;",
)
PAYLOADS = [form.format(call) for form in FORMS for call in CALLS]
# Model -> the texts people type there; whatever is not of these types is left as it is.
TYPED = ("char", "text", "html")
SEED = """
import json
payloads = json.loads({payloads!r})
env.ref("base.user_admin").write({{"password": "screen-screen", "group_ids": [
    (4, env.ref(f"customer_value.customer_value_group_manager").id),
    (4, env.ref("sales_team.group_sale_manager").id)]}})
env["res.lang"]._activate_lang("en_US")
env.ref("base.user_admin").lang = "en_US"
typed = {typed!r}
machines = ("email", "lang", "tz", "res_model", "request_key", "email_from", "email_cc")
made, columns = {{}}, 0

def fill(model, payload, **values):
    global columns
    fields = [
        field.name for field in env[model]._fields.values()
        if field.type in typed and field.store and not field.readonly and not field.compute
        and field._modules and not field.related and field.name not in machines
        and ("customer_value" in field._modules or field.name in ("name", "comment", "ref"))
    ]
    columns += len(fields) * (payload == payloads[0])
    record = env[model].create({{**{{name: payload for name in fields}}, **values}})
    made.setdefault(model, []).append(record.id)
    return record

reason = env["customer.interaction.reason"].create({{"name": payloads[0]}})
for payload in payloads:
    partner = fill("res.partner", payload, is_company=True)
    own = {{"partner_id": partner.id}}
    tag = fill("customer.complaint.tag", payload)
    complaint = fill("customer.complaint", payload, tag_ids=[(4, tag.id)], **own)
    complaint.message_post(body=payload)
    fill("customer.interaction", payload, **own)
    answer = {{"rating": 1, "nps": None, "levels": {{}}, "comment": payload}}
    answers = env["customer.feedback"]
    feedback = answers._register_answer(env.company, partner, "rating", answer, source="agent")
    feedback.sudo().document_name = payload
    made.setdefault("customer.feedback", []).append(feedback.id)
portal = env["res.users"].with_context(no_reset_password=True).create({{
    "name": payloads[4], "login": "screen", "password": "screen-screen", "lang": "en_US",
    "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
}})
portal.partner_id.parent_id = made["res.partner"][0]
complaints = env["customer.complaint"].browse(made["customer.complaint"])
complaints.write({{"partner_id": made["res.partner"][0]}})
queue = env["customer.refresh.queue"]
while queue._process_batch(100):
    pass
env.cr.commit()
print(MARK + json.dumps([made, columns]))
"""
ACTIONS = (
    *("complaint", "complaint_tag", "interaction", "feedback", "profile", "tier", "call"),
    *("complaint_resolution", "complaint_measure", "answer_report", "recommendation"),
)
OPENED = 20


def open_screens(site):
    """Open lists, forms and the portal; return what ran and a sentence, nothing without browser."""
    browser = _load_browser()
    if not browser.find_program():
        return None
    text = SEED.format(payloads=json.dumps(PAYLOADS), typed=TYPED)
    made, columns = rpc_server.ask(site.server, site.database, text)
    with browser.opened() as page:
        page.call("Page.addScriptToEvaluateOnNewDocument", source=RECORD)
        page.log_in(site.url, "admin", "screen-screen")
        page.evaluate("document.body.append(Object.assign(new Image(), {onerror: hit, src: 'x'}))")
        page.wait("localStorage.getItem('hits')")  # what runs does tell
        page.evaluate("localStorage.removeItem('hits')")
        addresses = [f"action-customer_value.customer_{name}_action" for name in ACTIONS]
        for model in ("res.partner", "customer.complaint", "customer.interaction"):
            addresses += [f"{model}/{id_}" for id_ in made[model][:: len(PAYLOADS) // OPENED]]
        hits, shown = _open_all(page, [f"{site.url}/odoo/{one}" for one in addresses])
        page.call("Network.clearBrowserCookies")
        portal, seen = _open_portal(page, site.url, made["customer.complaint"])
    ran = hits + portal
    return ran, (
        f"{len(ran)} ran of {len(PAYLOADS)} payloads in {columns} texts, {shown + seen} pages"
    )


def _load_browser():
    """The browser of the tests: a file that needs nothing of Odoo, in a package that does."""
    path = paths.ROOT / "tests" / "tools" / "browser.py"
    spec = importlib.util.spec_from_file_location("security_browser_tool", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _open_all(page, addresses, ready=".o_action .o_content"):
    """Return (addresses where something ran, number of pages)."""
    ran = []
    for address in addresses:
        page.go(address)
        page.wait(f"!!document.querySelector({json.dumps(ready)})")
        # What is drawn a little later, as the card and the timeline are.
        page.evaluate("new Promise(done => setTimeout(done, 700))")
        if page.evaluate("localStorage.getItem('hits')"):
            ran.append(address)
            page.evaluate("localStorage.removeItem('hits')")
    return ran, len(addresses)


def _open_portal(page, url, complaints):
    page.go(f"{url}/web/login")
    for name, value in (("login", "screen"), ("password", "screen-screen")):
        field = f"document.querySelector('input[name={name}]')"
        page.evaluate(f"{field}.value = {json.dumps(value)}")
    page.click("form.oe_login_form button[type=submit]")
    page.wait("location.pathname.includes('/my')")
    addresses = [f"{url}/my/complaints", f"{url}/my/complaints/new"]
    addresses += [f"{url}/my/complaints/{id_}" for id_ in complaints[:: len(PAYLOADS) // OPENED]]
    return _open_all(page, addresses, ready="#wrap")
