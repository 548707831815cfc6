"""What Gavel writes down: one JSON object a line, each with the id of the request that it belongs to."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being answered; None outside of one."""


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON. What stands in `extra={"facts": {...}}` becomes fields of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, in ASCII: `json.dumps` escapes line breaks, and characters that act on a terminal."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class ToStderr(logging.Handler):
    """Writes to whatever is the standard error at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line. A line that cannot be written must not hurt the request."""
        try:
            sys.stderr.write(f"{self.format(record)}\n")
        except Exception:
            self.handleError(record)


def configure(level: str) -> None:
    """Send what Gavel logs, from `level` on, to the standard error. Again: only the level changes."""
    handler = ToStderr()
    handler.setFormatter(JsonFormatter())
    house = logging.getLogger("gavel")
    house.handlers = [handler]
    house.propagate = False
    house.setLevel(level)
    logging.getLogger("uvicorn.access").setLevel("WARNING")
