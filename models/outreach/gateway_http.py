"""One call of an HTTP gateway, from which it is always known how far it came.

No redirect is followed and no proxy used: what we send holds secrets and must reach the address
that was set, or nobody. The address is looked up once, checked, and connected to.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from typing import NamedTuple
from urllib.parse import urlsplit

MAX_BODY_BYTES = 64 * 1024
PORTS = {"https": 443, "http": 80}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
COMPATIBLE = ipaddress.ip_network("::/96")
NOT_GLOBAL = (ipaddress.ip_network("fec0::/10"), ipaddress.ip_network("64:ff9b:1::/48"))


class GatewayReply(NamedTuple):
    """``error`` is empty where the gateway answered.

    ``is_sent`` tells whether the request may have reached it: if not, it may be sent again.
    """

    is_sent: bool
    status: int
    body: str
    error: str


class GatewayCallError(Exception):
    """The gateway could not be reached; nothing was sent."""


def call_gateway(method, url, headers, body, timeout, is_internal=False):
    """Send one request and return the :class:`GatewayReply`; raises nothing.

    :param headers: list of (name, value)
    :param body: bytes, or None
    :param timeout: seconds for all of it, from the first packet to the last byte of the answer
    :param is_internal: whether it may be in the own network
    """
    parts = urlsplit(url)
    try:
        sock = _connect(parts, timeout, is_internal)
    except GatewayCallError as error:
        return GatewayReply(False, 0, "", str(error))
    is_late = threading.Event()
    guard = threading.Timer(timeout, _cut, [sock, is_late])
    guard.daemon = True
    guard.start()
    try:
        reply = _exchange(sock, parts, method, headers, body)
    finally:
        guard.cancel()
        sock.close()
    return GatewayReply(True, 0, "", "no_answer") if is_late.is_set() else reply


def _exchange(sock, parts, method, headers, body):
    connection = http.client.HTTPConnection(parts.hostname, parts.port or PORTS[parts.scheme])
    connection.sock = sock
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", parts.netloc.encode("idna").decode())
        for name, value in headers:
            connection.putheader(name, value.encode())
        connection.putheader("Connection", "close")
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        text = answer.read(MAX_BODY_BYTES)
        if answer.length and len(text) < MAX_BODY_BYTES:
            raise http.client.IncompleteRead(text, answer.length)
    except (OSError, http.client.HTTPException, ValueError):
        return GatewayReply(True, 0, "", "no_answer")
    return GatewayReply(True, answer.status, text.decode("utf-8", "replace"), "")


def _connect(parts, timeout, is_internal):
    host, port = parts.hostname, parts.port or PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise GatewayCallError("unknown_host") from error
    # All of them, or who owns the name could choose one by chance.
    if any(not is_allowed(address[4][0], is_internal) for address in found):
        raise GatewayCallError("forbidden_address")
    for family, kind, protocol, _name, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(timeout)
            sock.connect(address)
            if parts.scheme == "https":
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        except ssl.SSLError as error:
            sock.close()
            raise GatewayCallError("certificate") from error
        except OSError:
            sock.close()
            continue
        return sock
    raise GatewayCallError("no_connection")


def is_allowed(address, is_internal):
    """Whether messages may be sent to an address: never to the machine's own services.

    :param is_internal: also to the own network and this machine; link-local addresses, where
        clouds keep their keys, never are
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6:
        # Other ways to write an IPv4 address: mapped, 6to4, and in the last 32 bits.
        is_tail = ip in NAT64 or ip in COMPATIBLE and int(ip) > 1
        tail = ipaddress.ip_address(int(ip) & 0xFFFFFFFF) if is_tail else None
        ip = ip.ipv4_mapped or ip.sixtofour or tail or ip
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        return False
    is_local = any(ip.version == 6 and ip in network for network in NOT_GLOBAL)
    return is_internal or ip.is_global and not is_local


def _cut(sock, is_late):
    is_late.set()
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        sock.close()
