"""A real HTTP server that plays an SMS gateway: what comes in is kept, the answer is scripted."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Gateway:
    """What a test sees of the server.

    ``calls`` are dictionaries of method, path, headers and body. ``answers`` are used up one by
    one, the last one for ever: (status, text), or one of ``hang`` (never answers), ``drop``
    (takes the message and hangs up), ``drip`` (a byte now and then). ``on_call`` is called with
    each call before it is answered.
    """

    def __init__(self, server):
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.calls, self.answers, self.released = [], [(200, "{}")], threading.Event()
        self.on_call = lambda _call: None

    def next_answer(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def bodies(self):
        return [json.loads(call["body"]) for call in self.calls]


class _Handler(BaseHTTPRequestHandler):
    def _take(self):
        gateway = self.server.gateway
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        gateway.calls.append(
            {
                "method": self.command,
                "path": self.path,
                "headers": dict(self.headers),
                "body": body,
            }
        )
        gateway.on_call(gateway.calls[-1])
        answer = gateway.next_answer()
        if answer == "hang":
            gateway.released.wait(20)
        elif answer == "drip":
            with contextlib.suppress(OSError):
                self._drip(gateway)
        elif answer != "drop":
            self._answer(*answer)
        self.close_connection = True

    def _drip(self, gateway):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        while not gateway.released.is_set():
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def _answer(self, status, text, location=None):
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_PUT = _take

    def log_message(self, *args):
        """Say nothing."""


@contextlib.contextmanager
def sms_gateway():
    """Yield a :class:`Gateway` on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.gateway = gateway = Gateway(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.daemon = True
    thread.start()
    try:
        yield gateway
    finally:
        gateway.released.set()
        server.shutdown()
        server.server_close()
