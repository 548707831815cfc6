"""What Gavel does from chapter 1 on: it reads its settings, and its lifespan closes what it opens."""

import asyncio
import dataclasses
import importlib
import json
import logging
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from pydantic_settings import BaseSettings
from sqlalchemy import Engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import Pool
from sqlalchemy.util import await_only

from course.engine.checkpoint.connections import checked_out
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service


@requirement(
    exercise=2,
    hints=(
        "Twenty programs run on a machine. Which of them does a variable called `DATABASE_URL` belong to?",
        "Exercise 2: `env_prefix`, in `model_config` of app/config.py.",
        'model_config = SettingsConfigDict(\n    env_prefix="____", ...\n)',
    ),
)
def test_settings_read_variables_with_the_prefix(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """`Settings` reads `GAVEL_DATABASE_URL`, and no variable without the prefix `GAVEL_`."""
    _forget_variables(monkeypatch)
    kind = service.module("config").Settings
    plain = kind if isinstance(kind, type) else type(kind)
    assert issubclass(plain, BaseSettings), (
        f"Settings is a subclass of BaseSettings, from pydantic_settings; seen: {_kind_of_class(plain)}"
    )
    settings = kind(_env_file=None)
    assert isinstance(settings.database_url, str), (
        f"database_url is a `str`; seen: an object of the type {type(settings.database_url).__name__}"
    )
    assert settings.environment == "development", (
        f"the default of environment is 'development'; seen: {settings.environment!r}"
    )
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:///others.db")
    settings = kind(_env_file=None)
    assert "others" not in settings.database_url, (
        "the variable DATABASE_URL without the prefix GAVEL_ has no effect; "
        f"seen: database_url is {settings.database_url!r}"
    )
    assert settings.environment == "development", (
        "the variable ENVIRONMENT without the prefix GAVEL_ has no effect; "
        f"seen: environment is {settings.environment!r}"
    )
    monkeypatch.setenv("GAVEL_DATABASE_URL", "sqlite+aiosqlite:///elsewhere.db")
    url = kind(_env_file=None).database_url
    assert url == "sqlite+aiosqlite:///elsewhere.db", (
        "the variable GAVEL_DATABASE_URL=sqlite+aiosqlite:///elsewhere.db sets database_url; "
        f"seen: database_url is {url!r}"
    )


@requirement(
    exercise=2,
    hints=(
        "The value of an environment variable is always text. What converts the text `false` to `False`?",
        "Exercise 2: the annotation of `echo_sql`, in app/config.py.",
        "echo_sql: ____ = ____",
    ),
)
def test_echo_sql_is_true_or_false(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """`echo_sql` is a `bool`: `GAVEL_ECHO_SQL=false` means `False`, and `False` is the default."""
    _forget_variables(monkeypatch)
    kind = service.module("config").Settings
    value = kind(_env_file=None).echo_sql
    assert value is False, f"without GAVEL_ECHO_SQL, echo_sql is False; seen: {value!r}"
    monkeypatch.setenv("ECHO_SQL", "true")
    value = kind(_env_file=None).echo_sql
    assert value is False, (
        "the variable ECHO_SQL without the prefix GAVEL_ has no effect, so echo_sql is False; "
        f"seen: {value!r}"
    )
    monkeypatch.setenv("GAVEL_ECHO_SQL", "true")
    value = kind(_env_file=None).echo_sql
    assert value is True, f"with GAVEL_ECHO_SQL=true, echo_sql is True; seen: {value!r}"
    monkeypatch.setenv("GAVEL_ECHO_SQL", "false")
    value = kind(_env_file=None).echo_sql
    assert value is False, f"with GAVEL_ECHO_SQL=false, echo_sql is False; seen: {value!r}"


@requirement(
    exercise=2,
    hints=(
        "When do you want to learn that a setting is wrong: when the service starts, or during the auction?",
        "Exercise 2: the annotation of `environment`. `Literal` lists the allowed values.",
        'environment: Literal["____", "____", "____"] = "____"',
    ),
)
def test_an_invalid_setting_is_refused_by_name(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """`GAVEL_ENVIRONMENT` has one of three values; for another, `Settings()` raises and names the setting."""
    _forget_variables(monkeypatch)
    kind = service.module("config").Settings
    for name in ("development", "test", "production"):
        monkeypatch.setenv("GAVEL_ENVIRONMENT", name)
        refusal = _refusal(kind)
        assert not refusal, f"GAVEL_ENVIRONMENT={name} is accepted; seen: {refusal}"
        value = kind(_env_file=None).environment
        assert value == name, f"GAVEL_ENVIRONMENT={name} sets environment; seen: environment is {value!r}"
    for wrong in ("Production", "", "prod"):
        monkeypatch.setenv("GAVEL_ENVIRONMENT", wrong)
        refusal = _refusal(kind)
        assert refusal, f"with GAVEL_ENVIRONMENT={wrong}, Settings() raises; seen: the value was accepted"
    assert "environment" in refusal, (
        f"the error for GAVEL_ENVIRONMENT=prod names the setting, environment; seen: {refusal}"
    )


@requirement(
    exercise=2,
    hints=(
        "From which folder does a relative path start: the folder of the file, or the current folder?",
        "Exercise 2: `env_file` and `PROJECT`, in app/config.py.",
        'model_config = SettingsConfigDict(\n    ..., env_file=____ / ".env", ...\n)',
    ),
)
def test_the_project_has_its_own_env_file(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """`Settings` reads the `.env` in the project's folder, and no other; variables have precedence."""
    _forget_variables(monkeypatch)
    project, elsewhere = _moved(service, monkeypatch), service.tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".env").write_text("GAVEL_ENVIRONMENT=production\n", encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    kind = importlib.import_module("moved_gavel.config").Settings
    (project / ".env").write_text("GAVEL_ENVIRONMENT=test\nGAVEL_ECHO_SQL=true\n", encoding="utf-8")
    value = kind().environment
    assert value != "production", (
        "the .env of another folder, from which Gavel is started, is not read; "
        f"seen: environment is {value!r}, as in that file"
    )
    assert value == "test", (
        "GAVEL_ENVIRONMENT=test in the .env beside the folder `app` sets environment; "
        f"seen: environment is {value!r}"
    )
    monkeypatch.setenv("GAVEL_ENVIRONMENT", "production")
    value = kind().environment
    assert value == "production", (
        "the environment variable GAVEL_ENVIRONMENT=production takes precedence over the .env; "
        f"seen: environment is {value!r}"
    )
    value = kind().echo_sql
    assert value is True, (
        f"a setting without a variable is still read from the .env, so echo_sql is True; seen: {value!r}"
    )


@requirement(
    exercise=2,
    hints=(
        "A relative path means another file in each folder. How many databases would that give?",
        "Exercise 2: the default of `database_url`, in app/config.py, and `PROJECT` above it.",
        "f\"sqlite+aiosqlite:///{(____ / 'gavel.db').as_posix()}\"",
    ),
)
def test_the_default_database_is_in_the_project(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default, the database is the file `gavel.db` in the project's folder, by an absolute path."""
    _forget_variables(monkeypatch)
    project = _moved(service, monkeypatch)
    monkeypatch.chdir(service.tmp_path)
    url = make_url(importlib.import_module("moved_gavel.config").Settings().database_url)
    assert url.drivername == "sqlite+aiosqlite", (
        f"the default of database_url begins with sqlite+aiosqlite; seen: {url.drivername}"
    )
    found = Path(url.database or "")
    assert found.is_absolute(), (
        "the path of the database file is absolute, built from the path of config.py; "
        f"seen: {url.database or 'no path'}"
    )
    assert found.name == "gavel.db", f"the name of the database file is gavel.db; seen: {found.name}"
    assert found.parent.resolve() == project.resolve(), (
        "the database file is in the project's folder, beside the folder `app`; "
        f"seen: it is in the folder {_relative(found.parent, project)}"
    )


@requirement(
    exercise=2,
    hints=(
        "Who can read what a service logs when it starts?",
        "Exercise 2: the field `database_url`. Which argument of `Field` excludes a field from `repr`?",
        "database_url: str = Field(default=____, ____=False)",
    ),
)
def test_printed_settings_hide_the_password(service: Service) -> None:
    """If you print or log the settings, the password of the database does not appear."""
    settings = service.settings(database_url="postgresql+asyncpg://gavel:going-twice@db.example.com/gavel")
    for way, shown in (("repr", repr(settings)), ("str", str(settings)), ("an f-string", f"{settings}")):
        place = shown.find("going-twice")
        assert "going-twice" not in shown, (
            f"{way} of the settings does not contain the password, going-twice; "
            f"seen: ...{shown[max(0, place - 50) : place + 30]}..."
        )


@requirement(
    exercise=3,
    hints=(
        "How does an endpoint reach what the lifespan opened?",
        "Exercise 3: the `yield` of `lifespan`, in app/main.py.",
        "async with AsyncExitStack() as stack:\n"
        "    engine = await stack.enter_async_context(____(____, echo=____))\n"
        '    yield {"____": engine}',
    ),
)
def test_the_lifespan_state_contains_the_engine(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """While Gavel runs, its lifespan state contains the `engine` for the database that the settings name."""
    url = f"sqlite+aiosqlite:///{(service.tmp_path / 'auction.db').as_posix()}"
    with service.client(database_url=url) as client:
        engine = _engine(client)
        assert engine.url == make_url(url), (
            f"the engine connects to settings.database_url, {_shown(url, service)}; "
            f"seen: {_shown(engine.url, service)}"
        )
        echo = engine.sync_engine.echo
        assert not echo, f"with echo_sql=False, the engine does not log SQL; seen: its echo is {echo!r}"
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)  # what it logs has the time in it
    with service.client(database_url=url, echo_sql=True) as client:
        echo = _engine(client).sync_engine.echo
        assert echo, f"with echo_sql=True, the engine logs its SQL; seen: its echo is {echo!r}"


@requirement(
    exercise=3,
    hints=(
        "Two tests need two databases. What happens if all applications in a process share one engine?",
        "Exercise 3: `create_app` in app/main.py. Which settings does it store in `app.state`?",
        "app.state.settings = settings or ____()",
    ),
)
def test_two_applications_share_no_engine(service: Service) -> None:
    """Two applications from `create_app` have an engine each, and closing one leaves the other open."""
    urls = [f"sqlite+aiosqlite:///{(service.tmp_path / f'{name}.db').as_posix()}" for name in ("a", "b")]
    first, second = (service.client(database_url=url) for url in urls)
    with _disposals() as disposed, first:
        with second:
            engines = [_engine(client) for client in (first, second)]
            assert engines[0] is not engines[1], (
                "each application has its own engine; seen: both have the same one"
            )
            found = [str(engine.url) for engine in engines]
            assert found == urls, (
                "each engine connects to the database of its own settings, "
                f"{[_shown(url, service) for url in urls]}; "
                f"seen: {[_shown(url, service) for url in found]}"
            )
            disposed.clear()
        assert engines[0].sync_engine not in disposed, (
            "when the second application ends, the engine of the first stays open; seen: it was disposed of"
        )


@requirement(
    exercise=3,
    hints=(
        "The server imports `app`, which is made without arguments. Where do its settings come from?",
        "Exercise 3: the optional argument of `create_app`, in app/main.py.",
        "def create_app(settings: Settings | None = ____) -> FastAPI:",
    ),
)
def test_create_app_without_settings_reads_the_environment(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`create_app()` without an argument reads the settings from the environment when it is called."""
    url = f"sqlite+aiosqlite:///{(service.tmp_path / 'variable.db').as_posix()}"
    monkeypatch.setenv("GAVEL_DATABASE_URL", url)
    monkeypatch.setenv("GAVEL_LOG_LEVEL", "CRITICAL")  # later chapters write logs; a checkpoint is silent
    with service.client(service.module("main").create_app()) as client:
        found = str(_engine(client).url)
        assert found == url, (
            f"the engine connects to GAVEL_DATABASE_URL, {_shown(url, service)}; "
            f"seen: {_shown(found, service)}"
        )


@requirement(given=True)
def test_nothing_is_opened_before_the_lifespan(service: Service) -> None:
    """Importing Gavel and calling `create_app` create no database file: only the lifespan opens anything."""
    service.create_app()
    assert not (service.tmp_path / "gavel.db").exists(), (
        "create_app creates no database file; seen: gavel.db exists"
    )


@requirement(
    exercise=1,
    hints=(
        "Which function makes the engine, and so has to close it?",
        "Exercise 1: what comes after the `yield` of `open_engine`, in app/database.py.",
        "try:\n    yield engine\n____:\n    await engine.____()",
    ),
)
def test_the_engine_is_closed_at_the_end(service: Service) -> None:
    """When Gavel ends, its engine is disposed of, once and not before; a second start makes a new one."""
    app = service.create_app()
    with _disposals() as disposed, _open_connections() as left_open:
        with service.client(app, raise_server_exceptions=False) as client:
            first = _engine(client)
            client.get("/health")
            assert disposed == [], (
                "the engine stays open while the service runs, also after GET /health; "
                f"seen: {_times(disposed)}"
            )
        own = [each for each in disposed if each is first.sync_engine]
        others = len(disposed) - len(own)
        assert disposed == [first.sync_engine], (
            "the engine is disposed of once, when the service ends; "
            f"seen: {_times(own)}{f', and {others} for other engines' if others else ''}"
        )
        assert not left_open, (
            "when the service has ended, every connection of its pool is closed; "
            f"seen: {len(left_open)} still open"
        )
        with service.client(app) as client:
            assert _engine(client) is not first, (
                "a second start of the service makes a new engine; seen: the engine of the first start"
            )


@requirement(
    exercise=1,
    hints=(
        "Which block of a `try` statement runs after a normal end, an exception and a cancellation?",
        "Exercise 1: `open_engine` in app/database.py. A cancellation raises an exception at its `yield`.",
        "try:\n    yield engine\n____:\n    await engine.dispose()",
    ),
)
def test_a_cancelled_service_closes_its_engine(service: Service) -> None:
    """If the task that runs the service is cancelled, the engine is closed too."""
    app = service.create_app()

    async def run(begun: asyncio.Event) -> None:
        async with app.router.lifespan_context(app):
            begun.set()
            await asyncio.Event().wait()

    async def cut_short() -> None:
        begun = asyncio.Event()
        work, beginning = asyncio.create_task(run(begun)), asyncio.create_task(begun.wait())
        await asyncio.wait([work, beginning], return_when=asyncio.FIRST_COMPLETED)
        beginning.cancel()
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work

    with _disposals() as disposed:
        service.run(cut_short)
    assert len(disposed) == 1, (
        f"the engine is disposed of once when the running service is cancelled; seen: {_times(disposed)}"
    )


@requirement(
    exercise=1,
    hints=(
        "The SMTP server does not respond, so the start fails. Which code closes the engine, already open?",
        "Exercise 1: `open_engine` in app/database.py. The exception is raised at its `yield`.",
        "try:\n    yield engine\n____:\n    await engine.dispose()",
    ),
)
def test_a_half_failed_start_closes_the_engine(service: Service) -> None:
    """If a later step of the start fails, the engine that is already open is closed."""

    @asynccontextmanager
    async def mail_that_is_down(app: FastAPI) -> AsyncIterator[None]:
        raise ConnectionRefusedError("no mail server")
        yield

    app = service.create_app()
    app.include_router(APIRouter(lifespan=mail_that_is_down))
    with _disposals() as disposed, suppress(ConnectionRefusedError), service.client(app):
        pass
    assert len(disposed) == 1, (
        "the engine is disposed of once when a later step of the start raises ConnectionRefusedError; "
        f"seen: {_times(disposed)}"
    )


@requirement(
    exercise=3,
    hints=(
        "Which problem disappears if you wait for the database, and which needs a corrected setting?",
        "Exercise 3: the lifespan passes the URL of the settings to `open_engine`, and catches no exception.",
        "engine = await stack.enter_async_context(open_engine(____, echo=____))",
    ),
)
def test_an_invalid_url_stops_the_start(service: Service) -> None:
    """If `database_url` is not a valid URL, the service does not start."""
    started = False
    with suppress(Exception), service.client(database_url="not a database URL"):
        started = True
    assert not started, "with database_url='not a database URL', the start raises; seen: the service started"


@requirement(
    exercise=4,
    hints=(
        "What does a load balancer need to know besides the status `ok`?",
        "Exercise 4: `check_health`, in app/routers/status.py.",
        'return {"status": "ok", "____": "____"}',
    ),
)
def test_health_reports_the_database(service: Service) -> None:
    """While the database responds, `GET /health` responds with 200, status `ok` and database `ok`."""
    with service.client() as client:
        response = client.get("/health")
    status = response.status_code
    assert status == 200, f"while the database responds, GET /health responds with 200 OK; seen: {status}"
    body = response.json()
    assert isinstance(body, dict), f"the response body is a JSON object; seen: {json.dumps(body)}"
    for name in ("status", "database"):
        assert body.get(name) == "ok", f'the response body contains "{name}": "ok"; seen: {json.dumps(body)}'


@requirement(
    exercise=4,
    hints=(
        "Which query shows whether the database responds, and when does your service run it?",
        "Exercise 4: `is_alive` in app/database.py, and the status code of the response in `check_health`.",
        "if await is_alive(request.state.____):\n    return ____\nresponse.status_code = ____\nreturn ____",
    ),
)
def test_health_is_503_without_the_database(service: Service) -> None:
    """Without its database, Gavel starts and `GET /health` responds with 503; once it is back, with 200."""
    missing = service.tmp_path / "missing"
    with service.client(database_url=f"sqlite+aiosqlite:///{(missing / 'gavel.db').as_posix()}") as client:
        _unavailable(client.get("/health"), "while the folder of the database file does not exist")
        missing.mkdir()
        status = client.get("/health").status_code
        assert status == 200, (
            "each request to /health queries the database again: once the folder exists, "
            f"the status code is 200; seen: {status}"
        )


@requirement(
    exercise=4,
    hints=(
        "Is every exception of a database connection a subclass of `SQLAlchemyError`?",
        "Exercise 4: the `except` in `is_alive`, in app/database.py.",
        "except (SQLAlchemyError, ____):\n    return ____",
    ),
)
def test_health_is_503_if_the_connection_is_refused(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the database refuses connections while Gavel runs, `GET /health` responds with 503."""

    def refuse(*_: object) -> None:
        raise ConnectionRefusedError("the database refuses")

    naps = _naps_in_the_event_loop(monkeypatch)
    with service.client() as client:
        event.listen(_engine(client).sync_engine, "before_cursor_execute", refuse)
        _unavailable(client.get("/health"), "while each query raises ConnectionRefusedError")
        event.remove(_engine(client).sync_engine, "before_cursor_execute", refuse)
        status = client.get("/health").status_code
        assert status == 200, f"once queries succeed again, GET /health responds with 200; seen: {status}"
    assert not naps, (
        "while GET /health waits, the event loop serves other requests; "
        f"seen: time.sleep({', '.join(map(str, naps))}) in the event loop"
    )


@requirement(
    exercise=4,
    hints=(
        "The database accepts your query and never responds. How long does the load balancer wait?",
        "Exercise 4: `is_alive` in app/database.py, and the probe with `asyncio.timeout`.",
        "async with asyncio.timeout(____), engine.connect() as connection:\n    await ____",
    ),
)
def test_health_waits_two_seconds_at_most(service: Service) -> None:
    """If the database does not respond, `GET /health` responds with 503 within two seconds."""
    with service.client() as client:
        status = client.get("/health").status_code
        assert status == 200, f"while the database responds, GET /health responds with 200; seen: {status}"
        event.listen(_engine(client).sync_engine, "before_cursor_execute", _fall_silent)
        _unavailable(client.get("/health"), "while a query takes longer than two seconds")
    with service.client(database_url="sqlite+aiosqlite://") as client:
        engine = _engine(client)
        service.run(engine.dispose)  # what a start may have connected
        event.listen(engine.sync_engine, "do_connect", _fall_silent)
        _unavailable(client.get("/health"), "while connecting takes longer than two seconds")


@requirement(
    exercise=4,
    hints=(
        "A pool has a limited number of connections. What happens to one that is never given back?",
        "Exercise 4: `is_alive` in app/database.py. Which statement gives the connection back, always?",
        "async with asyncio.timeout(____), engine.____() as connection:\n    await ____",
    ),
)
def test_health_gives_its_connection_back(service: Service) -> None:
    """After each `GET /health`, whatever it found, every connection is back in the pool."""

    def refuse(*_: object) -> None:
        raise ConnectionRefusedError("the database refuses")

    for what, trouble in (
        ("succeeded", None),
        ("raised ConnectionRefusedError", refuse),
        ("took longer than two seconds", _fall_silent),
    ):
        with service.client(raise_server_exceptions=False) as client:
            engine = _engine(client).sync_engine
            with checked_out(engine) as out:
                if trouble is not None:
                    event.listen(engine, "before_cursor_execute", trouble)
                client.get("/health")
                assert not out, (
                    f"after a query of GET /health that {what}, every connection is back in the pool; "
                    f"seen: {len(out)} still in use"
                )


def _forget_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the variables of this machine; set what production requires in later chapters."""
    for name in ("ENVIRONMENT", "DATABASE_URL", "ECHO_SQL"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"GAVEL_{name}", raising=False)
    monkeypatch.setenv("GAVEL_SECRET_KEY", "a key for checkpoints only, of more than thirty-two bytes")
    monkeypatch.setenv("GAVEL_ALLOWED_HOSTS", '["testserver", "gavel"]')


def _refusal(kind: Any) -> str:
    """The message of the exception that `Settings()` raises, in one line; empty where it raises none."""
    try:
        kind(_env_file=None)
    except ValueError as refused:
        return " ".join(str(refused).split())
    return ""


def _moved(service: Service, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the service in a folder of its own, importable as `moved_gavel`; the folder."""
    project = service.tmp_path / "project"
    shutil.copytree(
        service.folder / "app", project / "moved_gavel", ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.syspath_prepend(str(project))
    for name in ("moved_gavel", "moved_gavel.config"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return project


def _engine(client: Any) -> AsyncEngine:
    """The engine in the state of a client's running service."""
    engine = client.app_state.get("engine")
    seen = "there is no such key" if engine is None else f"an object of the type {type(engine).__name__}"
    assert isinstance(engine, AsyncEngine), (
        f'the lifespan yields {{"engine": ...}} with an AsyncEngine; seen: under "engine", {seen}'
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


def _times(disposed: list[Engine]) -> str:
    """How often `dispose` was called, in words."""
    count = len(disposed)
    return f"{count or 'no'} call{'s' if count != 1 else ''} of dispose"


def _shown(url: object, service: Service) -> str:
    """A database URL without the path of this test's folder, which differs each time."""
    return str(url).replace(service.tmp_path.as_posix(), "...")


def _relative(folder: Path, project: Path) -> str:
    """A folder, as it is seen from the project."""
    inside = folder.resolve().is_relative_to(project.resolve())
    return folder.resolve().relative_to(project.resolve()).as_posix() if inside else folder.as_posix()


def _unavailable(response: Any, when: str) -> None:
    status = response.status_code
    assert status == 503, f"{when}, GET /health responds with 503 Service Unavailable; seen: {status}"
    body = response.json()
    assert isinstance(body, dict), f"{when}, the response body is a JSON object; seen: {json.dumps(body)}"
    for name, value in (("status", "unavailable"), ("database", "unreachable")):
        assert body.get(name) == value, (
            f'{when}, the response body contains "{name}": "{value}"; seen: {json.dumps(body)}'
        )


def _fall_silent(*_: object) -> None:
    """Let 2.2 s pass before the driver works, on the clock of the loop, which is set forward: no waiting.

    A time limit of two seconds has passed by then, and one of three has not.
    """
    loop = asyncio.get_running_loop()
    real = loop.time

    def set_forward() -> None:
        loop.time = lambda: real() + 2.3  # type: ignore[method-assign]

    loop.call_soon(set_forward)
    await_only(asyncio.sleep(2.2))


def _kind_of_class(kind: type) -> str:
    """What a class is made from, in words."""
    if dataclasses.is_dataclass(kind):
        return "a dataclass"
    bases = [base.__name__ for base in kind.__bases__ if base is not object]
    return f"a subclass of {', '.join(bases)}" if bases else "a plain class"


def _naps_in_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each `time.sleep` that is called in an event loop from here on; none of them waits."""
    naps: list[float] = []
    real = time.sleep

    def sleep(seconds: float) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            real(seconds)
        else:
            naps.append(seconds)

    monkeypatch.setattr(time, "sleep", sleep)
    return naps


@contextmanager
def _listening(target: Any, **listeners: Callable[..., object]) -> Iterator[None]:
    """Listen to events of SQLAlchemy in the block."""
    for name, listener in listeners.items():
        event.listen(target, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners.items():
            event.remove(target, name, listener)


@contextmanager
def _open_connections() -> Iterator[set[object]]:
    """The driver's connections that are made in the block and not closed yet."""
    made: set[object] = set()
    forget = {name: lambda connection, *_: made.discard(connection) for name in ("close", "detach")}
    with _listening(Pool, connect=lambda connection, *_: made.add(connection), **forget):
        yield made
