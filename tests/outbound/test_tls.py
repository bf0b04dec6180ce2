"""TLS asks for the name, though the connection goes to an address."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cnrs_kg.errors import OutboundUnavailable
from cnrs_kg.outbound.client import Outbound
from cnrs_kg.outbound.network import Transport
from cnrs_kg.outbound.places import Place, Places

from .hosts import Hand, reply

NAME = "registry.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key, and a certificate of the name by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        reply(self, 200, self.headers["Host"].encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def port(certificate: Path) -> Iterator[int]:
    """A server on loopback that shows the certificate."""
    server = HTTPServer(("127.0.0.1", 0), Answering)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def asked(host: str, port: int, trusted: Path | None) -> bytes:
    places = [Place(host, port, private=True)]
    context = ssl.create_default_context(cafile=trusted) if trusted else None
    transport = Transport(Places(places), resolver=lambda *_: ["127.0.0.1"], ssl_context=context)
    with Outbound(places, transport=transport, clock=Hand()) as outbound:
        with outbound.get(f"https://{host}:{port}/") as got:
            return got.read()


def test_the_name_is_asked_for_and_certified(port: int, certificate: Path) -> None:
    assert asked(NAME, port, certificate) == f"{NAME}:{port}".encode()


def test_another_name_is_refused(port: int, certificate: Path) -> None:
    with pytest.raises(OutboundUnavailable, match=r"other\.example cannot be asked: .*certificate"):
        asked("other.example", port, certificate)


def test_a_certificate_that_nobody_vouches_for_is_refused(port: int) -> None:
    with pytest.raises(OutboundUnavailable, match="certificate verify failed"):
        asked(NAME, port, None)
