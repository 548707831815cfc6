"""A tracer provider that writes FastAPI's spans to a log: a dozen lines on OpenTelemetry's API.

No SDK, no exporter, no clock, and nothing that OTEL_* variables could switch off. What FastAPI does with a
provider is said in `fastapi.telemetry.TelemetryConfig`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from course.engine.pictures.request_log import Log

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider


def provider(log: Log) -> "TracerProvider":
    """A tracer provider whose spans write to the log when they begin and end, and do nothing else."""
    from fastapi.telemetry import get_telemetry_data
    from opentelemetry import trace

    kinds = {
        "fastapi.endpoint": ("endpoint", "runs"),
        "fastapi.serialization": ("response", "the return value becomes JSON"),
        "fastapi.background_task": ("background task", "runs"),
    }

    class Recorder(trace.Tracer):
        def start_span(self, name: str, *args: Any, **kwargs: Any) -> trace.Span:
            return trace.NonRecordingSpan(trace.INVALID_SPAN_CONTEXT)

        def start_as_current_span(self, name: str, *args: Any, **kwargs: Any) -> Any:
            return self.noted(name, kwargs.get("attributes"))

        @contextmanager
        def noted(self, name: str, attributes: Any) -> Iterator[trace.Span]:
            span = self.start_span(name)
            kind, what = kinds.get(name, ("", ""))
            if kind:
                who = str(attributes.get("code.function.name", "")).rpartition(".")[2] if attributes else ""
                with log.running(
                    kind, "" if kind == "response" else who.replace("<lambda>", "a lambda"), what
                ):
                    yield span
                return
            yield span
            seen = get_telemetry_data()
            if name == "fastapi.dependencies" and seen is not None and seen.errors:
                places = ", ".join(" ".join(str(part) for part in error["loc"]) for error in seen.errors)
                log.add("validation", "", f"refuses the request ({places}); the endpoint does not run")

    class Provider(trace.TracerProvider):
        def get_tracer(self, *args: Any, **kwargs: Any) -> trace.Tracer:
            return Recorder()

    return Provider()
