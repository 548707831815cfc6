"""What Gavel does from chapter 0 on: it names itself, reports its health, and has an OpenAPI document."""

import json

from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service


@requirement(
    exercise=1,
    hints=(
        "A user opens the address of a site without a path. Which method and path does the browser send?",
        "Exercise 1: the path in the decorator above `describe_service`, in app/main.py.",
        '@app.get("____")\nasync def root() -> dict[str, str]:\n    ...',
    ),
)
def test_the_root_path_responds_with_200(service: Service) -> None:
    """`GET /` responds with status code 200."""
    with service.client() as client:
        status = client.get("/").status_code
    assert status == 200, f"GET / responds with 200 OK; seen: {status}"


@requirement(
    exercise=1,
    hints=(
        "What does FastAPI make of the dictionary that a path operation function returns?",
        "Exercise 1: the line with `return`, in `describe_service` of app/main.py.",
        'return {"service": "____", "docs": "____"}',
    ),
)
def test_the_root_path_names_the_service(service: Service) -> None:
    """`GET /` returns the name of the service and the path of its documentation."""
    with service.client() as client:
        body = client.get("/").json()
    assert isinstance(body, dict), (
        "the response body is a JSON object, made from the dictionary that you return; "
        f"seen: {json.dumps(body)}"
    )
    assert body.get("service") == "Gavel", (
        f'the response body contains "service": "Gavel"; seen: {_value(body, "service")}'
    )
    assert body.get("docs") == "/docs", (
        f'the response body contains "docs": "/docs"; seen: {_value(body, "docs")}'
    )


@requirement(
    exercise=2,
    hints=(
        "How does FastAPI find the function that it calls for a request?",
        "Exercise 2: app/main.py needs a second path operation, for `GET` and `/health`.",
        '@app.____("____")\nasync def health():\n    """____"""\n    return {"status": "____"}',
    ),
)
def test_health_is_ok_while_the_service_works(service: Service) -> None:
    """`GET /health` responds with 200 and the status `ok` while the service works."""
    with service.client() as client:
        response = client.get("/health")
    status = response.status_code
    assert status == 200, f"GET /health responds with 200 OK; seen: {status}"
    body = response.json()
    assert isinstance(body, dict), (
        "the response body is a JSON object, made from the dictionary that you return; "
        f"seen: {json.dumps(body)}"
    )
    assert body.get("status") == "ok", (
        f'the response body contains "status": "ok"; seen: {_value(body, "status")}'
    )


@requirement(
    exercise=2,
    hints=(
        "To read the health of a service changes nothing. Which HTTP method is for such requests?",
        "Exercise 2: the method is the name after `app.` in the decorator.",
        '@app.____("/health")',
    ),
)
def test_health_allows_only_get(service: Service) -> None:
    """`POST /health` responds with 405, and the header `Allow` names `GET` as allowed."""
    with service.client() as client:
        response = client.post("/health")
    status = response.status_code
    assert status == 405, (
        f"POST /health responds with 405 Method Not Allowed: only GET has this path; seen: {status}"
    )
    allowed = response.headers.get("allow", "")
    assert "GET" in allowed, f"the header Allow names GET; seen: {allowed or 'nothing'}"
    more = {name.strip() for name in allowed.split(",")} - {"GET", "HEAD", "OPTIONS"}
    assert not more, f"the header Allow names no method that changes something; seen: {allowed}"


@requirement(
    exercise=3,
    hints=(
        "Who reads the name and the version of a service, and where?",
        "Exercise 3: the arguments of `FastAPI(...)`; their names are those in `info` of /openapi.json.",
        'app = FastAPI(title="____", ____="1.0.0")',
    ),
)
def test_the_openapi_document_has_title_and_version(service: Service) -> None:
    """The OpenAPI document contains the title `Gavel` and the version `1.0.0`."""
    with service.client() as client:
        info = client.get("/openapi.json").json()["info"]
    assert info["title"] == "Gavel", (
        f'the title in the OpenAPI document is "Gavel"; seen: {_value(info, "title")}'
    )
    assert info["version"] == "1.0.0", (
        f'the version in the OpenAPI document is "1.0.0"; seen: {_value(info, "version")}'
    )


@requirement(
    exercise=4,
    hints=(
        "Where did the description of `/lots/highest` come from, in the chapter's probe?",
        "Exercise 4: the first line inside each function of app/main.py.",
        'async def check_health() -> dict[str, str]:\n    """____"""',
    ),
)
def test_every_operation_has_a_description(service: Service) -> None:
    """Both operations, `GET /` and `GET /health`, have a description in the OpenAPI document."""
    with service.client() as client:
        paths = client.get("/openapi.json").json()["paths"]
    listed = [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]
    for path in ("/", "/health"):
        assert f"GET {path}" in listed, (
            f"GET {path} is in the OpenAPI document; seen: {', '.join(listed) or 'no operation'}"
        )
        described = paths[path]["get"].get("description", "")
        assert described.strip(), (
            f"GET {path} has a description in the OpenAPI document; "
            f"seen: {'an empty one' if described else 'no description'}"
        )


@requirement(given=True)
def test_an_unknown_path_is_not_found(service: Service) -> None:
    """A path that no path operation has responds with 404, in JSON."""
    with service.client() as client:
        response = client.get("/no/such/room")
    status = response.status_code
    assert status == 404, f"GET of a path that no path operation has responds with 404; seen: {status}"
    kind = response.headers["content-type"]
    assert "json" in kind, f"the Content-Type of the 404 is JSON; seen: {kind}"


@requirement(given=True)
def test_the_documentation_has_the_path_docs(service: Service) -> None:
    """`GET /docs` returns the interactive documentation."""
    with service.client() as client:
        response = client.get("/docs")
    status = response.status_code
    assert status == 200, f"GET /docs responds with 200; seen: {status}"
    kind = response.headers["content-type"]
    assert "text/html" in kind, f"the Content-Type of /docs is text/html; seen: {kind}"


def _value(body: dict[str, object], name: str) -> str:
    """What a field of a JSON object contains, in words."""
    if name in body:
        return json.dumps(body[name])
    return f'no "{name}", but {", ".join(map(json.dumps, body))}' if body else "an empty object"
