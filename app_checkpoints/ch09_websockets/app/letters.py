"""The letters of the house: a text with gaps, which is filled and put into an envelope."""

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent / "templates"
TEXTS = Environment(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True)
TEXTS.filters["clock"] = lambda moment: f"{moment:%d %B %Y at %H:%M} UTC"


def letter(
    kind: str, facts: Mapping[str, object], *, sender: str, to: str, number: int, at: datetime
) -> EmailMessage:
    """A mail from `templates/KIND.txt`, whose first line is the subject. Raises where a gap stays empty.

    Its Message-ID is made of what it is about: sent twice, it is known to be the same one.
    """
    subject, _, body = TEXTS.get_template(f"{kind}.txt").render(facts).partition("\n")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, " ".join(subject.split())
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{kind}.{number}.{at:%Y%m%d%H%M%S}@{parseaddr(sender)[1].partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice needs to answer
    mail.set_content(body.strip() + "\n", cte="quoted-printable")
    return mail
