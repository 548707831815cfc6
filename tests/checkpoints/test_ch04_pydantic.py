"""What Gavel does from chapter 4 on: what makes sense is taken, and what is sent is changed."""

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
SECRET = "7341.85"
"""A reserve price that stands in no other field."""


def lot(**changes: object) -> dict[str, object]:
    """What a seller sends."""
    return {"title": "A long-case clock", "category": "clocks", "starting_price": "120.00", **changes}


def put_up(client: RecordingClient, **changes: object) -> dict[str, Any]:
    """Put a lot up; the answer's body."""
    answer = client.post(LOTS, json=lot(**changes))
    assert answer.status_code == 201, f"POST {LOTS} puts a lot up and answers 201 Created"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object: the lot"
    return body


def refused(client: RecordingClient, words: str, **changes: object) -> None:
    """Try to put a lot up that cannot be."""
    assert client.post(LOTS, json=lot(**changes)).status_code == 422, f"{words}: 422"


def change(client: RecordingClient, lot_id: int, **changes: object) -> dict[str, Any]:
    """Change a lot; the answer's body, which must be what GET says too."""
    answer = client.patch(f"{LOTS}/{lot_id}", json=changes)
    assert answer.status_code == 200, f"PATCH of {', '.join(changes) or 'nothing'} answers 200 OK"
    body = answer.json()
    assert body == seen(client, lot_id), "what PATCH answers is the lot as GET shows it afterwards"
    assert isinstance(body, dict), "the body is a JSON object: the lot"
    return body


def seen(client: RecordingClient, lot_id: int) -> dict[str, Any]:
    """A lot, as everyone sees it."""
    answer = client.get(f"{LOTS}/{lot_id}")
    assert answer.status_code == 200, "the lot is there: 200"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object: the lot"
    return body


@requirement(given=True)
def test_money_is_exact(service: Service) -> None:
    """Money is text or a whole number, to the cent; a float and whatever only looks like money answer 422."""
    with service.client() as client:
        for sent in ("25", "25.00", 25):
            lot_id = put_up(client, starting_price=sent)["id"]
            assert seen(client, lot_id)["starting_price"] == "25.00", f"{sent!r} is shown as 25.00"
        for wrong in (25.5, 25.0, "1e3", " 25 ", "1_000", "25.001", "-1", "NaN", True):
            refused(client, f"starting_price = {wrong!r} is no amount of money", starting_price=wrong)
        refused(client, "a raise of nothing is no raise", min_raise="0")
        assert put_up(client, min_raise="0.01")["min_raise"] == "0.01", "one cent is a raise"
        assert Decimal(put_up(client)["min_raise"]) == 1, "unless told, the least raise is one euro"


@requirement(
    exercise=1,
    hints=(
        "A seller in Paris writes 20:15, one in Lima writes 20:15. How many moments are that?",
        "Exercise 1: `Moment` and `in_utc` in app/schemas/types.py.",
        "if not 1900 <= moment.____ <= 2999:\n    raise ____(...)\nreturn moment.astimezone(____)\n\n"
        "Moment = Annotated[____, BeforeValidator(not_a_number), AfterValidator(____)]",
    ),
)
def test_a_moment_has_a_zone_and_is_kept_in_utc(service: Service) -> None:
    """A moment needs its zone and is given back in UTC; a number, or one outside 1900 to 2999, is refused."""
    with service.client() as client:
        paris = put_up(client, opens_at="2031-05-01T22:15:00+02:00", closes_at="2031-05-02T00:00:00+02:00")
        for told in (paris, seen(client, paris["id"])):
            opens_at = datetime.fromisoformat(told["opens_at"])
            assert opens_at == EVENING, "22:15 in Paris is 20:15 in UTC"
            assert opens_at.utcoffset() == timedelta(0), "a moment is given back in UTC"
        for name in ("opens_at", "closes_at"):
            refused(client, f"{name} without a time zone is no moment", **{name: "2031-05-01T20:15:00"})
            refused(client, f"{name} as a number: of seconds, or milliseconds?", **{name: 1935432900})
            refused(client, f"{name} as a number in quotes", **{name: "1935432900"})
        for wrong in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "3000-01-01T00:00:00Z"):
            refused(client, f"opens_at = {wrong} is outside the years 1900 to 2999", opens_at=wrong)
        refused(
            client, "1899 is too early", opens_at="1899-12-31T23:59:59Z", closes_at="1900-01-01T00:00:00Z"
        )
        put_up(client, opens_at="1900-01-01T00:00:00Z", closes_at="1900-01-02T00:00:00Z")
        put_up(client, opens_at="2999-12-30T00:00:00Z", closes_at="2999-12-31T23:59:59Z")


@requirement(given=True)
def test_texts_are_stripped_and_clean(service: Service) -> None:
    """Titles and descriptions lose the blanks around them; control characters are refused with 422."""
    with service.client() as client:
        told = put_up(client, title="  A clock \n", description="\tIt runs.\nNearly.  ")
        assert told["title"] == "A clock", "the blanks around a title are taken away, those inside stay"
        assert told["description"] == "It runs.\nNearly.", "a description may have lines, and is stripped too"
        put_up(client, title="x" * 120 + "  ", description="x" * 2000)
        for wrong in ("   ", "A\nclock", "A\x00clock", "A clock\x1b", "x" * 121):
            refused(client, f"the title {wrong[:9]!r}", title=wrong)
        for wrong in ("A\x00clock", "A\x08clock", "x" * 2001):
            refused(client, f"the description {wrong[:9]!r}", description=wrong)
        answer = client.get(LOTS, params={"search": "a\x00"})
        assert answer.status_code == 422, "a search has no control characters either: 422"


@requirement(given=True)
def test_a_field_that_nobody_knows_is_refused(service: Service) -> None:
    """A field that nobody knows is refused with 422, also deep inside: no misspelling is swallowed."""
    owner = {"name": "Ada", "from": 1900}
    size = {"height": 2000, "width": 500, "depth": 300}
    with service.client() as client:
        refused(client, "reserve_prise is misspelled", reserve_prise="200.00")
        refused(client, "the house decides the price, not the seller", price="1.00")
        refused(client, "the house counts the bids", bid_count=3)
        refused(client, "a size has no weight", dimensions={**size, "weight": 1})
        refused(client, "an owner has no age", provenance=[owner, {**owner, "age": 30}])
        assert client.get(LOTS).json()["total"] == 0, "what was refused is not there"


@requirement(
    exercise=2,
    hints=(
        "The lot opens at eight and closes at seven. Which of its two fields is wrong?",
        "Exercise 2: a rule about two fields is a `model_validator` of `NewLot`, in app/schemas/lots.py.",
        '@model_validator(mode="____")\ndef _check_times(self) -> Self:\n'
        "    if self.opens_at is not None and self.closes_at is not None:\n"
        "        if self.closes_at ____ self.opens_at:\n            raise ____(...)\n    return ____",
    ),
)
def test_a_sale_ends_after_it_begins(service: Service) -> None:
    """A sale ends after it begins, 366 days later at most; unless told, it begins now and lasts a week."""
    app = service.create_app()
    with service.client(app) as client:
        app.dependency_overrides[service.module("dependencies").get_now] = _shows(EVENING)
        opens, week = EVENING.isoformat(), timedelta(days=7)
        told = put_up(client)
        assert _moment(told, "opens_at") == EVENING, "without opens_at a sale begins now"
        assert _moment(told, "closes_at") == EVENING + week, "without closes_at a sale lasts seven days"
        later = EVENING + timedelta(days=30)
        told = put_up(client, opens_at=later.isoformat())
        assert _moment(told, "closes_at") == later + week, "the seven days are counted from the opening"
        refused(client, "it cannot close before it opens", opens_at=opens, closes_at="2031-05-01T20:14:59Z")
        refused(client, "it cannot close as it opens", opens_at=opens, closes_at=opens)
        refused(client, "an hour ago it has closed already", closes_at="2031-05-01T19:15:00Z")
        year = EVENING + timedelta(days=366)
        put_up(client, opens_at=opens, closes_at=year.isoformat())
        longer = (year + timedelta(seconds=1)).isoformat()
        refused(client, "more than 366 days are too long", opens_at=opens, closes_at=longer)
        refused(client, "more than 366 days from now are too long", closes_at=longer)
        put_up(client, opens_at=opens, closes_at="2031-05-01T20:15:01Z")


@requirement(
    exercise=2,
    hints=(
        "A reserve price is the secret minimum. What does one below the starting price promise?",
        "Exercise 2: the second rule of `NewLot`. Mind the lot that has no reserve price.",
        "if self.reserve_price is not ____ and self.reserve_price ____ self.starting_price:\n"
        "    raise ____(...)\nreturn ____",
    ),
)
def test_the_reserve_price_is_not_below_the_first(service: Service) -> None:
    """A reserve price is none at all, or at least the starting price: of both kinds of lot."""
    with service.client() as client:
        for kind in ("ascending", "sealed"):
            refused(client, "a reserve price below the start", kind=kind, reserve_price="119.99")
            refused(client, "a reserve price of 0, below the start", kind=kind, reserve_price="0")
            put_up(client, kind=kind, reserve_price="120.00")
            put_up(client, kind=kind, reserve_price=None)
        put_up(client, starting_price="0", reserve_price="0.01")


@requirement(given=True)
def test_there_are_two_kinds_of_lot(service: Service) -> None:
    """A lot is ascending, which needs not be said, or sealed; each kind has its own fields and no others."""
    with service.client() as client:
        rising = put_up(client)
        assert rising["kind"] == "ascending", "whoever names no kind means the one that there always was"
        assert put_up(client, kind="ascending", min_raise="5")["min_raise"] == "5.00", (
            "an ascending lot keeps the min_raise that was sent"
        )
        sealed = put_up(client, kind="sealed", title="A letter")
        assert sealed["kind"] == "sealed", "the kind is as the seller sent it"
        assert "min_raise" not in sealed, "a sealed lot has no least raise, not even an empty one"
        assert "minimum_bid" not in sealed, "nor a minimum bid"
        for told in (rising, sealed):
            assert told["price"] == "120.00", "until somebody bids, the price is the starting price"
            assert told["bid_count"] == 0, "nobody has bid yet"
        refused(client, "envelopes know no raise", kind="sealed", min_raise="5.00")
        for wrong in ("dutch", None, 1, ["sealed"]):
            refused(client, f"there is no kind {wrong!r}", kind=wrong)
        kinds = [item["kind"] for item in client.get(LOTS).json()["items"]]
        assert kinds == ["ascending", "ascending", "sealed"], "the catalogue shows both kinds"
        assert client.get(f"{LOTS}/latest").json() == sealed, "the latest lot is shown as any other"


@requirement(
    exercise=3,
    hints=(
        "Which of a lot's facts follows from three others, and who should work it out?",
        "Exercise 3: a `computed_field` of `AscendingLotRead`, in app/schemas/lots.py.",
        "@computed_field\n@property\ndef minimum_bid(self) -> Decimal:\n"
        "    return self.price + ____ if self.____ else self.____",
    ),
)
def test_a_lot_says_what_the_next_bid_must_be(service: Service) -> None:
    """`minimum_bid` is the price until somebody bids, then the price plus the least raise."""
    app = service.create_app()
    with service.client(app) as client:
        told = put_up(client, starting_price="0", min_raise="5.00")
        assert "minimum_bid" in told, 'an ascending lot that is shown has "minimum_bid"'
        assert Decimal(told["minimum_bid"]) == 0, "the first bid may be the starting price"
        told = put_up(client, starting_price="120.00", min_raise="5.00")
        assert told["minimum_bid"] == "120.00", "the first bid may be the starting price"
        schemas = client.get("/openapi.json").json()["components"]["schemas"].values()
        described = [each for each in schemas if "minimum_bid" in each.get("properties", {})]
        assert described, "the OpenAPI description names minimum_bid"
    lot_read: Any = service.module("schemas.lots").LotRead
    adapter: TypeAdapter[Any] = TypeAdapter(lot_read)
    facts = {"seller": {"id": 1, "name": "Ada"}, **told, "price": "130.00"}
    del facts["minimum_bid"]
    for bid_count, expected in ((0, "130.00"), (1, "135.00"), (7, "135.00")):
        read = adapter.validate_python({**facts, "bid_count": bid_count})
        shown = adapter.dump_python(read, mode="json")["minimum_bid"]
        assert shown == expected, f"price 130.00, min_raise 5.00, {bid_count} bids: {expected}"


@requirement(given=True)
def test_the_clock_says_whether_a_lot_is_open(service: Service) -> None:
    """`status` is upcoming before the opening, open from it on, and closed from the close on."""
    app = service.create_app()
    get_now = service.module("dependencies").get_now
    closes, second = EVENING + timedelta(hours=1), timedelta(seconds=1)
    with service.client(app) as client:
        app.dependency_overrides[get_now] = _shows(EVENING - timedelta(days=1))
        told = put_up(client, opens_at=EVENING.isoformat(), closes_at=closes.isoformat())
        assert told["status"] == "upcoming", "a day before the opening: upcoming"
        for now, expected in (
            (EVENING - second, "upcoming"),
            (EVENING, "open"),
            (closes - second, "open"),
            (closes, "closed"),
        ):
            app.dependency_overrides[get_now] = _shows(now)
            assert seen(client, told["id"])["status"] == expected, f"at {now:%H:%M:%S}: {expected}"
            assert client.get(LOTS).json()["items"][0]["status"] == expected, "in the catalogue too"
            assert client.get(f"{LOTS}/latest").json()["status"] == expected, (
                "GET of the latest lot returns the same status"
            )


@requirement(given=True)
def test_what_is_nested_is_kept(service: Service) -> None:
    """Dimensions and earlier owners are checked in depth, kept, and shown as they were sent."""
    size = {"height": 2000, "width": 500, "depth": 300}
    owners = [{"name": "Ada", "from": 1900, "until": 1920}, {"name": "Bob", "from": 1920, "until": None}]
    with service.client() as client:
        lot_id = put_up(client, dimensions=size, provenance=owners)["id"]
        bare = put_up(client)["id"]
        for wrong in (0, -1, 1.5, "300", True, 100_001):
            refused(client, f"a depth of {wrong!r} millimetres", dimensions={**size, "depth": wrong})
        refused(client, "a size without a depth", dimensions={"height": 2000, "width": 500})
        refused(client, "until before from", provenance=[{"name": "Ada", "from": 1900, "until": 1899}])
        refused(client, "21 owners are too many", provenance=[{"name": "Ada"}] * 21)
        refused(client, "an owner has a name", provenance=[{"name": " "}])
        put_up(client, provenance=[{"name": "Ada", "from": 1900, "until": 1900}] * 20)
    with service.client() as client:
        told = seen(client, lot_id)
        assert told["dimensions"] == size, "the dimensions are as they were sent, after a restart too"
        assert told["provenance"] == owners, (
            'the owners are in the response, with the fields "from" and "until"'
        )
        told = seen(client, bare)
        assert told["dimensions"] is None, "without dimensions there is null"
        assert told["provenance"] == [], "without owners there is an empty list"


@requirement(
    exercise=5,
    hints=(
        "A form with ten fields comes in, and nine of them are empty. How do you know what was meant?",
        "Exercise 5: `LotUpdate` in app/schemas/lots.py, and `update_lot` in app/routers/lots.py.",
        "description: Text | ____ = ____\n\nsent = changes.model_dump(by_alias=True)\n"
        "for name in sent:\n    setattr(lot, name, ____)",
    ),
)
def test_a_change_changes_what_was_sent(service: Service) -> None:
    """`PATCH` changes what is sent and nothing else: each of ten fields alone, and several at once."""
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
        told = put_up(client, **before)
        other = put_up(client, title="A lamp")
        assert change(client, told["id"]) == told, "nothing sent, nothing changed"
        for name, value in changes.items():
            expected = {**told, name: value}
            if name == "starting_price":  # nobody has bid: the price begins there too
                expected |= {"price": value, "minimum_bid": value}
            told = change(client, told["id"], **{name: value})
            for field in expected:
                assert told.get(field) == expected[field], f"{name} was sent; {field} is {expected[field]!r}"
        told = change(client, told["id"], title=" Two at once ", description="Both.")
        assert (told["title"], told["description"]) == ("Two at once", "Both."), "several fields at once"
        found = client.get(LOTS, params={"search": "two"}).json()["total"]
        assert found == 1, "a search finds the new title"
        assert seen(client, other["id"]) == other, "the other lot is as it was"
        assert client.patch(f"{LOTS}/123456", json={}).status_code == 404, "an unknown lot: 404"


@requirement(
    exercise=5,
    hints=(
        "`null` and nothing at all: what does each of them ask for?",
        "Exercise 5: which two fields of `LotUpdate` may be None?",
        "reserve_price: Money | ____ | ____ = MISSING",
    ),
)
def test_null_means_none_and_silence_means_unchanged(service: Service) -> None:
    """Null takes the reserve price or the dimensions away; for every other field it answers 422."""
    size = {"height": 2000, "width": 500, "depth": 300}
    with service.client() as client:
        told = put_up(client, reserve_price=SECRET, dimensions=size, min_raise="2.00")
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
            answer = client.patch(f"{LOTS}/{lot_id}", json={name: None})
            assert answer.status_code == 422, f"a lot without {name} is no lot, so null is refused: 422"
        assert seen(client, lot_id) == told, "what was refused has changed nothing"
        assert change(client, lot_id, dimensions=None)["dimensions"] is None, "null takes dimensions away"
        above = {"starting_price": "8000.00"}
        answer = client.patch(f"{LOTS}/{lot_id}", json=above)
        assert answer.status_code == 422, "the reserve price still stands, so 8000.00 is too much: 422"
        change(client, lot_id, reserve_price=None)
        assert change(client, lot_id, **above)["price"] == "8000.00", (
            "without a reserve price, a starting price of 8000.00 is accepted"
        )


@requirement(
    exercise=5,
    hints=(
        "The change is valid, and the lot is valid. Is the changed lot?",
        "Exercise 5: give the stored facts and the sent ones to `checked`, together.",
        "stored = {name: getattr(lot, name) for name in kind.model_fields}\n"
        "facts = checked({**____, **____}).model_dump(by_alias=True)",
    ),
)
def test_the_rules_hold_for_the_changed_lot(service: Service) -> None:
    """A change that breaks a rule together with what is stored answers 422, and tells no secret."""
    times = {"opens_at": EVENING.isoformat(), "closes_at": (EVENING + timedelta(days=1)).isoformat()}
    with service.client() as client:
        rising = put_up(client, reserve_price=SECRET, **times)
        sealed = put_up(client, kind="sealed", reserve_price=SECRET, **times)
        for told in (rising, sealed):
            for words, changes in (
                ("it would close before it opens", {"closes_at": "2031-05-01T20:14:00Z"}),
                ("it would open as it closes", {"opens_at": times["closes_at"]}),
                ("it would last too long", {"closes_at": "2032-05-03T20:15:00Z"}),
                ("the reserve price would be below the start", {"reserve_price": "119.99"}),
                ("the start would be above the reserve price", {"starting_price": "7341.86"}),
                ("half of it is wrong", {"title": "A lamp", "starting_price": "9000"}),
                ("nobody knows this field", {"titel": "A lamp"}),
                ("the kind of a lot does not change", {"kind": "sealed"}),
                ("a title is not empty", {"title": " "}),
                ("21 owners are too many", {"provenance": [{"name": "Ada"}] * 21}),
            ):
                answer = client.patch(f"{LOTS}/{told['id']}", json=changes)
                assert answer.status_code == 422, f"{words}: 422"
                assert SECRET not in answer.text, "what is stored is not told: the reserve price is secret"
            assert seen(client, told["id"]) == told, "what was refused has changed nothing"
            change(client, told["id"], starting_price=SECRET)
        answer = client.patch(f"{LOTS}/{sealed['id']}", json={"min_raise": "5.00"})
        assert answer.status_code == 422, "a sealed lot has no least raise: 422"


@requirement(
    exercise=4,
    hints=(
        "A bid in a closed envelope: what does `null` already tell?",
        "Exercise 4: `BidRead` in app/schemas/bids.py. Which option of `Field` leaves a field out?",
        "amount: Decimal | None = Field(default=None, ____=lambda amount: amount is ____)",
    ),
)
def test_a_sealed_bid_shows_no_amount(service: Service) -> None:
    """A bid is more than nothing; one that is shown without an amount has no such field, else it has it."""
    bids = service.module("schemas.bids")
    assert bids.BidCreate.model_validate({"amount": "0.01"}).amount == Decimal("0.01"), "a cent is a bid"
    for wrong in ({"amount": "0"}, {"amount": 5.5}, {"amount": "-1"}, {}, {"amount": "1", "bidder_id": 2}):
        assert _refuses(bids.BidCreate, wrong), f"{wrong} is no bid, and BidCreate refuses it"
    read: TypeAdapter[Any] = TypeAdapter(bids.BidRead)
    without = {"id": 1, "lot_id": 2, "placed_at": EVENING, "bidder": {"id": 3, "name": "Ada"}}
    shown = read.dump_python(read.validate_python(without), mode="json")
    assert "amount" not in shown, "a bid that is made without an amount shows none"
    for amount, expected in (("5.00", {"amount": "5.00"}), ("0.00", {"amount": "0.00"}), (None, {})):
        row = _Row(**without, amount=None if amount is None else Decimal(amount))
        shown = read.dump_python(read.validate_python(row), mode="json")
        told = {name: shown[name] for name in shown if name == "amount"}
        assert told == expected, f"a bid with the amount {amount} shows {expected or 'no amount at all'}"


@requirement(given=True)
def test_an_old_database_is_left_alone(service: Service) -> None:
    """Tables that an earlier chapter left are not touched: the start fails and says what to do."""
    with closing(sqlite3.connect(service.tmp_path / "gavel.db")) as database, database:
        database.execute("CREATE TABLE lots (id INTEGER PRIMARY KEY, title VARCHAR NOT NULL)")
        database.execute("INSERT INTO lots VALUES (7, 'A vase')")
    before = (service.tmp_path / "gavel.db").read_bytes()
    old = service.module("database").OldDatabase
    with pytest.raises(old) as failure, service.client():
        pytest.fail("the service does not start on tables that lack a column")
    for word in ("lots", "kind", "GAVEL_DATABASE_URL"):
        assert word in str(failure.value), f"the message names {word}"
    assert (service.tmp_path / "gavel.db").read_bytes() == before, "the file is as it was, to the byte"
    told = service.run(_starts, service.create_app())
    assert told["type"] == "lifespan.startup.failed", "the server is told that the start has failed"
    assert "GAVEL_DATABASE_URL" in told["message"], "the server is told what to do"
    assert "Traceback" not in told["message"], "a person reads it: there is no traceback"


def _refuses(model: Any, sent: object) -> bool:
    """Whether a model refuses what was sent."""
    try:
        model.model_validate(sent)
    except ValidationError:
        return True
    return False


class _Row:
    """Something with attributes, as the database gives it."""

    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


def _moment(told: dict[str, Any], name: str) -> datetime:
    """A moment of a lot."""
    return datetime.fromisoformat(told[name])


def _shows(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""

    def get_now() -> datetime:
        return moment

    return get_now


async def _starts(app: Any) -> dict[str, Any]:
    """Start a service as a server does; the last thing that it says of the start."""
    told: list[dict[str, Any]] = [{"type": "nothing", "message": ""}]

    async def receive() -> dict[str, Any]:
        return {"type": "lifespan.startup"}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    with pytest.raises(Exception):  # noqa: B017, PT011 - what it raises is for the server alone
        await app({"type": "lifespan", "asgi": {}, "state": {}}, receive, send)
    return told[-1]
