"""Hostile requests: each gets its status, as a problem with a request id and no word of the inside; all is well after."""

import io
import json
import re
import socket
import struct
import time
import zlib

import pytest

from tenfold.serving.envelope import CONTENT_SECURITY_POLICY

MB = 1 << 20


def huge_png(width: int, height: int) -> bytes:
    """A PNG of under a kilobyte whose header promises so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def form(*parts: bytes, boundary: bytes = b"x") -> dict:
    """A form made by hand."""
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"
    return {"content": body, "headers": {"Content-Type": "multipart/form-data; boundary=" + boundary.decode()}}


FILE = b'Content-Disposition: form-data; name="a"; filename="a.png"\r\n\r\nxx'
FIELD = b'Content-Disposition: form-data; name="layout"\r\n\r\nnumber'
JSON = {"Content-Type": "application/json"}

REQUESTS = {
    "11 MB": ("POST", "/v1/read", {"content": bytes(11 * MB)}, 413),
    "11 MB in pieces, no length": ("POST", "/v1/read", {"content": (bytes(MB) for _ in range(11))}, 413),
    "41 megapixels": ("POST", "/v1/read", {"content": huge_png(6400, 6407)}, 422),
    "65,500 x 65,500 pixels": ("POST", "/v1/read", {"content": huge_png(65500, 65500)}, 422),
    "header without pixels": ("POST", "/v1/read", {"content": huge_png(100, 100)}, 422),
    "nothing": ("POST", "/v1/read", {"content": b""}, 422),
    "one byte": ("POST", "/v1/read", {"content": b"x"}, 422),
    "a script named .png": (
        "POST",
        "/v1/read",
        {"content": b"<svg onload=alert(1)>", "headers": {"Content-Type": "image/png"}},
        422,
    ),
    "text": ("POST", "/v1/read", {"content": b"7", "headers": {"Content-Type": "text/html"}}, 415),
    "SVG": ("POST", "/v1/read", {"content": b"<svg/>", "headers": {"Content-Type": "image/svg+xml"}}, 415),
    "JSON with an address to fetch": ("POST", "/v1/read", {"json": {"url": "http://127.0.0.1/"}}, 415),
    "unknown layout": ("POST", "/v1/read?layout=../../etc", {"content": b"x"}, 422),
    "explain is no truth value": ("POST", "/v1/read?explain=perhaps", {"content": b"x"}, 422),
    "form without boundary": (
        "POST",
        "/v1/read",
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        400,
    ),
    "form that is none": ("POST", "/v1/read", {**form(), "content": b"junk"}, 400),
    "form cut off": ("POST", "/v1/read", {**form(), "content": b"--x\r\n" + FILE}, 400),
    "form without files": ("POST", "/v1/read", form(), 422),
    "form with a field": ("POST", "/v1/read", form(FIELD), 422),
    "part without header": ("POST", "/v1/read", form(b"no header"), 400),
    "65 pictures": ("POST", "/v1/read", form(*[FILE] * 65), 413),
    "a million parts": ("POST", "/v1/read", form(*[b"x"] * 1_000_000), 413),
    "broken JSON": ("POST", "/v2/models/tenfold/infer", {"content": b'{"inputs": [', "headers": JSON}, 400),
    "deep JSON": ("POST", "/v2/models/tenfold/infer", {"content": b"[" * 200_000, "headers": JSON}, 400),
    "no model": ("POST", "/v2/models/other/infer", {"json": {}}, 404),
    "unknown path": ("GET", "/admin", {}, 404),
    "way up": ("GET", "/examples/..%2f..%2f..%2f..%2fetc%2fpasswd", {}, 404),
    "source of the page's neighbour": ("GET", "/app.py", {}, 404),
    "wrong verb": ("GET", "/v1/read", {}, 405),
    "another wrong verb": ("DELETE", "/v1/model", {}, 405),
    "correction without label": (
        "POST",
        "/v1/corrections",
        {"content": b"x", "headers": {"Content-Type": "image/png"}},
        422,
    ),
    "correction sent by another site's form": ("POST", "/v1/corrections?label=1", form(FILE), 415),
    "label that is a path": (
        "POST",
        "/v1/corrections?label=../1",
        {"content": b"x", "headers": {"Content-Type": "image/png"}},
        422,
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_hostile_request(client, service, name):
    """The status of the table, in the form of a problem, and the service lives on."""
    verb, path, options, status = REQUESTS[name]
    answer = client.request(verb, path, **options)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert not re.search(r"Traceback|\.py|/home|/usr|/tmp|/src|0x[0-9a-f]{6}", answer.text)
    assert client.get("/healthz").text == "ok"
    assert service.process.poll() is None


def test_every_answer_is_dressed(client, digit):
    """Errors, readings and the page alike carry the content security policy, the request id and nosniff."""
    for answer in (client.get("/"), client.get("/nowhere"), client.post("/v1/read", content=digit())):
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-request-id"]
        assert "server" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


def test_a_client_may_name_its_request_but_not_forge_headers(client):
    """A plain X-Request-ID comes back; any other is replaced."""
    assert client.get("/healthz", headers={"X-Request-ID": "order-66"}).headers["x-request-id"] == "order-66"
    forged = client.get("/healthz", headers={"X-Request-ID": "a b<script>"}).headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{32}", forged)


def raw(service, content: bytes, wait: float = 10) -> bytes:
    """What comes back for bytes that are sent as they are."""
    with socket.create_connection(("127.0.0.1", service.port), wait) as connection:
        connection.sendall(content)
        answer = connection.recv(65536)
        while b"\r\n\r\n" not in answer or not answer.endswith((b"}", b"]")):
            more = connection.recv(65536)
            if not more:
                break
            answer += more
        return answer


def test_one_byte_chunks(service, digit):
    """A picture in chunks of one byte is read like any other."""
    head = b"POST /v1/read HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in digit())
    answer = raw(service, head + chunks + b"0\r\n\r\n")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["text"] == "7"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 no TLS here\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", 400),
        (b"POST /v1/read HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000, 431),
    ],
    ids=["TLS", "negative length", "endless chunk", "endless header"],
)
def test_broken_http(service, client, content, status):
    """What is no HTTP, or has no end, is refused, and the service lives on."""
    answer = raw(service, content)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert client.get("/healthz").text == "ok"


def test_200_slow_connections_leave_health_at_once(service, client):
    """Connections that send a byte now and then do not delay others."""
    head = b"POST /v1/read HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\n"
    slow = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(200)]
    try:
        for number, connection in enumerate(slow):
            connection.sendall(head[:20] if number % 2 else head + b"x")
        client.get("/healthz")
        taken = []
        for _ in range(20):
            for connection in slow[::20]:
                connection.sendall(b"x")
            started = time.perf_counter()
            assert client.get("/healthz").status_code == 200
            taken.append(time.perf_counter() - started)
        assert sorted(taken)[10] < 0.05
    finally:
        for connection in slow:
            connection.close()


def test_a_bomb_beside_small_pictures(client, digit):
    """A text chunk that unpacks to a gigabyte is no more than a picture that cannot be opened, or one that can."""
    packed = zlib.compress(bytes(20 * MB), 9)
    content = digit()
    place = 33  # behind the header chunk
    kind, text = b"zTXt", b"k\0\0" + packed
    bomb = struct.pack(">I", len(text)) + kind + text + struct.pack(">I", zlib.crc32(kind + text))
    answer = client.post("/v1/read", content=io.BytesIO(content[:place] + bomb + content[place:]).read())
    assert answer.status_code in (200, 422)
    assert client.post("/v1/read", content=content).json()["text"] == "7"
