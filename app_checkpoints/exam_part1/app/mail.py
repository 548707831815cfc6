"""Mailers: objects that send e-mails."""

import logging
from email.message import EmailMessage
from typing import Protocol

logger = logging.getLogger("shed.mail")


class Mailer(Protocol):
    """An object that sends e-mails."""

    async def send(self, message: EmailMessage) -> None:
        """Send an e-mail. Raises OSError if that fails."""


class LogMailer:
    """Logs e-mails, as long as there is no SMTP server."""

    async def send(self, message: EmailMessage) -> None:
        """Log the recipient and the subject."""
        logger.info("mail to %s: %s", message["To"], message["Subject"])
