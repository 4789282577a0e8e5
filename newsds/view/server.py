"""A server for one person on this machine: the loopback address, an address nobody can guess, nothing from elsewhere.

What it shows is a private dataset, and with `newsds label` it writes. So: it listens on 127.0.0.1 only; the first part
of every path is a random token; the Host must be its own, or a name that an attacker points to 127.0.0.1 would do
(DNS rebinding); what writes must come from its own pages; and no page may load, run or send anything but its own.
"""

from __future__ import annotations

import hmac
import json
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from newsds.errors import NewsdsError, UsageError

HOST: Final = "127.0.0.1"
_TOKEN_BYTES: Final = 24
_BODY_BYTES: Final = 1 << 20
"""Of a request: a change of some labels is some hundred bytes."""
_FIELDS: Final = 100
"""Of a query: the forms have six."""
_IDLE_SECONDS: Final = 60
"""After which a connection that says nothing is closed."""
_NOTHING_CSP: Final = "default-src 'none'; frame-ancestors 'none'"
_PAGE_CSP: Final = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
"""Beside the policy in the page itself, which names its scripts and styles; both hold."""
_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # the token is in the address
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a page asks for."""

    method: str
    """`GET` or `POST`"""
    path: str
    """below the token, without `/` at its head, percent-decoded"""
    query: Mapping[str, str] = field(default_factory=dict)
    """the last value of each name; those that are empty are left out"""
    body: Any = None
    """of a POST: the JSON"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What it gets."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK
    csp: str = _NOTHING_CSP
    """content security policy"""


App = Callable[[Request], Response]


class RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message


def not_found(what: str) -> RefusedError:
    """Return the error for what is not there."""
    return RefusedError(HTTPStatus.NOT_FOUND, what)


def bad_request(what: str) -> RefusedError:
    """Return the error for a request that says nothing."""
    return RefusedError(HTTPStatus.BAD_REQUEST, what)


def json_response(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return a value as a response.

    >>> json_response({"a": 1}).body
    b'{"a":1}'
    """
    text = json.dumps(value, separators=(",", ":"))
    return Response(body=text.encode(), content_type="application/json", status=status)


def html_response(document: str) -> Response:
    """Return a page that `newsds.report.document` made."""
    return Response(body=document.encode(), csp=_PAGE_CSP)


class LoopbackServer:
    """An HTTP server on the loopback address; a context manager.

    Args:
        app: answers requests, several at a time.
        port: to listen on; 0 takes a free one.

    Raises:
        UsageError: the port is taken.

    >>> with LoopbackServer(lambda request: Response(body=b"")) as server:
    ...     server.url.startswith("http://127.0.0.1:")
    True
    """

    def __init__(self, app: App, *, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(_TOKEN_BYTES)
        try:
            self._server = _Server((HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            what = getattr(error, "strerror", None) or str(error)
            raise UsageError(f"cannot listen on {HOST}:{port}: {what}", "give another --port, or none") from error
        self._server.app = app
        self._server.token = self.token

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """The address of its first page, with the token."""
        return f"http://{HOST}:{self.port}/{self.token}/"

    def serve(self) -> None:
        """Answer requests until `stop` is called, or Ctrl-C."""
        self._server.serve_forever(poll_interval=0.1)

    def stop(self) -> None:
        """End `serve`, which runs in another thread."""
        self._server.shutdown()

    def __enter__(self) -> LoopbackServer:
        return self

    def __exit__(self, *error: object) -> None:
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    app: App
    token: str
    daemon_threads = True  # a connection that a browser keeps open does not keep the program
    allow_reuse_address = hasattr(socket, "SO_REUSEPORT")  # elsewhere it would mean that two may have the port

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no error to speak of; every other is answered before."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    server_version = "newsds"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: addresses hold the token and what was searched for."""

    def _answer(self) -> None:
        try:
            response = self.server.app(self._request())
        except RefusedError as error:
            response = self._error(error.status, error.message)
        except NewsdsError as error:
            response = self._error(HTTPStatus.INTERNAL_SERVER_ERROR, f"{error.message}: {error.remedy}")
        except Exception as error:  # noqa: BLE001 - a defect must not take the other pages with it
            message = f"a defect of newsds, please report it: {type(error).__name__}: {error}"
            response = self._error(HTTPStatus.INTERNAL_SERVER_ERROR, message)
        self._send(response)

    def _error(self, status: HTTPStatus, message: str) -> Response:
        text = f"{status.value} {status.phrase}: {message}\n"
        return Response(
            body=text.encode("utf-8", "backslashreplace"), content_type="text/plain; charset=utf-8", status=status
        )

    def _request(self) -> Request:
        # read first, whatever comes of it: the next request stands behind it
        content = self._content()
        hosts = tuple(f"{name}:{self.server.server_port}" for name in (HOST, "localhost"))
        if self.headers.get("Host") not in hosts:
            raise RefusedError(HTTPStatus.MISDIRECTED_REQUEST, "this server is for its own address only")
        path, _, query = self.path.partition("?")
        token, slash, rest = path.removeprefix("/").partition("/")
        if not hmac.compare_digest(token.encode(), self.server.token.encode()) or not slash:
            raise not_found("open the address that newsds printed; each start has its own")
        if self.command == "GET":
            try:
                values = dict(parse_qsl(query, max_num_fields=_FIELDS))
            except ValueError as error:
                raise bad_request(f"more than {_FIELDS} values") from error
            return Request(method="GET", path=unquote(rest), query=values)
        if self.headers.get("Origin") not in tuple(f"http://{host}" for host in hosts):
            raise RefusedError(HTTPStatus.FORBIDDEN, "only pages of this server may write")
        if self.headers.get_content_type() != "application/json":
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "changes are JSON")
        try:
            body = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "not JSON") from error
        return Request(method="POST", path=unquote(rest), body=body)

    def _content(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        known = length.isascii() and length.isdigit() and len(length) < 16 and "Transfer-Encoding" not in self.headers
        if not known or int(length) > _BODY_BYTES:
            self.close_connection = True
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has {_BODY_BYTES} bytes at most")
        content = self.rfile.read(int(length))
        if len(content) < int(length):
            self.close_connection = True
            raise RefusedError(HTTPStatus.BAD_REQUEST, "the request is cut off")
        return content

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Content-Security-Policy", response.csp)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)
