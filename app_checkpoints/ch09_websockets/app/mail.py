"""How Gavel sends e-mails: over SMTP if a server is configured, else into the log."""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Protocol

import aiosmtplib

from .config import Settings
from .throttle import Throttle

log = logging.getLogger("gavel.mail")


class TryAgain(Exception):
    """A temporary error: the SMTP server is down, busy or silent. It may accept the same e-mail later."""


class Undeliverable(Exception):
    """A permanent error: the SMTP server refused this e-mail, and would refuse it again."""


class Mailer(Protocol):
    """Any object that can send an e-mail."""

    async def send(self, mail: EmailMessage) -> None:
        """Return when the e-mail was accepted. Raises TryAgain or Undeliverable if it was not."""


def is_permanent(error: Exception) -> bool:
    """Whether the server refused the e-mail with a code of 5xx (RFC 5321, section 4.2.1)."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(is_permanent(each) for each in error.recipients)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code >= 500
    return isinstance(error, aiosmtplib.SMTPNotSupported)


@dataclass(frozen=True)
class SmtpMailer:
    """Sends e-mails over SMTP (RFC 5321), one connection for each."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    timeout: float = 10.0

    async def send(self, mail: EmailMessage) -> None:
        """Send one e-mail. A password is never sent without TLS: without `tls`, STARTTLS must work then."""
        start_tls = True if self.username and not self.tls else None
        try:
            await aiosmtplib.send(
                mail,
                hostname=self.host,
                port=self.port,
                username=self.username,
                password=self.password,
                use_tls=self.tls,
                start_tls=start_tls,
                timeout=self.timeout,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise (Undeliverable if is_permanent(error) else TryAgain)(str(error)) from error


class LogMailer:
    """Logs each e-mail and sends none: for development."""

    async def send(self, mail: EmailMessage) -> None:
        log.info("An e-mail to %s: %s\n%s", mail["To"], mail["Subject"], mail.get_content())


@dataclass(frozen=True)
class LimitedMailer:
    """Sends through another mailer, with a limit for each recipient, counted in this process."""

    mailer: Mailer
    per_hour: int
    throttle: Throttle = field(default_factory=lambda: Throttle(timedelta(hours=1)))

    async def send(self, mail: EmailMessage) -> None:
        """Send an e-mail, or log that it is one too many."""
        recipient, now = str(mail["To"]), datetime.now(UTC)
        if self.throttle.take({recipient: self.per_hour}, now):
            log.warning("Not sent, the limit is %d an hour: %s", self.per_hour, mail["Message-ID"])
            return
        try:
            await self.mailer.send(mail)
        except Exception:
            self.throttle.give_back([recipient], now)
            raise


def mailer_for(settings: Settings) -> Mailer:
    """The mailer that the settings choose: without `smtp_host`, no e-mail is sent."""
    if settings.smtp_host is None:
        return LogMailer()
    password = settings.smtp_password
    smtp = SmtpMailer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_username,
        password.get_secret_value() if password else None,
        settings.smtp_tls,
        settings.smtp_timeout,
    )
    return LimitedMailer(smtp, settings.emails_per_hour)
