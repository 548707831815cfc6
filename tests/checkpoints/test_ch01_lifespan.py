"""What Gavel does from chapter 1 on: it is told its settings, and closes what it opens."""

import asyncio
import importlib
import logging
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import Engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only

from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service


@requirement(
    exercise=2,
    hints=(
        "On a machine with twenty programs, whose is a variable called `DATABASE_URL`?",
        "Exercise 2: `env_prefix`, in `model_config` of app/config.py.",
        'model_config = SettingsConfigDict(\n    env_prefix="____", ...\n)',
    ),
)
def test_gavel_obeys_its_own_variables(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gavel obeys `GAVEL_DATABASE_URL`, and no variable that lacks its prefix."""
    _forget_variables(monkeypatch)
    kind = service.module("config").Settings
    settings = kind(_env_file=None)
    assert isinstance(settings.database_url, str), "database_url is a text, a `str`"
    assert settings.environment == "development", "without a setting the environment is 'development'"
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:///others.db")
    settings = kind(_env_file=None)
    assert "others" not in settings.database_url, "DATABASE_URL belongs to somebody else, and is not obeyed"
    assert settings.environment == "development", "ENVIRONMENT belongs to somebody else, and is not obeyed"
    monkeypatch.setenv("GAVEL_DATABASE_URL", "sqlite+aiosqlite:///elsewhere.db")
    obeyed = kind(_env_file=None).database_url
    assert obeyed == "sqlite+aiosqlite:///elsewhere.db", "GAVEL_DATABASE_URL is obeyed"


@requirement(
    exercise=2,
    hints=(
        "Every variable of the environment is text. Who makes the truth value of the text `false`?",
        "Exercise 2: the annotation of `echo_sql`, in app/config.py.",
        "echo_sql: ____ = ____",
    ),
)
def test_echo_sql_is_true_or_false(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """`echo_sql` is a truth value: `GAVEL_ECHO_SQL=false` means false, and so does its absence."""
    _forget_variables(monkeypatch)
    kind = service.module("config").Settings
    assert kind(_env_file=None).echo_sql is False, "without GAVEL_ECHO_SQL it is False"
    monkeypatch.setenv("GAVEL_ECHO_SQL", "true")
    assert kind(_env_file=None).echo_sql is True, "GAVEL_ECHO_SQL=true makes it True"
    monkeypatch.setenv("GAVEL_ECHO_SQL", "false")
    assert kind(_env_file=None).echo_sql is False, "GAVEL_ECHO_SQL=false makes it False, and not a text"


@requirement(
    exercise=2,
    hints=(
        "When do you want to learn of a slip in a setting: at the start, or on the evening of the sale?",
        "Exercise 2: the annotation of `environment`. `Literal` lists what may stand there.",
        'environment: Literal["____", "____", "____"] = "____"',
    ),
)
def test_a_wrong_setting_is_refused_by_name(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """`GAVEL_ENVIRONMENT` may be one of the three; another is refused, and the message names the setting."""
    _forget_variables(monkeypatch)
    kind = service.module("config").Settings
    for name in ("development", "test", "production"):
        monkeypatch.setenv("GAVEL_ENVIRONMENT", name)
        assert not _refusal(kind), f"'{name}' is one of the three environments, and here it was refused"
        assert kind(_env_file=None).environment == name, f"GAVEL_ENVIRONMENT={name} is obeyed"
    monkeypatch.setenv("GAVEL_ENVIRONMENT", "prod")
    assert _refusal(kind), "GAVEL_ENVIRONMENT=prod is refused, and here it was taken"
    assert "environment" in _refusal(kind), "the message names the setting: environment"


@requirement(
    exercise=2,
    hints=(
        "Which folder does a relative path start from: the file's, or that of whoever starts the service?",
        "Exercise 2: `env_file` and `PROJECT`, in app/config.py.",
        'model_config = SettingsConfigDict(\n    ..., env_file=____ / ".env", ...\n)',
    ),
)
def test_the_project_has_its_own_env_file(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The `.env` in the project's folder is read, wherever Gavel is started; a variable wins over it."""
    _forget_variables(monkeypatch)
    house, elsewhere = _moved(service, monkeypatch), service.tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".env").write_text("GAVEL_ENVIRONMENT=production\n", encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    kind = importlib.import_module("moved_gavel.config").Settings
    (house / ".env").write_text("GAVEL_ENVIRONMENT=test\nGAVEL_ECHO_SQL=true\n", encoding="utf-8")
    assert kind().environment != "production", (
        "the .env of another folder, where Gavel is started, is not read"
    )
    assert kind().environment == "test", "what stands in the .env beside `app` is obeyed"
    monkeypatch.setenv("GAVEL_ENVIRONMENT", "production")
    assert kind().environment == "production", "a variable of the environment wins over the .env"
    assert kind().echo_sql is True, "what no variable says is still taken from the .env"


@requirement(
    exercise=2,
    hints=(
        "A default that means another file in every folder: is it one database, or many?",
        "Exercise 2: the default of `database_url`, in app/config.py, and `PROJECT` above it.",
        "f\"sqlite+aiosqlite:///{(____ / 'gavel.db').as_posix()}\"",
    ),
)
def test_the_default_database_lies_in_the_project(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default the database is the file `gavel.db` in the project's folder, wherever Gavel is started."""
    _forget_variables(monkeypatch)
    house = _moved(service, monkeypatch)
    monkeypatch.chdir(service.tmp_path)
    url = make_url(importlib.import_module("moved_gavel.config").Settings().database_url)
    assert url.drivername == "sqlite+aiosqlite", (
        "the driver is aiosqlite: the URL begins with sqlite+aiosqlite"
    )
    found = Path(url.database or "")
    assert found.is_absolute(), "the path of the file is absolute, computed from where config.py lies"
    assert found.name == "gavel.db", "the file is called gavel.db"
    assert found.parent.resolve() == house.resolve(), "the file lies beside the folder `app`"


@requirement(
    exercise=2,
    hints=(
        "Who reads what a service prints when it starts?",
        "Exercise 2: the field `database_url`. What leaves a field out of `repr`?",
        "database_url: str = Field(default=____, ____=False)",
    ),
)
def test_printed_settings_keep_the_password(service: Service) -> None:
    """Settings that are printed or logged do not show the password of the database."""
    settings = service.settings(database_url="postgresql+asyncpg://gavel:going-twice@db.example.com/gavel")
    for way, shown in (("repr", repr(settings)), ("str", str(settings)), ("an f-string", f"{settings}")):
        assert "going-twice" not in shown, f"{way} of the settings does not hold the password"


@requirement(
    exercise=3,
    hints=(
        "What reaches a handler of what a lifespan opened?",
        "Exercise 3: the `yield` of `lifespan`, in app/main.py.",
        "async with AsyncExitStack() as stack:\n"
        "    engine = await stack.enter_async_context(____(____, echo=____))\n"
        '    yield {"____": engine}',
    ),
)
def test_the_state_holds_the_engine(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """While Gavel runs, its state holds the `engine` of the database that the settings name."""
    url = f"sqlite+aiosqlite:///{(service.tmp_path / 'house.db').as_posix()}"
    with service.client(database_url=url) as client:
        engine = _engine(client)
        assert engine.url == make_url(url), "the engine goes to settings.database_url"
        assert not engine.sync_engine.echo, "with echo_sql=False the engine is silent"
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)  # what it logs has the time in it
    with service.client(database_url=url, echo_sql=True) as client:
        assert _engine(client).sync_engine.echo, "with echo_sql=True the engine logs its SQL"


@requirement(
    exercise=3,
    hints=(
        "What can a test do with a service that has one database for everybody?",
        "Exercise 3: `create_app`, in app/main.py: which settings does it hand to its own app?",
        "app.state.settings = settings or ____()",
    ),
)
def test_two_services_are_strangers(service: Service) -> None:
    """Two services from `create_app` have an engine each, for their own database; one outlives the other."""
    urls = [f"sqlite+aiosqlite:///{(service.tmp_path / f'{name}.db').as_posix()}" for name in ("a", "b")]
    first, second = (service.client(database_url=url) for url in urls)
    with _disposals() as disposed, first:
        with second:
            engines = [_engine(client) for client in (first, second)]
            assert engines[0] is not engines[1], "each service has an engine of its own"
            found = [str(engine.url) for engine in engines]
            assert found == urls, "each engine goes to the database of its own settings"
            disposed.clear()
        assert engines[0].sync_engine not in disposed, (
            "when the second ends, the first one's engine stays open"
        )


@requirement(
    exercise=3,
    hints=(
        "Whom does the server's one `app` ask for its settings?",
        "Exercise 3: the argument of `create_app` that may be left out, in app/main.py.",
        "def create_app(settings: Settings | None = ____) -> FastAPI:",
    ),
)
def test_without_settings_the_environment_decides(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """`create_app()` without settings takes them from the environment."""
    url = f"sqlite+aiosqlite:///{(service.tmp_path / 'told.db').as_posix()}"
    monkeypatch.setenv("GAVEL_DATABASE_URL", url)
    monkeypatch.setenv("GAVEL_LOG_LEVEL", "CRITICAL")  # later chapters write logs; a checkpoint is silent
    with service.client(service.module("main").create_app()) as client:
        assert str(_engine(client).url) == url, "the engine goes to GAVEL_DATABASE_URL"


@requirement(given=True)
def test_nothing_is_opened_before_the_lifespan(service: Service) -> None:
    """Importing Gavel and making a service open nothing: that is left to the lifespan."""
    service.create_app()
    assert not (service.tmp_path / "gavel.db").exists(), "create_app leaves the database alone"


@requirement(
    exercise=1,
    hints=(
        "Who opened the engine? Who, then, closes it?",
        "Exercise 1: what comes after the `yield` of `open_engine`, in app/database.py.",
        "try:\n    yield engine\n____:\n    await engine.____()",
    ),
)
def test_the_engine_is_closed_at_the_end(service: Service) -> None:
    """When Gavel ends, its engine is disposed of, once and not before; started again, it opens a new one."""
    app = service.create_app()
    with _disposals() as disposed:
        with service.client(app, raise_server_exceptions=False) as client:
            first = _engine(client)
            client.get("/health")
            assert disposed == [], "the engine stays open while the service runs, whatever is asked"
        assert disposed == [first.sync_engine], "the engine is disposed of once, when the service ends"
        with service.client(app) as client:
            assert _engine(client) is not first, "a service that is started again opens a new engine"


@requirement(
    exercise=1,
    hints=(
        "Which statement of Python runs its block however the block before it was left?",
        "Exercise 1: `open_engine` in app/database.py. A cancellation arrives at its `yield`.",
        "try:\n    yield engine\n____:\n    await engine.dispose()",
    ),
)
def test_a_cancelled_service_closes_its_engine(service: Service) -> None:
    """A service that is cancelled in the middle of its work closes its engine all the same."""
    app = service.create_app()

    async def evening(begun: asyncio.Event) -> None:
        async with app.router.lifespan_context(app):
            begun.set()
            await asyncio.Event().wait()

    async def cut_short() -> None:
        begun = asyncio.Event()
        work, beginning = asyncio.create_task(evening(begun)), asyncio.create_task(begun.wait())
        await asyncio.wait([work, beginning], return_when=asyncio.FIRST_COMPLETED)
        beginning.cancel()
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work

    with _disposals() as disposed:
        service.run(cut_short)
    assert len(disposed) == 1, "the engine is disposed of, although nobody came back to the `yield`"


@requirement(
    exercise=1,
    hints=(
        "The mail server is down, so the start stops halfway. Who closes what is open by then?",
        "Exercise 1: `open_engine` in app/database.py. An exception, too, arrives at its `yield`.",
        "try:\n    yield engine\n____:\n    await engine.dispose()",
    ),
)
def test_a_half_failed_start_closes_the_engine(service: Service) -> None:
    """When something that is opened after the engine fails, the start fails, and the engine is closed."""

    @asynccontextmanager
    async def mail_that_is_down(app: FastAPI) -> AsyncIterator[None]:
        raise ConnectionRefusedError("no mail server")
        yield

    app = service.create_app()
    app.include_router(APIRouter(lifespan=mail_that_is_down))
    with _disposals() as disposed, suppress(ConnectionRefusedError), service.client(app):
        pass
    assert len(disposed) == 1, "the engine, open by then, is disposed of"


@requirement(
    exercise=3,
    hints=(
        "Which trouble passes if one waits for the database, and which needs a corrected setting?",
        "Exercise 3: the lifespan opens the engine with the URL as it stands, and catches nothing.",
        "engine = await stack.enter_async_context(open_engine(____, echo=____))",
    ),
)
def test_an_unusable_url_stops_the_start(service: Service) -> None:
    """A database URL that cannot be used by anybody stops the start."""
    started = False
    with suppress(Exception), service.client(database_url="a cupboard under the stairs"):
        started = True
    assert not started, "a text that is no URL stops the start, and here the service started"


@requirement(
    exercise=4,
    hints=(
        "What would a load balancer like to know besides `ok`?",
        "Exercise 4: `health`, in app/routers/status.py.",
        'return {"status": "ok", "____": "____"}',
    ),
)
def test_health_tells_of_the_database(service: Service) -> None:
    """While the database answers, `GET /health` answers 200 with `"status": "ok"` and `"database": "ok"`."""
    with service.client() as client:
        answer = client.get("/health")
    assert answer.status_code == 200, "the status is 200 OK while the database answers"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object"
    assert body.get("status") == "ok", 'the body has "status": "ok"'
    assert body.get("database") == "ok", 'the body has "database": "ok"'


@requirement(
    exercise=4,
    hints=(
        "How does a handler ask the database whether it is there, and when was it last asked?",
        "Exercise 4: `is_alive` in app/database.py, and the status of the answer in `health`.",
        "if await is_alive(request.state.____):\n    return ____\nresponse.status_code = ____\nreturn ____",
    ),
)
def test_health_admits_that_the_database_is_away(service: Service) -> None:
    """Without its database Gavel starts, and `GET /health` answers 503; when it is back, 200 again."""
    cellar = service.tmp_path / "cellar"
    with service.client(database_url=f"sqlite+aiosqlite:///{(cellar / 'gavel.db').as_posix()}") as client:
        _unavailable(client.get("/health"), "while the folder of the database's file is missing")
        cellar.mkdir()
        answer = client.get("/health")
        assert answer.status_code == 200, (
            "the database is asked anew each time: when it is back, the status code is 200"
        )


@requirement(
    exercise=4,
    hints=(
        "Does every failure of a database arrive as SQLAlchemy's own exception?",
        "Exercise 4: the `except` in `is_alive`, in app/database.py.",
        "except (SQLAlchemyError, ____):\n    return ____",
    ),
)
def test_health_survives_a_refused_connection(service: Service) -> None:
    """A database that refuses while Gavel runs makes `GET /health` answer 503, not fail."""

    def refuse(*_: object) -> None:
        raise ConnectionRefusedError("the database refuses")

    with service.client() as client:
        event.listen(_engine(client).sync_engine, "before_cursor_execute", refuse)
        _unavailable(client.get("/health"), "while the database refuses with ConnectionRefusedError")
        event.remove(_engine(client).sync_engine, "before_cursor_execute", refuse)
        assert client.get("/health").status_code == 200, "when it no longer refuses, the status is 200"


@requirement(
    exercise=4,
    hints=(
        "The database takes your question and never answers. How long does the load balancer wait?",
        "Exercise 4: `is_alive` in app/database.py, and the probe with `asyncio.timeout`.",
        "async with asyncio.timeout(____), engine.connect() as connection:\n    await ____",
    ),
)
def test_health_waits_two_seconds_at_most(service: Service) -> None:
    """A database that does not answer makes `GET /health` answer 503, within two seconds."""
    with service.client() as client:
        assert client.get("/health").status_code == 200, "while the database answers, the status is 200"
        event.listen(_engine(client).sync_engine, "before_cursor_execute", _fall_silent)
        _unavailable(client.get("/health"), "two seconds after it was asked, with the database still silent,")


def _forget_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the machine that checks has set itself; give what production asks for later."""
    for name in ("ENVIRONMENT", "DATABASE_URL", "ECHO_SQL"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"GAVEL_{name}", raising=False)
    monkeypatch.setenv("GAVEL_SECRET_KEY", "a key for checkpoints only, of more than thirty-two bytes")
    monkeypatch.setenv("GAVEL_ALLOWED_HOSTS", '["testserver", "gavel"]')


def _refusal(kind: Any) -> str:
    """What making the settings complains of; empty where they are made."""
    try:
        kind(_env_file=None)
    except ValueError as refused:
        return str(refused)
    return ""


def _moved(service: Service, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the service in a folder of its own, importable as `moved_gavel`; the folder."""
    house = service.tmp_path / "house"
    shutil.copytree(
        service.folder / "app", house / "moved_gavel", ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.syspath_prepend(str(house))
    for name in ("moved_gavel", "moved_gavel.config"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return house


def _engine(client: Any) -> AsyncEngine:
    """The engine in the state of a client's running service."""
    engine = client.app_state.get("engine")
    seen = (
        "there is no such key"
        if engine is None
        else f"there is an object of the type {type(engine).__name__}"
    )
    assert isinstance(engine, AsyncEngine), (
        f'the lifespan yields {{"engine": ...}} with an AsyncEngine; under "engine" {seen}'
    )
    return engine


@contextmanager
def _disposals() -> Iterator[list[Engine]]:
    """The engines that are disposed of in the block, in order."""
    disposed: list[Engine] = []
    note = disposed.append
    event.listen(Engine, "engine_disposed", note)
    try:
        yield disposed
    finally:
        event.remove(Engine, "engine_disposed", note)


def _unavailable(answer: Any, when: str) -> None:
    assert answer.status_code == 503, f"{when} the status is 503 Service Unavailable"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object, not a list or a text"
    assert body.get("status") == "unavailable", f'{when} the body has "status": "unavailable"'
    assert body.get("database") == "unreachable", f'{when} the body has "database": "unreachable"'


def _fall_silent(*_: object) -> None:
    """Let 2.5 s pass before a statement runs, on the loop's clock, which is put forward: nobody waits."""
    loop = asyncio.get_running_loop()
    real = loop.time

    def put_forward() -> None:
        loop.time = lambda: real() + 3  # type: ignore[method-assign]

    loop.call_soon(put_forward)
    await_only(asyncio.sleep(2.5))
