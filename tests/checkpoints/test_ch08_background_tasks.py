"""What Gavel does from chapter 8 on: it answers first, and then writes to those whom a bid concerns."""

import asyncio
import logging
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses
from typing import Any
from unittest.mock import patch

from aiosmtpd.controller import Controller
from sqlalchemy import event

from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
SENDER = "Gavel <letters@example.com>"
HOUSE = "https://gavel.example.com"


@requirement(given=True)
def test_without_a_post_office_letters_go_into_the_log(service: Service) -> None:
    """Where no `smtp_host` is set, a letter is written into the log, and nobody is mailed."""
    mailer = service.module("mail").mailer_for(service.settings())
    with _log(logging.LogRecord.getMessage) as lines:
        service.run(mailer.send, _letter("A snuffbox"))
    assert "A snuffbox" in " ".join(lines), "the letter stands in the log"


@requirement(
    exercise=1,
    hints=(
        "Which of the answers of a post office will be another one tomorrow, and which will not?",
        "Exercise 1: `SmtpMailer.send` in app/mail.py. What may aiosmtplib raise? What does `is_final` say?",
        "try:\n    await aiosmtplib.send(mail, hostname=self.____, port=self.____, timeout=self.____, ...)\n"
        "except (aiosmtplib.SMTPException, ____) as error:\n"
        "    raise (____ if is_final(error) else ____)(str(error)) from error",
    ),
)
def test_not_now_and_never_are_told_apart(service: Service) -> None:
    """A refusal for good raises `Undeliverable`; a busy, closed, silent or broken post office `TryAgain`."""
    outcomes = []
    with _office() as office:
        for office.answer in ("250 We have it.", "550 No such person.", "451 We are busy."):
            outcomes.append(_outcome(service, smtp_port=office.port))
        office.recipients = "550 No such person."
        outcomes.append(_outcome(service, smtp_port=office.port))
        office.recipients, secret = "", {"smtp_username": "gavel", "smtp_password": "correct horse"}
        guarded = _outcome(service, smtp_port=office.port, **secret)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        outcomes.append(_outcome(service, smtp_port=port, smtp_timeout=0.05))
    outcomes.append(_outcome(service, smtp_port=port))
    taken, refused, busy, unknown, silence, closed = outcomes
    assert taken == "taken", "a letter that the post office takes raises nothing"
    assert refused == "Undeliverable", (
        f"550 after the letter is a refusal for good: Undeliverable, not {refused}"
    )
    assert busy == "TryAgain", f"451 is not a refusal for good: TryAgain, not {busy}"
    assert unknown == "Undeliverable", (
        f"550 for the recipient is a refusal for good: Undeliverable, not {unknown}"
    )
    assert silence == "TryAgain", "a post office that is silent for smtp_timeout seconds: TryAgain"
    assert closed == "TryAgain", "a port where nobody listens: TryAgain"
    assert guarded != "taken", "where there is a password and the line cannot be locked, nothing is sent"


@requirement(
    exercise=1,
    hints=(
        "Whose work does the event loop do while your mailer waits for the post office?",
        "Exercise 1: `SmtpMailer.send`. Is every wait in it an `await`?",
        "await aiosmtplib.____(mail, ...)",
    ),
)
def test_a_slow_post_office_holds_up_nobody(service: Service) -> None:
    """While the post office takes its time over a letter, the service can do other things."""

    async def meanwhile(mailer: Any, office: _Office) -> bool:
        sending = asyncio.create_task(mailer.send(_letter("A snuffbox")))
        waiting = asyncio.create_task(asyncio.to_thread(office.reached.wait))
        await asyncio.wait({sending, waiting}, return_when=asyncio.FIRST_COMPLETED)
        free = not office.gave_up
        office.gate.set()
        office.reached.set()
        await asyncio.gather(sending, waiting)
        return free

    with _office(dawdles=True) as office:
        mailer = _mailer(service, smtp_port=office.port)
        free = service.run(meanwhile, mailer, office)
    assert free, "the event loop goes round while the mailer waits for an answer"


@requirement(
    exercise=4,
    hints=(
        "Who calls a task, and when? What must the handler have said by then?",
        "Exercise 4: `place_bid` in app/routers/bids.py asks for a mailroom and for `BackgroundTasks`.",
        "for notice in (notices.____, notices.____):\n    tasks.____(notices.quietly, notice, room, ____)",
    ),
)
def test_whoever_bids_has_it_in_writing(service: Service) -> None:
    """The bidder alone gets a receipt: the lot in its subject, the amount and a link in its body."""
    with _house(service, mail_from=SENDER, public_url=HOUSE) as (client, bag):
        lot = _put_up(client, title="A snuffbox, silver & gilt")
        _bid(client, lot, "31.50", service.login(client, "ada"))
    assert [_to(mail) for mail in bag.mails] == [["ada@example.com"]], (
        f"one letter, to the bidder; {_sent(bag)}"
    )
    mail = bag.mails[0]
    assert getaddresses([str(mail["From"])]) == [("Gavel", "letters@example.com")], (
        "it is sent by what the setting `mail_from` says"
    )
    assert "A snuffbox, silver & gilt" in mail["Subject"], "the subject names the lot, as it is spelled"
    assert "31.50" in _body(mail), "the body says what was bid"
    assert f"{HOUSE}{lot}" in _body(mail).split(), "the link begins with `public_url`, whatever Host was sent"


@requirement(
    exercise=2,
    hints=(
        "Of all bids on a lot, which one led before this one?",
        "Exercise 2: `outbid` in app/services/notices.py. `beaten_by` gives the bid, `about` the letter.",
        'beaten = await bids.____(bid)\n...\nawait deliver(room, about("outbid", bid, beaten.____, room))',
    ),
)
def test_whoever_led_is_told_once(service: Service) -> None:
    """Whoever led before a bid is told of the new price, once; nobody is told of having outbid themselves."""
    with _house(service, public_url=HOUSE) as (client, bag):
        lot, other = _put_up(client, title="A snuffbox"), _put_up(client, title="A lamp")
        ada, bob, eve = (service.login(client, name) for name in ("ada", "bob", "eve"))
        _bid(client, other, "90.00", eve)
        _bid(client, lot, "30.00", ada)
        told = []
        for who, amount, name in ((bob, "35.00", "bob"), (eve, "40.00", "eve"), (eve, "45.00", "eve")):
            before = len(bag.mails)
            _bid(client, lot, amount, who)
            told.append([mail for mail in bag.mails[before:] if _to(mail) != [f"{name}@example.com"]])
    assert len(bag.mails) >= 5, f"each of the five bids has its receipt; {_sent(bag)}"
    first, second, third = ([_to(mail) for mail in mails] for mails in told)
    assert first == [["ada@example.com"]], f"Bob outbids Ada, and Ada is told; {_sent(bag)}"
    assert second == [["bob@example.com"]], f"Eve outbids Bob; Bob is told, and Ada not again; {_sent(bag)}"
    assert not third, f"Eve raises her own bid, and nobody is told; {_sent(bag)}"
    mail = told[0][0]
    assert "A snuffbox" in mail["Subject"], "the subject names the lot"
    assert "35.00" in _body(mail), "the body says the new price"
    assert f"{HOUSE}{lot}" in _body(mail), "the e-mail to the outbid bidder has a link to the lot"


@requirement(
    exercise=2,
    hints=(
        "What may anybody learn about a sealed lot before it closes?",
        "Exercise 2: `outbid` in app/services/notices.py. Which kind of lot has a leader?",
        'if bid.lot.____ == "ascending" and ...',
    ),
)
def test_nobody_leads_a_sealed_lot(service: Service) -> None:
    """On a sealed lot each bidder has a receipt, and nobody hears of anybody else's bid."""
    with _house(service) as (client, bag):
        lot = _put_up(client, kind="sealed")
        _bid(client, lot, "30.00", service.login(client, "ada"))
        _bid(client, lot, "35.00", service.login(client, "bob"))
    told = [_to(mail) for mail in bag.mails]
    assert ["bob@example.com"] in told, f"each envelope has its receipt; {_sent(bag)}"
    assert told == [["ada@example.com"], ["bob@example.com"]], (
        f"nobody hears of somebody else's envelope; {_sent(bag)}"
    )


@requirement(
    exercise=4,
    hints=(
        "What becomes of the list of tasks when a handler raises?",
        "Exercise 4: `place_bid`. The tasks are added to the `BackgroundTasks` that FastAPI hands over.",
        "async def place_bid(..., tasks: ____) -> BidRead:",
    ),
)
def test_a_bid_that_was_refused_writes_to_nobody(service: Service) -> None:
    """A bid that is too low, one's own, or nobody's sends no letter."""
    with _house(service) as (client, bag):
        lot = _put_up(client)
        ada, bob = service.login(client, "ada"), service.login(client, "bob")
        _bid(client, lot, "30.00", ada)
        assert len(bag.mails) == 1, "a bid that stands sends a receipt"
        statuses = [
            client.post(f"{lot}/bids", json={"amount": amount}, headers=headers).status_code
            for amount, headers in (
                ("30.50", bob),
                ("-1", bob),
                ("50.00", None),
                ("50.00", {"Authorization": ""}),
            )
        ]
    assert all(400 <= status < 500 for status in statuses), (
        "too low, below nothing, the seller's own, nobody's: each is refused"
    )
    assert len(bag.mails) == 1, "a refused bid sends no e-mail"


@requirement(
    exercise=4,
    hints=(
        "What does the bidder wait for, and what must be true before anybody reads a letter?",
        "Exercise 4: the letters are tasks, not part of the handler; a task has a session of its own.",
        "tasks.add_task(notices.quietly, notice, ____, bid.____)",
    ),
)
def test_the_letter_follows_the_commit_and_the_answer(service: Service) -> None:
    """First the bid is committed, then the bidder is answered, and then the letter goes."""
    diary: list[str] = []
    bag = _Bag(before=lambda: diary.append(f"letter, {_bids_in(service)} in the book"))
    app = _Noting(service.create_app(), diary)
    with _house(service, bag, app=app) as (client, _):
        lot = _put_up(client)
        ada = service.login(client, "ada")
        diary.clear()
        _bid(client, lot, "30.00", ada)
    assert any("letter" in line for line in diary), "a bid that stands sends a receipt"
    assert "letter, 1 in the book" in diary, "when the letter goes, the bid stands in the database, committed"
    assert diary == ["answer", "letter, 1 in the book"], "the answer is complete before the letter goes"


@requirement(
    exercise=4,
    hints=(
        "Whom would a letter tell a lie, if it were sent before the commit?",
        "Exercise 4: is anything sent in the handler itself, or in a session that is not committed yet?",
        "tasks.____(notices.quietly, notice, room, bid.id)",
    ),
)
def test_a_bid_whose_commit_failed_writes_to_nobody(service: Service) -> None:
    """When the commit of a bid fails, the answer says so, and no letter is sent."""
    with _house(service, raise_server_exceptions=False) as (client, bag):
        lot = _put_up(client)
        ada = service.login(client, "ada")
        with _failing_commits(client):
            answer = client.post(f"{lot}/bids", json={"amount": "30.00"}, headers=ada)
        assert answer.status_code >= 500, "the commit failed, so the answer is 500 or above"
        assert not bag.mails, "nobody is told of a bid that never was"
        _bid(client, lot, "30.00", ada)
    assert len(bag.mails) == 1, "the next bid stands, and has its receipt"


@requirement(
    exercise=2,
    hints=(
        "How many connections has the pool, and how long may a post office take?",
        "Exercise 2: `outbid`. Does the session end before `deliver` begins?",
        "async with room.____() as session:\n    ...  # all questions\nawait deliver(...)  # outside",
    ),
)
def test_no_connection_is_held_while_a_letter_travels(service: Service) -> None:
    """While a letter is on its way no database connection is out, and afterwards all are back."""
    out: set[object] = set()
    held: list[int] = []
    with _house(service, _Bag(before=lambda: held.append(len(out)))) as (client, _):
        lot = _put_up(client)
        ada, bob = service.login(client, "ada"), service.login(client, "bob")
        with _watching(client, out):
            _bid(client, lot, "30.00", ada)
            _bid(client, lot, "35.00", bob)
            assert len(held) == 3, "two receipts, and a letter to Ada that she was outbid"
            assert held == [0, 0, 0], "at none of the three letters is a connection out of the pool"
            assert not out, "afterwards every connection is back"


@requirement(
    exercise=3,
    hints=(
        "The first of two tasks raises. Who still hears of the second, and who of the first?",
        "Exercise 3: `quietly` in app/services/notices.py; exercise 4 puts it around each task.",
        "try:\n    await task(*args, **kwargs)\nexcept ____:\n    log.____(...)",
    ),
)
def test_a_letter_that_fails_hurts_nobody(service: Service) -> None:
    """A task that raises is logged once, with its request's id; the answer and the next task go on."""
    request_id = service.module("logs").request_id
    with _house(service) as (client, bag):
        lot = _put_up(client)
        ada, bob = service.login(client, "ada"), service.login(client, "bob")
        _bid(client, lot, "30.00", ada)
        bag.never_for = "bob@example.com"
        with _log(lambda record: (record, request_id.get())) as noted:
            _bid(client, lot, "35.00", {**bob, "X-Request-ID": "bid-of-bob"})
    assert [_to(mail) for mail in bag.mails[1:]] == [["ada@example.com"]], (
        f"Bob's receipt failed, and Ada is told all the same that she was outbid; {_sent(bag)}"
    )
    errors = [(record, found) for record, found in noted if record.levelno >= logging.ERROR]
    assert len(errors) == 1, "what failed is logged once, as an error"
    record, found = errors[0]
    assert "the ink is out" in str((record.exc_info or [None, None])[1]), (
        "the log record has the traceback of the exception"
    )
    assert found == "bid-of-bob", "and where the id of the request that it followed is known"


@requirement(
    exercise=5,
    hints=(
        "If a post office is busy, when is the worst moment to ask again?",
        "Exercise 5: `deliver` in app/services/notices.py, `PAUSES` and `room.sleep`.",
        "for pause in PAUSES:\n    try:\n        return await room.mailer.send(mail)\n"
        "    except ____:\n        await room.____(pause)\nreturn await ____",
    ),
)
def test_not_now_is_tried_again_later(service: Service) -> None:
    """After `TryAgain` the same letter is tried again, each time after a longer pause."""
    with _house(service) as (client, bag):
        lot = _put_up(client)
        ada = service.login(client, "ada")
        bag.problems = [service.module("mail").TryAgain("busy") for _ in range(2)]
        _bid(client, lot, "30.00", ada)
    assert len(bag.mails) == 1, "refused twice, taken at the third try: one letter has arrived"
    assert len(bag.tries) == 3, "the e-mail was tried three times"
    assert len(bag.pauses) == 2, "with a pause, as the mailroom waits, before each new try"
    assert 0 < bag.pauses[0] < bag.pauses[1], "the second pause is longer than the first"
    assert bag.tries[0], "the letter has a Message-ID"
    assert len(set(bag.tries)) == 1, "all three tries have the same Message-ID"


@requirement(
    exercise=5,
    hints=(
        "Which of the two is a letter to somebody who does not exist: not now, or never?",
        "Exercise 5: `deliver`. Which exception is caught, and what happens after the last pause?",
        "except TryAgain: ...  # and nothing else\n# after the loop:\nreturn await room.mailer.____(mail)",
    ),
)
def test_the_house_gives_up_in_the_end(service: Service) -> None:
    """A letter is tried four times at most; what is refused for good, or fails otherwise, once."""
    mail = service.module("mail")
    tries, pauses = [], []
    with _house(service) as (client, bag):
        ada = service.login(client, "ada")
        for problem in (
            mail.TryAgain("closed"),
            mail.Undeliverable("no such person"),
            RuntimeError("no ink"),
        ):
            bag.tries, bag.pauses, bag.problems = [], [], [problem] * 50
            _bid(client, _put_up(client), "30.00", ada)
            tries.append(len(bag.tries))
            pauses.append(len(bag.pauses))
    assert tries[0] == 4, "a post office that stays closed is asked four times"
    assert pauses[0] == 3, "with a pause between two tries, and none after the last"
    assert tries[1] == 1, "what is refused for good is tried once"
    assert tries[2] == 1, "an e-mail that fails for any other reason is tried once"
    assert pauses[1:] == [0, 0], "neither waits"


@requirement(
    exercise=4,
    hints=(
        "What becomes of a title that looks like a program, or like a header?",
        "Exercises 2 and 4: the texts are in app/templates; `letter` fills them.",
        "{{ ____ }}",
    ),
)
def test_a_letter_travels_over_smtp(service: Service) -> None:
    """Over a real SMTP conversation both letters arrive, each at its address, every character as it was."""
    title = "Äpfel & Brüder's {{ 7 * 7 }} <b>"
    with (
        _office() as office,
        service.client(smtp_host="127.0.0.1", smtp_port=office.port, mail_from=SENDER) as client,
    ):
        lot = _put_up(client, title=title)
        _bid(client, lot, "30.00", service.login(client, "ada"))
        _bid(client, lot, "35.00", service.login(client, "bob"))
    envelopes = [(envelope.mail_from, envelope.rcpt_tos) for envelope in office.bag]
    expected = ["ada@example.com", "bob@example.com", "ada@example.com"]
    assert envelopes == [("letters@example.com", [to]) for to in expected], (
        "three envelopes, in this order: Ada's receipt, Bob's receipt, and to Ada that she was outbid;"
        f" letters went to {', '.join(each for _, whom in envelopes for each in whom) or 'nobody'}"
    )
    for envelope in office.bag:
        mail = BytesParser(policy=default).parsebytes(envelope.content)
        assert _to(mail) == envelope.rcpt_tos, "the letter itself says whom it is for"
        assert title in mail["Subject"], "the subject holds the title as the seller spelled it"
        assert any(amount in _body(mail) for amount in ("30.00", "35.00")), "the body can be read"


class _Bag:
    """A mailer that writes down. `problems` are raised first, one a try; for `never_for` every try fails."""

    def __init__(self, before: Callable[[], object] = bool) -> None:
        self.mails: list[EmailMessage] = []
        self.tries: list[str] = []
        self.pauses: list[float] = []
        self.problems: list[Exception] = []
        self.never_for = ""
        self.logged: list[str] = []
        self._before = before

    async def send(self, mail: EmailMessage) -> None:
        self._before()
        self.tries.append(str(mail["Message-ID"] or ""))
        if self.problems:
            raise self.problems.pop(0)
        if self.never_for in _to(mail):
            raise RuntimeError("the ink is out")
        self.mails.append(mail)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


@contextmanager
def _house(
    service: Service, bag: _Bag | None = None, *, app: Any = None, **settings: Any
) -> Iterator[tuple[RecordingClient, _Bag]]:
    """A service whose letters land in a bag, and which waits for nobody."""
    bag = bag or _Bag()
    get_sleep = service.module("dependencies").get_sleep
    with (
        service.client(app, **settings) as client,
        patch("asyncio.sleep", _never_long(asyncio.sleep)),
        _log(_told) as bag.logged,
    ):
        overrides: dict[Any, Any] = client.app.dependency_overrides  # type: ignore[attr-defined]
        overrides[get_sleep] = lambda: bag.sleep
        client.app_state["mailer"] = bag
        yield client, bag


def _never_long(sleep: Callable[..., Any]) -> Callable[..., Any]:
    """Waiting that refuses to take time: whoever must wait is handed `get_sleep`."""

    async def checked(delay: float, *rest: Any) -> Any:
        if delay > 0.5:
            raise RuntimeError(f"asyncio.sleep({delay}) in place of the sleep that was handed in")
        return await sleep(delay, *rest)

    return checked


class _Noting:
    """An app that writes into a diary when an answer is complete."""

    def __init__(self, app: Any, diary: list[str]) -> None:
        self._app, self._diary = app, diary

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def noting(message: Any) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._diary.append("answer")

        await self._app(scope, receive, noting)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)


class _Office:
    """A post office that keeps what it is given, and answers as it is told to."""

    def __init__(self, dawdles: bool) -> None:
        self.bag: list[Any] = []
        self.answer = "250 We have it."
        self.recipients = ""
        self.port = 0
        self.dawdles = dawdles
        self.reached, self.gate, self.gave_up = threading.Event(), threading.Event(), False

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, options: Any) -> str:
        if self.recipients:
            return self.recipients
        envelope.rcpt_tos.append(address)
        return "250 We know them."

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:
        if self.dawdles:
            self.reached.set()
            self.gave_up = not await asyncio.to_thread(self.gate.wait, 1.0)
        self.bag.append(envelope)
        return self.answer


class _Listening(Controller):
    """A server on whichever port is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server), "the server listens by now"
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def _office(*, dawdles: bool = False) -> Iterator[_Office]:
    office = _Office(dawdles)
    controller = _Listening(office, hostname="127.0.0.1", port=0)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()


def _mailer(service: Service, **settings: Any) -> Any:
    """The mailer of the service for a post office on this machine."""
    return service.module("mail").mailer_for(service.settings(smtp_host="127.0.0.1", **settings))


def _outcome(service: Service, **settings: Any) -> str:
    """What sending one letter comes to: "taken", or the name of the exception."""
    mailer = _mailer(service, **settings)
    try:
        service.run(mailer.send, _letter("A snuffbox"))
    except NotImplementedError:
        raise
    except Exception as error:
        return type(error).__name__
    return "taken"


def _sent(bag: _Bag) -> str:
    """To whom letters went, and what the log says of those that did not, in words."""
    went = ", ".join(", ".join(_to(mail)) for mail in bag.mails) or "nobody"
    failed = [line for line in bag.logged if line]
    return f"letters went to {went}" + (f"; the log says: {failed[0]}" if failed else "")


def _told(record: logging.LogRecord) -> str:
    """What an error in the log says; nothing for what is no error."""
    if record.levelno < logging.ERROR:
        return ""
    error = (record.exc_info or (None, None, None))[1]
    return f"{type(error).__name__}: {error}" if error else record.getMessage()


def _letter(subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = SENDER, "ada@example.com", subject
    mail.set_content("Good evening.")
    return mail


def _to(mail: Any) -> list[str]:
    return [address for _, address in getaddresses([str(each) for each in mail.get_all("To", [])])]


def _body(mail: Any) -> str:
    text: str = mail.get_body(("plain", "html")).get_content()
    return text


def _put_up(client: RecordingClient, **changes: object) -> str:
    """Put a lot up as the client's own person; its path."""
    lot = {"title": "A snuffbox", "category": "art", "starting_price": "25.00", **changes}
    answer = client.post(LOTS, json=lot)
    assert answer.status_code == 201, f"POST {LOTS} puts a lot up and answers 201"
    return f"{LOTS}/{answer.json()['id']}"


def _bid(client: RecordingClient, lot: str, amount: str, headers: dict[str, str]) -> None:
    """Bid on a lot; the bid must stand."""
    answer = client.post(f"{lot}/bids", json={"amount": amount}, headers=headers)
    assert answer.status_code == 201, f"a bid of {amount} is good: 201, whatever becomes of its letters"


def _bids_in(service: Service) -> int:
    """How many bids stand in the database for everybody, committed."""
    database = sqlite3.connect(service.tmp_path / "gavel.db")
    try:
        return int(database.execute("SELECT count(*) FROM bids").fetchone()[0])
    finally:
        database.close()


@contextmanager
def _failing_commits(client: RecordingClient) -> Iterator[None]:
    """While this lasts, the disk is full: every commit raises."""

    def full(_: object) -> None:
        raise OSError("the disk is full")

    engine = client.app_state["engine"].sync_engine
    event.listen(engine, "commit", full)
    try:
        yield
    finally:
        event.remove(engine, "commit", full)


@contextmanager
def _watching(client: RecordingClient, out: set[object]) -> Iterator[None]:
    """Keep in `out` the connections that are out of the pool at this moment."""

    def leaves(_: object, record: object, __: object) -> None:
        out.add(record)

    def returns(_: object, record: object) -> None:
        out.discard(record)

    engine = client.app_state["engine"].sync_engine
    event.listen(engine, "checkout", leaves)
    event.listen(engine, "checkin", returns)
    try:
        yield
    finally:
        event.remove(engine, "checkout", leaves)
        event.remove(engine, "checkin", returns)


@contextmanager
def _log(note: Callable[[logging.LogRecord], Any]) -> Iterator[list[Any]]:
    """What is logged meanwhile, under whatever name; nothing of it is printed."""
    noted: list[Any] = []

    class Noting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            noted.append(note(record))

    loggers = (logging.getLogger("gavel"), logging.getLogger())
    before = [(each, each.handlers, each.level, each.propagate) for each in loggers]
    for each in loggers:
        each.handlers, each.propagate = [Noting()], False
        each.setLevel(logging.INFO)
    try:
        yield noted
    finally:
        for each, each.handlers, level, each.propagate in before:
            each.setLevel(level)
