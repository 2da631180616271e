"""A headless Chromium on a real server, spoken to through its DevTools.

Odoo's own tours run inside one database transaction and have no live bus; here a message goes
all the way from one process to the screen of another.
"""

import base64
import contextlib
import json
import resource
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 45
# More than one file may come from a page without a question nobody is there to answer.
PREFERENCES = {"profile": {"default_content_setting_values": {"automatic_downloads": 1}}}


def find_program():
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextlib.contextmanager
def opened(width=1366, height=860):
    """Yield a browser with one page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        settings = Path(folder, "Default", "Preferences")
        settings.parent.mkdir()
        settings.write_text(json.dumps(PREFERENCES))
        process = subprocess.Popen(
            [
                *(find_program(), "--headless=new", "--no-sandbox", "--disable-gpu"),
                *("--remote-debugging-port=0", "--remote-allow-origins=*", "--no-first-run"),
                *(f"--user-data-dir={folder}", f"--window-size={width},{height}", "about:blank"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_lift_memory_limit,
        )
        try:
            yield Browser(_find_page(Path(folder, "DevToolsActivePort")))
        finally:
            process.kill()
            process.wait()


def _lift_memory_limit():
    """The test process has Odoo's limit; a browser reserves far more than it uses."""
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _find_page(file):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError, IndexError, StopIteration):
            port = file.read_text().split()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = json.loads(answer.read())
            page = next(page for page in pages if page["type"] == "page")
            return page["webSocketDebuggerUrl"]
        time.sleep(0.2)
    raise AssertionError("The browser did not start")


class Browser:
    def __init__(self, address):
        self.socket = websocket.create_connection(address, timeout=SECONDS, suppress_origin=True)
        self.number = 0
        self.errors = []  # what nothing caught
        self.complaints = []  # what the page wrote to its console as an error
        self.warnings = []
        self.failures = []  # requests that failed, once the network is watched
        self.call("Runtime.enable")
        self.call("Page.enable")

    def call(self, method, **parameters):
        self.number += 1
        number = self.number
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "Runtime.exceptionThrown":
                self.errors.append(answer["params"]["exceptionDetails"])
            if answer.get("method") == "Runtime.consoleAPICalled":
                self._hear(answer["params"])
            if answer.get("method") == "Page.javascriptDialogOpening":  # leave what is unsaved?
                self.number += 1
                leave = {"method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
                self.socket.send(json.dumps({"id": self.number, **leave}))
            if answer.get("method") == "Network.responseReceived":
                response = answer["params"]["response"]
                if response["status"] >= 400:
                    self.failures.append(f"{response['status']} {response['url']}")
            if answer.get("method") == "Network.loadingFailed":
                self._note_failure(answer["params"])
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    def _hear(self, said):
        heard = {"error": self.complaints, "assert": self.complaints, "warning": self.warnings}
        if said["type"] in heard:
            words = [str(arg.get("value", arg.get("description"))) for arg in said["args"]]
            heard[said["type"]].append(" ".join(words))

    def _note_failure(self, failed):
        if not failed.get("canceled"):
            self.failures.append(f"{failed['errorText']} {failed['type']}")

    def watch_network(self):
        """Keep in ``failures`` which requests fail from now on."""
        self.call("Network.enable")

    def evaluate(self, expression):
        """Return the value of a JavaScript expression; promises are waited for."""
        result = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait(self, expression, seconds=SECONDS):
        """Wait until an expression is true; return its value."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(AssertionError):  # while a page is being left
                value = self.evaluate(expression)
                if value:
                    return value
            time.sleep(0.1)
        raise AssertionError(f"Not true within {seconds} s: {expression}\n{self.text()[:2000]}")

    def text(self):
        return self.evaluate("document.body ? document.body.innerText : ''")

    def go(self, url):
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def click(self, selector):
        quoted = json.dumps(selector)
        self.wait(f"!!document.querySelector({quoted})")
        self.evaluate(f"document.querySelector({quoted}).click()")

    def log_in(self, url, login, password):
        self.go(f"{url}/web/login")
        for name, value in (("login", login), ("password", password)):
            self.evaluate(
                f"document.querySelector('input[name={name}]').value = {json.dumps(value)}"
            )
        self.click("form.oe_login_form button[type=submit]")
        self.wait("!!document.querySelector('.o_web_client .o_main_navbar')")

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        Path(path).write_bytes(base64.b64decode(data))
