"""Mails of the shed."""

import logging
from email.message import EmailMessage

from ..mail import Mailer
from ..models import Reservation

logger = logging.getLogger("shed.mail")


def reserved(reservation: Reservation, address: str) -> EmailMessage:
    """What the owner of a tool reads when somebody has reserved it."""
    message = EmailMessage()
    message["From"] = "shed@example.com"
    message["To"] = address
    message["Subject"] = f"Reserved: {reservation.tool.title}"
    message.set_content(
        f"{reservation.borrower.name} has reserved {reservation.tool.title} "
        f"from {reservation.first_day} to {reservation.last_day}.\n"
    )
    return message


async def send(mailer: Mailer, message: EmailMessage) -> None:
    """Send a mail after the answer. One that fails is written down, and hurts nobody."""
    try:
        await mailer.send(message)
    except Exception:
        logger.exception("the mail to %s was not sent", message["To"])
