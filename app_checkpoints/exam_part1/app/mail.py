"""How mails leave the shed."""

import logging
from email.message import EmailMessage
from typing import Protocol

logger = logging.getLogger("shed.mail")


class Mailer(Protocol):
    """Whatever can send a mail."""

    async def send(self, message: EmailMessage) -> None:
        """Send it. Raises OSError where that cannot be done."""


class LogMailer:
    """Writes mails to the log, until the street has a mail server."""

    async def send(self, message: EmailMessage) -> None:
        """Write down to whom it goes and what about."""
        logger.info("mail to %s: %s", message["To"], message["Subject"])
