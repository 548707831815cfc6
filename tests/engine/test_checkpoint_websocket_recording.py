"""A WebSocket's conversation stands in the report as one exchange."""

import asyncio

import pytest
from fastapi import FastAPI, HTTPException, WebSocket
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from course.engine.checkpoint import websocket_recording
from course.engine.checkpoint.recording import Exchanges, RecordingClient

app = FastAPI()


@app.websocket("/live")
async def live(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json({"type": "state", "token": "abc"})
    for _ in range(int(await socket.receive_text())):
        await socket.send_text("x" * 1000)
    await socket.close(1008, "enough")


@app.websocket("/closed")
async def closed(socket: WebSocket) -> None:
    raise HTTPException(403, "not tonight")


@pytest.fixture
def exchanges() -> Exchanges:
    return Exchanges()


@pytest.fixture
def client(exchanges: Exchanges) -> RecordingClient:
    return RecordingClient(app, exchanges)


def test_messages_stand_in_their_order_with_who_sent_them(
    client: RecordingClient, exchanges: Exchanges
) -> None:
    with client.websocket_connect("/live?ticket=abc", headers={"Origin": "http://gavel"}) as socket:
        assert socket.receive_json()["type"] == "state"
        socket.send_text("0")
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()
    (exchange,) = exchanges
    assert (exchange.method, exchange.path, exchange.status) == ("WEBSOCKET", '/live?ticket="•••"', 101)
    assert exchange.sent == "Origin: http://gavel"
    assert exchange.answer.split("\n") == [
        '← {"type": "state", "token": "•••"}',
        "→ 0",
        "← closed, 1008 (enough)",
        "→ closed, 1000",
    ]


def test_a_socket_that_is_denied_has_the_status_of_its_denial(
    client: RecordingClient, exchanges: Exchanges
) -> None:
    with pytest.raises(WebSocketDenialResponse), client.websocket_connect("/closed"):
        pass
    assert [each.status for each in exchanges] == [403]
    assert exchanges[0].answer == '← {"detail":"not tonight"}'


def test_a_long_conversation_and_a_long_message_are_shortened(
    client: RecordingClient, exchanges: Exchanges
) -> None:
    with client.websocket_connect("/live") as socket:
        socket.send_text("30")
        for _ in range(31):
            socket.receive_text()
    lines = exchanges[0].answer.split("\n")
    assert len(lines) == 20
    assert lines[0].endswith("… (1000 characters)")
    assert len(lines[0]) < 400


@app.websocket("/silent")
async def silent(socket: WebSocket) -> None:
    await socket.accept()
    await asyncio.Event().wait()


def test_a_service_that_says_nothing_fails_the_test_and_holds_nobody(
    client: RecordingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_recording, "PATIENCE", 0.01)
    with (
        client.websocket_connect("/silent") as socket,
        pytest.raises(AssertionError, match="sends another message"),
    ):
        socket.receive_text()


def test_a_service_comes_to_its_own_end_when_the_test_leaves(client: RecordingClient) -> None:
    with client.websocket_connect("/tidy"):
        pass
    assert tidied == ["left", "tidied"]


tidied: list[str] = []


@app.websocket("/tidy")
async def tidy(socket: WebSocket) -> None:
    await socket.accept()
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(socket.receive_text())
            tasks.create_task(asyncio.Event().wait())
    except* WebSocketDisconnect:
        tidied.append("left")
    await asyncio.sleep(0)
    tidied.append("tidied")
