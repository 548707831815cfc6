"""How Gavel sends a mail: over SMTP where there is a post office, else into the log."""

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
    """Not now: the post office is closed, busy or silent. Later it may take the same mail."""


class Undeliverable(Exception):
    """Never: the post office has refused this mail for good, and would refuse it again."""


class Mailer(Protocol):
    """Whatever can send a mail."""

    async def send(self, mail: EmailMessage) -> None:
        """Return when the mail was taken. Raises TryAgain or Undeliverable when it was not."""


class LogMailer:
    """Writes each mail into the log: enough for development, where nobody should be mailed."""

    async def send(self, mail: EmailMessage) -> None:
        """Write it down."""
        log.info("A mail to %s: %s\n%s", mail["To"], mail["Subject"], mail.get_content())


def is_final(error: Exception) -> bool:
    """Whether this is a refusal for good, a code of 5xx (RFC 5321, section 4.2.1), and not a mishap."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(is_final(each) for each in error.recipients)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code >= 500
    return isinstance(error, aiosmtplib.SMTPNotSupported)


@dataclass(frozen=True)
class SmtpMailer:
    """Hands mails to a post office over SMTP (RFC 5321), one conversation each."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    timeout: float = 10.0

    async def send(self, mail: EmailMessage) -> None:
        """Hand over one mail. A password never goes over an open line: then STARTTLS must work."""
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
            raise (Undeliverable if is_final(error) else TryAgain)(str(error)) from error


@dataclass(frozen=True)
class LimitedMailer:
    """Sends through another mailer: to one recipient at most so many e-mails an hour, in this process."""

    mailer: Mailer
    per_hour: int
    throttle: Throttle = field(default_factory=lambda: Throttle(timedelta(hours=1)))

    async def send(self, mail: EmailMessage) -> None:
        """Send an e-mail, or log that it is one too many. One that failed does not count."""
        recipient, now = str(mail["To"]), datetime.now(UTC)
        if self.throttle.take({recipient: self.per_hour}, now):
            log.warning("Not sent, %d an hour are the limit: %s", self.per_hour, mail["Message-ID"])
            return
        try:
            await self.mailer.send(mail)
        except Exception:
            self.throttle.give_back([recipient], now)
            raise


def mailer_for(settings: Settings) -> Mailer:
    """The mailer that the settings ask for."""
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
