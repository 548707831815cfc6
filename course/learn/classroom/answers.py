"""`%join`, `%leave` and `%ask`, and the same words in a terminal: what they do, and what they answer."""

import json
from dataclasses import replace
from typing import Any

from course.engine import storage
from course.engine.chapters import Chapter
from course.errors import CourseError
from course.learn import display
from course.learn.classroom import membership, outbox, payloads, sending
from course.learn.classroom.membership import Membership
from course.learn.classroom.wire import Board, Refused, Unreachable
from course.learn.display import Shown

HOW = "Type `%join URL CODE as YOUR-NAME`, with the address and the code that your teacher shows."
AFTER_EACH = "After each check this is sent, and nothing else; here is an example:"
NEVER_CODE = (
    "Your code stays here, unless you type `%ask` and a question, read what would be sent, and type "
    "`%ask send`."
)
LEAVING = "`%leave` ends it, and deletes what the board has of you."
PATIENCE = 3.0


def join(line: str) -> Shown:
    """Join a room, or say where one is. Nothing is sent before a name is given."""
    words, separator, name = f" {line.strip()} ".partition(" as ")
    url, _, code = words.strip().partition(" ")
    joined = membership.load()
    if not url:
        return where(joined)
    url, code, name = address(url), code.strip(), name.strip()
    if joined is not None and joined.url != url:
        raise CourseError(
            f"You are in the room “{joined.room}” at {joined.url}, as {joined.name}.",
            "Type `%leave` first, then join the other.",
        )
    if not code or not separator or not name or " " in code:
        return display.note(
            "Nothing has been sent yet, and you have not joined. " + HOW,
            f"{AFTER_EACH}\n{pretty(payloads.EXAMPLE)}",
            NEVER_CODE,
            accent="ask",
        )
    try:
        with Board(url, joined.token if joined else "") as board:
            answer = board.join(code, name)
    except Unreachable as error:
        raise CourseError(
            f"There is no board at {url} that can be reached ({error}).",
            "Look whether the address is the one on the wall, and whether you are in the same network.",
        ) from None
    except Refused as refused:
        raise CourseError(_why(refused, name), _remedy(refused, url, code)) from None
    token = answer.get("token") or (joined.token if joined else "")
    member = Membership(url, str(answer["room"]), str(answer["name"]), str(token))
    membership.save(member)
    outbox.tell(sending.SENT)
    if outbox.waiting():
        sending.SENDER.begin()
    return display.note(
        f"You have joined the room “{member.room}” at {url}, as {member.name}.",
        f"{AFTER_EACH}\n{pretty(payloads.EXAMPLE)}",
        NEVER_CODE,
        LEAVING,
        accent="good",
    )


def where(joined: Membership | None) -> Shown:
    """Where the learner has joined, and how much waits to be sent."""
    if joined is None:
        return display.note("You have not joined a room, and nothing is sent. " + HOW)
    if joined.leaving:
        return display.note(
            f"You have left the room “{joined.room}”, and nothing is sent. The board at {joined.url} could "
            "not be told yet: `%leave` tells it."
        )
    count = len(outbox.waiting())
    if count:
        sending.SENDER.begin()
    waits = {0: "Everything is sent.", 1: "One message waits to be sent."}
    return display.note(
        f"You are in the room “{joined.room}” at {joined.url}, as {joined.name}.",
        waits.get(count, f"{count} messages wait to be sent."),
        LEAVING,
    )


def leave() -> Shown:
    """Leave the room. The board deletes what it has; on this machine all of it is deleted."""
    joined = membership.load()
    if joined is None:
        membership.forget()
        return display.note("You have not joined a room, and nothing is sent.")
    membership.save(replace(joined, leaving=True))
    outbox.clear()
    try:
        with Board(joined.url, joined.token) as board:
            board.leave()
    except Refused as refused:
        if refused.status != 401:  # who is not known there has left it
            return _left_alone(joined)
    except Unreachable:
        return _left_alone(joined)
    membership.forget()
    return display.note(
        f"You have left the room “{joined.room}”. The board has deleted what it had of you, and nothing more "
        "is sent."
    )


def _left_alone(joined: Membership) -> Shown:
    return display.note(
        f"Nothing more is sent. The board at {joined.url} cannot be reached now, so it still shows what it "
        "had of you.",
        "`%leave` again, when it can be reached, deletes that.",
        accent="ask",
    )


def ask(words: str, chapter: Chapter | None) -> Shown:
    """Ask for help: first show what would be sent, then, at `send`, send that and nothing else."""
    joined = membership.load()
    if joined is None or joined.leaving:
        raise CourseError("You have not joined a room, so there is no board to ask.", HOW)
    pending = membership.folder() / "ask.json"
    if words.strip() in {"send", "send without code"}:
        if not pending.exists():
            raise CourseError("There is no question to send.", "Type `%ask` and your question first.")
        body = json.loads(pending.read_text(encoding="utf-8"))
        if words.strip() != "send":
            body["code"] = []
        return _sent(joined, pending, body)
    if not words.strip() or chapter is None:
        raise CourseError(
            "`%ask` takes your question.",
            "Type `%ask why is this 422`, for example, in a chapter's notebook.",
        )
    body = payloads.question(chapter, words.strip())
    storage.write_text(pending, json.dumps(body, ensure_ascii=False))
    return _preview(joined, body)


def _sent(joined: Membership, pending: Any, body: dict[str, Any]) -> Shown:
    outbox.put("help", body)
    pending.unlink(missing_ok=True)
    sending.SENDER.begin()
    state = sending.SENDER.wait(PATIENCE)
    outbox.tell(state)
    if state == sending.SENT and not outbox.waiting():
        return display.note(f"Your question is on the board of “{joined.room}”.", accent="good")
    return display.note(sending.LINES.get(state, "Your question is kept, and is being sent."), accent="ask")


def _preview(joined: Membership, body: dict[str, Any]) -> Shown:
    rest = {**body, "code": [f"{each['path']}, {len(each['text'])} characters" for each in body["code"]]}
    listed = "".join(
        display.folded(f"{each['path']}, as it would be sent", display.code(each["text"], each["path"]))
        for each in body["code"]
    )
    sentences = [
        f"Nothing has been sent yet. This would go to the board of “{joined.room}”, under your name there, "
        f"{joined.name}:\n{pretty(rest)}",
        "`%ask send` sends it, with the code. `%ask send without code` sends the question alone. "
        "Another `%ask` takes its place.",
    ]
    note = display.note(*sentences, accent="ask")
    code = "\n\n".join(f"--- {each['path']}\n{each['text']}" for each in body["code"])
    return Shown(
        f"{note.text}\n\n{code}".strip(), note.html + display.boxed(listed, "ask") if listed else note.html
    )


def address(url: str) -> str:
    """A board's address without a slash at its end. Raises CourseError for what is no address."""
    from httpx import URL, InvalidURL

    wanted = url if "://" in url else f"http://{url}"
    try:
        parsed = URL(wanted)
    except InvalidURL:
        parsed = URL("")
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise CourseError(f"{url} is not the address of a board.", HOW)
    port = f":{parsed.port}" if parsed.port else ""
    host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
    return f"{parsed.scheme}://{host}{port}{parsed.path.rstrip('/')}"


def pretty(body: dict[str, Any]) -> str:
    """A message as it is sent, for people."""
    return json.dumps(body, indent=2, ensure_ascii=False)


def _why(refused: Refused, name: str) -> str:
    if refused.kind == "invalid-request":
        faults = refused.facts.get("errors") or [{}]
        words = str(faults[0].get("msg", "")).removeprefix("Value error, ")
        return f"The board does not take the name {name!r}: {words}."
    return refused.detail or "The board said no."


def _remedy(refused: Refused, url: str, code: str) -> str:
    match refused.kind:
        case "name-taken":
            return f"Type `%join {url} {code} as {refused.facts.get('suggestion', 'ANOTHER-NAME')}`."
        case "wrong-code":
            return "Look whether the code is the one on the wall."
        case "invalid-request":
            return "Choose a name of 1 to 40 letters."
        case "too-many":
            return "Then try once more."
        case _:
            return "Ask your teacher."
