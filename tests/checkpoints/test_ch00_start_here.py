"""What Gavel does from chapter 0 on: it greets, it says that it is well, it describes itself."""

from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service


@requirement(
    exercise=1,
    hints=(
        "Which method and which path does a browser send when somebody opens the bare address of a site?",
        "Exercise 1: the path in the decorator above `root`, in app/main.py.",
        '@app.get("____")\nasync def root() -> dict[str, str]:\n    ...',
    ),
)
def test_the_front_door_is_open(service: Service) -> None:
    """`GET /` answers 200: the front door is open."""
    with service.client() as client:
        answer = client.get("/")
    assert answer.status_code == 200, "the status is 200 OK"


@requirement(
    exercise=1,
    hints=(
        "What becomes of the dictionary that a path operation returns?",
        "Exercise 1: the line with `return`, in `root` of app/main.py.",
        'return {"service": "____", "docs": "____"}',
    ),
)
def test_the_front_door_says_where_the_caller_is(service: Service) -> None:
    """`GET /` says which service this is and where its documentation stands."""
    with service.client() as client:
        body = client.get("/").json()
    assert isinstance(body, dict), "the body is a JSON object, the one you return as a dictionary"
    assert body.get("service") == "Gavel", 'the body has "service": "Gavel"'
    assert body.get("docs") == "/docs", 'the body has "docs": "/docs"'


@requirement(
    exercise=2,
    hints=(
        "What does FastAPI call the function whose path and method fit a request?",
        "Exercise 2: app/main.py needs a second path operation, for `GET` and `/health`.",
        '@app.____("____")\nasync def health():\n    """____"""\n    return {"status": "____"}',
    ),
)
def test_health_answers_ok_while_the_service_is_well(service: Service) -> None:
    """`GET /health` answers 200 with the status `ok` while the service is well."""
    with service.client() as client:
        answer = client.get("/health")
    assert answer.status_code == 200, "the status is 200 OK"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object, the one you return as a dictionary"
    assert body.get("status") == "ok", 'the body has "status": "ok"'


@requirement(
    exercise=2,
    hints=(
        "Asking how somebody is changes nothing. Which method is for questions that change nothing?",
        "Exercise 2: the method is the name after `app.` in the decorator.",
        '@app.____("/health")',
    ),
)
def test_health_is_asked_with_get_alone(service: Service) -> None:
    """`POST /health` is refused with 405, and the answer names `GET` as what is allowed."""
    with service.client() as client:
        answer = client.post("/health")
    assert answer.status_code == 405, "the path is known and the method is not: 405 Method Not Allowed"
    assert "GET" in answer.headers.get("allow", ""), "the header Allow names GET"


@requirement(
    exercise=3,
    hints=(
        "Who would read the name and the version of a service, and where do they stand?",
        "Exercise 3: the arguments of `FastAPI(...)`; their names are those in `info` of /openapi.json.",
        'app = FastAPI(title="____", ____="1.0.0")',
    ),
)
def test_the_description_names_the_service_and_its_version(service: Service) -> None:
    """The OpenAPI description carries the name `Gavel` and the version `1.0.0`."""
    with service.client() as client:
        info = client.get("/openapi.json").json()["info"]
    assert info["title"] == "Gavel", 'the title in the description is "Gavel"'
    assert info["version"] == "1.0.0", 'the version in the description is "1.0.0", not FastAPI\'s default'


@requirement(
    exercise=4,
    hints=(
        "Where did the description of `/lots/highest` come from, in the chapter's probe?",
        "Exercise 4: the first line inside each function of app/main.py.",
        'async def health() -> dict[str, str]:\n    """____"""',
    ),
)
def test_every_operation_says_what_it_is_for(service: Service) -> None:
    """Both operations, `GET /` and `GET /health`, say in the description what they are for."""
    with service.client() as client:
        paths = client.get("/openapi.json").json()["paths"]
    for path in ("/", "/health"):
        assert path in paths, f"GET {path} stands in the OpenAPI description"
        described = paths[path]["get"].get("description", "")
        assert described.strip(), f"GET {path} has a description of its own"


@requirement(given=True)
def test_an_unknown_address_is_not_found(service: Service) -> None:
    """An address that nobody filed answers 404, in JSON."""
    with service.client() as client:
        answer = client.get("/no/such/room")
    assert answer.status_code == 404, "the status is 404 Not Found"
    assert "json" in answer.headers["content-type"], "the body is JSON"


@requirement(given=True)
def test_the_documentation_stands_where_the_front_door_says(service: Service) -> None:
    """The page at `/docs` opens."""
    with service.client() as client:
        answer = client.get("/docs")
    assert answer.status_code == 200, "the status is 200 OK"
    assert "text/html" in answer.headers["content-type"], "the body is a page for a browser"
