"""The server answers its own pages on this machine, and nobody else."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest

from newsds.errors import DataError, UsageError
from newsds.view import LoopbackServer
from newsds.view.server import Request, Response, bad_request, html_response
from tests.view.conftest import Serve

Ask = Callable[..., tuple[int, dict[str, str], str]]


def echo(request: Request) -> Response:
    """Say what was understood; some paths fail."""
    if request.path == "data":
        raise DataError("the file is gone", "build again")
    if request.path == "defect":
        raise RuntimeError("<b>oh</b>")
    if request.path == "bad":
        raise bad_request("no")
    return html_response(json.dumps([request.method, request.path, dict(request.query), request.body]))


@pytest.fixture
def server(serve: Serve) -> LoopbackServer:
    return serve(echo)


@pytest.fixture
def ask(server: LoopbackServer) -> Ask:
    def send(path: str | None = None, method: str = "GET", body: bytes | None = None, **headers: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path if path is not None else f"/{server.token}/", body=body, headers=named)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, dict(answer.getheaders()), text

    return send


def test_paths_and_queries_are_read(ask: Ask, server: LoopbackServer) -> None:
    status, _, text = ask(f"/{server.token}/a%2F..%2Fb/?words=r%C3%A4in&none=&flag=a&flag=b")
    assert (status, json.loads(text)) == (200, ["GET", "a/../b/", {"words": "räin", "flag": "b"}, None])


@pytest.mark.parametrize("path", ["/", "", "/x/", "//", "/{}", "/{}x/", "/x{}/", "/../{}/", "/%00/", "//[/", "*"])
def test_without_the_token_there_is_nothing(ask: Ask, server: LoopbackServer, path: str) -> None:
    status, _, text = ask(path.replace("{}", server.token))
    assert status in (400, 404)
    assert server.token not in text


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "", "localhost", "127.0.0.1.evil.example"]
)
def test_other_hosts_are_refused(ask: Ask, server: LoopbackServer, host: str) -> None:
    assert ask(Host=host)[0] == HTTPStatus.MISDIRECTED_REQUEST
    assert ask(Host=f"{host}:{server.port}" if host else "x")[0] == (200 if host in ("127.0.0.1", "localhost") else 421)


def test_it_listens_on_the_loopback_address_only(server: LoopbackServer) -> None:
    assert server._server.server_address[0] == "127.0.0.1"


def test_only_its_own_pages_write(ask: Ask, server: LoopbackServer) -> None:
    own = f"http://127.0.0.1:{server.port}"
    kind = "application/json"

    def post(body: bytes = b"[1]", **headers: str) -> int:
        return ask(None, "POST", body, **headers)[0]

    assert post(Origin=own, Content_Type=kind) == 200
    assert post(Content_Type=kind) == 403
    for other in ("null", "http://evil.example", f"https://127.0.0.1:{server.port}", own + "0", "http://127.0.0.1"):
        assert post(Origin=other, Content_Type=kind) == 403
    for form in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert post(Origin=own, Content_Type=form) == 415
    assert post(b"{", Origin=own, Content_Type=kind) == 400
    assert post(b"[" * 100_000, Origin=own, Content_Type=kind) == 400
    # answered without waiting for the rest
    assert post(b"", Origin=own, Content_Type=kind, Content_Length=str((1 << 20) + 1)) == 413
    assert post(b"", Origin=own, Content_Type=kind, Content_Length="-1") == 413
    assert post(b"", Origin=own, Content_Type=kind, Content_Length="1" * 5000) == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "TRACE"])
def test_other_methods_are_refused(ask: Ask, method: str) -> None:
    assert ask(method=method)[0] == 501


@pytest.mark.parametrize(("path", "status"), [("", 200), ("data", 500), ("defect", 500), ("bad", 400)])
def test_every_answer_is_shut_in(ask: Ask, server: LoopbackServer, path: str, status: int) -> None:
    found, headers, text = ask(f"/{server.token}/{path}")
    assert found == status
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    if status != 200:
        assert headers["Content-Type"] == "text/plain; charset=utf-8"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
    if path == "data":
        assert text == "500 Internal Server Error: the file is gone: build again\n"


def test_what_is_no_http_does_no_harm(ask: Ask, server: LoopbackServer) -> None:
    for junk in (
        b"\x00\xff\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(junk)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1 << 16):
                pass
    assert ask()[0] == 200


def test_a_port_that_is_taken_is_named(server: LoopbackServer) -> None:
    with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{server.port}: Address already in use"):
        LoopbackServer(echo, port=server.port)


def test_each_start_has_its_own_address(server: LoopbackServer) -> None:
    with LoopbackServer(echo) as other:
        assert other.token != server.token
        assert len(other.token) == 32
