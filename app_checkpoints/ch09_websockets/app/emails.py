"""E-mails from templates."""

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent / "templates"
TEMPLATES = Environment(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True)
TEMPLATES.filters["clock"] = lambda moment: f"{moment:%d %B %Y at %H:%M} UTC"


def render_email(
    kind: str, values: Mapping[str, object], *, sender: str, to: str, number: int, at: datetime
) -> EmailMessage:
    """An e-mail from `templates/KIND.txt`, whose first line is the subject. Raises if a value is missing.

    Its Message-ID depends only on what it is about, so a copy that is sent again has the same one.
    """
    subject, _, body = TEMPLATES.get_template(f"{kind}.txt").render(values).partition("\n")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, " ".join(subject.split())
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{kind}.{number}.{at:%Y%m%d%H%M%S}@{parseaddr(sender)[1].partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic reply, please
    mail.set_content(body.strip() + "\n", cte="quoted-printable")
    return mail
