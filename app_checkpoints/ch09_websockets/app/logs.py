"""Structured logs: one JSON object per line, each with the ID of the request that it belongs to."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The ID of the current request; None outside a request."""


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON. The entries of `extra={"fields": {...}}` become fields of it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, in ASCII: `json.dumps` escapes line breaks, and characters that act on a terminal."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class StderrHandler(logging.Handler):
    """Writes to the standard error stream of the moment, which a test may replace."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line. A line that cannot be written must not fail the request."""
        try:
            sys.stderr.write(f"{self.format(record)}\n")
        except Exception:
            self.handleError(record)


def configure_logging(level: str) -> None:
    """Send Gavel's log records from `level` on to standard error. A second call only changes the level."""
    handler = StderrHandler()
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("gavel")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(level)
    logging.getLogger("uvicorn.access").setLevel("WARNING")
