"""The board as the learner's machine speaks to it."""

from types import TracebackType
from typing import Any, Self

import httpx

SECONDS = httpx.Timeout(5.0, connect=2.0)
KINDS = "board:"


class Unreachable(Exception):
    """Nothing answers there, or something that is no board, or a board that is not well."""


class Refused(Exception):
    """The board said no. `kind` names why, as in `name-taken`; `wait` are seconds, where it asked to wait."""

    def __init__(self, status: int, kind: str, detail: str, facts: dict[str, Any], wait: int = 0) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail, self.facts, self.wait = status, kind, detail, facts, wait


class Board:
    """One connection to a board. `token` is the member's own."""

    def __init__(self, url: str, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(base_url=f"{url}/api/v1/", headers=headers, timeout=SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def join(self, code: str, name: str) -> dict[str, Any]:
        """Join, or be recognised by the token. Raises Unreachable or Refused."""
        return self._ask("POST", "members", {"code": code, "name": name})

    def leave(self) -> None:
        """Leave; the board deletes what it has. Raises Unreachable or Refused."""
        self._ask("DELETE", "members/me")

    def me(self) -> dict[str, Any]:
        """Who the board takes us for. Raises Unreachable or Refused."""
        return self._ask("GET", "members/me")

    def send(self, kind: str, body: dict[str, Any]) -> None:
        """Send one message. Raises Unreachable or Refused."""
        self._ask("POST", kind, body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = self._client.request(method, path, json=body)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise Unreachable(str(error) or type(error).__name__) from None
        if answer.status_code == 204:
            return {}
        try:
            data = answer.json()
        except ValueError:
            data = None
        if not isinstance(data, dict) or answer.status_code >= 500:
            raise Unreachable("What answers there is no board, or it is not well.")
        if answer.is_success:
            return data
        kind = str(data.get("type", ""))
        if answer.status_code < 400 or (KINDS not in kind and answer.status_code != 413):
            raise Unreachable("What answers there is no board.")
        seconds = answer.headers.get("Retry-After", "")
        raise Refused(
            answer.status_code,
            kind.rpartition(KINDS)[2],
            str(data.get("detail") or data.get("title") or ""),
            data,
            int(seconds) if seconds.isdecimal() else 0,
        )
