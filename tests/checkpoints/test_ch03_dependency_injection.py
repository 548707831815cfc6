"""What Gavel does from chapter 3 on: lots are stored in a database, and each request has its own session."""

import asyncio
import inspect
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, get_args
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI, HTTPException, params
from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    Table,
    TypeDecorator,
    create_engine,
    event,
    insert,
    select,
    text,
)
from sqlalchemy import inspect as inspect_model
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import StatementError

from course.engine.checkpoint.connections import checked_out
from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(255, -1, -1))
EVENING = datetime(2031, 5, 1, 20, 15, 30, 250_000, tzinfo=UTC)
PARIS = timezone(timedelta(hours=2))
COLUMNS = (
    "title",
    "title_folded",
    "description",
    "category",
    "starting_price",
    "reserve_price",
    "created_at",
)
"""The columns of `lots`, besides the id."""


def create_lot(client: RecordingClient, **changes: object) -> dict[str, Any]:
    """Create a lot; the response body."""
    lot = {"title": "A long-case clock", "category": "clocks", "starting_price": "120.00", **changes}
    response = client.post(LOTS, json=lot)
    assert response.status_code == 201, (
        f"POST {LOTS} creates a lot and responds with 201; it responded with {response.status_code}"
    )
    body = response.json()
    assert isinstance(body, dict), f"the response body is a JSON object, the lot; it was {body!r}"
    return body


def read(client: RecordingClient, path: str) -> dict[str, Any]:
    """The JSON object at a path."""
    response = client.get(path)
    assert response.status_code == 200, (
        f"GET {path} responds with 200; it responded with {response.status_code}"
    )
    body = response.json()
    assert isinstance(body, dict), f"GET {path} returns a JSON object; it returned {body!r}"
    return body


def send_photo(
    client: RecordingClient, lot_id: int, content: bytes = PNG, media_type: str = "image/png"
) -> None:
    """Send the photo of a lot."""
    files = {"photo": ("photo", content, media_type)}
    response = client.put(f"{LOTS}/{lot_id}/photo", files=files)
    assert response.status_code == 204, (
        f"PUT {LOTS}/{lot_id}/photo of an existing lot responds with 204; it responded with "
        f"{response.status_code}"
    )


@requirement(given=True)
def test_the_clock_is_aware_and_in_utc(service: Service) -> None:
    """The dependency `get_now` returns the current time as an aware datetime in UTC."""
    dependencies = service.module("dependencies")
    get_clock = getattr(dependencies, "get_clock", None)  # from chapter 9 on, `get_now` depends on it
    now = dependencies.get_now(service.run(get_clock)) if get_clock else dependencies.get_now()
    if inspect.isawaitable(now):
        now = service.run(_awaited, now)
    assert isinstance(now, datetime), f"get_now returns a datetime; it returned {now!r}"
    naive = now.tzinfo is None
    assert not naive, (
        f"get_now returns an aware datetime, with a time zone; it returned the naive datetime {now}"
    )
    assert now.utcoffset() == timedelta(0), (
        f"the time zone of the datetime that get_now returns is UTC; it returned {now}"
    )
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1), (
        "get_now returns the current time, also on a machine whose time zone is not UTC (for this check: "
        f"14 hours ahead of it); it returned {now}, and the time in UTC is {datetime.now(UTC)}"
    )


@requirement(
    exercise=1,
    hints=(
        "Which annotation makes a column, and how does an annotation say that a value may be missing?",
        "Exercise 1: the class `Lot` in app/models/lot.py. Compare it with the fields of `LotCreate`.",
        "title: Mapped[str]\nstarting_price: Mapped[____]\nreserve_price: Mapped[Decimal | ____]",
    ),
)
def test_the_table_of_lots_has_its_columns(service: Service) -> None:
    """The table of the lots has a column for each field; only `reserve_price` may be NULL."""
    columns = inspect_model(service.module("models").Lot).columns
    for name in COLUMNS:
        assert name in columns, (
            f'the table of the lots has a column "{name}"; its columns are {columns.keys()}'
        )
        nullable = columns[name].nullable
        if name == "reserve_price":
            assert nullable, 'the column "reserve_price" may be NULL; the table does not allow it'
        else:
            assert not nullable, f'the column "{name}" may not be NULL; the table allows it'
    for name in ("starting_price", "reserve_price"):
        for price in (Decimal("9999999999.99"), Decimal("0.30")):
            kept = _stored(columns[name].type, price)
            assert isinstance(kept, Decimal), (
                f'a Decimal in the column "{name}" is read as a Decimal; it was read as {kept!r}'
            )
            assert kept == price, (
                f'the column "{name}" returns the amount that you stored, {price}; it returned {kept}'
            )


@requirement(
    exercise=1,
    hints=(
        "Which of the two methods runs before a value is stored, and which runs after it was read?",
        "Exercise 1: `UtcTimestamp` in app/models/base.py. What is `value.tzinfo` of a naive datetime?",
        "if value is not None and value.____ is None:\n    raise ____(...)\n"
        "return None if value is None else value.astimezone(____)",
    ),
)
def test_a_datetime_is_stored_in_utc(service: Service) -> None:
    """The column `created_at` returns an aware datetime in UTC, and refuses a naive one with a ValueError."""
    columns = inspect_model(service.module("models").Lot).columns
    assert "created_at" in columns, (
        f'the table of the lots has a column "created_at"; its columns are {columns.keys()}'
    )
    kind = columns["created_at"].type
    for value in (EVENING, EVENING.astimezone(PARIS)):
        _is_in_utc(_stored(kind, value), value)
    if isinstance(kind, TypeDecorator) and isinstance(kind.impl, DateTime):
        in_paris = EVENING.astimezone(PARIS)  # as PostgreSQL may return it
        returned = kind.process_result_value(in_paris, postgresql.dialect())  # type: ignore[no-untyped-call]
        converted = isinstance(returned, datetime) and returned == in_paris
        assert converted, (
            f"process_result_value converts an aware datetime, which PostgreSQL returns: "
            f"{in_paris} is {EVENING} in UTC; it returned {returned}"
        )
        _is_in_utc(returned, EVENING)
    empty = _stored(kind, None)
    assert empty is None, f"a column type returns None for NULL; it returned {empty!r}"
    cause: object = None
    try:
        _stored(kind, EVENING.replace(tzinfo=None))
    except (StatementError, ValueError) as error:
        cause = getattr(error, "orig", error)
    stored = cause is None
    assert not stored, "the column created_at refuses a naive datetime; it stored one"
    assert isinstance(cause, ValueError), (
        f"a naive datetime raises a ValueError; it raised {type(cause).__name__}: {cause}"
    )


@requirement(
    exercise=2,
    hints=(
        "What must be different for two requests at the same time: the session maker or the session?",
        "Exercise 2: `get_session` in app/dependencies.py. What does it yield?",
        "async with sessions.____() as session:\n    yield ____",
    ),
)
def test_each_request_has_a_session_of_its_own(service: Service) -> None:
    """Two requests at the same time have two sessions; within one request `SessionDep` gives the same one."""
    app = service.create_app()
    session_dep = service.module("dependencies").SessionDep
    met: list[tuple[object, object]] = []
    together = asyncio.Barrier(2)

    async def meet(one: Any, other: Any) -> None:
        async with asyncio.timeout(5):
            await together.wait()
        met.append((one, other))

    app.get("/checkpoint/sessions")(_endpoint(meet, one=session_dep, other=session_dep))
    service.run(_twice_at_once, app, "/checkpoint/sessions")
    assert len(met) == 2, f"both requests reach their endpoint; {len(met)} of 2 did"
    assert met[0][0] is met[0][1], (
        "two parameters with SessionDep in one request are given the same session; they were given two"
    )
    assert met[0][0] is not met[1][0], "two requests do not share a session; both were given the same one"


@requirement(
    exercise=2,
    hints=(
        ("Which call makes the changes of a transaction permanent, and what happens to them without it?"),
        ("Exercise 2: `get_session` in app/dependencies.py opens a session. Who ends the transaction?"),
        "async with sessions.____() as session:\n    yield session",
    ),
)
def test_a_lot_outlives_the_service(service: Service) -> None:
    """A lot that was created is still there after a restart of the service, with its exact price."""
    with service.client() as client:
        lot = create_lot(client, title="A snuffbox", description="Silver.", starting_price="9999999999.99")
        create_lot(client, title="A spoon", category="jewellery", starting_price="0.30")
    with service.client() as client:
        page = read(client, LOTS)
        assert page["total"] == 2, (
            f"after a restart the catalogue has a total of 2 lots; the total was {page['total']}"
        )
        kept = {item["id"]: item for item in page["items"]}[lot["id"]]
        for name in ("title", "description", "category", "starting_price"):
            assert kept.get(name) == lot[name], (
                f'after a restart "{name}" of the lot is {lot[name]!r}; it was {kept.get(name)!r}'
            )


@requirement(
    exercise=2,
    hints=(
        "A session has a connection. When does the connection return to the pool?",
        "Exercise 2: `get_session`. Which line closes the session, and does it run after an exception too?",
        "async with sessions.____() as session:\n    ____ session",
    ),
)
def test_every_connection_returns_to_the_pool(service: Service) -> None:
    """After each request, successful or not, every connection is back in the pool."""
    with service.client(raise_server_exceptions=False) as client, checked_out(_engine(client)) as out:
        client.get(f"{LOTS}/latest")
        client.post(LOTS, json={"title": ""})
        assert not out, (
            f"after responses with 404 and 422 every connection is back in the pool; still in use: {len(out)}"
        )
        create_lot(client)
        read(client, LOTS)
        assert not out, (
            f"after requests that succeeded every connection is back in the pool; still in use: {len(out)}"
        )
        with _failing_commits(client):
            client.post(LOTS, json={"title": "A lamp", "category": "art", "starting_price": "1"})
        assert not out, (
            f"after a commit that failed every connection is back in the pool; still in use: {len(out)}"
        )


@requirement(
    exercise=2,
    hints=(
        ("An endpoint wrote a row and then raised. What happens at the `yield` of the dependency?"),
        ("Exercise 2: `get_session`. Does anything commit when an exception is raised at the `yield`?"),
        "try:\n    yield session\n    await session.____()\n"
        "except BaseException:\n    await session.____()\n    raise",
    ),
)
def test_a_request_that_fails_stores_nothing(service: Service) -> None:
    """What an endpoint wrote is committed if it returns, and rolled back if it raises any exception."""
    app = service.create_app()
    session_dep = service.module("dependencies").SessionDep

    async def write(outcome: str, session: Any) -> None:
        await session.execute(text("INSERT INTO checkpoint_notes VALUES (:word)"), {"word": outcome})
        if outcome == "refused":
            raise HTTPException(409, "Refused.")
        if outcome == "broken":
            raise RuntimeError("the endpoint failed")

    app.post("/checkpoint/notes/{outcome}")(_endpoint(write, session=session_dep))
    with service.client(app, raise_server_exceptions=False) as client:
        with _database(service) as database:
            database.execute("CREATE TABLE checkpoint_notes (word TEXT)")
        statuses = [
            client.post(f"/checkpoint/notes/{word}").status_code for word in ("refused", "broken", "kept")
        ]
        with _database(service) as database:
            kept = [word for (word,) in database.execute("SELECT word FROM checkpoint_notes")]
    assert statuses == [409, 500, 200], (
        "an HTTPException(409) gives the status code 409, a RuntimeError 500, and an "
        f"endpoint that returns 200; the status codes were {statuses}"
    )
    assert "refused" not in kept, (
        "what an endpoint wrote before an HTTPException is rolled back; it was stored"
    )
    assert "broken" not in kept, (
        "what an endpoint wrote before any other exception is rolled back; it was stored"
    )
    assert kept == ["kept"], (
        "what an endpoint wrote before it returned is committed, once; it was stored "
        f"{kept.count('kept')} times"
    )


@requirement(
    exercise=2,
    hints=(
        "A cancellation raises `CancelledError` at the `yield`. Is that an `Exception`?",
        "Exercise 2: `get_session`. Which line closes the session when its request is cancelled?",
        "async with sessions.____() as session:\n    yield session",
    ),
)
def test_a_cancelled_request_returns_its_connection(service: Service) -> None:
    """If the task of a request is cancelled, nothing is stored, and the connection is back in the pool."""
    app = service.create_app()
    session_dep = service.module("dependencies").SessionDep
    written = asyncio.Event()

    async def write_and_wait(session: Any) -> None:
        await session.execute(text("INSERT INTO checkpoint_notes VALUES ('cancelled')"))
        written.set()
        await asyncio.Event().wait()

    app.get("/checkpoint/waits")(_endpoint(write_and_wait, session=session_dep))
    with _database(service) as database:
        database.execute("CREATE TABLE checkpoint_notes (word TEXT)")
    left = service.run(_cut_short, app, "/checkpoint/waits", written)
    with _database(service) as database:
        kept = database.execute("SELECT word FROM checkpoint_notes").fetchall()
    assert not left, (
        "after a request was cancelled, its connection is back in the pool; "
        f"seen: {left} connection is still in use"
    )
    assert not kept, "what a cancelled request wrote is rolled back; seen: it was stored"


@requirement(
    exercise=4,
    hints=(
        ("An endpoint does two things, and the second fails. What must happen to the changes of the first?"),
        ("`LotRepository`, in app/repositories/lots.py: does one of its methods end the transaction?"),
        "self._session.add(lot)\nawait self._session.____()",
    ),
)
def test_no_repository_method_commits(service: Service) -> None:
    """A lot is not stored if the endpoint fails after `add`: no repository method commits."""
    app = service.create_app()
    with service.client(app, raise_server_exceptions=False) as client:
        create_lot(client, title="A vase")
        total = read(client, LOTS)["total"]
        assert total == 1, f"a lot that was created is in the catalogue, so the total is 1; it was {total}"
        lots_dep = service.module("dependencies").LotsDep
        _override(app, lots_dep, _FailsAfterwards)
        lot = {"title": "A lamp", "category": "art", "starting_price": "1.00"}
        response = client.post(LOTS, json=lot)
        assert response.status_code == 500, (
            "the repository did its work and then raised, so the service responds with 500; it "
            f"responded with {response.status_code}"
        )
        app.dependency_overrides.clear()
        total = read(client, LOTS)["total"]
        assert total == 1, (
            f"the lot of the request that failed is not stored, so the total is still 1; it was {total}"
        )


@requirement(
    exercise=2,
    hints=(
        ("Which runs first: the commit in the exit code of `get_session`, or the sending of the response?"),
        "Exercise 2: the dependency scope, in `SessionDep`.",
        'SessionDep = Annotated[AsyncSession, Depends(get_session, scope="____")]',
    ),
)
def test_a_failed_commit_gives_a_500(service: Service) -> None:
    """If the commit fails, `POST` responds with 500 or above, and the lot is not stored."""
    with service.client(raise_server_exceptions=False) as client:
        create_lot(client, title="A vase")
        with _failing_commits(client):
            lot = {"title": "A lamp", "category": "art", "starting_price": "1.00"}
            response = client.post(LOTS, json=lot)
        assert response.status_code >= 500, (
            "the commit failed, so POST responds with a status code of 500 or above; it "
            f"responded with {response.status_code}"
        )
        found = read(client, LOTS)
        titles = [item["title"] for item in found["items"]]
        assert titles == ["A vase"], (
            f"only what was committed is there, the lot 'A vase'; the catalogue lists {titles}"
        )
        create_lot(client, title="A chair")
        total = read(client, LOTS)["total"]
        assert total == 2, (
            f"after the next request the catalogue has 2 lots: that one, and the first; the total was {total}"
        )


@requirement(
    exercise=4,
    hints=(
        "What does each of the four endpoints do with the lot that `get_lot` found?",
        "Exercise 4: `get_lot`, and the endpoints that use `LotDep`.",
        "async def delete_lot(lot: ____, lots: LotsDep) -> None:\n    await lots.____(lot)",
    ),
)
def test_a_lot_is_found_or_404(service: Service) -> None:
    """You can read and delete a lot and its photo; without the lot, all four endpoints respond with 404."""
    with service.client() as client:
        lot, other = create_lot(client)["id"], create_lot(client, title="A lamp")["id"]
        send_photo(client, lot)
        send_photo(client, other, JPEG, "image/jpeg")
        photo = client.get(f"{LOTS}/{lot}/photo")
        assert photo.status_code == 200, (
            f"GET {LOTS}/{lot}/photo responds with 200; it responded with {photo.status_code}"
        )
        assert photo.content == PNG, (
            f"the response is the photo of this lot, byte for byte; it had {len(photo.content)} other bytes"
        )
        deleted = client.delete(f"{LOTS}/{lot}")
        assert deleted.status_code == 204, (
            f"DELETE {LOTS}/{lot} responds with 204; it responded with {deleted.status_code}"
        )
        files = {"photo": ("photo", PNG, "image/png")}
        for method, address, sent in (
            ("GET", f"{LOTS}/{lot}", None),
            ("GET", f"{LOTS}/{lot}/photo", None),
            ("PUT", f"{LOTS}/{lot}/photo", files),
            ("DELETE", f"{LOTS}/{lot}", None),
        ):
            response = client.request(method, address, files=sent)
            assert response.status_code == 404, (
                f"{method} {address} of a lot that was deleted responds with 404; it responded with "
                f"{response.status_code}"
            )
            kind = response.headers["content-type"]
            assert "json" in kind, f"the body of the 404 is JSON; its Content-Type was {kind}"
        title = read(client, f"{LOTS}/{other}")["title"]
        assert title == "A lamp", (
            f"the other lot, 'A lamp', is still there under its id; found there: {title!r}"
        )
        photo = client.get(f"{LOTS}/{other}/photo")
        assert photo.content == JPEG, (
            f"the other lot still has its photo; GET of it responded with {photo.status_code} and other bytes"
        )


@requirement(
    exercise=4,
    hints=(
        "Which two headers did the endpoints of chapter 2 set, and on which responses?",
        "Exercise 4: `create_lot` and `read_photo` in app/routers/lots.py.",
        'response.headers["____"] = request.url_for("____", lot_id=lot.id).path\n'
        'headers = {"____": etag_of(photo.content)}',
    ),
)
def test_location_and_etag_are_as_in_chapter_2(service: Service) -> None:
    """`POST` sets `Location` to the path of the lot, and `GET` of a photo that the client has gives a 304."""
    with service.client() as client:
        create_lot(client)
        lot = {"title": "A lamp", "category": "art", "starting_price": "1.00"}
        created = client.post(LOTS, json=lot)
        path = f"{LOTS}/{created.json().get('id')}"
        location = urlsplit(created.headers.get("location", "")).path
        assert location == path, f"Location of the response to POST is {path}; it was {location!r}"
        send_photo(client, created.json()["id"])
        etag = client.get(f"{path}/photo").headers.get("etag")
        assert etag, "the response with a photo has an ETag; it had none"
        again = client.get(f"{path}/photo", headers={"If-None-Match": etag})
        assert again.status_code == 304, (
            f"GET of a photo whose ETag the client sends responds with 304; it responded with "
            f"{again.status_code}"
        )
        assert again.content == b"", f"a 304 has no body; it had {len(again.content)} bytes"


@requirement(
    exercise=4,
    hints=(
        (
            "Four endpoints need the lot whose id is in the path. How often do you want to write "
            "`if lot is None`?"
        ),
        (
            "Exercise 4: `get_lot` in app/dependencies.py, and `LotDep` in the parameters of the "
            "four endpoints."
        ),
        "lot = await lots.____(lot_id)\nif lot is None:\n    raise HTTPException(____, ...)\nreturn ____",
    ),
)
def test_four_endpoints_depend_on_get_lot(service: Service) -> None:
    """All four endpoints of one lot depend on `get_lot`: an override of it applies to each of them."""
    app = service.create_app()
    get_lot = service.module("dependencies").get_lot

    async def refuse() -> None:
        raise HTTPException(418, "Overridden.")

    with service.client(app) as client:
        path = f"{LOTS}/{create_lot(client)['id']}"
        send_photo(client, int(path.rsplit("/", 1)[1]))
        files = {"photo": ("photo", PNG, "image/png")}
        app.dependency_overrides[get_lot] = refuse
        for method, address, sent in (
            ("GET", path, None),
            ("GET", f"{path}/photo", None),
            ("PUT", f"{path}/photo", files),
            ("DELETE", path, None),
        ):
            response = client.request(method, address, files=sent)
            assert response.status_code == 418, (
                f"{method} {address} responds with 418, which the override of get_lot raises; it "
                f"responded with {response.status_code}"
            )
        app.dependency_overrides.clear()
        response = client.get(path)
        assert response.status_code == 200, (
            f"without the override GET {path} responds with 200; it responded with {response.status_code}"
        )


@requirement(
    exercise=4,
    hints=(
        (
            "A commit expires the objects of a session. What happens when you read one of their "
            "attributes then?"
        ),
        "`session_maker` in app/database.py: the option that keeps the loaded values.",
        "async_sessionmaker(engine, ____=False)",
    ),
)
def test_a_lot_is_readable_after_a_commit(service: Service) -> None:
    """An endpoint that commits can still read the lot that `LotDep` injected."""
    app = service.create_app()
    dependencies = service.module("dependencies")

    async def commit_and_read(lot: Any, session: Any) -> str:
        await session.commit()
        return str(lot.title)

    endpoint = _endpoint(commit_and_read, lot=dependencies.LotDep, session=dependencies.SessionDep)
    app.get("/checkpoint/lots/{lot_id}")(endpoint)

    with service.client(app) as client:
        lot = create_lot(client, title="A snuffbox")
        response = client.get(f"/checkpoint/lots/{lot['id']}")
        assert response.status_code == 200, (
            "an endpoint with LotDep and SessionDep responds with 200; it responded with "
            f"{response.status_code}"
        )
        assert response.json() == "A snuffbox", (
            "the endpoint can read the title after its commit, and returns it; it returned "
            f"{response.json()!r}"
        )


@requirement(
    exercise=4,
    hints=(
        "A bidder has saved the URL of lot 2. May it ever lead to another lot?",
        (
            "Exercise 4: `delete_lot` passes the lot to `LotRepository.delete`, which deletes "
            "the photo as well."
        ),
        "await lots.____(lot)",
    ),
)
def test_an_id_is_used_once(service: Service) -> None:
    """A new lot has neither the id nor the photo of a deleted lot, even if that was the last lot."""
    with service.client() as client:
        create_lot(client, title="A vase")
        gone = create_lot(client, title="A chair")["id"]
        send_photo(client, gone)
        deleted = client.delete(f"{LOTS}/{gone}")
        assert deleted.status_code == 204, (
            f"DELETE {LOTS}/{gone} responds with 204; it responded with {deleted.status_code}"
        )
        new = create_lot(client, title="A lamp")
        assert new["id"] != gone, (
            f"the id of a deleted lot is not given again; the new lot has the id {gone} as well"
        )
        photo = client.get(f"{LOTS}/{new['id']}/photo")
        assert photo.status_code == 404, (
            f"GET of the photo of a new lot responds with 404; it responded with {photo.status_code}"
        )
    with _database(service) as database:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = [name for (name,) in database.execute(query)]
        rows = [row for table in tables for row in database.execute(f'SELECT * FROM "{table}"')]
    kept = sum(PNG in row for row in rows)
    assert not kept, f"the photo of a deleted lot is deleted from the database; {kept} row still has it"


@requirement(
    exercise=3,
    hints=(
        "Which columns does each filter of the request compare, and how?",
        "Exercise 3: `search` in app/repositories/lots.py, the condition for `max_price`.",
        "conditions.append(Lot.starting_price ____ max_price)",
    ),
)
def test_a_maximum_price_includes_itself(service: Service) -> None:
    """A search with `max_price` finds the lots up to and including this price, to the cent."""
    with service.client() as client:
        create_lot(client, title="A snuffbox", starting_price="9999999999.99")
        cheap = create_lot(client, title="A spoon", category="jewellery", starting_price="0.30")
        fitting = read(client, f"{LOTS}?max_price=0.30")["items"]
        assert [item["id"] for item in fitting] == [cheap["id"]], (
            "max_price=0.30 finds the lot that costs 0.30 and no other; it found "
            f"{[item['title'] for item in fitting]}"
        )
        total = read(client, f"{LOTS}?max_price=9999999999.98")["total"]
        assert total == 1, (
            f"max_price=9999999999.98 finds 1 lot, not the one that costs a cent more; it found {total}"
        )


@requirement(
    exercise=3,
    hints=(
        "Which lots does the total count: those of one page, or all that match?",
        "Exercise 3: `latest` and `search` in app/repositories/lots.py.",
        "page = LOTS.where(*conditions).order_by(____).limit(____).offset(____)\n"
        "total = await self._session.scalar(select(func.____(Lot.id)).where(*____))",
    ),
)
def test_a_page_has_its_lots_and_the_total(service: Service) -> None:
    """A page has the matching lots in order, and the total of all pages; `/latest` is the newest lot."""
    with service.client() as client:
        made = [
            create_lot(client, title=f"Lot {number}", category="art" if number % 2 else "clocks")
            for number in range(5)
        ]
        ids = [lot["id"] for lot in made]
        for query, expected, total in (
            ("limit=2", ids[:2], 5),
            ("limit=2&offset=2", ids[2:4], 5),
            ("limit=2&offset=4", ids[4:], 5),
            ("limit=5", ids, 5),
            ("offset=7", [], 5),
            ("category=art", ids[1::2], 2),
            ("category=clocks&limit=1&offset=1", ids[2:3], 3),
            ("category=clocks&search=lot 2", ids[2:3], 1),
            ("category=books", [], 0),
            ("category=books&offset=1", [], 0),
        ):
            page = read(client, f"{LOTS}?{query}")
            found = [item["id"] for item in page["items"]]
            assert found == expected, f"the page {query} has the lots {expected}; it had {found}"
            assert page["total"] == total, (
                f"the total of the query {query} is {total}, over all pages; it was {page['total']}"
            )
        latest = read(client, f"{LOTS}/latest")["id"]
        assert latest == ids[-1], f"{LOTS}/latest is the newest lot, {ids[-1]}; it was {latest}"
        client.delete(f"{LOTS}/{ids[-1]}")
        latest = read(client, f"{LOTS}/latest")["id"]
        assert latest == ids[-2], (
            f"after lot {ids[-1]} was deleted, {LOTS}/latest is the newest of the others, {ids[-2]}; "
            f"it was {latest}"
        )


@requirement(
    exercise=3,
    hints=(
        ("In SQL `LIKE`, `%` and `_` are wildcards. What does a visitor mean who searches for `100%`?"),
        "Exercise 3: `search` in app/repositories/lots.py, and `title_folded` in app/models/lot.py.",
        "Lot.title_folded.contains(search.____(), autoescape=____)",
    ),
)
def test_a_search_ignores_case_and_has_no_wildcards(service: Service) -> None:
    """A search in the title ignores case, also outside A to Z, and takes `%` and `_` as plain characters."""
    with service.client() as client:
        for title in ("100% silk", "1000 pins", "ÄPFEL, still life", "A_b", "Axb", "Große Vase"):
            create_lot(client, title=title)
        for search, expected in (
            ("SILK", "100% silk"),
            ("100%", "100% silk"),
            ("äpfel", "ÄPFEL, still life"),
            ("a_B", "A_b"),
            ("große", "Große Vase"),  # `casefold` makes "ss" of "ß", and `lower` does not
        ):
            items = read(client, f"{LOTS}?{httpx.QueryParams(search=search)}")["items"]
            assert [item["title"] for item in items] == [expected], (
                f"a search for {search!r} finds {expected!r} alone; it found "
                f"{[item['title'] for item in items]}"
            )


@requirement(
    exercise=4,
    hints=(
        "Which field of a lot does the seller not send, and where does its value come from?",
        (
            "Exercise 4: `create_lot` in app/routers/lots.py declares the time as a dependency "
            "and passes it to the lot."
        ),
        "async def create_lot(new: LotCreate, lots: LotsDep, now: ____, ...) -> LotRead:\n"
        "    lot = Lot(**new.model_dump(), created_at=____, photo=None)",
    ),
)
def test_created_at_comes_from_get_now(service: Service) -> None:
    """`created_at` is the time that `get_now` returned: aware, and the same in every response and later."""
    app = service.create_app()
    get_now = service.module("dependencies").get_now
    times = (EVENING, (EVENING + timedelta(minutes=1)).astimezone(PARIS))
    with service.client(app) as client:
        lots = []
        for now in times:
            app.dependency_overrides[get_now] = _returns(now)
            lots.append(create_lot(client, title=f"A lot of {now:%H:%M}"))
        app.dependency_overrides.clear()
    with _elsewhere(), service.client() as client:
        page = {item["id"]: item for item in read(client, LOTS)["items"]}
        for lot, now in zip(lots, times, strict=True):
            for told in (lot, read(client, f"{LOTS}/{lot['id']}"), page[lot["id"]]):
                assert "created_at" in told, f'the lot has a field "created_at"; its fields are {list(told)}'
                created = datetime.fromisoformat(told["created_at"])
                assert created.tzinfo is not None, (
                    f"created_at has a time zone, after a restart too; it was {told['created_at']}"
                )
                assert created == now, (
                    f"created_at is what get_now returned, {now.isoformat()}; it was {told['created_at']}"
                )


@requirement(
    exercise=4,
    hints=(
        "When is a default argument evaluated, and how often?",
        "Exercise 4: `now: NowDep` in `create_lot`. FastAPI calls `get_now` for each request.",
        "now: ____",
    ),
)
def test_without_an_override_the_time_is_real(service: Service) -> None:
    """Without an override, `created_at` is the time of the request, even if the client sends another one."""
    with service.client() as client:
        before = datetime.now(UTC)
        sent = {
            "title": "A lamp",
            "category": "art",
            "starting_price": "1",
            "created_at": "1999-01-01T00:00:00Z",
        }
        response = client.post(LOTS, json=sent)
        refused = response.status_code == 422  # from chapter 4 on an unknown field is refused
        assert refused or response.status_code == 201, (
            f"POST {LOTS} creates a lot and responds with 201; it responded with {response.status_code}"
        )
        lot = create_lot(client) if refused else response.json()
        after = datetime.now(UTC)
        assert "created_at" in lot, f'the lot has a field "created_at"; its fields are {list(lot)}'
        created = datetime.fromisoformat(lot["created_at"])
        assert created.tzinfo is not None, f"created_at has a time zone; it was {lot['created_at']}"
        assert created >= before, f"created_at is not before the request began at {before}; it was {created}"
        assert created <= after, f"created_at is not after the request ended at {after}; it was {created}"


@requirement(
    exercise=5,
    hints=(
        ("Which object knows the full paths of the service: the table, the repository or the application?"),
        "Exercise 5: `to_lot_read` in app/routers/lots.py, and `LOTS` in app/repositories/lots.py.",
        'if lot.____ is not None:\n    read.photo_url = request.url_for("____", lot_id=lot.id).path',
    ),
)
def test_photo_url_is_the_path_of_the_photo(service: Service) -> None:
    """`photo_url` is null until the lot has a photo; then it is the path of the photo of that lot."""
    with service.client() as client:
        bare = create_lot(client, title="A vase")
        assert "photo_url" in bare, f'a new lot has a field "photo_url"; its fields are {list(bare)}'
        assert bare["photo_url"] is None, (
            f"photo_url of a lot without a photo is null; it was {bare['photo_url']!r}"
        )
        first, second = create_lot(client, title="A chair")["id"], create_lot(client, title="A lamp")["id"]
        send_photo(client, first, PNG)
        send_photo(client, second, JPEG, "image/jpeg")
        page = {item["id"]: item for item in read(client, LOTS)["items"]}
        latest = read(client, f"{LOTS}/latest")
        photo_url = read(client, f"{LOTS}/{bare['id']}")["photo_url"]
        assert photo_url is None, f"photo_url of a lot without a photo is null; it was {photo_url!r}"
        photo_url = page[bare["id"]]["photo_url"]
        assert photo_url is None, (
            f"in the catalogue, photo_url of a lot without a photo is null; it was {photo_url!r}"
        )
        for told, content in (
            (read(client, f"{LOTS}/{first}"), PNG),
            (page[first], PNG),
            (page[second], JPEG),
            (latest, JPEG),
        ):
            assert told["photo_url"], (
                f"photo_url of a lot with a photo is the path of the photo; it was {told['photo_url']!r}"
            )
            photo = client.get(told["photo_url"])
            assert photo.status_code == 200, (
                f"GET of the photo_url, {told['photo_url']}, responds with 200; it responded with "
                f"{photo.status_code}"
            )
            assert photo.content == content, (
                f"GET of the photo_url, {told['photo_url']}, returns the photo of that lot; it "
                "returned another one"
            )


@requirement(
    exercise=5,
    hints=(
        "Which object knows the prefix of a proxy: the application, or the request that came through it?",
        "Exercise 5: the line of `to_lot_read`, in app/routers/lots.py, that makes the path.",
        'read.photo_url = request.____("read_photo", lot_id=lot.id).____',
    ),
)
def test_photo_url_has_the_prefix_of_a_proxy(service: Service) -> None:
    """Behind a proxy with a path prefix (`root_path`), `photo_url` begins with the prefix."""
    prefix = "/user/ada/proxy/8000"
    with service.client(root_path=prefix) as client:
        lot_id = create_lot(client)["id"]
        send_photo(client, lot_id, PNG)
        photo_url = read(client, f"{prefix}{LOTS}/{lot_id}")["photo_url"]
        expected = f"{prefix}{LOTS}/{lot_id}/photo"
        has_prefix = urlsplit(photo_url or "").path == expected
        assert has_prefix, (
            f"behind a proxy with the root_path {prefix}, photo_url is {expected}; it was {photo_url!r}"
        )


@requirement(
    exercise=5,
    hints=(
        "Eight lots, eight photos. How many queries do you need?",
        (
            "Exercise 5: `LOTS` in app/repositories/lots.py. Which loader option loads a "
            "relationship with its lot?"
        ),
        "LOTS = select(Lot).options(____(Lot.photo))",
    ),
)
def test_a_longer_page_needs_no_more_queries(service: Service) -> None:
    """A catalogue page of eight lots, some with photos, needs no more queries than a page of two."""
    with service.client() as client:
        for number in range(8):
            lot = create_lot(client, title=f"Lot {number}")
            if number % 3:
                send_photo(client, lot["id"])
        counts = []
        for limit in (2, 8):
            with _statements(client) as executed:
                items = read(client, f"{LOTS}?limit={limit}")["items"]
            counts.append(len(executed))
            found = [bool(item.get("photo_url")) for item in items]
            expected = [bool(number % 3) for number in range(limit)]
            assert found == expected, (
                f"each lot with a photo, and no other, has a photo_url: {expected}; it was {found}"
            )
    assert counts[1] <= counts[0], (
        f"a page of eight lots needs no more queries than a page of two ({counts[0]}); it needed {counts[1]}"
    )


@requirement(
    exercise=5,
    hints=(
        ("The catalogue shows the path of each photo. Does it need the bytes of the photo for that?"),
        "Exercise 5: does what loads `Lot.photo` also load `Photo.content`?",
        "content: Mapped[bytes] = mapped_column(____=True, deferred_raiseload=True)",
    ),
)
def test_the_catalogue_reads_no_photo_content(service: Service) -> None:
    """Listing the lots reads no photo's content from the database, and each lot has its `photo_url`."""
    with service.client() as client:
        lot = create_lot(client)
        send_photo(client, lot["id"])
        with _statements(client) as executed:
            items = read(client, LOTS)["items"]
        assert items[0].get("photo_url"), (
            "photo_url of the lot in the catalogue is the path of its photo; it was "
            f"{items[0].get('photo_url')!r}"
        )
    with _database(service) as database:
        for statement, parameters in executed:
            for row in database.execute(statement, parameters):
                assert PNG not in row, (
                    f"no query of the catalogue reads the content of a photo; this one did: {statement}"
                )


def _sqlite() -> Any:
    """A database in memory, without the service."""
    return create_engine("sqlite://")


def _stored(kind: Any, value: Any) -> Any:
    """What a column of this type returns for a value, after it was stored in SQLite."""
    table = Table("checkpoint_values", MetaData(), Column("value", kind))
    with _sqlite().begin() as connection:
        table.create(connection)
        connection.execute(insert(table).values(value=value))
        return connection.scalar(select(table.c.value))


def _is_in_utc(read: Any, stored: datetime) -> None:
    """The datetime that was read is the one that was stored, aware and in UTC."""
    assert isinstance(read, datetime), f"the column created_at returns a datetime; it returned {read!r}"
    aware = read.tzinfo is not None
    assert aware, f"the column created_at returns an aware datetime; {stored} was read as {read}"
    assert read == stored, f"the column created_at returns the time that you stored, {stored}; it was {read}"
    in_utc = read.utcoffset() == timedelta(0)
    assert in_utc, f"the column created_at returns a datetime in UTC; it was {read}"


def _endpoint(handler: Callable[..., Any], **dependencies: Any) -> Callable[..., Any]:
    """An endpoint whose parameters are injected by the service's own dependencies."""
    handler.__annotations__.update(dependencies)
    return handler


class _FailsAfterwards:
    """A repository whose methods do their work and then raise."""

    def __init__(self, repository: Any) -> None:
        self._repository = repository

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._repository, name)

        async def work(*arguments: Any, **options: Any) -> None:
            await method(*arguments, **options)
            raise RuntimeError("the repository failed")

        return work if inspect.iscoroutinefunction(method) else method


def _override(app: FastAPI, alias: Any, wrapped: Callable[[Any], Any]) -> None:
    """Inject what the dependency behind an alias returns, wrapped. Its own dependencies stay the same."""
    kind, *notes = get_args(alias)
    depends = next(note for note in notes if isinstance(note, params.Depends))
    dependency = depends.dependency or kind

    async def instead(**needs: Any) -> Any:
        given = dependency(**needs)
        return wrapped(await given if inspect.isawaitable(given) else given)

    instead.__signature__ = inspect.signature(dependency)  # type: ignore[attr-defined]
    app.dependency_overrides[dependency] = instead


async def _awaited(value: Any) -> Any:
    return await value


async def _twice_at_once(app: FastAPI, path: str) -> None:
    """Send two requests at the same time, lifespan included."""
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx.ASGITransport(with_state)
        async with httpx.AsyncClient(transport=transport, base_url="http://gavel.example.com") as client:
            await asyncio.gather(client.get(path), client.get(path))


async def _cut_short(app: FastAPI, path: str, begun: asyncio.Event) -> int:
    """Cancel a request that has begun, lifespan included; how many connections are still in use."""
    async with app.router.lifespan_context(app) as state:
        with checked_out((state or {})["engine"].sync_engine) as out:
            scope = {
                "type": "http",
                "method": "GET",
                "path": path,
                "query_string": b"",
                "headers": [(b"host", b"gavel")],
                "state": dict(state or {}),
            }
            request = asyncio.create_task(app(scope, _silence, _ignored))
            beginning = asyncio.create_task(begun.wait())
            await asyncio.wait([request, beginning], return_when=asyncio.FIRST_COMPLETED)
            beginning.cancel()
            request.cancel()
            with suppress(asyncio.CancelledError):
                await request
            return len(out)


async def _silence() -> Any:
    await asyncio.Event().wait()


async def _ignored(_: Any) -> None:
    pass


@contextmanager
def _elsewhere() -> Iterator[None]:
    """Set the local time zone to India; where the system cannot change it, it stays."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Kolkata")
        getattr(time, "tzset", bool)()
        yield
    getattr(time, "tzset", bool)()


def _returns(now: datetime) -> Any:
    """A `get_now` that always returns the same time."""

    def get_now() -> datetime:
        return now

    return get_now


@contextmanager
def _database(service: Service) -> Iterator[sqlite3.Connection]:
    """The file of this test's database, opened without the service; committed and closed at the end."""
    database = sqlite3.connect(service.tmp_path / "gavel.db")
    try:
        yield database
        database.commit()
    finally:
        database.close()


def _engine(client: RecordingClient) -> Any:
    """The synchronous engine below the one that the lifespan opened; it takes event listeners."""
    return client.app_state["engine"].sync_engine


@contextmanager
def _failing_commits(client: RecordingClient) -> Iterator[None]:
    """While this lasts, the disk is full: no commit reaches the database, and each raises.

    The listener runs where the driver would: a transaction is left open, as SQLite leaves it when it is busy.
    """

    def full(_: object) -> None:
        raise OSError("the disk is full")

    event.listen(_engine(client), "commit", full)
    try:
        yield
    finally:
        event.remove(_engine(client), "commit", full)


@contextmanager
def _statements(client: RecordingClient) -> Iterator[list[tuple[str, Any]]]:
    """The SQL statements that the service executes meanwhile, each with its parameters."""
    executed: list[tuple[str, Any]] = []

    def record(_: object, __: object, statement: str, parameters: Any, *rest: object) -> None:
        executed.append((statement, parameters))

    event.listen(_engine(client), "before_cursor_execute", record)
    try:
        yield executed
    finally:
        event.remove(_engine(client), "before_cursor_execute", record)
