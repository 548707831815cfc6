"""The client of a checkpoint remembers what was sent and what came back, and shows no secret."""

import pytest
from fastapi import FastAPI, Header, Response, UploadFile
from fastapi.responses import StreamingResponse

from course.engine.checkpoint.recording import Exchanges, LeftTheService, RecordingClient, masked
from course.engine.report import Exchange


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()

    @app.post("/lots", status_code=201)
    def create(lot: dict[str, str], response: Response) -> dict[str, str]:
        response.headers["location"] = "/lots/7"
        return lot

    @app.get("/lots")
    def lots(page: int = 1, if_none_match: str = Header("")) -> list[int]:
        return [page]

    @app.put("/photo")
    def photo(photo: UploadFile) -> Response:
        return Response(b"\x89PNG\0\0", media_type="image/png")

    @app.get("/stream")
    def stream() -> StreamingResponse:
        return StreamingResponse(iter(["one", "two"]))

    @app.get("/leave")
    def leave() -> None:
        raise SystemExit(2)

    @app.get("/broken")
    def broken() -> None:
        raise KeyError("title")

    return app


@pytest.fixture
def exchanges() -> Exchanges:
    return Exchanges()


@pytest.fixture
def client(app: FastAPI, exchanges: Exchanges) -> RecordingClient:
    return RecordingClient(app, exchanges)


def test_an_exchange_has_method_path_body_status_answer(
    client: RecordingClient, exchanges: Exchanges
) -> None:
    client.post("/lots", json={"title": "Globe", "house": "Möller"})
    sent = '{"title": "Globe", "house": "Möller"}'
    assert list(exchanges) == [Exchange("POST", "/lots", sent, 201, f"Location: /lots/7\n{sent}")]


def test_the_query_and_unusual_headers_are_part_of_what_was_sent(
    client: RecordingClient, exchanges: Exchanges
) -> None:
    client.get("/lots", params={"page": 2}, headers={"If-None-Match": '"abc"'})
    assert exchanges[0].path == "/lots?page=2"
    assert exchanges[0].sent == 'If-None-Match: "abc"'


def test_bytes_are_named_by_type_and_size(client: RecordingClient, exchanges: Exchanges) -> None:
    client.put("/photo", files={"photo": ("a.png", b"\x89PNG\0", "image/png")})
    assert exchanges[0].sent.startswith("(multipart/form-data, ")
    assert exchanges[0].answer == "(image/png, 6 bytes)"


def test_a_long_answer_is_shortened(client: RecordingClient, exchanges: Exchanges) -> None:
    client.post("/lots", json={"title": "x" * 5000})
    assert len(exchanges[0].sent) < 1000
    assert exchanges[0].sent.endswith("… (5013 characters)")


def test_an_exception_in_the_service_leaves_an_exchange_without_an_answer(
    client: RecordingClient, exchanges: Exchanges
) -> None:
    with pytest.raises(KeyError):
        client.get("/broken")
    assert list(exchanges) == [Exchange("GET", "/broken")]


def test_sys_exit_in_a_handler_is_an_exception_and_not_the_end(client: RecordingClient) -> None:
    with pytest.raises(LeftTheService, match="SystemExit: 2"):
        client.get("/leave")
    assert client.get("/lots").status_code == 200


def test_a_streamed_answer_is_recorded_too(client: RecordingClient, exchanges: Exchanges) -> None:
    with client.stream("GET", "/stream") as response:
        assert response.read() == b"onetwo"
    client.get("/stream")
    assert [exchange.answer for exchange in exchanges] == ["(a stream)", "onetwo"]


def test_the_app_of_the_client_can_be_asked_as_ever(client: RecordingClient) -> None:
    assert client.app.openapi()["info"]["title"] == "FastAPI"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "kept", "hidden"),
    [
        ('{"email": "a@example.com", "password": "gh\\"st"}', "a@example.com", "gh"),
        ('{"access_token": "abc.def"}', "access_token", "abc.def"),
        ("username=ann&password=ghost&scope=x", "ann", "ghost"),
        ('{"reserve_price": "25.00"}', "25.00", "•••"),
    ],
)
def test_secrets_are_masked_and_nothing_else_is(text: str, kept: str, hidden: str) -> None:
    assert kept in masked(text)
    assert hidden not in masked(text)


def test_credentials_in_headers_are_masked(client: RecordingClient, exchanges: Exchanges) -> None:
    client.get("/lots", headers={"Authorization": "Bearer abc", "Cookie": "session=1"})
    assert exchanges[0].sent == "Authorization: Bearer •••\nCookie: •••"
