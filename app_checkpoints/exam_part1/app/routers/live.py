"""Watch a tool: its reservations as they stand, and each change."""

from contextlib import suppress

from anyio import create_task_group, move_on_after
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from ..dependencies import Number
from ..live import Live, Watcher
from ..repositories.reservations import ReservationRepository
from ..repositories.tools import ToolRepository
from ..schemas.reservations import Days

router = APIRouter(tags=["live"])
SLOW = 1013


async def state_of(socket: WebSocket, tool_id: int) -> dict[str, object] | None:
    """The days on which a tool is out, or None where there is no such tool. The session is soon closed."""
    sessions: async_sessionmaker[AsyncSession] = socket.state.sessions
    async with sessions() as session:
        if await ToolRepository(session).find(tool_id) is None:
            return None
        standing = await ReservationRepository(session).of_tool(tool_id)
    days = [Days.model_validate(each, from_attributes=True).model_dump(mode="json") for each in standing]
    return {"type": "state", "reservations": days}


async def send_all(socket: WebSocket, watcher: Watcher) -> None:
    """Send what waits, for as long as the other side takes it."""
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.send_json(await watcher.messages.get())


async def until_gone(socket: WebSocket) -> None:
    """Wait for the other side to leave; what it says meanwhile is of no interest."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


@router.websocket("/tools/{tool_id}/live")
async def watch(socket: WebSocket, tool_id: Number) -> None:
    """Join first and look then: so nothing is missed in between."""
    live: Live = socket.state.live
    with live.watching(tool_id) as watcher, suppress(WebSocketDisconnect):
        state = await state_of(socket, tool_id)
        if state is None:
            await socket.close(1008, "There is no such tool.")
            return
        await socket.accept()
        with watcher.scope:
            await socket.send_json(state)
            async with create_task_group() as tasks:
                tasks.start_soon(send_all, socket, watcher)
                await until_gone(socket)
                tasks.cancel_scope.cancel()
        if watcher.scope.cancelled_caught:
            with suppress(RuntimeError), move_on_after(1):
                await socket.close(SLOW, "You are too far behind.")
