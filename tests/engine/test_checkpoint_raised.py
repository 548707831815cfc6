"""What a recorded exchange knows of the service: its endpoint, and what was raised and handled."""

import sys
from types import ModuleType

import pytest
from fastapi import FastAPI

from course.engine.checkpoint.recording import Exchanges, RecordingClient
from course.engine.report.model import Exchange

SOURCE = """
from fastapi import FastAPI, HTTPException

app = FastAPI()


class Refused(Exception):
    pass


@app.get("/found")
def found():
    return 1


@app.get("/lost")
async def lost():
    try:
        int("many")
    except ValueError as error:
        raise HTTPException(404, "Lost.") from error


@app.get("/refused")
async def refused():
    raise Refused("not today, password=hunter2")


@app.exception_handler(Refused)
async def on_refused(request, error):
    from fastapi.responses import JSONResponse

    return JSONResponse({}, 409)
"""


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    module = ModuleType("app_of_somebody.app.routers.lots")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(SOURCE, "lots.py", "exec"), module.__dict__)
    made: FastAPI = module.__dict__["app"]
    return made


def asked(app: FastAPI, path: str) -> Exchange:
    exchanges = Exchanges()
    with RecordingClient(app, exchanges) as client:
        client.get(path)
    return exchanges[0]


def test_the_endpoint_that_a_request_reached_is_known(app: FastAPI) -> None:
    one = asked(app, "/found")
    assert (one.endpoint, one.raised) == ("`found` in app/routers/lots.py, line 11", "")


def test_what_was_raised_and_handled_is_known_with_what_it_came_from(app: FastAPI) -> None:
    first, second = asked(app, "/lost").raised.split(", after ")
    assert first == "HTTPException(404) in `lost`, app/routers/lots.py, line 21"
    assert second.startswith("ValueError: invalid literal for int()")
    assert second.endswith("in `lost`, app/routers/lots.py, line 19")


def test_a_secret_in_what_was_raised_is_masked(app: FastAPI) -> None:
    one = asked(app, "/refused")
    assert one.raised.startswith("Refused: not today, password=")
    assert "hunter2" not in one.raised


def test_a_path_without_a_route_reaches_no_endpoint(app: FastAPI) -> None:
    one = asked(app, "/nowhere")
    assert (one.endpoint, one.raised) == ("", "HTTPException(404)")
