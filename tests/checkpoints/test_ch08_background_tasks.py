"""What Gavel does from chapter 8 on: it responds first, and then sends e-mails about a bid."""

import asyncio
import logging
import re
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses
from typing import Annotated, Any
from unittest.mock import patch

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from fastapi import Depends, WebSocket
from sqlalchemy import event
from starlette.websockets import WebSocketDisconnect

from course.engine.checkpoint.connections import checked_out
from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
SENDER = "Gavel <auctions@example.com>"
PUBLIC_URL = "https://gavel.example.com"


@requirement(
    exercise=1,
    hints=(
        "Which method must an object have, so that it is a `Mailer`?",
        "Exercise 1: `LogMailer` in app/mail.py. Which parts of the e-mail does its log record name?",
        'async def ____(self, mail: EmailMessage) -> None:\n    log.info("...", mail["To"], mail["____"], '
        "mail.____())",
    ),
)
def test_without_an_smtp_server_emails_are_logged(service: Service) -> None:
    """Without `smtp_host`, an e-mail is logged with its recipient, subject and text, and not sent."""
    mailer = service.module("mail").mailer_for(service.settings())
    with _log(logging.LogRecord.getMessage) as lines:
        service.run(mailer.send, _mail("A snuffbox"))
    text = " ".join(lines)
    parts = {"subject": "A snuffbox", "recipient": "ada@example.com", "text": "Good evening."}
    for part, value in parts.items():
        assert value in text, (
            f"without `smtp_host`, the log contains the {part} of the e-mail, {value!r}; "
            f"the log says {text!r}"
        )


@requirement(given=True)
def test_temporary_and_permanent_errors_differ(service: Service) -> None:
    """A permanent SMTP error raises `Undeliverable`; a busy, closed or silent SMTP server `TryAgain`."""
    outcomes = []
    with _smtp_server() as server:
        for server.reply in ("250 OK", "550 No such user", "451 Busy"):
            outcomes.append(_outcome(service, smtp_port=server.port))
        server.recipient_reply = "550 No such user"
        outcomes.append(_outcome(service, smtp_port=server.port))
        server.reply, server.recipient_reply = "250 OK", ""
        secret = {"smtp_username": "gavel", "smtp_password": "correct horse"}
        with _log(logging.LogRecord.getMessage) as logged:
            without_tls = _outcome(service, smtp_port=server.port, **secret)
        plain = _outcome(service, smtp_port=server.port, smtp_tls=True, smtp_timeout=0.5)
        elsewhere = _outcome(service, smtp_port=server.port, smtp_host="127.0.0.2", smtp_timeout=0.5)
    with _smtp_server(passwords=True) as server:
        _outcome(service, smtp_port=server.port, **secret)
        passwords = server.passwords
    with _hanging_up() as port:
        broken = _outcome(service, smtp_port=port)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        outcomes.append(_outcome(service, smtp_port=port, smtp_timeout=0.05))
    outcomes.append(_outcome(service, smtp_port=port))
    accepted, refused, busy, unknown, silence, closed = outcomes
    assert accepted == "accepted", (
        f"if the SMTP server accepts the e-mail, `send` raises nothing; it raised {accepted}"
    )
    for reply, found, expected in (
        ("550 after the e-mail, a permanent error", refused, "Undeliverable"),
        ("451, a temporary error", busy, "TryAgain"),
        ("550 for the recipient, a permanent error", unknown, "Undeliverable"),
        ("nothing for smtp_timeout seconds", silence, "TryAgain"),
        ("nothing, because no server listens on the port", closed, "TryAgain"),
        ("nothing, and closes the connection", broken, "TryAgain"),
    ):
        seen = "raised nothing" if found == "accepted" else f"raised {found}"
        assert found == expected, f"the SMTP server replies {reply}: `send` raises {expected}; it {seen}"
    assert elsewhere == "TryAgain", (
        "`send` connects to smtp_host: for 127.0.0.2, where no SMTP server listens, it raises TryAgain; "
        f"seen: {elsewhere}"
    )
    assert without_tls != "accepted", (
        "with a username and a password, and an SMTP server without STARTTLS, `send` raises and sends "
        "nothing; it raised nothing, and the e-mail was sent"
    )
    assert not passwords, (
        "to an SMTP server without STARTTLS that accepts passwords, no password is sent, because everybody "
        f"on the way could read it; seen: {len(passwords)} sent"
    )
    assert plain != "accepted", (
        "with `smtp_tls`, nothing is sent over a connection without TLS; seen: the e-mail was sent"
    )
    leaked = [line for line in logged if "correct horse" in line]
    assert not leaked, f"no log record contains the password of the SMTP server; seen: {leaked[:1]}"


@requirement(
    exercise=1,
    hints=(
        "What do you do first: take an attempt for the recipient, or send the e-mail? And if sending raises?",
        "Exercise 1: `LimitedMailer.send` in app/mail.py, `throttle.take` and `throttle.give_back`.",
        "if self.throttle.____({recipient: self.____}, now):\n    log.warning(...)\n    return\n"
        "try:\n    await self.____.send(mail)\nexcept Exception:\n"
        "    self.throttle.____([recipient], now)\n    ____",
    ),
)
def test_a_recipient_gets_no_more_emails_than_the_limit(service: Service) -> None:
    """Over SMTP, a recipient gets at most `emails_per_hour` e-mails in an hour; failed ones do not count."""
    sent = ["ada", "ada", "bob", "ada", "ada", "bob"]
    with _smtp_server() as server, _log(logging.LogRecord.getMessage) as lines:
        mailer = _mailer(service, smtp_port=server.port, emails_per_hour=2)
        server.reply = "451 Busy"
        for _ in range(3):
            with suppress(service.module("mail").TryAgain):
                service.run(mailer.send, _mail("A snuffbox"))
        server.reply, failed = "250 OK", len(server.envelopes)
        lines.clear()
        for name in sent:
            service.run(mailer.send, _mail("A snuffbox", to=f"{name}@example.com"))
    arrived = [to.removesuffix("@example.com") for each in server.envelopes[failed:] for to in each.rcpt_tos]
    assert arrived == ["ada", "ada", "bob", "bob"], (
        f"with emails_per_hour=2, of e-mails to {_listed(sent)} the first two to each recipient are sent, "
        f"although three others to ada had failed before; sent were e-mails to {_listed(arrived)}"
    )
    assert len(lines) == 2, f"each e-mail that is one too many leaves one log record; seen: {_listed(lines)}"


@requirement(given=True)
def test_a_slow_smtp_server_blocks_nothing(service: Service) -> None:
    """While a slow SMTP server takes its time over an e-mail, the event loop is not blocked."""

    async def meanwhile(mailer: Any, server: _SmtpServer) -> bool:
        sending = asyncio.create_task(mailer.send(_mail("A snuffbox")))
        waiting = asyncio.create_task(asyncio.to_thread(server.reached.wait))
        await asyncio.wait({sending, waiting}, return_when=asyncio.FIRST_COMPLETED)
        free = not server.gave_up
        server.gate.set()
        server.reached.set()
        await asyncio.gather(sending, waiting)
        return free

    with _smtp_server(slow=True) as server:
        mailer = _mailer(service, smtp_port=server.port)
        free = service.run(meanwhile, mailer, server)
    assert free, (
        "the event loop runs other tasks while `send` waits for the SMTP server; "
        "another task did not run during 1 second of waiting"
    )

    async def cancelled(mailer: Any, server: _SmtpServer) -> str:
        sending = asyncio.create_task(mailer.send(_mail("A snuffbox")))
        await asyncio.to_thread(server.reached.wait)
        sending.cancel()
        await asyncio.wait({sending})
        server.gate.set()
        return "CancelledError" if sending.cancelled() else type(sending.exception()).__name__

    with _smtp_server(slow=True) as server, _sleeping() as slept:
        mailer = _mailer(service, smtp_port=server.port)
        seen = service.run(cancelled, mailer, server)
    assert seen == "CancelledError", (
        "a `send` that is cancelled raises CancelledError, and does not try again; "
        f"seen: {seen if seen != 'NoneType' else 'no exception'}"
    )
    assert not slept, f"`send` does not call time.sleep on the event loop; seen: {slept[0]} seconds"


@requirement(
    exercise=4,
    hints=(
        "Which object has the state of the lifespan, for a request and for a WebSocket?",
        "Exercise 4: `get_mailer`, `get_sleep` and `get_email_context` in app/dependencies.py. Which of them "
        "depends on the other two?",
        "async def get_email_context(connection: ____, mailer: MailerDep, sleep: ____) -> EmailContext:\n"
        "    settings: Settings = connection.app.state.____\n"
        "    return EmailContext(connection.state.____, mailer, sleep, settings.____, settings.____)",
    ),
)
def test_a_request_and_a_websocket_get_an_email_context(service: Service) -> None:
    """Requests and WebSockets get an `EmailContext` by injection; a test can replace mailer and sleep."""
    app = service.create_app(mail_from=SENDER, public_url=PUBLIC_URL)
    get_mailer, get_sleep, get_context = (
        _dependency(service, name) for name in ("get_mailer", "get_sleep", "get_email_context")
    )
    contexts: list[Any] = []

    async def read_context(context: Annotated[Any, Depends(get_context)]) -> None:
        contexts.append(context)

    async def follow(socket: WebSocket, context: Annotated[Any, Depends(get_context)]) -> None:
        contexts.append(context)
        await socket.accept()
        await socket.close()

    app.get("/checkpoint/context")(read_context)
    app.websocket("/checkpoint/context")(follow)
    mailbox = _Mailbox()
    with service.client(app) as client:
        client.get("/checkpoint/context")
        with suppress(WebSocketDisconnect), client.websocket_connect("/checkpoint/context") as socket:
            socket.receive_text()
        expected = (client.app_state["sessions"], client.app_state["mailer"], asyncio.sleep)
        app.dependency_overrides |= {get_mailer: lambda: mailbox, get_sleep: lambda: mailbox.sleep}
        client.get("/checkpoint/context")
    assert len(contexts) == 3, (
        "`get_email_context` is a dependency of requests and of WebSockets: of two requests and a WebSocket, "
        f"each gets a context; seen: {len(contexts)}"
    )
    for context, who in zip(contexts, ("a request", "a WebSocket"), strict=False):
        found = (context.sessions, context.mailer, context.sleep)
        for name, value, wanted in zip(("sessions", "mailer", "sleep"), found, expected, strict=True):
            assert value is wanted, (
                f"the context of {who} has the `{name}` of the service: {wanted!r}; found {value!r}"
            )
        assert (context.sender, context.url) == (SENDER, PUBLIC_URL), (
            f"the context of {who} has the settings `mail_from` and `public_url` as `sender` and `url`: "
            f"{SENDER} and {PUBLIC_URL}; found {context.sender} and {context.url}"
        )
    replaced = contexts[2].mailer is mailbox and contexts[2].sleep == mailbox.sleep
    assert replaced, (
        "if a test overrides `get_mailer` and `get_sleep`, the context has what they return; "
        f"found {contexts[2].mailer!r} and {contexts[2].sleep!r}"
    )


@requirement(
    exercise=4,
    hints=(
        "What calls a background task, and when? What must be finished by then?",
        "Exercise 4: `place_bid` in app/routers/bids.py declares an `EmailContextDep` and `BackgroundTasks`.",
        "for notice in (notifications.____, notifications.____):\n    "
        "tasks.____(notifications.log_errors, notice, context, ____)",
    ),
)
def test_the_bidder_gets_a_receipt(service: Service) -> None:
    """Only the bidder gets a receipt: the lot's number in its subject, title and amount in its body."""
    with _running(service, mail_from=SENDER, public_url=PUBLIC_URL) as (client, mailbox):
        lot = _create_lot(client, title="A snuffbox, silver & gilt")
        _bid(client, lot, "31.50", service.login(client, "ada"))
    assert [_to(mail) for mail in mailbox.mails] == [["ada@example.com"]], (
        f"after a bid, one e-mail is sent, to the bidder ada@example.com; {_sent(mailbox)}"
    )
    mail = mailbox.mails[0]
    sender = str(mail["From"])
    assert getaddresses([sender]) == [("Gavel", "auctions@example.com")], (
        f"the sender of the receipt is the setting `mail_from`, {SENDER}; From is {sender!r}"
    )
    _names_the_lot(mail, lot, "A snuffbox, silver & gilt", "the receipt")
    assert "31.50" in _body(mail), (
        f"the body of the receipt contains the amount, 31.50; it is:\n{_body(mail)}"
    )
    assert f"{PUBLIC_URL}{lot}" in _body(mail).split(), (
        f"the body of the receipt contains the link {PUBLIC_URL}{lot}, which begins with the setting "
        f"`public_url` and not with the Host header; it is:\n{_body(mail)}"
    )


@requirement(
    exercise=2,
    hints=(
        "Of all bids on a lot, which one was the highest before this one?",
        "Exercise 2: `send_outbid` in app/services/notifications.py. `beaten_by` returns the "
        "bid, `email_about` the e-mail.",
        "beaten = await bids.____(bid)\n...\n"
        'await deliver(context, email_about("outbid", bid, beaten.____, ...))',
    ),
)
def test_the_outbid_bidder_is_told_once(service: Service) -> None:
    """The bidder who led before gets one e-mail: lot number in the subject, title and price in the body."""
    with _running(service, public_url=PUBLIC_URL) as (client, mailbox):
        lot, other = _create_lot(client, title="A snuffbox"), _create_lot(client, title="A lamp")
        ada, bob, eve = (service.login(client, name) for name in ("ada", "bob", "eve"))
        _bid(client, other, "90.00", eve)
        _bid(client, lot, "30.00", ada)
        outbid = []
        for bidder, amount, name in ((bob, "35.00", "bob"), (eve, "40.00", "eve"), (eve, "45.00", "eve")):
            before = len(mailbox.mails)
            _bid(client, lot, amount, bidder)
            new = mailbox.mails[before:]
            receipts = [mail for mail in new if _to(mail) == [f"{name}@example.com"]]
            outbid.append([mail for mail in new if mail not in receipts[:1]])
    assert len(mailbox.mails) >= 5, f"each of five bids leads to a receipt by e-mail; {_sent(mailbox)}"
    for found, expected, case in (
        (outbid[0], [["ada@example.com"]], "Bob outbids Ada: one e-mail to Ada, besides Bob's receipt"),
        (outbid[1], [["bob@example.com"]], "Eve outbids Bob: one e-mail to Bob, and none to Ada"),
        (outbid[2], [], "Eve raises her own bid: no e-mail besides her receipt"),
    ):
        recipients = [_to(mail) for mail in found]
        others = ", ".join(address for each in recipients for address in each)
        seen = f"e-mails were sent to {others}" if others else "no e-mail was sent"
        assert recipients == expected, (
            f"{case}; besides the receipt, {seen}. For all five bids: {_sent(mailbox)}"
        )
    mail = outbid[0][0]
    _names_the_lot(mail, lot, "A snuffbox", "the e-mail to the outbid bidder")
    assert "35.00" in _body(mail), (
        f"the body of the e-mail to the outbid bidder contains the new price, 35.00; it is:\n{_body(mail)}"
    )
    assert f"{PUBLIC_URL}{lot}" in _body(mail), (
        f"the body of the e-mail to the outbid bidder contains the link {PUBLIC_URL}{lot}; "
        f"it is:\n{_body(mail)}"
    )
    errors = [line for line in mailbox.logged if line]
    assert not errors, (
        "no task raises for any of the five bids, also not for the first bid on a lot, which outbids none; "
        f"the log says: {_listed(errors)}"
    )


@requirement(
    exercise=2,
    hints=(
        "What may other users learn about a sealed lot before it closes?",
        "Exercise 2: `send_outbid` in app/services/notifications.py. Which kind of lot has a leader?",
        'if bid.lot.____ == "ascending" and ...',
    ),
)
def test_a_sealed_lot_has_no_leader(service: Service) -> None:
    """On a sealed lot each bidder gets a receipt, and no e-mail about the bids of others."""
    with _running(service) as (client, mailbox):
        lot = _create_lot(client, kind="sealed")
        _bid(client, lot, "30.00", service.login(client, "ada"))
        _bid(client, lot, "35.00", service.login(client, "bob"))
    recipients = [_to(mail) for mail in mailbox.mails]
    assert ["bob@example.com"] in recipients, f"each sealed bid leads to a receipt; {_sent(mailbox)}"
    assert recipients == [["ada@example.com"], ["bob@example.com"]], (
        "two sealed bids lead to two receipts, to Ada and to Bob, and to no e-mail about the bid of "
        f"another user; {_sent(mailbox)}"
    )


@requirement(
    exercise=4,
    hints=(
        "What does FastAPI do with the background tasks if the endpoint raises?",
        "Exercise 4: `place_bid`. Add the tasks to the `BackgroundTasks` that FastAPI injects.",
        "async def place_bid(..., tasks: ____) -> BidRead:",
    ),
)
def test_a_refused_bid_sends_no_email(service: Service) -> None:
    """A refused bid sends no e-mail: too low, negative, on one's own lot, or without a token."""
    with _running(service) as (client, mailbox):
        lot = _create_lot(client)
        ada, bob = service.login(client, "ada"), service.login(client, "bob")
        _bid(client, lot, "30.00", ada)
        assert len(mailbox.mails) == 1, f"an accepted bid leads to one receipt by e-mail; {_sent(mailbox)}"
        for amount, headers, why in (
            ("30.50", bob, "which is too low"),
            ("-1", bob, "which is negative"),
            ("50.00", None, "by the seller of the lot"),
            ("50.00", {"Authorization": ""}, "without a token"),
        ):
            status = client.post(f"{lot}/bids", json={"amount": amount}, headers=headers).status_code
            assert 400 <= status < 500, (
                f"a bid of {amount}, {why}: a status code of 4xx; the service responded with {status}"
            )
    assert len(mailbox.mails) == 1, (
        f"a refused bid sends no e-mail: there is only the receipt of the accepted bid; {_sent(mailbox)}"
    )


@requirement(
    exercise=4,
    hints=(
        "What does the bidder wait for, and what must be true before an e-mail is sent?",
        "Exercise 4: the e-mails are background tasks, not part of the endpoint; a task has its own session.",
        "tasks.add_task(notifications.log_errors, notice, ____, bid.____)",
    ),
)
def test_emails_follow_commit_and_response(service: Service) -> None:
    """First the bid is committed, then the response is sent, and then the e-mail."""
    events: list[str] = []
    mailbox = _Mailbox(before=lambda: events.append(f"e-mail, with {_bids_in(service)} committed bids"))
    app = _Noting(service.create_app(), events)
    with _running(service, mailbox, app=app) as (client, _):
        lot = _create_lot(client)
        ada = service.login(client, "ada")
        events.clear()
        _bid(client, lot, "30.00", ada)
    order = "; ".join(events) or "nothing"
    assert any("e-mail" in each for each in events), (
        f"an accepted bid leads to one receipt by e-mail; {_sent(mailbox)}"
    )
    assert "e-mail, with 1 committed bids" in events, (
        f"when the e-mail is sent, the bid is committed in the database; this happened: {order}"
    )
    assert events == ["response complete", "e-mail, with 1 committed bids"], (
        "the response is complete before the e-mail is sent, once; this happened, in this order: " + order
    )


@requirement(
    exercise=4,
    hints=(
        "What would an e-mail say that you send before the commit, if the commit then fails?",
        "Exercise 4: do you send anything in the endpoint itself, or before its session is committed?",
        "tasks.____(notifications.log_errors, notice, context, bid.id)",
    ),
)
def test_a_failed_commit_sends_no_email(service: Service) -> None:
    """If the commit of a bid fails, the status code is 500 or above, and no e-mail is sent."""
    with _running(service, raise_server_exceptions=False) as (client, mailbox):
        lot = _create_lot(client)
        ada = service.login(client, "ada")
        with _failing_commits(client):
            status = client.post(f"{lot}/bids", json={"amount": "30.00"}, headers=ada).status_code
        assert status >= 500, (
            f"a bid whose commit fails: a status code of 500 or above; the service responded with {status}"
        )
        assert not mailbox.mails, f"a bid whose commit fails sends no e-mail; {_sent(mailbox)}"
        mailbox.logged.clear()
        _bid(client, lot, "30.00", ada)
    assert len(mailbox.mails) == 1, (
        f"the next bid is committed and leads to one receipt by e-mail; {_sent(mailbox)}"
    )


@requirement(
    exercise=2,
    hints=(
        "How many connections has the pool, and how long may an SMTP server take?",
        "Exercise 2: `send_outbid`. Does the session end before `deliver` begins?",
        "async with context.____() as session:\n    ...  # all queries\nawait deliver(...)  # outside",
    ),
)
def test_no_connection_is_held_while_an_email_is_sent(service: Service) -> None:
    """While an e-mail is being sent, no database connection is in use, and later all are returned."""
    held: list[int] = []
    with _running(service) as (client, mailbox):
        lot = _create_lot(client)
        ada, bob = service.login(client, "ada"), service.login(client, "bob")
        with checked_out(client.app_state["engine"].sync_engine) as out:
            mailbox.before = lambda: held.append(len(out))
            _bid(client, lot, "30.00", ada)
            _bid(client, lot, "35.00", bob)
            assert len(held) == 3, (
                "two bids lead to three e-mails: two receipts, and one to Ada, who was outbid; "
                f"{_sent(mailbox)}"
            )
            used = ", ".join(map(str, held))
            assert held == [0, 0, 0], (
                "while each of three e-mails is sent, no connection of the pool is in use; "
                f"connections in use while each was sent: {used}"
            )
            number = len(out)
            assert not number, (
                "after the requests and their tasks, every connection is back in the pool; "
                f"connections still in use: {number}"
            )


@requirement(
    exercise=3,
    hints=(
        "The first of two background tasks raises an exception. What happens to the second one, and where do "
        "you learn about the first?",
        "Exercise 3: `log_errors` in app/services/notifications.py; exercise 4 runs each task in it.",
        "try:\n    await task(*args, **kwargs)\nexcept ____:\n    log.____(...)",
    ),
)
def test_a_failing_task_harms_no_other(service: Service) -> None:
    """A task that raises is logged once, with the request ID; the response and the next task are unharmed."""
    request_id = service.module("logs").request_id
    with _running(service) as (client, mailbox):
        lot = _create_lot(client)
        ada, bob = service.login(client, "ada"), service.login(client, "bob")
        _bid(client, lot, "30.00", ada)
        mailbox.never_for = "bob@example.com"
        with _log(lambda record: (record, request_id.get())) as noted:
            _bid(client, lot, "35.00", {**bob, "X-Request-ID": "bid-of-bob"})
    assert [_to(mail) for mail in mailbox.mails[1:]] == [["ada@example.com"]], (
        "Ada gets her receipt, and, although sending Bob's receipt raises, the e-mail that she was outbid; "
        f"{_sent(mailbox)}"
    )
    errors = [(record, found) for record, found in noted if record.levelno >= logging.ERROR]
    messages = "".join(f"\n- {record.getMessage()}" for record, _ in errors)
    assert len(errors) == 1, (
        "an exception in a background task is logged once, with the level ERROR; "
        f"log records with this level: {len(errors)}{messages}"
    )
    with _running(service) as (client, mailbox):
        mailbox.never_for = "bob@example.com"
        try:
            _bid(client, lot, "40.00", service.login(client, "ada"))
        except RuntimeError as left:
            raise AssertionError(
                "an exception in the second task, `send_outbid`, stays in the task too; seen: it left the "
                f"application, RuntimeError: {left}"
            ) from left
    seen = service.run(_run_logged, service.module("services.notifications").log_errors)
    assert seen == ("CancelledError", [(1, "two")]), (
        "`log_errors` calls its task with all arguments, and a CancelledError of the task passes, because a "
        f"server ends with it what takes too long; seen: {seen[0]}, and a call with {seen[1]}"
    )
    record, found = errors[0]
    error = (record.exc_info or [None, None])[1]
    assert "the mailer is broken" in str(error), (
        "the log record contains the exception with its traceback, RuntimeError: the mailer is broken; its "
        f"exception is {error!r}, and its text is {record.getMessage()!r}"
    )
    assert found == "bid-of-bob", (
        "when the exception is logged, `request_id` holds the request ID of the bid, 'bid-of-bob'; "
        f"found {found!r}"
    )


@requirement(
    exercise=5,
    hints=(
        "If an SMTP server is busy, when is the worst moment to try again?",
        "Exercise 5: `deliver` in app/services/notifications.py, `RETRY_DELAYS` and `context.sleep`.",
        "for pause in RETRY_DELAYS:\n    try:\n        return await context.mailer.send(mail)\n"
        "    except ____:\n        await context.____(pause)\nreturn await ____",
    ),
)
def test_temporary_errors_are_retried_later(service: Service) -> None:
    """After `TryAgain` the same e-mail is tried again, each time after a longer pause."""
    with _running(service) as (client, mailbox):
        lot = _create_lot(client)
        ada = service.login(client, "ada")
        mailbox.problems = [service.module("mail").TryAgain("busy") for _ in range(2)]
        _bid(client, lot, "30.00", ada)
    tries, pauses = len(mailbox.tries), mailbox.pauses
    seen = f"tries: {tries}; pauses with `context.sleep`: {_listed(pauses)}"
    assert len(mailbox.mails) == 1, (
        "an e-mail that raises TryAgain twice is sent at the third try; "
        f"{tries} {'try' if tries == 1 else 'tries'}, and {_sent(mailbox)}"
    )
    assert tries == 3, f"an e-mail that raises TryAgain twice is tried three times; {seen}"
    assert len(pauses) == 2, f"before each new try there is a pause with `context.sleep`; {seen}"
    assert not mailbox.slept, (
        "nothing calls time.sleep on the event loop, which stops everything; "
        f"seen: {_listed(mailbox.slept)} seconds"
    )
    assert 0 < pauses[0] < pauses[1], f"the second pause is longer than the first; {seen}"
    ids = _listed(mailbox.tries)
    assert mailbox.tries[0], "the e-mail has a Message-ID; it has none"
    assert len(set(mailbox.tries)) == 1, f"all three tries have the same Message-ID; found {ids}"


@requirement(
    exercise=5,
    hints=(
        "The recipient does not exist. Is that a temporary or a permanent error?",
        "Exercise 5: `deliver`. Which exception is caught, and what happens after the last pause?",
        "except TryAgain: ...  # and nothing else\n# after the loop:\nreturn await context.mailer.____(mail)",
    ),
)
def test_retries_end(service: Service) -> None:
    """An e-mail is tried at most four times; after `Undeliverable`, or any other exception, only once."""
    mail = service.module("mail")
    tries, pauses, told = [], [], []
    with _running(service) as (client, mailbox):
        ada = service.login(client, "ada")
        for problem in (
            mail.TryAgain("closed"),
            mail.Undeliverable("no such user"),
            RuntimeError("the mailer is broken"),
        ):
            mailbox.tries, mailbox.pauses, mailbox.problems = [], [], [problem] * 50
            _bid(client, _create_lot(client), "30.00", ada)
            tries.append(len(mailbox.tries))
            pauses.append(len(mailbox.pauses))
            told.append([line for line in mailbox.logged if line])
            mailbox.logged.clear()
    assert tries[0] == 4, (
        f"an e-mail that raises TryAgain each time is tried four times; tries: {tries[0]}; {_sent(mailbox)}"
    )
    assert pauses[0] == 3, (
        "between four tries there are three pauses with `context.sleep`, and none after the last; "
        f"pauses: {pauses[0]}"
    )
    assert tries[1] == 1, f"an e-mail that raises Undeliverable is tried once; tries: {tries[1]}"
    assert tries[2] == 1, (
        "an e-mail that raises an exception other than TryAgain, here RuntimeError, is tried once; "
        f"tries: {tries[2]}"
    )
    for lines, words in zip(told, ("closed", "no such user", "the mailer is broken"), strict=True):
        assert any(words in line for line in lines), (
            "when an e-mail is given up, `deliver` raises the last exception, and `log_errors` logs it, here"
            f" with {words!r}; seen: {_listed(lines)}"
        )
    assert pauses[1:] == [0, 0], (
        "after Undeliverable, or another exception, there is no pause; "
        f"pauses after Undeliverable: {pauses[1]}, after RuntimeError: {pauses[2]}"
    )


@requirement(
    exercise=4,
    hints=(
        "What happens to a title that looks like code of a template, or like a header?",
        "Exercises 2 and 4: the texts are in app/templates; `render_email` renders them.",
        "{{ ____ }}",
    ),
)
def test_emails_arrive_over_smtp(service: Service) -> None:
    """Over real SMTP both kinds of e-mail arrive, each at its recipient, with every character unchanged."""
    title = "Äpfel & Brüder's {{ 7 * 7 }} <b>"
    with (
        _smtp_server() as server,
        service.client(smtp_host="127.0.0.1", smtp_port=server.port, mail_from=SENDER) as client,
    ):
        lot = _create_lot(client, title=title)
        _bid(client, lot, "30.00", service.login(client, "ada"))
        _bid(client, lot, "35.00", service.login(client, "bob"))
    envelopes = [(envelope.mail_from, envelope.rcpt_tos) for envelope in server.envelopes]
    expected = ["ada@example.com", "bob@example.com", "ada@example.com"]
    pairs = ", ".join(f"from {sender} to {', '.join(to)}" for sender, to in envelopes)
    found = f"e-mails were sent {pairs}" if pairs else "no e-mail was sent"
    assert envelopes == [("auctions@example.com", [to]) for to in expected], (
        "over SMTP, three e-mails arrive in this order: Ada's receipt, Bob's receipt, and to Ada that she "
        f"was outbid, all from auctions@example.com; {found}"
    )
    for envelope in server.envelopes:
        mail = BytesParser(policy=default).parsebytes(envelope.content)
        assert _to(mail) == envelope.rcpt_tos, (
            f"the header To of the e-mail is the recipient, {', '.join(envelope.rcpt_tos)}; "
            f"it is {', '.join(_to(mail)) or 'empty'}"
        )
        assert title in _body(mail), (
            f"the body contains the title of the lot unchanged, {title!r}; it is:\n{_body(mail)}"
        )
        assert any(amount in _body(mail) for amount in ("30.00", "35.00")), (
            f"the body can be decoded and contains the amount, 30.00 or 35.00; it is:\n{_body(mail)}"
        )


class _Mailbox:
    """A mailer that records. `problems` are raised first, one a try; for `never_for` every try raises."""

    def __init__(self, before: Callable[[], object] = bool) -> None:
        self.mails: list[EmailMessage] = []
        self.tries: list[str] = []
        self.pauses: list[float] = []
        self.problems: list[Exception] = []
        self.never_for = ""
        self.logged: list[str] = []
        self.slept: list[float] = []
        self.before = before

    async def send(self, mail: EmailMessage) -> None:
        self.before()
        self.tries.append(str(mail["Message-ID"] or ""))
        if self.problems:
            raise self.problems.pop(0)
        if self.never_for in _to(mail):
            raise RuntimeError("the mailer is broken")
        self.mails.append(mail)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


@contextmanager
def _running(
    service: Service, mailbox: _Mailbox | None = None, *, app: Any = None, **settings: Any
) -> Iterator[tuple[RecordingClient, _Mailbox]]:
    """A service whose e-mails go to a mailbox, and whose `sleep` does not wait."""
    mailbox = mailbox or _Mailbox()
    get_sleep = _dependency(service, "get_sleep")
    with (
        service.client(app, **settings) as client,
        patch("asyncio.sleep", _never_long(asyncio.sleep)),
        _log(_error_of) as mailbox.logged,
        _sleeping() as mailbox.slept,
    ):
        overrides: dict[Any, Any] = client.app.dependency_overrides  # type: ignore[attr-defined]
        overrides[get_sleep] = lambda: mailbox.sleep
        client.app_state["mailer"] = mailbox
        yield client, mailbox


def _dependency(service: Service, name: str) -> Any:
    found = getattr(service.module("dependencies"), name, None)
    assert found is not None, f"app/dependencies.py has the dependency `{name}`; it has no such name"
    return found


@contextmanager
def _sleeping() -> Iterator[list[float]]:
    """The calls of `time.sleep` meanwhile in a thread where an event loop runs."""
    slept: list[float] = []
    sleep = time.sleep

    def noting(seconds: float) -> None:
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            slept.append(seconds)
        sleep(seconds)

    with patch("time.sleep", noting):
        yield slept


async def _run_logged(log_errors: Callable[..., Any]) -> tuple[str, list[Any]]:
    """What `log_errors` raises if its task is cancelled, and the arguments of the calls of the task."""
    calls: list[Any] = []

    async def cancelled(number: int, *, word: str) -> None:
        calls.append((number, word))
        raise asyncio.CancelledError

    try:
        await log_errors(cancelled, 1, word="two")
    except asyncio.CancelledError:
        return "CancelledError", calls
    return "no exception", calls


def _never_long(sleep: Callable[..., Any]) -> Callable[..., Any]:
    """A sleep that refuses to take time: a service waits with what `get_sleep` returns."""

    async def checked(delay: float, *rest: Any) -> Any:
        if delay > 0.5:
            raise RuntimeError(
                f"asyncio.sleep({delay}) was called; wait with `context.sleep`, from `get_sleep`"
            )
        return await sleep(delay, *rest)

    return checked


class _Noting:
    """An app that adds to a list of events when a response is complete."""

    def __init__(self, app: Any, events: list[str]) -> None:
        self._app, self._events = app, events

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def noting(message: Any) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._events.append("response complete")

        await self._app(scope, receive, noting)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)


class _SmtpServer:
    """An SMTP server that keeps what it receives, and replies as it is told to."""

    def __init__(self, slow: bool) -> None:
        self.passwords: list[object] = []
        self.envelopes: list[Any] = []
        self.reply = "250 OK"
        self.recipient_reply = ""
        self.port = 0
        self.slow = slow
        self.reached, self.gate, self.gave_up = threading.Event(), threading.Event(), False

    def authenticate(self, *arguments: object) -> AuthResult:
        self.passwords.append(arguments[-1])
        return AuthResult(success=True)

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, options: Any) -> str:
        if self.recipient_reply:
            return self.recipient_reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:
        if self.slow:
            self.reached.set()
            self.gave_up = not await asyncio.to_thread(self.gate.wait, 1.0)
        self.envelopes.append(envelope)
        return self.reply


class _Listening(Controller):
    """A server on any port that is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server), "the server listens by now"
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def _smtp_server(*, slow: bool = False, passwords: bool = False) -> Iterator[_SmtpServer]:
    server = _SmtpServer(slow)
    options: dict[str, Any] = {"authenticator": server.authenticate, "auth_require_tls": False}
    controller = _Listening(server, hostname="127.0.0.1", port=0, **(options if passwords else {}))
    log = logging.getLogger("mail.log")  # aiosmtpd's own: a warning in it is none of the learner's
    level = log.level
    log.setLevel(logging.ERROR)
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()
        log.setLevel(level)


@contextmanager
def _hanging_up() -> Iterator[int]:
    """The port of a server that closes each connection at once."""

    def hang_up() -> None:
        with suppress(OSError):
            while True:
                server.accept()[0].close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=hang_up, daemon=True).start()
        yield server.getsockname()[1]
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def _mailer(service: Service, *, smtp_host: str = "127.0.0.1", **settings: Any) -> Any:
    """The mailer of the service for an SMTP server on this machine."""
    return service.module("mail").mailer_for(service.settings(smtp_host=smtp_host, **settings))


def _outcome(service: Service, **settings: Any) -> str:
    """What sending one e-mail leads to: "accepted", or the name of the exception."""
    mailer = _mailer(service, **settings)
    try:
        service.run(mailer.send, _mail("A snuffbox"))
    except NotImplementedError:
        raise
    except Exception as error:
        return type(error).__name__
    return "accepted"


def _sent(mailbox: _Mailbox) -> str:
    """To whom e-mails were sent, and what the log says of those that failed, in words."""
    recipients = ", ".join(", ".join(_to(mail)) for mail in mailbox.mails)
    sent = f"e-mails were sent to {recipients}" if recipients else "no e-mail was sent"
    failed = [line for line in mailbox.logged if line]
    return sent + (f"; the log says: {failed[0]}" if failed else "")


def _error_of(record: logging.LogRecord) -> str:
    """What an error in the log says; nothing for a record of a lower level."""
    if record.levelno < logging.ERROR:
        return ""
    error = (record.exc_info or (None, None, None))[1]
    return f"{type(error).__name__}: {error}" if error else record.getMessage()


def _listed(values: Any) -> str:
    """Values in words, for a message."""
    return ", ".join(map(str, values)) or "none"


def _names_the_lot(mail: Any, lot: str, title: str, what: str) -> None:
    """The subject of an e-mail has the number of the lot, and only the body has the title."""
    number = lot.rpartition("/")[2]
    assert re.search(rf"\b{number}\b", _subject(mail)), (
        f"the subject of {what} contains the number of the lot, {number}; it is {_subject(mail)!r}"
    )
    assert title not in _subject(mail), (
        f"the subject of {what} contains no text that a user wrote, such as the title of the lot; "
        f"it is {_subject(mail)!r}"
    )
    assert title in _body(mail), (
        f"the body of {what} contains the title of the lot, {title!r}; it is:\n{_body(mail)}"
    )


def _mail(subject: str, to: str = "ada@example.com") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = SENDER, to, subject
    mail.set_content("Good evening.")
    return mail


def _to(mail: Any) -> list[str]:
    return [address for _, address in getaddresses([str(each) for each in mail.get_all("To", [])])]


def _subject(mail: Any) -> str:
    return str(mail["Subject"] or "")


def _body(mail: Any) -> str:
    part = mail.get_body(("plain", "html"))
    return "" if part is None else str(part.get_content())


def _create_lot(client: RecordingClient, **changes: object) -> str:
    """Create a lot as the client's own user; its path."""
    lot = {"title": "A snuffbox", "category": "art", "starting_price": "25.00", **changes}
    response = client.post(LOTS, json=lot)
    assert response.status_code == 201, (
        f"POST {LOTS} creates a lot and responds with status code 201; "
        f"the service responded with {response.status_code}"
    )
    return f"{LOTS}/{response.json()['id']}"


def _bid(client: RecordingClient, lot: str, amount: str, headers: dict[str, str]) -> None:
    """Place a bid, which must be accepted."""
    status = client.post(f"{lot}/bids", json={"amount": amount}, headers=headers).status_code
    assert status == 201, (
        f"a bid of {amount}, which is high enough, has status code 201, also if an e-mail about it cannot be "
        f"sent; the service responded with {status}"
    )


def _bids_in(service: Service) -> int:
    """How many bids are committed in the database."""
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
def _log(note: Callable[[logging.LogRecord], Any]) -> Iterator[list[Any]]:
    """What is logged meanwhile, by any logger; nothing of it is printed."""
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
