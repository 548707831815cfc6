"""The words that Gavel's shapes are made of: money, moments, titles, texts."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, WithJsonSchema

AMOUNT = r"^[0-9]{1,10}(\.[0-9]{1,2})?$"


def as_written(amount: object) -> object:
    """Refuse a float, whose cents are guesses, and text like `1e3` or ` 25 `."""
    if isinstance(amount, float) or (isinstance(amount, str) and not re.fullmatch(AMOUNT, amount)):
        raise ValueError('money is written as text, "25.00", or as a whole number')
    return amount


def in_cents(amount: Decimal) -> Decimal:
    """The amount with two places: 25 and 25.0 are 25.00."""
    return amount.quantize(Decimal("0.01"))


def in_json(pattern: str, least: int) -> WithJsonSchema:
    """What the OpenAPI description says of an amount: text, or a whole number of euros."""
    whole = {"type": "integer", "minimum": least, "maximum": 9_999_999_999}
    return WithJsonSchema({"anyOf": [{"type": "string", "pattern": pattern}, whole], "examples": ["25.00"]})


Money = Annotated[
    Decimal,
    BeforeValidator(as_written),
    Field(ge=0, max_digits=12, decimal_places=2),
    AfterValidator(in_cents),
    in_json(AMOUNT, 0),
]
Price = Annotated[Money, Field(gt=0), in_json(AMOUNT.replace("^", "^(?=.*[1-9])"), 1)]
UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f"
    r"\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f"
)
ONE_LINE = rf"^[\t-\r ]*[\u200c\u200d]*[^\s\u200c\u200d{UNSEEN}][^{UNSEEN}]*[\t-\r ]*$"
MANY_LINES = rf"^([^{UNSEEN}]|[\t-\r])*$"
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=MANY_LINES)]


def not_a_number(moment: object) -> object:
    """Refuse a number: nobody knows whether it counts seconds or milliseconds."""
    if not isinstance(moment, datetime) and not (isinstance(moment, str) and moment[4:5] == "-"):
        raise ValueError("a moment is written as text, 2031-05-01T20:15:00+02:00")
    return moment


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC. Raises ValueError outside the years 1900 to 2999."""
    if not 1900 <= moment.year <= 2999:
        raise ValueError("a moment lies between the years 1900 and 2999")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, BeforeValidator(not_a_number), AfterValidator(in_utc)]
