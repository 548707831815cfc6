"""How a start-up that cannot succeed is told: in words, for whoever sits before the terminal."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .database import OldDatabase


class PlainStartup:
    """Takes the traceback off an OldDatabase, which Starlette sends to the server when the start-up fails."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def tell(message: Message) -> None:
            _, name, words = str(message.get("message", "")).rpartition(f"{OldDatabase.__name__}: ")
            await send({**message, "message": words} if name else message)

        await self.app(scope, receive, tell if scope["type"] == "lifespan" else send)
