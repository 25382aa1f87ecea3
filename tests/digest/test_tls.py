"""Mail over TLS: a certificate that a known authority gave to the right name is taken, any other is refused and said."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from mail_servers import Mailbox, _free_port, mail_server

from monitor.digest.smtp import Server, Session
from monitor.errors import DeliveryError

ANNA = "anna@example.org"
CONTENT = b"Subject: x\r\n\r\nText\r\n"
USER, PASSWORD = "desk", "a password"


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test's own."""

    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "ca.pem"

    def server(self, name: str) -> ssl.SSLContext:
        """What a server needs whose certificate bears this name (`IP:…` or `DNS:…`)."""
        stem = self.folder / "".join(c if c.isalnum() else "-" for c in name)
        key, request, signed = stem.with_suffix(".key"), stem.with_suffix(".csr"), stem.with_suffix(".pem")
        extensions = stem.with_suffix(".ext")
        extensions.write_text(f"subjectAltName={name}\nbasicConstraints=CA:FALSE\n")
        _openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=mail")
        given = ["-CA", self.file, "-CAkey", self.folder / "ca.key", "-CAcreateserial", "-extfile", extensions]
        _openssl("x509", "-req", "-in", request, "-out", signed, "-days", "2", *given)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(signed, key)
        return context


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: apt-get install openssl")
    made = Authority(tmp_path_factory.mktemp("authority"))
    usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    key = ["-keyout", made.folder / "ca.key", "-out", made.file]
    _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", *key, "-days", "2", "-subj", "/CN=A test's CA", *usage)
    return made


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The machine knows the authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


def kinds(context: ssl.SSLContext) -> dict[str, dict[str, Any]]:
    return {"smtps": {"ssl_context": context}, "starttls": {"tls_context": context, "require_starttls": True}}


def send(url: str) -> str:
    session = Session(Server.parse(url, timeout=5.0)).open()
    try:
        return session.send("a@example.org", ANNA, CONTENT, begin=lambda: None).result
    finally:
        session.close()


def refusal(url: str) -> str:
    with pytest.raises(DeliveryError) as caught:
        send(url)
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", ["smtps", "starttls"])
def test_mail_goes_out_over_tls_when_the_certificate_is_good(trusted: Authority, kind: str) -> None:
    with mail_server(**kinds(trusted.server("IP:127.0.0.1"))[kind]) as (url, box):
        assert send(url) == "delivered"
    assert box.mails == [(ANNA, CONTENT)]


@pytest.mark.parametrize("kind", ["smtps", "starttls"])
def test_a_certificate_of_an_unknown_authority_is_refused_and_the_way_out_is_said(
    authority: Authority, kind: str
) -> None:
    with mail_server(**kinds(authority.server("IP:127.0.0.1"))[kind]) as (url, box):
        said = refusal(url)
    assert "its certificate is not trusted" in said and "SSL_CERT_FILE" in said
    assert "_ssl.c" not in said
    assert box.mails == []


@pytest.mark.parametrize("kind", ["smtps", "starttls"])
def test_a_certificate_of_another_host_is_refused(trusted: Authority, kind: str) -> None:
    with mail_server(**kinds(trusted.server("DNS:mail.example.org"))[kind]) as (url, box):
        said = refusal(url)
    assert "its certificate is not trusted" in said and "127.0.0.1" in said and "_ssl.c" not in said
    assert box.mails == []


class Logins:
    """Lets one user in, over TLS alone, and notes who tried."""

    def __init__(self) -> None:
        self.tried: list[LoginPassword] = []

    def __call__(self, server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        self.tried.append(data)
        return AuthResult(success=data == LoginPassword(USER.encode(), PASSWORD.encode()))

    def options(self, kind: str) -> dict[str, Any]:
        # The test's server does not count TLS from the start as TLS.
        encrypted = kind == "starttls"
        return {"authenticator": self, "auth_required": encrypted, "auth_require_tls": encrypted}


def with_login(url: str, password: str = PASSWORD) -> str:
    return url.replace("://", f"://{USER}:{password.replace(' ', '%20')}@")


@pytest.mark.parametrize("kind", ["smtps", "starttls"])
def test_the_password_is_said_over_tls(trusted: Authority, kind: str) -> None:
    logins = Logins()
    context = kinds(trusted.server("IP:127.0.0.1"))[kind]
    with mail_server(**context, **logins.options(kind)) as (url, box):
        assert send(with_login(url)) == "delivered"
        said = refusal(with_login(url, "wrong word"))
    assert "login" in said or "535" in said
    assert "Are user and password" in said and "wrong word" not in said
    assert len(box.mails) == 1


@pytest.mark.parametrize("kind", ["smtps", "starttls"])
def test_the_password_is_not_said_to_a_server_whose_certificate_is_bad(authority: Authority, kind: str) -> None:
    logins = Logins()
    with mail_server(**kinds(authority.server("IP:127.0.0.1"))[kind], **logins.options(kind)) as (url, _):
        refusal(with_login(url))
    assert logins.tried == []


def test_tls_asked_of_a_server_that_has_none_is_said() -> None:
    with mail_server() as (url, _):
        said = refusal(url.replace("smtp://", "smtps://"))
    assert "does not speak TLS" in said and "smtp://" in said


def test_nobody_at_the_address_is_said() -> None:
    assert "Connection refused" in refusal(f"smtps://127.0.0.1:{_free_port()}")


def test_what_a_bad_certificate_keeps_back_goes_out_once_it_is_mended(trusted: Authority, tmp_path: Path) -> None:
    from outbox_process import ADDRESSES, START, open_ledger, tick

    database, folder, port = f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path / "out", _free_port()
    with mail_server(port=port, ssl_context=trusted.server("DNS:mail.example.org")) as (url, _):
        assert tick(database, url, folder, 0) == {"delivered": 1, "temporary": 5}
    with open_ledger(database, START) as ledger:
        waiting = [one for one in ledger.deliveries() if not one.settled]
        assert len(waiting) == 5 and all("certificate" in one.detail and not one.in_doubt for one in waiting)
    box: Mailbox
    with mail_server(port=port, ssl_context=trusted.server("IP:127.0.0.1")) as (url, box):
        assert tick(database, url, folder, 10) == {"delivered": 5}
    assert box.count() == dict.fromkeys(ADDRESSES, 1)
