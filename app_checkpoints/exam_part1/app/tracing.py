"""The name of the request that is being served."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
