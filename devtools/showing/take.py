"""Takes the pictures: python -m devtools.showing.take URL DATABASE FOLDER [NAME …].

Runs in the virtual environment, beside the demo, as the demo's own users in a headless Chromium.
"""

import base64
import importlib.util
import io
import json
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pypdfium2
from PIL import Image

from . import screens

LANGUAGES = {"en": "en_US", "fa": "fa_IR"}
WIDTHS = {screens.DESKTOP: 960, screens.PHONE: 390}
PDF_WIDTH = 620
COLORS = 64  # few colours keep the pictures small
SETTLE_SECONDS = 2
CALL = """(async () => {
    const answer = await fetch("/web/dataset/call_kw", {
        method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(%s)});
    const content = await answer.json();
    if (content.error) throw new Error(JSON.stringify(content.error.data));
    return content.result;
})()"""
LEARN = """(async () => {
    await fetch("/web/session/get_session_info", {
        method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"});
})()"""
# Chats that pop up in the demo are none of ours.
HIDE = """document.querySelectorAll(".o-mail-ChatHub, .o-mail-ChatWindow").forEach(
    (element) => { element.style.display = "none"; })"""
FETCH = """(async () => {
    const answer = await fetch(%s);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
})()"""


def load_browser():
    """Return the browser the tests use."""
    file = Path(__file__).parents[2] / "tests/tools/browser.py"
    spec = importlib.util.spec_from_file_location("customer_value_browser", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def call(page, model, method, *args, **kwargs):
    """Call a method as the user who is signed in."""
    body = {
        "jsonrpc": "2.0",
        "params": {"model": model, "method": method, "args": args, "kwargs": kwargs},
    }
    return page.evaluate(CALL % json.dumps(body))


def find_records(page, wanted):
    """Return name -> id of the records these screens show, as their user may find them."""
    found, paths = {}, " ".join(screen.path for screen in wanted)
    named = {"profile"} | {name for name in screens.RECORDS if f"{{{name}" in paths}
    for name in named:
        model, domain, order = screens.RECORDS[name]
        rows = call(page, model, "search_read", domain, ["partner_id"], limit=1, order=order)
        if rows:
            found[name] = rows[0]["id"]
            if rows[0]["partner_id"]:
                found[f"{name}_contact"] = rows[0]["partner_id"][0]
    return found | {"contact": found.get("profile_contact", 0)}


def take(page, url, screen, path, code):
    """Go there, wait until it is there, and return the picture."""
    if screen.is_pdf:
        path += f"?context={quote(json.dumps({'lang': code}))}"
        pdf = base64.b64decode(page.evaluate(FETCH % json.dumps(path)))
        sheet = pypdfium2.PdfDocument(pdf)[0]
        return sheet.render(scale=PDF_WIDTH / sheet.get_width()).to_pil()
    page.go(f"{url}{path}")
    page.wait(f"!!document.querySelector({json.dumps(screen.wait)})")
    time.sleep(SETTLE_SECONDS)
    for selector in screen.click:
        page.evaluate(f"document.querySelector({json.dumps(selector)})?.click()")
        time.sleep(SETTLE_SECONDS)
    page.evaluate(HIDE)
    data = page.call("Page.captureScreenshot", format="png")["data"]
    return Image.open(io.BytesIO(base64.b64decode(data)))


def save(image, screen, file):
    """Write a picture small."""
    width = min(image.width, PDF_WIDTH if screen.is_pdf else WIDTHS[screen.size])
    image = image.convert("RGB").resize((width, round(image.height * width / image.width)))
    file.parent.mkdir(parents=True, exist_ok=True)
    # The default gives rare colours away: a yellow badge among many green and red ones was red.
    image.quantize(COLORS, method=Image.Quantize.FASTOCTREE).save(file, optimize=True)


def take_as(browser, url, login, wanted, folder):
    """Take the pictures of one user on one size of screen in all languages."""
    with browser.opened(*wanted[0].size) as page:
        page.log_in(url, login, login) if login != "portal" else log_in_portal(page, url)
        users = call(page, "res.users", "search_read", [["login", "=", login]], ["id"])
        records = find_records(page, wanted) if login != "portal" else {}
        for short, code in LANGUAGES.items():
            set_language(page, login, users, code)
            if any(screen.is_pdf for screen in wanted):
                set_customers(page, records, code)
            for screen in wanted:
                try:
                    path = screen.path.format(**records)
                except KeyError as missing:
                    print(f"{screen.name}: the demo has no {missing}", flush=True)
                    continue
                image = take(page, url, screen, path, code)
                save(image, screen, folder / short / f"{screen.name}.png")
                print(f"{short}/{screen.name}.png", flush=True)
        set_language(page, login, users, LANGUAGES["en"])
        if any(screen.is_pdf for screen in wanted):
            set_customers(page, records, LANGUAGES["en"])


def log_in_portal(page, url):
    """Sign in a customer, who lands on the portal."""
    page.go(f"{url}/web/login")
    for name in ("login", "password"):
        page.evaluate(f"document.querySelector('input[name={name}]').value = 'portal'")
    page.click("form.oe_login_form button[type=submit]")
    page.wait("location.pathname.startsWith('/my')")


def set_customers(page, records, code):
    """Have the customers of the prints read in a language."""
    ids = sorted({id_ for name, id_ in records.items() if name.endswith("_contact")})
    call(page, "res.partner", "write", ids, {"lang": code})


def set_language(page, login, users, code):
    """Have the user read in a language, in the portal by the cookie it keeps."""
    if login == "portal":
        page.evaluate(f"document.cookie = 'frontend_lang={code}; path=/'")
    else:
        call(page, "res.users", "write", [users[0]["id"]], {"lang": code})
        page.evaluate(LEARN)  # the next page is drawn in the language the session knows


def main(url, _database, folder, *names):
    """Take the pictures and return the exit code."""
    browser, groups = load_browser(), {}
    for screen in screens.SCREENS:
        if not names or screen.name in names:
            groups.setdefault((screen.login, screen.size), []).append(screen)
    failed = 0
    for (login, _size), wanted in groups.items():
        try:
            take_as(browser, url, login, wanted, Path(folder))
        except AssertionError as problem:
            print(f"{login}: {str(problem)[:300]}", file=sys.stderr, flush=True)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
