"""The service that a checkpoint's tests get is the project, whatever of it is there already."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from course.engine.checkpoint.service import Service

Make = Callable[[dict[str, str]], Service]

CONFIG = """
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    database_url: str = "sqlite+aiosqlite:///mine.db"
    environment: str = "development"
"""
MAIN = """
from fastapi import FastAPI
from .config import Settings

def create_app(settings: Settings | None = None) -> FastAPI:
    app = FastAPI()
    app.state.settings = settings
    return app

app = create_app()
"""


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Write a project and give its service, as if it were the only one."""
    known = set(sys.modules)

    def write(files: dict[str, str]) -> Service:
        for name, text in {"app/__init__.py": "", **files}.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        monkeypatch.syspath_prepend(str(tmp_path))
        return Service("app", tmp_path, tmp_path / "own")

    yield write
    for name in set(sys.modules) - known:
        if name == "app" or name.startswith("app."):
            del sys.modules[name]


def test_a_service_without_create_app_is_its_one_app(make: Make) -> None:
    service = make({"app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n"})
    assert service.create_app() is service.module("main").app


def test_create_app_without_settings_is_called_without_any(make: Make) -> None:
    service = make({"app/main.py": "from fastapi import FastAPI\n\ncreate_app = FastAPI\n"})
    assert isinstance(service.create_app(), FastAPI)


def test_each_test_has_a_database_of_its_own_that_its_clients_share(make: Make) -> None:
    service = make({"app/main.py": MAIN, "app/config.py": CONFIG})
    first, second = (service.create_app().state.settings.database_url for _ in range(2))
    assert first == second == f"sqlite+aiosqlite:///{(service.tmp_path / 'gavel.db').as_posix()}"


def test_other_settings_are_passed_on_and_a_learners_env_file_is_not_read(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = make({"app/main.py": MAIN, "app/config.py": CONFIG, ".env": "ENVIRONMENT=production\n"})
    monkeypatch.chdir(service.folder)
    assert service.settings().environment == "development"
    assert service.settings(environment="test", database_url="sqlite://").model_dump() == {
        "database_url": "sqlite://",
        "environment": "test",
    }


def test_a_client_records_and_can_be_given_an_app_of_its_own(make: Make) -> None:
    service = make({"app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n"})
    other = FastAPI(title="Other")
    with service.client(other) as client:
        assert client.get("/openapi.json").json()["info"]["title"] == "Other"
    service.record("GET", "/raw", status=200)
    assert [exchange.path for exchange in service.exchanges] == ["/openapi.json", "/raw"]


def test_an_async_driver_runs_to_its_end(make: Make) -> None:
    service = make({"app/main.py": ""})

    async def add(left: int, right: int) -> int:
        return left + right

    assert service.run(add, 2, 3) == 5


def test_the_source_of_a_module_can_be_read(make: Make) -> None:
    assert make({"app/main.py": "app = 1\n"}).source("main") == "app = 1\n"
