"""Types with rules for request models: amounts, datetimes, titles and texts."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, WithJsonSchema

AMOUNT_PATTERN = r"^[0-9]{1,10}(\.[0-9]{1,2})?$"


def check_amount(amount: object) -> object:
    """Refuse a float, which is not exact, and a text such as `1e3` or ` 25 `. Raises ValueError."""
    if isinstance(amount, float) or (isinstance(amount, str) and not re.fullmatch(AMOUNT_PATTERN, amount)):
        raise ValueError('an amount is a text such as "25.00", or a whole number')
    return amount


def to_two_places(amount: Decimal) -> Decimal:
    """The amount with two decimal places: 25 and 25.0 become 25.00."""
    return amount.quantize(Decimal("0.01"))


def amount_schema(pattern: str, minimum: int) -> WithJsonSchema:
    """Describe an amount in OpenAPI: a text, or a whole number of euros."""
    whole = {"type": "integer", "minimum": minimum, "maximum": 9_999_999_999}
    return WithJsonSchema({"anyOf": [{"type": "string", "pattern": pattern}, whole], "examples": ["25.00"]})


Money = Annotated[
    Decimal,
    BeforeValidator(check_amount),
    Field(ge=0, max_digits=12, decimal_places=2),
    AfterValidator(to_two_places),
    amount_schema(AMOUNT_PATTERN, 0),
]
Price = Annotated[Money, Field(gt=0), amount_schema(AMOUNT_PATTERN.replace("^", "^(?=.*[1-9])"), 1)]
INVISIBLE = (
    r"\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f"
    r"\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f"
)
ONE_LINE = rf"^[\t-\r ]*[\u200c\u200d]*[^\s\u200c\u200d{INVISIBLE}][^{INVISIBLE}]*[\t-\r ]*$"
MANY_LINES = rf"^([^{INVISIBLE}]|[\t-\r])*$"
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=MANY_LINES)]


def refuse_number(value: object) -> object:
    """Refuse a number: it could count seconds or milliseconds. Raises ValueError."""
    if not isinstance(value, datetime) and not (isinstance(value, str) and value[4:5] == "-"):
        raise ValueError("a datetime is a text such as 2031-05-01T20:15:00+02:00")
    return value


def to_utc(value: datetime) -> datetime:
    """The same time in UTC. Raises ValueError outside the years 1900 to 2999."""
    if not 1900 <= value.year <= 2999:
        raise ValueError("the year of a datetime is between 1900 and 2999")
    return value.astimezone(UTC)


UtcDatetime = Annotated[AwareDatetime, BeforeValidator(refuse_number), AfterValidator(to_utc)]
