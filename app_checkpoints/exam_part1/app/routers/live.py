"""The WebSocket of a tool: its reservations, and each change."""

from contextlib import suppress

from anyio import create_task_group, move_on_after
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from ..channels import Channels, Watcher
from ..dependencies import PathId
from ..repositories.reservations import ReservationRepository
from ..repositories.tools import ToolRepository
from ..schemas.reservations import Days

router = APIRouter(tags=["live"])
TRY_AGAIN_LATER = 1013


async def read_state(socket: WebSocket, tool_id: int) -> dict[str, object] | None:
    """The message with the reserved days of a tool, or None if the tool does not exist."""
    sessions: async_sessionmaker[AsyncSession] = socket.state.sessions
    async with sessions() as session:
        if await ToolRepository(session).find(tool_id) is None:
            return None
        reserved = await ReservationRepository(session).list_for_tool(tool_id)
    days = [Days.model_validate(each, from_attributes=True).model_dump(mode="json") for each in reserved]
    return {"type": "state", "reservations": days}


async def send_messages(socket: WebSocket, watcher: Watcher) -> None:
    """Send the waiting messages until the connection ends."""
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.send_json(await watcher.messages.get())


async def wait_for_disconnect(socket: WebSocket) -> None:
    """Wait until the client disconnects. Ignore its messages."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


@router.websocket("/tools/{tool_id}/live")
async def watch_tool(socket: WebSocket, tool_id: PathId) -> None:
    """Watch a tool. Subscribe before the state is loaded, so that no message is missing."""
    channels: Channels = socket.state.channels
    with channels.subscribe(tool_id) as watcher, suppress(WebSocketDisconnect):
        state = await read_state(socket, tool_id)
        if state is None:
            await socket.close(1008, "There is no such tool.")
            return
        await socket.accept()
        with watcher.cancel_scope:
            await socket.send_json(state)
            async with create_task_group() as tasks:
                tasks.start_soon(send_messages, socket, watcher)
                await wait_for_disconnect(socket)
                tasks.cancel_scope.cancel()
        if watcher.cancel_scope.cancelled_caught:
            with suppress(RuntimeError), move_on_after(1):
                await socket.close(TRY_AGAIN_LATER, "Too many messages wait for this watcher.")
