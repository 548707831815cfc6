"""Requests as ASGI has them, for what no client would send and no client can see."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

import anyio

from course.engine.checkpoint.recording import RecordingClient

Message = MutableMapping[str, Any]
Headers = Iterable[tuple[bytes, bytes]]


@dataclass
class Answer:
    """What came back, and how much of the body was asked for."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    taken: int


def call(client: RecordingClient, work: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
    """Run an async function on the loop of the client's app, which must be open."""
    assert client.portal is not None
    return client.portal.call(work, *arguments)


def scope(client: RecordingClient, /, kind: str, path: str, headers: Headers, **more: Any) -> Message:
    """The scope of a request from this client's app; `more` goes over what stands in it."""
    path, _, query = path.partition("?")
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"testserver"), *headers],
        "client": ("testclient", 50000),
        "server": ("testserver", 80),
        "state": dict(client.app_state),
        "extensions": {},
        **more,
    }


async def ask(
    client: RecordingClient,
    /,
    method: str,
    path: str,
    headers: Headers = (),
    body: Iterable[bytes] = (),
    **more: Any,
) -> Answer:
    """One request, its body in as many messages as there are pieces; a piece counts when it is asked for."""
    answer = Answer(0, [], b"", 0)
    pieces = iter([*body, b""])

    async def receive() -> Message:
        piece = next(pieces, None)
        if piece is None:
            await anyio.sleep_forever()
        assert piece is not None
        answer.taken += len(piece)
        return {"type": "http.request", "body": piece, "more_body": bool(piece)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], list(message["headers"])
        else:
            answer.body += message.get("body", b"")

    await client.app(scope(client, "http", path, headers, method=method, **more), receive, send)
    return answer


async def together(*work: Callable[[], Awaitable[Any]]) -> list[Any]:
    """Do all of it at one time; what came of each, in order."""
    came: dict[int, Any] = {}

    async def note(number: int, each: Callable[[], Awaitable[Any]]) -> None:
        came[number] = await each()

    async with anyio.create_task_group() as group:
        for number, each in enumerate(work):
            group.start_soon(note, number, each)
    return [came[number] for number in range(len(work))]
