"""Mails: what a stranger's words do in them, and what a post office can do to the service.

API10:2023 is unsafe consumption of others' services, CWE-93 injection of line breaks, CWE-1336 of templates.
"""

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import anyio

from course.engine.checkpoint.service import Service
from tests.attacks.acts import bid, put_up, visit
from tests.attacks.case import attack


class Box:
    """A post office in which letters stay; it refuses those whose subject has a certain word."""

    def __init__(self, house: Service, refused: str = "nothing") -> None:
        self.letters: list[EmailMessage] = []
        self._refused = refused
        self._undeliverable = house.module("mail").Undeliverable

    async def send(self, mail: EmailMessage) -> None:
        """Keep a letter."""
        if self._refused in mail["Subject"]:
            raise self._undeliverable("no such person")
        self.letters.append(mail)


def _letters(house: Service, refused: str = "nothing", title: str = "A clock", **settings: Any) -> Box:
    """What is in the box when ada has bid on a lot and bob has bid more."""
    box = Box(house, refused)
    app = house.create_app(**settings)
    app.dependency_overrides[house.module("dependencies").get_mailer] = lambda: box
    with visit(house, app) as client:
        lot = put_up(client, title=title)
        bid(client, lot, "30.00", house.login(client, "ada"))
        bid(client, lot, "40.00", {**house.login(client, "bob"), "Host": "testserver:99"})
    return box


def _letter(house: Service, **facts: str) -> EmailMessage:
    """A receipt with these words in it, however they got there."""
    at = datetime(2031, 5, 1, tzinfo=UTC)
    told = {"lot": 1, "title": "A clock", "amount": "30.00", "placed_at": at, "closes_at": at}
    told |= {"sealed": False, "link": "http://127.0.0.1:8000/"}
    to = facts.pop("to", "ada@example.com")
    render_email = house.module("emails").render_email
    mail: EmailMessage = render_email(
        "receipt", {**told, **facts}, sender="Gavel <gavel@example.com>", to=to, number=1, at=at
    )
    return mail


@attack("CWE-93", without="heads-of-mails", wins="all@example.com", refused=None)
def the_title_of_a_lot_adds_somebody_to_whom_a_mail_goes(house: Service) -> str | None:
    told: str | None = _letter(house, title="A clock\nBcc: all@example.com")["Bcc"]
    return told


@attack("CWE-93", without="heads-of-mails", wins="all@example.com", refused=None)
def an_address_adds_somebody_to_whom_a_mail_goes(house: Service) -> str | None:
    try:
        told: str | None = _letter(house, to="ada@example.com\nBcc: all@example.com")["Bcc"]
    except ValueError:
        return None
    return told


@attack("CWE-1336", without="titles-are-words", wins=True, refused=False)
def the_title_of_a_lot_is_a_program_for_the_template(house: Service) -> bool:
    box = _letters(house, title="{{ 7 * 191 }}")
    return any("1337" in mail["Subject"] + mail.get_content() for mail in box.letters)


@attack("CWE-644", without="an-address-of-its-own", wins=True, refused=False)
def the_name_by_which_the_service_is_called_stands_in_the_links_of_mails(house: Service) -> bool:
    box = _letters(house, allowed_hosts=["*"])
    return any("testserver:99" in mail.get_content() for mail in box.letters)


@attack("API10:2023", without="quiet-tasks", wins=0, refused=1)
def a_letter_that_the_post_office_refuses_keeps_back_those_of_others(house: Service) -> int:
    box = _letters(house, refused="Your bid")
    return len(box.letters)


@attack("API10:2023", without="patience-with-an-end", wins="waits", refused="gives up")
def a_post_office_that_never_says_a_word_is_waited_for(house: Service) -> str:
    async def send() -> str:
        async def say_nothing(stream: anyio.abc.SocketStream) -> None:
            async with stream:
                await anyio.sleep_forever()

        mail = house.module("mail")
        office = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
        port = office.extra(anyio.abc.SocketAttribute.local_port)
        mailer = mail.mailer_for(house.settings(smtp_host="127.0.0.1", smtp_port=port, smtp_timeout=0.1))
        came = "waits"
        async with anyio.create_task_group() as group:
            group.start_soon(office.serve, say_nothing)
            with anyio.move_on_after(2):
                try:
                    await mailer.send(_letter(house))
                except mail.TryAgain:
                    came = "gives up"
            group.cancel_scope.cancel()
        await office.aclose()
        return came

    return anyio.run(send)
