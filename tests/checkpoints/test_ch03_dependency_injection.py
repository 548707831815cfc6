"""What Gavel does from chapter 3 on: lots live in a database, and each request has a session of its own."""

import asyncio
import inspect
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import httpx
import pytest
from fastapi import FastAPI, HTTPException, params
from sqlalchemy import event, text

from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(255, -1, -1))
EVENING = datetime(2031, 5, 1, 20, 15, 30, 250_000, tzinfo=UTC)


def put_up(client: RecordingClient, **changes: object) -> dict[str, Any]:
    """Put a lot up; the answer's body."""
    lot = {"title": "A long-case clock", "category": "clocks", "starting_price": "120.00", **changes}
    answer = client.post(LOTS, json=lot)
    assert answer.status_code == 201, f"POST {LOTS} puts a lot up and answers 201 Created"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object: the lot"
    return body


def seen(client: RecordingClient, path: str) -> dict[str, Any]:
    """What stands at an address: a JSON object."""
    answer = client.get(path)
    assert answer.status_code == 200, f"GET {path} answers 200"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object"
    return body


def hang(client: RecordingClient, lot_id: int, content: bytes = PNG, media_type: str = "image/png") -> None:
    """Send the photo of a lot."""
    files = {"photo": ("photo", content, media_type)}
    answer = client.put(f"{LOTS}/{lot_id}/photo", files=files)
    assert answer.status_code == 204, "PUT of a photo of a lot that is there answers 204"


@requirement(given=True)
def test_the_clock_is_aware_and_in_utc(service: Service) -> None:
    """The clock that is handed to handlers, `get_now`, gives an aware moment in UTC."""
    now = service.module("dependencies").get_now()
    if inspect.isawaitable(now):
        now = service.run(_awaited, now)
    assert isinstance(now, datetime), "get_now gives a datetime"
    assert now.tzinfo is not None, "the moment has a time zone; a naive one could be any hour of the day"
    assert now.utcoffset() == timedelta(0), "the time zone of what get_now returns is UTC"
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1), "get_now returns the current time"


@requirement(given=True)
def test_each_request_has_a_session_of_its_own(service: Service) -> None:
    """Two requests at one time have two sessions; one request that asks twice has one."""
    app = service.create_app()
    session_dep = service.module("dependencies").SessionDep
    met: list[tuple[object, object]] = []
    together = asyncio.Barrier(2)

    async def meet(one: Any, other: Any) -> None:
        async with asyncio.timeout(5):
            await together.wait()
        met.append((one, other))

    app.get("/checkpoint/sessions")(_asking(meet, one=session_dep, other=session_dep))
    service.run(_twice_at_once, app, "/checkpoint/sessions")
    assert len(met) == 2, "both requests are answered"
    assert met[0][0] is met[0][1], "within one request, whoever asks for the session gets the same one"
    assert met[0][0] is not met[1][0], "two requests do not share a session"


@requirement(
    exercise=1,
    hints=(
        "When does a database forget what it was told, and which word makes it keep it?",
        "Exercise 1: `get_session` in app/dependencies.py opens a session. Who ends the transaction?",
        "async with sessions.____() as session:\n    yield session",
    ),
)
def test_a_lot_outlives_the_service(service: Service) -> None:
    """What was put up is still there when the service has ended and begun again, to the cent."""
    with service.client() as client:
        lot = put_up(client, title="A snuffbox", description="Silver.", starting_price="9999999999.99")
        cheap = put_up(client, title="A spoon", category="jewellery", starting_price="0.30")
    with service.client() as client:
        page = seen(client, LOTS)
        assert page["total"] == 2, "the catalogue still has both lots"
        kept = {item["id"]: item for item in page["items"]}[lot["id"]]
        for name in ("title", "description", "category", "starting_price"):
            assert kept.get(name) == lot[name], f'"{name}" is as it was before the restart'
        fitting = seen(client, f"{LOTS}?max_price=0.30")["items"]
        assert [item["id"] for item in fitting] == [cheap["id"]], "0.30 is not more than 0.30"
        assert seen(client, f"{LOTS}?max_price=9999999999.98")["total"] == 1, "one cent less is too little"


@requirement(given=True)
def test_every_connection_goes_back(service: Service) -> None:
    """After each request, successful or not, every connection is back in the pool."""
    with service.client(raise_server_exceptions=False) as client, _connections(client) as out:
        client.get(f"{LOTS}/latest")
        client.post(LOTS, json={"title": ""})
        assert not out, "after 404 and 422 no connection is out"
        put_up(client)
        seen(client, LOTS)
        assert not out, "after requests that succeeded no connection is out"
        with _failing_commits(client):
            client.post(LOTS, json={"title": "A lamp", "category": "art", "starting_price": "1"})
        assert not out, "after a commit that failed no connection is out"


@requirement(
    exercise=1,
    hints=(
        "A handler wrote a line and then raised. What happens at the `yield` of the dependency?",
        "Exercise 1: `get_session`. Does anything commit on the way of an exception?",
        "try:\n    yield session\n    await session.____()\n"
        "except BaseException:\n    await session.____()\n    raise",
    ),
)
def test_a_request_that_fails_stores_nothing(service: Service) -> None:
    """What a handler wrote is kept when it succeeds, and forgotten when it raises, whatever it raises."""
    app = service.create_app()
    session_dep = service.module("dependencies").SessionDep

    async def write(outcome: str, session: Any) -> None:
        await session.execute(text("INSERT INTO checkpoint_notes VALUES (:word)"), {"word": outcome})
        if outcome == "refused":
            raise HTTPException(409, "The house says no.")
        if outcome == "broken":
            raise RuntimeError("the hammer broke")

    app.post("/checkpoint/notes/{outcome}")(_asking(write, session=session_dep))
    with service.client(app, raise_server_exceptions=False) as client:
        with _database(service) as database:
            database.execute("CREATE TABLE checkpoint_notes (word TEXT)")
        answers = [
            client.post(f"/checkpoint/notes/{word}").status_code for word in ("refused", "broken", "kept")
        ]
        with _database(service) as database:
            kept = [word for (word,) in database.execute("SELECT word FROM checkpoint_notes")]
    assert answers == [409, 500, 200], "HTTPException(409) answers 409, RuntimeError 500, a calm handler 200"
    assert "refused" not in kept, "what was written before an HTTPException is rolled back"
    assert "broken" not in kept, "what was written before any other exception is rolled back"
    assert kept == ["kept"], "what a handler wrote that did not raise is committed, once"


@requirement(
    exercise=1,
    hints=(
        "A handler does two things, and the second fails. What must have become of the first?",
        "`LotRepository`, in app/repositories/lots.py: does one of its methods end the transaction?",
        "self._session.add(lot)\nawait self._session.____()",
    ),
)
def test_the_repository_leaves_the_commit_to_the_edge(service: Service) -> None:
    """A lot that was added is not kept when the handler fails later: no repository commits."""
    app = service.create_app()
    with service.client(app, raise_server_exceptions=False) as client:
        put_up(client, title="A vase")
        assert seen(client, LOTS)["total"] == 1, "a lot that was put up is in the catalogue"
        lots_dep = service.module("dependencies").LotsDep
        _override(app, lots_dep, _FailsAfterwards)
        lot = {"title": "A lamp", "category": "art", "starting_price": "1.00"}
        answer = client.post(LOTS, json=lot)
        assert answer.status_code == 500, "the repository did its work and then raised: 500"
        app.dependency_overrides.clear()
        assert seen(client, LOTS)["total"] == 1, "the lot of the request that failed is not there"


@requirement(
    exercise=1,
    hints=(
        "Who is told first: the database, or the seller? Whom do you want to be told first?",
        "Exercise 1: the scope of the dependency, in `SessionDep`.",
        'SessionDep = Annotated[AsyncSession, Depends(get_session, scope="____")]',
    ),
)
def test_a_commit_that_fails_is_told(service: Service) -> None:
    """When the commit fails, `POST` answers 500 or above and the lot is not there: nobody is told a lie."""
    with service.client(raise_server_exceptions=False) as client:
        put_up(client, title="A vase")
        with _failing_commits(client):
            lot = {"title": "A lamp", "category": "art", "starting_price": "1.00"}
            answer = client.post(LOTS, json=lot)
        assert answer.status_code >= 500, "the commit failed, so the answer must not say 201: 500 or above"
        found = seen(client, LOTS)
        assert [item["title"] for item in found["items"]] == ["A vase"], "only what was committed is there"
        put_up(client, title="A chair")
        assert seen(client, LOTS)["total"] == 2, "the next request is not hurt by the one that failed"


@requirement(
    exercise=2,
    hints=(
        "What does each of the four routes do with the lot, once `get_lot` has found it?",
        "Exercise 2: `get_lot`, `delete_lot` and `read_photo`.",
        "async def delete_lot(lot: ____, lots: LotsDep) -> None:\n    await lots.____(lot)",
    ),
)
def test_a_lot_is_found_or_404(service: Service) -> None:
    """A lot that is there is read, photographed and taken back; one that is not answers 404 to all four."""
    with service.client() as client:
        lot, other = put_up(client)["id"], put_up(client, title="A lamp")["id"]
        hang(client, lot)
        hang(client, other, JPEG, "image/jpeg")
        photo = client.get(f"{LOTS}/{lot}/photo")
        assert photo.status_code == 200, "the photo is given out: 200"
        assert photo.content == PNG, "the response is the photo of this lot, byte for byte"
        assert client.delete(f"{LOTS}/{lot}").status_code == 204, "the lot is taken back: 204"
        files = {"photo": ("photo", PNG, "image/png")}
        for method, address, sent in (
            ("GET", f"{LOTS}/{lot}", None),
            ("GET", f"{LOTS}/{lot}/photo", None),
            ("PUT", f"{LOTS}/{lot}/photo", files),
            ("DELETE", f"{LOTS}/{lot}", None),
        ):
            answer = client.request(method, address, files=sent)
            assert answer.status_code == 404, f"{method} {address}: the lot is gone, 404"
            assert "json" in answer.headers["content-type"], "the body of a 404 is JSON"
        assert seen(client, f"{LOTS}/{other}")["title"] == "A lamp", "the other lot is still there"
        assert client.get(f"{LOTS}/{other}/photo").content == JPEG, "the other lot still has its photo"


@requirement(
    exercise=2,
    hints=(
        "Four routes need the lot that the path names. How often do you want to write `if lot is None`?",
        "Exercise 2: `get_lot` in app/dependencies.py, and `LotDep` in the parameters of the four routes.",
        "lot = await lots.____(lot_id)\nif lot is None:\n    raise HTTPException(____, ...)\nreturn ____",
    ),
)
def test_the_lot_or_404_is_asked_in_one_place(service: Service) -> None:
    """All four routes of one lot ask `get_lot`: a test that overrides it decides for all of them."""
    app = service.create_app()
    get_lot = service.module("dependencies").get_lot

    async def closed_today() -> None:
        raise HTTPException(418, "The house is closed today.")

    with service.client(app) as client:
        path = f"{LOTS}/{put_up(client)['id']}"
        hang(client, int(path.rsplit("/", 1)[1]))
        files = {"photo": ("photo", PNG, "image/png")}
        app.dependency_overrides[get_lot] = closed_today
        for method, address, sent in (
            ("GET", path, None),
            ("GET", f"{path}/photo", None),
            ("PUT", f"{path}/photo", files),
            ("DELETE", path, None),
        ):
            answer = client.request(method, address, files=sent)
            assert answer.status_code == 418, f"{method} {address} is answered by the override of get_lot"
        app.dependency_overrides.clear()
        assert client.get(path).status_code == 200, "without the override the lot is there as before"


@requirement(
    exercise=2,
    hints=(
        "A commit ends what a session knows for certain. What does SQLAlchemy do with what it had loaded?",
        "`session_maker` in app/database.py: the option that keeps loaded values.",
        "async_sessionmaker(engine, ____=False)",
    ),
)
def test_a_lot_is_readable_after_a_commit(service: Service) -> None:
    """A handler that commits on its own can still read the lot that it was handed."""
    app = service.create_app()
    dependencies = service.module("dependencies")

    async def commit_and_read(lot: Any, session: Any) -> str:
        await session.commit()
        return str(lot.title)

    asking = _asking(commit_and_read, lot=dependencies.LotDep, session=dependencies.SessionDep)
    app.get("/checkpoint/lots/{lot_id}")(asking)

    with service.client(app) as client:
        lot = put_up(client, title="A snuffbox")
        answer = client.get(f"/checkpoint/lots/{lot['id']}")
        assert answer.status_code == 200, "the handler asked for LotDep and SessionDep, and is content: 200"
        assert answer.json() == "A snuffbox", "the title is read after the commit"


@requirement(
    exercise=2,
    hints=(
        "A bidder has written down the address of lot 2. May it ever lead to another lot?",
        "Exercise 2: `delete_lot` gives the lot to `LotRepository.remove`, which takes the photo along.",
        "await lots.____(lot)",
    ),
)
def test_a_number_is_given_once(service: Service) -> None:
    """A new lot has neither the number nor the photo of one that was taken back, though that was the last."""
    with service.client() as client:
        put_up(client, title="A vase")
        gone = put_up(client, title="A chair")["id"]
        hang(client, gone)
        assert client.delete(f"{LOTS}/{gone}").status_code == 204, "the lot is taken back: 204"
        new = put_up(client, title="A lamp")
        assert new["id"] != gone, "the number of a lot that was taken back is not given again"
        assert client.get(f"{LOTS}/{new['id']}/photo").status_code == 404, "a new lot has no photo yet: 404"
    with _database(service) as database:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = [name for (name,) in database.execute(query)]
        rows = [row for table in tables for row in database.execute(f'SELECT * FROM "{table}"')]
    assert all(PNG not in row for row in rows), "the photo of a lot that is gone is gone from the database"


@requirement(
    exercise=1,
    hints=(
        "To the database `%` and `_` are wildcards. What are they to a visitor who looks for `100%`?",
        "`matching` in app/repositories/lots.py, and `title_folded` in app/models/lot.py.",
        "Lot.title_folded.contains(search.____(), autoescape=____)",
    ),
)
def test_a_search_means_what_it_says(service: Service) -> None:
    """A search finds its words in the title, capitals or not, beyond A to Z too, and `%` is a character."""
    with service.client() as client:
        for title in ("100% silk", "1000 pins", "ÄPFEL, still life", "A_b", "Axb"):
            put_up(client, title=title)
        for search, expected in (
            ("SILK", "100% silk"),
            ("100%", "100% silk"),
            ("äpfel", "ÄPFEL, still life"),
            ("a_B", "A_b"),
        ):
            items = seen(client, f"{LOTS}?{httpx.QueryParams(search=search)}")["items"]
            assert [item["title"] for item in items] == [expected], f"{search!r} finds {expected!r} alone"


@requirement(
    exercise=3,
    hints=(
        "Which of a lot's facts does the seller not send, and who knows it?",
        "Exercise 3: `create_lot` in app/routers/lots.py asks for the time, and gives it to the lot.",
        "async def create_lot(new: LotCreate, lots: LotsDep, now: ____, ...) -> LotRead:\n"
        "    lot = Lot(**new.model_dump(), created_at=____, photo=None)",
    ),
)
def test_a_lot_says_when_it_was_put_up(service: Service) -> None:
    """`created_at` is what the injected clock showed: aware, and the same in every answer and later."""
    app = service.create_app()
    get_now = service.module("dependencies").get_now
    paris = timezone(timedelta(hours=2))
    moments = (EVENING, (EVENING + timedelta(minutes=1)).astimezone(paris))
    with service.client(app) as client:
        lots = []
        for moment in moments:
            app.dependency_overrides[get_now] = _shows(moment)
            lots.append(put_up(client, title=f"A lot of {moment:%H:%M}"))
        app.dependency_overrides.clear()
    with _elsewhere(), service.client() as client:
        page = {item["id"]: item for item in seen(client, LOTS)["items"]}
        for lot, moment in zip(lots, moments, strict=True):
            for told in (lot, seen(client, f"{LOTS}/{lot['id']}"), page[lot["id"]]):
                assert "created_at" in told, 'the lot has "created_at"'
                created = datetime.fromisoformat(told["created_at"])
                assert created.tzinfo is not None, "created_at has a time zone, after a restart too"
                assert created == moment, f"the clock showed {moment.isoformat()}, so that is created_at"


@requirement(
    exercise=3,
    hints=(
        "When is a default argument evaluated, and how often?",
        "Exercise 3: `now: NowDep` in `create_lot`. FastAPI calls `get_now` for each request.",
        "now: ____",
    ),
)
def test_without_an_override_the_clock_is_real(service: Service) -> None:
    """Without an override `created_at` is the moment of the request, whatever the seller says."""
    with service.client() as client:
        before = datetime.now(UTC)
        claim = {
            "title": "A lamp",
            "category": "art",
            "starting_price": "1",
            "created_at": "1999-01-01T00:00:00Z",
        }
        answer = client.post(LOTS, json=claim)
        refused = answer.status_code == 422  # from chapter 4 on a field that nobody knows is refused
        lot = put_up(client) if refused else answer.json()
        after = datetime.now(UTC)
        assert "created_at" in lot, 'the lot has "created_at"'
        created = datetime.fromisoformat(lot["created_at"])
        assert created.tzinfo is not None, "created_at has a time zone"
        assert created >= before, "created_at is not before the request began"
        assert created <= after, "created_at is not after the request ended"


@requirement(
    exercise=4,
    hints=(
        "Who knows the addresses of the service: the table, the repository or the router?",
        "Exercise 4: `shown` in app/routers/lots.py, and `LOTS` in app/repositories/lots.py.",
        'if lot.____ is not None:\n    read.photo_url = request.app.url_path_for("____", lot_id=lot.id)',
    ),
)
def test_a_lot_says_where_its_photo_is(service: Service) -> None:
    """`photo_url` is null until there is a photo; then whoever follows it sees the photo of that lot."""
    with service.client() as client:
        bare = put_up(client, title="A vase")
        assert "photo_url" in bare, 'a new lot has "photo_url"'
        assert bare["photo_url"] is None, "nobody has sent a photo yet, so photo_url is null"
        first, second = put_up(client, title="A chair")["id"], put_up(client, title="A lamp")["id"]
        hang(client, first, PNG)
        hang(client, second, JPEG, "image/jpeg")
        page = {item["id"]: item for item in seen(client, LOTS)["items"]}
        latest = seen(client, f"{LOTS}/latest")
        assert seen(client, f"{LOTS}/{bare['id']}")["photo_url"] is None, "still no photo, still null"
        assert page[bare["id"]]["photo_url"] is None, "in the catalogue too"
        for told, content in (
            (seen(client, f"{LOTS}/{first}"), PNG),
            (page[first], PNG),
            (page[second], JPEG),
            (latest, JPEG),
        ):
            assert told["photo_url"], "a lot with a photo has a photo_url"
            photo = client.get(told["photo_url"])
            assert photo.status_code == 200, f"GET {told['photo_url']} answers 200"
            assert photo.content == content, "what stands there is the photo of that lot"


@requirement(
    exercise=4,
    hints=(
        "Eight lots, eight photos. How many questions does the database need to hear?",
        "Exercise 4: `LOTS` in app/repositories/lots.py. Which option brings a relationship along?",
        "LOTS = select(Lot).options(____(Lot.photo))",
    ),
)
def test_a_longer_catalogue_asks_no_more_questions(service: Service) -> None:
    """A catalogue of eight lots, some with photos, asks the database no more often than one of two."""
    with service.client() as client:
        for number in range(8):
            lot = put_up(client, title=f"Lot {number}")
            if number % 3:
                hang(client, lot["id"])
        counts = []
        for limit in (2, 8):
            with _statements(client) as asked:
                items = seen(client, f"{LOTS}?limit={limit}")["items"]
            counts.append(len(asked))
            found = [bool(item.get("photo_url")) for item in items]
            assert found == [bool(number % 3) for number in range(limit)], "each lot with a photo says where"
    assert counts[1] <= counts[0], (
        f"eight lots need no more questions than two ({counts[0]}); it was {counts[1]}"
    )


@requirement(
    exercise=4,
    hints=(
        "A catalogue shows where the photos are. Who wants their bytes on the way?",
        "Exercise 4: does what loads `Lot.photo` also load `Photo.content`?",
        "content: Mapped[bytes] = mapped_column(____=True, deferred_raiseload=True)",
    ),
)
def test_the_catalogue_does_not_carry_photos(service: Service) -> None:
    """Listing the lots reads no photo's content from the database, though each says where its photo is."""
    with service.client() as client:
        lot = put_up(client)
        hang(client, lot["id"])
        with _statements(client) as asked:
            items = seen(client, LOTS)["items"]
        assert items[0].get("photo_url"), "the lot in the catalogue says where its photo is"
    with _database(service) as database:
        for statement, parameters in asked:
            for row in database.execute(statement, parameters):
                assert PNG not in row, f"the content of a photo came along: {statement}"


def _asking(handler: Callable[..., Any], **dependencies: Any) -> Callable[..., Any]:
    """A handler whose parameters are given by the service's own dependencies."""
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
            raise RuntimeError("the hammer broke")

        return work if inspect.iscoroutinefunction(method) else method


def _override(app: FastAPI, alias: Any, wrapped: Callable[[Any], Any]) -> None:
    """Hand out what the dependency behind an alias gives, wrapped. It is still asked for the same things."""
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
    """Send two requests at one time, lifespan included."""
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx.ASGITransport(with_state)
        async with httpx.AsyncClient(transport=transport, base_url="http://gavel.example.com") as client:
            await asyncio.gather(client.get(path), client.get(path))


@contextmanager
def _elsewhere() -> Iterator[None]:
    """The machine stands in India meanwhile; where the system cannot move it, it stays."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Kolkata")
        getattr(time, "tzset", bool)()
        yield
    getattr(time, "tzset", bool)()


def _shows(moment: datetime) -> Any:
    """A clock that stands still."""

    def get_now() -> datetime:
        return moment

    return get_now


@contextmanager
def _database(service: Service) -> Iterator[sqlite3.Connection]:
    """The file of this test's database, opened past the service; committed and closed at the end."""
    database = sqlite3.connect(service.tmp_path / "gavel.db")
    try:
        yield database
        database.commit()
    finally:
        database.close()


def _engine(client: RecordingClient) -> Any:
    """The synchronous engine below the one that the lifespan has opened; it takes event listeners."""
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
    heard: list[tuple[str, Any]] = []

    def hear(_: object, __: object, statement: str, parameters: Any, *rest: object) -> None:
        heard.append((statement, parameters))

    event.listen(_engine(client), "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(_engine(client), "before_cursor_execute", hear)


@contextmanager
def _connections(client: RecordingClient) -> Iterator[dict[object, object]]:
    """The connections that are out of the pool at this moment.

    What was handed out is held here, so that no garbage collector brings back what nobody closed.
    """
    out: dict[object, object] = {}

    def leaves(connection: object, _: object, handed_out: object) -> None:
        out[connection] = handed_out

    def returns(connection: object, _: object) -> None:
        out.pop(connection, None)

    listeners: dict[str, Callable[..., object]] = {"checkout": leaves, "checkin": returns}
    for name, listener in listeners.items():
        event.listen(_engine(client), name, listener)
    try:
        yield out
    finally:
        for name, listener in listeners.items():
            event.remove(_engine(client), name, listener)
