"""Handing one mail to a mail server, so that what became of it is known as exactly as SMTP allows."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from monitor.digest.plain import inert
from monitor.errors import DeliveryError, SettingsError
from monitor.failpoints import hit

Result = Literal["delivered", "temporary", "permanent", "in_doubt", "suppressed"]
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# RFC 5321 gives 552 as permanent; at RCPT it means a full mailbox, which its section 4.5.3.1.10 has us retry.
FULL_MAILBOX = 552
_LINE_WITH_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt. `in_doubt`: the whole mail was sent and no answer came."""

    result: Result
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server. `timeout` in seconds bounds each answer."""

    host: str
    port: int
    tls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 30.0

    @classmethod
    def parse(cls, url: str, timeout: float = 30.0) -> Server:
        """`smtp://[user:password@]host[:port]` (STARTTLS where offered) or `smtps://` (TLS from the start).

        Raises SettingsError, which never repeats the password.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port, parts = None, None, urlsplit("")
        if parts.scheme not in ("smtp", "smtps") or not host:
            raise SettingsError(
                "Reading the mail server's address",
                subject="MONITOR_SMTP_URL",
                cause="not of the form smtp://host:port",
                hint="Write smtp://user:password@host:587 or smtps://user:password@host:465.",
            )
        tls = parts.scheme == "smtps"
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        return cls(host, port or (465 if tls else 587 if user else 25), tls, user, password, timeout)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Session:
    """A connection to a mail server, for several mails. `open` raises DeliveryError."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> Session:
        hit("smtp.before_connect")
        try:
            self._smtp = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(
                "Connecting to the mail server",
                subject=str(self._server),
                cause=explain(error),
                hint=_hint(error),
            ) from error
        return self

    def close(self) -> None:
        if self._smtp is None:
            return
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()
        self._smtp = None

    @property
    def alive(self) -> bool:
        return self._smtp is not None

    def send(self, sender: str, recipient: str, content: bytes, begin: Callable[[], None]) -> Outcome:
        """One mail to one recipient. `begin` is called when the server has accepted both addresses and before DATA: it
        must have committed the attempt when it returns. `content` has CRLF line ends."""
        assert self._smtp is not None
        try:
            refused = self._addresses(sender, recipient)
        except (OSError, smtplib.SMTPException) as error:
            return self._lost("temporary", error)
        if refused:
            begin()
            return refused
        hit("smtp.after_recipient")
        begin()
        hit("smtp.after_begin")
        return self._data(content)

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.tls:
            smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            if not server.tls and smtp.has_extn("starttls"):
                smtp.starttls(context=context)
                smtp.ehlo()
            elif server.user and not server.tls and server.host not in LOOPBACK:
                raise smtplib.SMTPNotSupportedError("the server offers no encryption, so the password is not sent")
            if server.user:
                self._log_in(smtp, server.user, server.password or "")
        except BaseException:
            smtp.close()
            raise
        return smtp

    @staticmethod
    def _log_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
        try:
            smtp.login(user, password)
        except smtplib.SMTPServerDisconnected as error:
            # Some hang up on a wrong password, after it was tried in more than one way.
            raise smtplib.SMTPException("the server closed the connection at the login") from error

    def _addresses(self, sender: str, recipient: str) -> Outcome | None:
        """None if the server takes both. A refused sender is our mistake, not the recipient's, so it stays temporary."""
        assert self._smtp is not None
        code, answer = self._smtp.mail(sender)
        result: Result = "temporary"
        if code == 250:
            code, answer = self._smtp.rcpt(recipient)
            if code in (250, 251):
                return None
            result = "permanent" if code >= 500 and code != FULL_MAILBOX else "temporary"
        try:
            self._smtp.rset()
        except (OSError, smtplib.SMTPException) as error:
            self._lost(result, error)
        return Outcome(result, _said(code, answer))

    def _data(self, content: bytes) -> Outcome:
        assert self._smtp is not None
        try:
            code, answer = self._smtp.docmd("DATA")
        except (OSError, smtplib.SMTPException) as error:
            return self._lost("temporary", error)
        if code != 354:
            return Outcome("permanent" if code >= 500 else "temporary", _said(code, answer))
        hit("smtp.after_data_word")
        try:
            self._smtp.send(_LINE_WITH_DOT.sub(b"..", content).removesuffix(b"\r\n") + b"\r\n.\r\n")
        except (OSError, smtplib.SMTPException) as error:
            return self._lost("temporary", error)  # the end of the mail never left, so the server cannot have taken it
        hit("smtp.after_message")
        try:
            code, answer = self._smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            return self._lost("in_doubt", error)
        hit("smtp.after_answer")
        if code == 250:
            return Outcome("delivered", _said(code, answer))
        return Outcome("permanent" if code >= 500 else "temporary", _said(code, answer))

    def _lost(self, result: Result, error: Exception) -> Outcome:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None
        return Outcome(result, explain(error))


def explain(error: Exception) -> str:
    """A mail server's or network's error as one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "the server closed the connection"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return inert(f"its certificate is not trusted: {error.verify_message.rstrip('.')}", 200)
    if _plain_spoken(error):
        return "it does not speak TLS at this port"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return inert(text.rstrip(".") or type(error).__name__, 200)


def _plain_spoken(error: Exception) -> bool:
    """Whether a server answered in clear where TLS was asked for."""
    return isinstance(error, ssl.SSLError) and error.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")


def _hint(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            "Give the name that stands in the certificate in MONITOR_SMTP_URL; for an authority of your own, let "
            "SSL_CERT_FILE name the file with its certificate."
        )
    if _plain_spoken(error):
        return (
            "Write smtp:// in MONITOR_SMTP_URL (it uses STARTTLS where offered), or give the port for TLS, often 465."
        )
    if isinstance(error, smtplib.SMTPAuthenticationError) or "login" in str(error):
        return "Are user and password in MONITOR_SMTP_URL right?"
    return "Check MONITOR_SMTP_URL and the server."


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return inert(f"{code} {text}", 200)
