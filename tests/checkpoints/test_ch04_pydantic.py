"""What Gavel does from chapter 4 on: it validates requests, and a PATCH changes only the sent fields."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
EVENING = datetime(2031, 5, 1, 20, 15, tzinfo=UTC)
FOLLOWING = ("price", "minimum_bid")
"""Fields whose values follow from the starting price while there are no bids."""
SECRET = "7341.85"
"""A reserve price that no other field contains."""


def lot(**changes: object) -> dict[str, object]:
    """The request body of a lot."""
    return {"title": "A long-case clock", "category": "clocks", "starting_price": "120.00", **changes}


def create_lot(client: RecordingClient, **changes: object) -> dict[str, Any]:
    """Create a lot; the response body."""
    response = client.post(LOTS, json=lot(**changes))
    assert response.status_code == 201, (
        f"POST {LOTS} creates a lot and responds with 201; it responded with {response.status_code}"
    )
    body = response.json()
    assert isinstance(body, dict), f"the response body is a JSON object, the lot; it was {body!r}"
    return body


def refused(client: RecordingClient, what: str, **changes: object) -> None:
    """Send a lot that breaks a rule."""
    status = client.post(LOTS, json=lot(**changes)).status_code
    assert status == 422, f"POST with {what} responds with 422; it responded with {status}"


def change(client: RecordingClient, lot_id: int, **changes: object) -> dict[str, Any]:
    """Change a lot; the response body, which must be what GET returns too."""
    response = client.patch(f"{LOTS}/{lot_id}", json=changes)
    assert response.status_code == 200, (
        f"PATCH with {', '.join(changes) or 'no field'} responds with 200; it responded with "
        f"{response.status_code}"
    )
    body = response.json()
    assert isinstance(body, dict), f"the response body of PATCH is a JSON object, the lot; it was {body!r}"
    shown = read(client, lot_id)
    differing = [name for name in {**body, **shown} if body.get(name, ...) != shown.get(name, ...)]
    assert body == shown, f"PATCH returns the lot as GET shows it afterwards; they differ in {differing}"
    return body


def read(client: RecordingClient, lot_id: int) -> dict[str, Any]:
    """A lot, as every client can read it."""
    response = client.get(f"{LOTS}/{lot_id}")
    assert response.status_code == 200, (
        f"GET {LOTS}/{lot_id} responds with 200; it responded with {response.status_code}"
    )
    body = response.json()
    assert isinstance(body, dict), f"the response body is a JSON object, the lot; it was {body!r}"
    return body


@requirement(given=True)
def test_money_is_exact(service: Service) -> None:
    """Money is a string or an integer, exact to the cent; a float or any other text gives 422."""
    with service.client() as client:
        for sent in ("25", "25.00", 25):
            lot_id = create_lot(client, starting_price=sent)["id"]
            price = read(client, lot_id)["starting_price"]
            assert price == "25.00", f"a starting_price sent as {sent!r} is shown as 25.00; it was {price!r}"
        for wrong in (25.5, 25.0, "1e3", " 25 ", "1_000", "25.001", "-1", "NaN", True):
            refused(client, f"starting_price={wrong!r}, which is not an exact amount,", starting_price=wrong)
        refused(client, "min_raise=0", min_raise="0")
        least = create_lot(client, min_raise="0.01")["min_raise"]
        assert least == "0.01", f"a min_raise of 0.01 is accepted and shown; it was {least!r}"
        least = create_lot(client)["min_raise"]
        assert Decimal(least) == 1, f"without min_raise in the request it is 1; it was {least!r}"


@requirement(
    exercise=1,
    hints=(
        ("A seller in Paris and one in Lima both send 20:15 without a time zone. Is that one time or two?"),
        "Exercise 1: `UtcDatetime` and `to_utc` in app/schemas/types.py.",
        "if not 1900 <= value.____ <= 2999:\n    raise ____(...)\nreturn value.astimezone(____)\n\n"
        "UtcDatetime = Annotated[____, BeforeValidator(refuse_number), AfterValidator(____)]",
    ),
)
def test_a_datetime_has_a_zone_and_is_kept_in_utc(service: Service) -> None:
    """A datetime has a time zone and is returned in UTC; a number or a year outside 1900-2999 gives 422."""
    with service.client() as client:
        paris = create_lot(
            client, opens_at="2031-05-01T22:15:00+02:00", closes_at="2031-05-02T00:00:00+02:00"
        )
        for told in (paris, read(client, paris["id"])):
            opens_at = datetime.fromisoformat(told["opens_at"])
            assert opens_at == EVENING, (
                f"opens_at, 22:15 in Paris, is 20:15 in UTC; it was {told['opens_at']}"
            )
            assert opens_at.utcoffset() == timedelta(0), (
                f"opens_at is returned in UTC; it was {told['opens_at']}"
            )
        for name in ("opens_at", "closes_at"):
            refused(client, f"{name} without a time zone", **{name: "2031-05-01T20:15:00"})
            refused(client, f"{name} as a number", **{name: 1935432900})
            refused(client, f"{name} as a number in quotes", **{name: "1935432900"})
        for wrong in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "3000-01-01T00:00:00Z"):
            refused(client, f"opens_at={wrong}, outside the years 1900 to 2999,", opens_at=wrong)
        refused(
            client,
            "opens_at in the year 1899",
            opens_at="1899-12-31T23:59:59Z",
            closes_at="1900-01-01T00:00:00Z",
        )
        create_lot(client, opens_at="1900-01-01T00:00:00Z", closes_at="1900-01-02T00:00:00Z")
        create_lot(client, opens_at="2999-12-30T00:00:00Z", closes_at="2999-12-31T23:59:59Z")


@requirement(given=True)
def test_texts_are_stripped_and_clean(service: Service) -> None:
    """Texts lose the spaces around them; control and format characters, or nothing visible, give 422."""
    unseen = (
        "\x00",
        "\x1b",
        "\x7f",
        "\x85",
        "\x9b",
        "\xad",
        "\u200b",
        "\u202e",
        "\u2028",
        "\u2029",
        "\ufeff",
    )
    with service.client() as client:
        told = create_lot(client, title="  A clock \n", description="\tIt runs.\nNearly.  ")
        assert told["title"] == "A clock", (
            f"spaces around a title are removed, those inside stay: 'A clock'; it was {told['title']!r}"
        )
        assert told["description"] == "It runs.\nNearly.", (
            "a description may have lines, and the spaces around it are removed; it was "
            f"{told['description']!r}"
        )
        create_lot(client, title="x" * 120 + "  ", description="x" * 2000)
        for word in (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\U0001f468\u200d\U0001f467",
            "e\u0301",
        ):
            told = create_lot(client, title=word, description=word)
            assert told["title"] == told["description"] == word, (
                f"the joiners U+200C and U+200D, and accents, stay: {word!a}; it was {told['title']!a}"
            )
        for wrong in ("   ", "\u200c\u200d", "\u200d \u200d", "A\nclock", "A clock\x1b", "x" * 121, *unseen):
            refused(client, f"the title {wrong[:9]!a}", title=wrong)
        for wrong in ("A\x08clock", "x" * 2001):
            refused(client, f"the description {wrong[:9]!a}", description=wrong)
        for each in unseen:
            wrong = f"A{each}clock"
            refused(client, f"the title {wrong!a}", title=wrong)
            refused(client, f"the description {wrong!a}", description=wrong)
            refused(client, f"an owner with the name {wrong!a}", provenance=[{"name": wrong}])
            response = client.get(LOTS, params={"search": wrong})
            assert response.status_code == 422, (
                f"GET {LOTS} with a control character in search, {wrong!a}, responds with 422; it "
                f"responded with {response.status_code}"
            )


@requirement(given=True)
def test_an_unknown_field_is_refused(service: Service) -> None:
    """An unknown field is refused with 422, in nested objects too, so a misspelled name is noticed."""
    owner = {"name": "Ada", "from": 1900}
    size = {"height": 2000, "width": 500, "depth": 300}
    with service.client() as client:
        refused(client, "the unknown field reserve_prise", reserve_prise="200.00")
        refused(client, "the field price, which the service sets,", price="1.00")
        refused(client, "the field bid_count, which the service sets,", bid_count=3)
        refused(client, "the unknown field weight in dimensions", dimensions={**size, "weight": 1})
        refused(client, "the unknown field age in an owner", provenance=[owner, {**owner, "age": 30}])
        total = client.get(LOTS).json()["total"]
        assert total == 0, f"no lot of a refused request is stored; the total was {total}"


@requirement(
    exercise=2,
    hints=(
        "The lot opens at eight and closes at seven. Which of the two fields is invalid?",
        "Exercise 2: a rule about two fields is a `model_validator` of `LotCreateBase`.",
        '@model_validator(mode="____")\ndef _check_times(self) -> Self:\n'
        "    if self.opens_at is not None and self.closes_at is not None:\n"
        "        if self.closes_at ____ self.opens_at:\n            raise ____(...)\n    return ____",
    ),
)
def test_a_sale_ends_after_it_begins(service: Service) -> None:
    """`closes_at` is after `opens_at`, by 366 days at most; by default a sale begins now and lasts a week."""
    app = service.create_app()
    with service.client(app) as client:
        app.dependency_overrides[service.module("dependencies").get_now] = _shows(EVENING)
        opens, week = EVENING.isoformat(), timedelta(days=7)
        told = create_lot(client)
        assert _time_of(told, "opens_at") == EVENING, (
            f"without opens_at a sale begins now, at {EVENING.isoformat()}; opens_at was {told['opens_at']}"
        )
        assert _time_of(told, "closes_at") == EVENING + week, (
            f"without closes_at a sale ends seven days after now, {EVENING.isoformat()}; "
            f"closes_at was {told['closes_at']}"
        )
        later = EVENING + timedelta(days=30)
        told = create_lot(client, opens_at=later.isoformat())
        assert _time_of(told, "closes_at") == later + week, (
            f"without closes_at a sale ends seven days after opens_at, {later.isoformat()}; "
            f"closes_at was {told['closes_at']}"
        )
        refused(client, "closes_at before opens_at", opens_at=opens, closes_at="2031-05-01T20:14:59Z")
        refused(client, "closes_at equal to opens_at", opens_at=opens, closes_at=opens)
        year = EVENING + timedelta(days=366)
        create_lot(client, opens_at=opens, closes_at=year.isoformat())
        longer = (year + timedelta(seconds=1)).isoformat()
        refused(client, "closes_at more than 366 days after opens_at", opens_at=opens, closes_at=longer)
        create_lot(client, opens_at=opens, closes_at="2031-05-01T20:15:01Z")


@requirement(
    exercise=2,
    hints=(
        (
            "The reserve price is the lowest price for which the lot is sold. May it be below "
            "the starting price?"
        ),
        "Exercise 2: the second rule of `LotCreateBase`. A lot may have no reserve price.",
        "if self.reserve_price is not ____ and self.reserve_price ____ self.starting_price:\n"
        "    raise ____(...)\nreturn ____",
    ),
)
def test_the_reserve_price_is_not_below_the_starting_price(service: Service) -> None:
    """A reserve price is null or not below the starting price."""
    with service.client() as client:
        refused(client, "a reserve price below the starting price", reserve_price="119.99")
        refused(client, "a reserve price of 0, below the starting price,", reserve_price="0")
        create_lot(client, reserve_price="120.00")
        create_lot(client, reserve_price=None)
        create_lot(client, starting_price="0", reserve_price="0.01")


@requirement(
    exercise=2,
    hints=(
        "A client reads `422` and a message. Does the message say which of the two rules is broken?",
        "Exercise 2: the text of each `ValueError` in the two rules of `LotCreateBase`.",
        'raise ValueError("reserve_price ____")\n...\nraise ValueError("closes_at ____")',
    ),
)
def test_each_rule_has_its_own_message(service: Service) -> None:
    """The 422 for a reserve price that is too low has another message than the 422 for wrong times."""
    opens = EVENING.isoformat()
    with service.client() as client:
        messages = []
        for what, changes in (
            ("a reserve price below the starting price", {"reserve_price": "119.99"}),
            ("closes_at before opens_at", {"opens_at": opens, "closes_at": "2031-05-01T20:14:59Z"}),
        ):
            response = client.post(LOTS, json=lot(**changes))
            status = response.status_code
            assert status == 422, f"POST with {what} responds with 422; seen: {status}"
            words = _words(response.json())
            assert words, f"the 422 for {what} has a message that says what is wrong; seen: an empty one"
            messages.append(words)
        assert messages[0] != messages[1], (
            "the two rules have a message each, so that a client sees which one is broken; "
            f"seen: for both, {messages[0]!r}"
        )


@requirement(
    exercise=3,
    hints=(
        "Old clients send no `kind`. When does Pydantic need the tag, and who can supply it?",
        "Exercise 3: `SealedLotCreate`, the tag, and the union `LotCreate`, in app/schemas/lots.py.",
        'kind: Literal["____"]\n\ndef get_kind(lot: Any) -> Any:\n'
        '    return lot.get("kind", ____) if isinstance(lot, ____) else None\n\n'
        'LotCreate = Annotated[Annotated[____, Tag("ascending")] | Annotated[____, Tag("sealed")], '
        "Discriminator(____)]",
    ),
)
def test_a_new_lot_is_one_of_two_kinds(service: Service) -> None:
    """A new lot is `ascending`, the default, or `sealed`; any other kind or body gives 422."""
    with service.client() as client:
        for changes in ({}, {"kind": "ascending", "min_raise": "5.00"}):
            kind = create_lot(client, **changes).get("kind")
            assert kind == "ascending", (
                f"a lot without a kind, or with the kind ascending, is ascending; its kind was {kind!r}"
            )
        for wrong in ("dutch", None, 1, ["sealed"]):
            refused(client, f"the unknown kind {wrong!r}", kind=wrong)
        refused(client, "min_raise in a sealed lot", kind="sealed", min_raise="5.00")
        bodies: tuple[object, ...] = ([], "sealed")
        for body in bodies:
            status = client.post(LOTS, json=body).status_code
            assert status == 422, (
                f"POST with the body {body!r}, which is no JSON object, responds with 422; "
                f"it responded with {status}"
            )
    lot_create: Any = service.module("schemas.lots").LotCreate
    new: TypeAdapter[Any] = TypeAdapter(lot_create)
    try:
        kind = new.validate_python(lot(kind="sealed")).kind
    except ValidationError as error:
        kind = f"a validation error, {error.errors()[0]['msg']}"
    assert kind == "sealed", f"LotCreate accepts a lot of the kind sealed; it made {kind} of it"


@requirement(
    exercise=4,
    hints=(
        "A client reads a sealed lot. Which fields of an ascending lot would tell it something wrong?",
        "Exercise 4: `SealedLotRead` and the union `LotRead`, in app/schemas/lots.py.",
        'kind: Literal["____"]\n\nLotRead = Annotated[____ | ____, Field(discriminator="____")]',
    ),
)
def test_a_response_has_the_fields_of_its_kind(service: Service) -> None:
    """A lot in a response has the fields of its own kind and no others; both kinds keep the same rules."""
    with service.client() as client:
        rising = create_lot(client)
        assert rising["kind"] == "ascending", (
            f"a lot without a kind in the request is 'ascending'; its kind was {rising['kind']!r}"
        )
        raised = create_lot(client, kind="ascending", min_raise="5")["min_raise"]
        assert raised == "5.00", (
            f"an ascending lot has the min_raise that the client sent, 5.00; it was {raised!r}"
        )
        sealed = create_lot(client, kind="sealed", title="A letter")
        assert sealed["kind"] == "sealed", (
            f"the kind is the one that the seller sent, 'sealed'; it was {sealed['kind']!r}"
        )
        assert "min_raise" not in sealed, (
            f"a sealed lot has no field min_raise, not even null; its fields are {list(sealed)}"
        )
        assert "minimum_bid" not in sealed, (
            f"a sealed lot has no field minimum_bid; its fields are {list(sealed)}"
        )
        for told in (rising, sealed):
            assert told["price"] == "120.00", (
                f"without bids, the price is the starting price, 120.00; it was {told['price']!r}"
            )
            assert told["bid_count"] == 0, f"without bids, bid_count is 0; it was {told['bid_count']!r}"
        kinds = [item["kind"] for item in client.get(LOTS).json()["items"]]
        assert kinds == ["ascending", "ascending", "sealed"], (
            f"the catalogue shows the kinds ascending, ascending, sealed; it showed {kinds}"
        )
        latest = client.get(f"{LOTS}/latest").json()
        assert latest == sealed, (
            f"GET {LOTS}/latest returns the lot as POST returned it; it returned {latest}"
        )
        low = "a sealed lot with a reserve price below the starting price"
        refused(client, low, kind="sealed", reserve_price="119.99")
        refused(client, f"{low}, 0,", kind="sealed", reserve_price="0")
        create_lot(client, kind="sealed", reserve_price="120.00")
        create_lot(client, kind="sealed", reserve_price=None)


@requirement(
    exercise=4,
    hints=(
        "Which value of a lot follows from three others, and should the client compute it?",
        "Exercise 4: a `computed_field` of `AscendingLotRead`, in app/schemas/lots.py.",
        "@computed_field\n@property\ndef minimum_bid(self) -> Decimal:\n"
        "    return self.price + ____ if self.____ else self.____",
    ),
)
def test_an_ascending_lot_has_a_minimum_bid(service: Service) -> None:
    """`minimum_bid` is the price while there are no bids, and the price plus `min_raise` afterwards."""
    app = service.create_app()
    with service.client(app) as client:
        told = create_lot(client, starting_price="0", min_raise="5.00")
        assert "minimum_bid" in told, (
            f'an ascending lot in a response has the field "minimum_bid"; its fields are {list(told)}'
        )
        assert Decimal(told["minimum_bid"]) == 0, (
            f"without bids, minimum_bid is the starting price, 0; it was {told['minimum_bid']!r}"
        )
        told = create_lot(client, starting_price="120.00", min_raise="5.00")
        assert told["minimum_bid"] == "120.00", (
            f"without bids, minimum_bid is the starting price, 120.00; it was {told['minimum_bid']!r}"
        )
        schemas = client.get("/openapi.json").json()["components"]["schemas"].values()
        described = [each for each in schemas if "minimum_bid" in each.get("properties", {})]
        assert described, "a schema in the OpenAPI description has the property minimum_bid; none has"
    lot_read: Any = service.module("schemas.lots").LotRead
    adapter: TypeAdapter[Any] = TypeAdapter(lot_read)
    facts = {"seller": {"id": 1, "name": "Ada"}, **told, "price": "130.00"}
    del facts["minimum_bid"]
    for bid_count, expected in ((0, "130.00"), (1, "135.00"), (7, "135.00")):
        read = adapter.validate_python({**facts, "bid_count": bid_count})
        shown = adapter.dump_python(read, mode="json")["minimum_bid"]
        assert shown == expected, (
            f"with price 130.00, min_raise 5.00 and {bid_count} bids, minimum_bid is {expected}; "
            f"it was {shown}"
        )


@requirement(given=True)
def test_the_status_of_a_lot_follows_the_time(service: Service) -> None:
    """`status` is `upcoming` before `opens_at`, then `open`, and `closed` from `closes_at` on."""
    app = service.create_app()
    get_now = service.module("dependencies").get_now
    closes, second = EVENING + timedelta(hours=1), timedelta(seconds=1)
    with service.client(app) as client:
        app.dependency_overrides[get_now] = _shows(EVENING - timedelta(days=1))
        told = create_lot(client, opens_at=EVENING.isoformat(), closes_at=closes.isoformat())
        assert told["status"] == "upcoming", (
            f"a day before opens_at the status is 'upcoming'; it was {told['status']!r}"
        )
        for now, expected in (
            (EVENING - second, "upcoming"),
            (EVENING, "open"),
            (closes - second, "open"),
            (closes, "closed"),
        ):
            app.dependency_overrides[get_now] = _shows(now)
            status = read(client, told["id"])["status"]
            assert status == expected, (
                f"at {now:%H:%M:%S} the status of the lot is {expected!r}; it was {status!r}"
            )
            status = client.get(LOTS).json()["items"][0]["status"]
            assert status == expected, (
                f"at {now:%H:%M:%S} the status in the catalogue is {expected!r}; it was {status!r}"
            )
            status = client.get(f"{LOTS}/latest").json()["status"]
            assert status == expected, (
                f"at {now:%H:%M:%S} the status of the latest lot is {expected!r}; it was {status!r}"
            )


@requirement(given=True)
def test_nested_objects_are_validated_and_stored(service: Service) -> None:
    """Dimensions and earlier owners are validated in depth, stored, and returned as the client sent them."""
    size = {"height": 2000, "width": 500, "depth": 300}
    owners = [{"name": "Ada", "from": 1900, "until": 1920}, {"name": "Bob", "from": 1920, "until": None}]
    with service.client() as client:
        lot_id = create_lot(client, dimensions=size, provenance=owners)["id"]
        bare = create_lot(client)["id"]
        for wrong in (0, -1, 1.5, "300", True, 100_001):
            refused(client, f"a depth of {wrong!r} millimetres", dimensions={**size, "depth": wrong})
        refused(client, "dimensions without a depth", dimensions={"height": 2000, "width": 500})
        refused(
            client,
            "an owner whose until is before from",
            provenance=[{"name": "Ada", "from": 1900, "until": 1899}],
        )
        refused(client, "21 owners", provenance=[{"name": "Ada"}] * 21)
        refused(client, "an owner without a name", provenance=[{"name": " "}])
        create_lot(client, provenance=[{"name": "Ada", "from": 1900, "until": 1900}] * 20)
    with service.client() as client:
        told = read(client, lot_id)
        assert told["dimensions"] == size, (
            "the dimensions are those that the client sent, after a restart too; they were "
            f"{told['dimensions']}"
        )
        assert told["provenance"] == owners, (
            'provenance is what the client sent, with the fields "from" and "until"; it was '
            f"{told['provenance']}"
        )
        told = read(client, bare)
        assert told["dimensions"] is None, (
            f"without dimensions in the request, dimensions is null; it was {told['dimensions']!r}"
        )
        assert told["provenance"] == [], (
            f"without owners in the request, provenance is an empty list; it was {told['provenance']!r}"
        )


@requirement(
    exercise=5,
    hints=(
        (
            "A request body has one of ten fields. How does your code know which fields the "
            "client did not send?"
        ),
        "Exercise 5: `LotUpdate` in app/schemas/lots.py, and `update_lot` in app/routers/lots.py.",
        "description: Text | ____ = ____\n\nsent = changes.model_dump(by_alias=True)\n"
        "for name in sent:\n    setattr(lot, name, ____)",
    ),
)
def test_a_change_changes_what_was_sent(service: Service) -> None:
    """`PATCH` changes the fields that are sent and no others: each of ten alone, and several at once."""
    before = {
        "description": "It runs.",
        "reserve_price": "500.00",
        "min_raise": "2.00",
        "opens_at": "2031-05-01T20:15:00Z",
        "closes_at": "2031-05-02T20:15:00Z",
        "dimensions": {"height": 2000, "width": 500, "depth": 300},
        "provenance": [{"name": "Ada", "from": 1900, "until": 1920}],
    }
    changes: dict[str, object] = {
        "title": "A clock",
        "description": "",
        "category": "furniture",
        "min_raise": "5.00",
        "opens_at": "2031-05-01T21:15:00Z",
        "closes_at": "2031-05-03T20:15:00Z",
        "dimensions": {"height": 1, "width": 2, "depth": 3},
        "provenance": [{"name": "Bob", "from": None, "until": 1930}],
        "starting_price": "130.00",
    }
    with service.client() as client:
        lot_id = create_lot(client, **before)["id"]
        files = {"photo": ("clock", b"\x89PNG\r\n\x1a\n", "image/png")}
        status = client.put(f"{LOTS}/{lot_id}/photo", files=files).status_code
        assert status == 204, f"PUT of a photo responds with 204; it responded with {status}"
        told = read(client, lot_id)
        other = create_lot(client, title="A lamp")
        unchanged = change(client, told["id"])
        assert unchanged == told, (
            f"PATCH with no field changes nothing; the lot was {told}, and is {unchanged}"
        )
        for name, value in changes.items():
            expected = {**told, name: value}
            if name == "starting_price":  # what follows from it is another requirement
                expected = {field: expected[field] for field in expected if field not in FOLLOWING}
            told = change(client, told["id"], **{name: value})
            for field in expected:
                assert told.get(field) == expected[field], (
                    f"after PATCH with {name}, {field} is {expected[field]!r}; it was {told.get(field)!r}"
                )
        told = change(client, told["id"], title=" Two at once ", description="Both.")
        assert (told["title"], told["description"]) == ("Two at once", "Both."), (
            f"PATCH with two fields changes both; they were {told['title']!r} and {told['description']!r}"
        )
        found = client.get(LOTS, params={"search": "two"}).json()["total"]
        assert found == 1, f"a search for 'two' finds the lot by its new title; it found {found} lots"
        untouched = read(client, other["id"])
        assert untouched == other, (
            f"PATCH changes no other lot; the other lot was {other}, and is {untouched}"
        )
        status = client.patch(f"{LOTS}/123456", json={}).status_code
        assert status == 404, (
            f"PATCH {LOTS}/123456, an id without a lot, responds with 404; it responded with {status}"
        )


@requirement(
    exercise=5,
    hints=(
        ("The client sends `null` for a field, or omits the field. What does it want in each case?"),
        "Exercise 5: which two fields of `LotUpdate` may be None?",
        "reserve_price: Money | ____ | ____ = MISSING",
    ),
)
def test_null_removes_and_omission_keeps(service: Service) -> None:
    """`PATCH` with null removes the reserve price or the dimensions; for every other field it gives 422."""
    size = {"height": 2000, "width": 500, "depth": 300}
    with service.client() as client:
        told = create_lot(client, reserve_price=SECRET, dimensions=size, min_raise="2.00")
        lot_id = told["id"]
        for name in (
            "title",
            "description",
            "category",
            "starting_price",
            "min_raise",
            "opens_at",
            "closes_at",
            "provenance",
        ):
            response = client.patch(f"{LOTS}/{lot_id}", json={name: None})
            assert response.status_code == 422, (
                f"PATCH with null for {name} responds with 422; it responded with {response.status_code}"
            )
        after = read(client, lot_id)
        assert after == told, f"a refused PATCH changes nothing; the lot was {told}, and is {after}"
        dimensions = change(client, lot_id, dimensions=None)["dimensions"]
        assert dimensions is None, f"PATCH with null removes the dimensions; they were {dimensions}"
        above = {"starting_price": "8000.00"}
        response = client.patch(f"{LOTS}/{lot_id}", json=above)
        assert response.status_code == 422, (
            "PATCH with a starting_price of 8000.00, above the stored reserve price, responds "
            f"with 422; it responded with {response.status_code}"
        )
        change(client, lot_id, reserve_price=None)
        price = change(client, lot_id, **above)["starting_price"]
        assert price == "8000.00", (
            f"without a reserve price, a starting_price of 8000.00 is accepted; it was {price!r}"
        )


@requirement(
    exercise=5,
    hints=(
        "A lot without bids starts at 120 and is changed to start at 130. Which price does a bidder see?",
        "Exercise 5: `update_lot` in app/routers/lots.py, after the changes were written to the lot.",
        "if lot.bid_count == ____:\n    lot.price = lot.____",
    ),
)
def test_the_price_follows_the_starting_price(service: Service) -> None:
    """While a lot has no bids, `PATCH` of `starting_price` sets `price` too; with bids it does not."""
    with service.client() as client:
        for kind in ("ascending", "sealed"):
            lot_id = create_lot(client, kind=kind)["id"]
            told = change(client, lot_id, starting_price="130.00")
            for field in [name for name in FOLLOWING if name in told]:
                assert told[field] == "130.00", (
                    f"without bids, {field} is the new starting_price, 130.00; seen: {told[field]}"
                )
            price = change(client, lot_id, title="A lamp")["price"]
            assert price == "130.00", f"PATCH with a title alone keeps the price, 130.00; seen: {price}"
            with closing(sqlite3.connect(service.tmp_path / "gavel.db")) as database, database:
                database.execute("UPDATE lots SET bid_count = 1 WHERE id = ?", (lot_id,))
            status = client.patch(f"{LOTS}/{lot_id}", json={"starting_price": "125.00"}).status_code
            price = read(client, lot_id)["price"]
            assert price == "130.00", (
                "after the first bid, the price is that of the bid, and PATCH of starting_price does not "
                f"change it: 130.00; seen: {price} after PATCH responded with {status}"
            )


@requirement(
    exercise=5,
    hints=(
        "The change is valid, and the stored lot is valid. Is the changed lot valid?",
        "Exercise 5: pass the stored values and the sent ones to `validate_lot`, together.",
        "stored = {name: getattr(lot, name) for name in kind.model_fields}\n"
        "changed = validate_lot({**____, **____})\nfacts = changed.model_dump(by_alias=True)",
    ),
)
def test_the_rules_hold_for_the_changed_lot(service: Service) -> None:
    """A change that breaks a rule together with stored values gives 422, without any stored value in it."""
    times = {"opens_at": EVENING.isoformat(), "closes_at": (EVENING + timedelta(days=1)).isoformat()}
    with service.client() as client:
        rising = create_lot(client, reserve_price=SECRET, **times)
        sealed = create_lot(client, kind="sealed", reserve_price=SECRET, **times)
        for told in (rising, sealed):
            for words, changes in (
                ("closes_at before opens_at", {"closes_at": "2031-05-01T20:14:00Z"}),
                ("opens_at equal to closes_at", {"opens_at": times["closes_at"]}),
                ("closes_at more than 366 days after opens_at", {"closes_at": "2032-05-03T20:15:00Z"}),
                ("a reserve price below the starting price", {"reserve_price": "119.99"}),
                ("a starting price above the reserve price", {"starting_price": "7341.86"}),
                ("one valid and one invalid field", {"title": "A lamp", "starting_price": "9000"}),
                ("an unknown field", {"titel": "A lamp"}),
                ("another kind", {"kind": "sealed"}),
                ("a title of one space", {"title": " "}),
                ("21 owners", {"provenance": [{"name": "Ada"}] * 21}),
                ("opens_at as a number", {"opens_at": 1935432901}),
                ("closes_at as a number", {"closes_at": 1935432901}),
                ("starting_price as a float", {"starting_price": 25.5}),
                ("reserve_price as a float", {"reserve_price": 8000.5}),
                ("a depth in quotes", {"dimensions": {"height": 1, "width": 2, "depth": "300"}}),
            ):
                response = client.patch(f"{LOTS}/{told['id']}", json=changes)
                assert response.status_code == 422, (
                    f"PATCH with {words} responds with 422; it responded with {response.status_code}"
                )
                assert SECRET not in response.text, (
                    "the 422 does not contain stored values: the reserve price is secret; it contained "
                    f"{SECRET}"
                )
            after = read(client, told["id"])
            assert after == told, f"a refused PATCH changes nothing; the lot was {told}, and is {after}"
            change(client, told["id"], starting_price=SECRET)
        response = client.patch(f"{LOTS}/{rising['id']}", json={"min_raise": 5.5})
        assert response.status_code == 422, (
            f"PATCH with min_raise as a float responds with 422; it responded with {response.status_code}"
        )
        response = client.patch(f"{LOTS}/{sealed['id']}", json={"min_raise": "5.00"})
        assert response.status_code == 422, (
            "PATCH with min_raise of a sealed lot responds with 422; it responded with "
            f"{response.status_code}"
        )


@requirement(
    exercise=5,
    hints=(
        "The client sent `closes_at`, and the service added `opens_at`. Who learns that they do not fit?",
        "Exercise 5: `validate_lot` in app/routers/lots.py. For which exception does FastAPI send a 422?",
        "try:\n    return LOT_CREATE.validate_python(facts)\nexcept ____ as error:\n"
        "    found = error.errors(include_input=____, include_context=False)\n"
        '    raise ____([{**each, "loc": (____, *each["loc"])} for each in found]) from error',
    ),
)
def test_a_lot_that_the_service_completes_keeps_the_rules(service: Service) -> None:
    """If times that the service fills in break a rule, `POST` gives 422 for the body and creates no lot."""
    app = service.create_app()
    with service.client(app) as client:
        app.dependency_overrides[service.module("dependencies").get_now] = _shows(EVENING)
        opens = EVENING.isoformat()
        refused(client, "closes_at before opens_at", opens_at=opens, closes_at="2031-05-01T20:14:59Z")
        refused(client, "closes_at equal to opens_at", opens_at=opens, closes_at=opens)
        longer = (EVENING + timedelta(days=366, seconds=1)).isoformat()
        refused(client, "closes_at more than 366 days after opens_at", opens_at=opens, closes_at=longer)
        refused(client, "closes_at an hour ago", closes_at="2031-05-01T19:15:00Z")
        refused(client, "closes_at equal to now", closes_at=EVENING.isoformat())
        refused(client, "closes_at more than 366 days from now", closes_at=longer)
        body = client.post(LOTS, json=lot(closes_at="2031-05-01T19:15:00Z")).json()
        for loc in [each["loc"] for each in _faults(body) if "loc" in each]:
            assert list(loc[:1]) == ["body"], (
                f'the loc of each error begins with "body", as for an invalid request body; it was {loc}'
            )
        total = client.get(LOTS).json()["total"]
        assert total == 0, f"no lot of a refused request is stored; the total was {total}"


@requirement(
    exercise=4,
    hints=(
        ("The amount of a sealed bid is secret. What does the response show of a field that is `null`?"),
        (
            "Exercise 4: `BidRead` in app/schemas/bids.py. Which option of `Field` excludes a "
            "field from the output?"
        ),
        "amount: Decimal | None = Field(default=None, ____=lambda amount: amount is ____)",
    ),
)
def test_a_sealed_bid_shows_no_amount(service: Service) -> None:
    """A bid has an amount above 0; `BidRead` has a field `amount` only if the bid has an amount."""
    bids = service.module("schemas.bids")
    amount = getattr(bids.BidCreate.model_validate({"amount": "0.01"}), "amount", None)
    assert amount == Decimal("0.01"), f"BidCreate accepts an amount of 0.01; it made {amount} of it"
    for wrong in ({"amount": "0"}, {"amount": 5.5}, {"amount": "-1"}, {}, {"amount": "1", "bidder_id": 2}):
        assert _refuses(bids.BidCreate, wrong), (
            f"BidCreate refuses {wrong} with a validation error; it accepted it"
        )
    read: TypeAdapter[Any] = TypeAdapter(bids.BidRead)
    without = {"id": 1, "lot_id": 2, "placed_at": EVENING, "bidder": {"id": 3, "name": "Ada"}}
    shown = read.dump_python(read.validate_python(without), mode="json")
    assert "amount" not in shown, (
        f"a bid that is made without an amount has no field amount; its fields are {list(shown)}"
    )
    for amount, expected in (("5.00", {"amount": "5.00"}), ("0.00", {"amount": "0.00"}), (None, {})):
        row = _Row(**without, amount=None if amount is None else Decimal(amount))
        shown = read.dump_python(read.validate_python(row), mode="json")
        missing = {"id", "lot_id", "placed_at"} - shown.keys()
        assert not missing, f"BidRead has the fields id, lot_id and placed_at; it lacks {sorted(missing)}"
        told = {name: shown[name] for name in shown if name == "amount"}
        assert told == expected, (
            f"BidRead of a bid with the amount {amount} has {expected or 'no field amount'}; "
            f"it had {told or 'no field amount'}"
        )


@requirement(given=True)
def test_an_old_database_is_left_alone(service: Service) -> None:
    """If tables of an earlier chapter lack a column, the start fails and says so; the file is unchanged."""
    with closing(sqlite3.connect(service.tmp_path / "gavel.db")) as database, database:
        database.execute("CREATE TABLE lots (id INTEGER PRIMARY KEY, title VARCHAR NOT NULL)")
        database.execute("INSERT INTO lots VALUES (7, 'A vase')")
    before = (service.tmp_path / "gavel.db").read_bytes()
    old = service.module("database").OldDatabase
    with pytest.raises(old) as failure, service.client():
        pytest.fail("the service does not start if a table lacks a column; it started")
    for word in ("lots", "kind", "GAVEL_DATABASE_URL"):
        assert word in str(failure.value), f"the message of OldDatabase names {word}; it was: {failure.value}"
    unchanged = (service.tmp_path / "gavel.db").read_bytes() == before
    assert unchanged, "a start on an old database does not change its file; the file was changed"
    told = service.run(_starts, service.create_app())
    assert told["type"] == "lifespan.startup.failed", (
        f"the server receives lifespan.startup.failed; it received {told['type']}"
    )
    last = told["message"].rstrip().rpartition("\n")[2]
    assert "GAVEL_DATABASE_URL" in last, (
        f"the last line that the server prints names GAVEL_DATABASE_URL; it was: {last}"
    )


@requirement(
    exercise=4,
    hints=(
        "A field with a default may be absent in a request. Can it be absent in a response?",
        "Exercise 4: both response models inherit from `LotReadBase`, which has a setting for this.",
        "class AscendingLotRead(____):\n    ...\n\nclass SealedLotRead(____):\n    ...",
    ),
)
def test_the_description_requires_what_a_lot_always_has(service: Service) -> None:
    """In the OpenAPI description, each field that a lot always has in a response is required."""
    with service.client() as client:
        lots = [
            create_lot(client, kind=kind, provenance=[{"name": "Ada"}]) for kind in ("ascending", "sealed")
        ]
        schemas = client.get("/openapi.json").json()["components"]["schemas"].values()
    for told, what in (
        (lots[0], "an ascending lot"),
        (lots[1], "a sealed lot"),
        (lots[0]["provenance"][0], "an owner"),
    ):
        described = [each for each in schemas if each.get("properties", {}).keys() >= told.keys()]
        optional: list[list[str]] = [
            sorted(told.keys() - set(each.get("required", ()))) for each in described
        ]
        nearest = min(optional, key=len, default=["there is no schema"])
        assert not nearest, (
            f"the OpenAPI description of {what} requires every field of the response; not required: "
            f"{', '.join(nearest)}"
        )


def _words(body: dict[str, Any]) -> str:
    """The messages of a 422, without what Pydantic puts before the text of an exception."""
    messages = [str(fault.get("msg", "")) for fault in _faults(body)]
    return "; ".join(each.removeprefix("Value error").removeprefix(", ") for each in messages).strip()


def _faults(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The errors of a 422 that are JSON objects."""
    return [each for each in body.get("errors") or body.get("detail") or [] if isinstance(each, dict)]


def _refuses(model: Any, sent: object) -> bool:
    """Whether a model raises a validation error for a value."""
    try:
        model.model_validate(sent)
    except ValidationError:
        return True
    return False


class _Row:
    """Something with attributes, as the database gives it."""

    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


def _time_of(told: dict[str, Any], name: str) -> datetime:
    """A datetime of a lot."""
    return datetime.fromisoformat(told[name])


def _shows(time: datetime) -> Callable[[], datetime]:
    """A `get_now` that always returns the same time."""

    def get_now() -> datetime:
        return time

    return get_now


async def _starts(app: Any) -> dict[str, Any]:
    """Start a service as a server does; the last message that it sends about the start."""
    told: list[dict[str, Any]] = [{"type": "nothing", "message": ""}]

    async def receive() -> dict[str, Any]:
        return {"type": "lifespan.startup"}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    with pytest.raises(Exception):  # noqa: B017, PT011 - what it raises is for the server alone
        await app({"type": "lifespan", "asgi": {}, "state": {}}, receive, send)
    return told[-1]
