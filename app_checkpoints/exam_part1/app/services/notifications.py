"""The e-mails of the service."""

import logging
from email.message import EmailMessage

from ..mail import Mailer
from ..models import Reservation

logger = logging.getLogger("shed.mail")


def reservation_email(reservation: Reservation, address: str) -> EmailMessage:
    """Create the e-mail to the owner of a reserved tool."""
    message = EmailMessage()
    message["From"] = "shed@example.com"
    message["To"] = address
    message["Subject"] = f"Reserved: {reservation.tool.title}"
    message.set_content(
        f"{reservation.borrower.name} has reserved {reservation.tool.title} "
        f"from {reservation.first_day} to {reservation.last_day}.\n"
    )
    return message


async def send_email(mailer: Mailer, message: EmailMessage) -> None:
    """Send an e-mail. If that fails, log the exception."""
    try:
        await mailer.send(message)
    except Exception:
        logger.exception("the e-mail to %s was not sent", message["To"])
