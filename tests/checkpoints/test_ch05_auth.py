"""What Gavel does from chapter 5 on: it knows who is asking and what they may, and the attacks on it fail."""

import base64
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import bcrypt
import jwt
import pytest
from argon2 import PasswordHasher

from course.engine.checkpoint.logins import PASSWORD
from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
EVENING = datetime(2031, 5, 1, 20, 15, tzinfo=UTC)
NOBODY = {"Authorization": ""}


def register(client: RecordingClient, name: str, **changes: object) -> Any:
    """Register somebody; the answer."""
    new = {"email": f"{name}@example.com", "name": name, "password": PASSWORD, **changes}
    return client.post("/auth/register", json=new)


def log_in(client: RecordingClient, name: str, password: str = PASSWORD, **more: str) -> Any:
    """Log somebody in; the answer."""
    form = {"username": f"{name}@example.com", "password": password, **more}
    return client.post("/auth/token", data=form, headers=NOBODY)


def bearer(token: str) -> dict[str, str]:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


def token_in(headers: dict[str, str]) -> str:
    """The token in such a header."""
    return headers["Authorization"].removeprefix("Bearer ")


def put_up(client: RecordingClient, **changes: object) -> dict[str, Any]:
    """Put a lot up as whoever the client speaks for; the answer's body."""
    lot = {"title": "A snuffbox", "category": "art", "starting_price": "25.00", **changes}
    answer = client.post(LOTS, json=lot)
    assert answer.status_code == 201, f"POST {LOTS} by somebody who has logged in puts a lot up: 201"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object: the lot"
    return body


def me(client: RecordingClient, headers: dict[str, str]) -> dict[str, Any]:
    """What somebody is told of themselves."""
    answer = client.get("/auth/me", headers=headers)
    assert answer.status_code == 200, "GET /auth/me with a token answers 200"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object"
    return body


@requirement(
    exercise=1,
    hints=(
        "Which fields of a new row are the person's own, and which are the house's?",
        "Exercise 1: the fields of `UserCreate`, and what happens to one that it does not have.",
        'model_config = ConfigDict(extra="____")\n\nemail: ____\nname: Title\npassword: ____',
    ),
)
def test_nobody_makes_themselves_staff(service: Service) -> None:
    """Whoever registers is a member, whatever else they send: a `role` and an `id` are not theirs to say."""
    with service.client(person=None) as client, service.cheap_hashes():
        for name, more in (
            ("eve", {"role": "staff"}),
            ("mallory", {"role": "staff", "token_version": 7, "id": 4711}),
        ):
            answer = register(client, name, **more)
            assert answer.status_code in (201, 422), (
                f"{', '.join(more)} at /auth/register: refused, or ignored"
            )
            if answer.status_code == 201:
                told = me(client, bearer(log_in(client, name).json()["access_token"]))
                assert told["role"] == "member", 'who sent "role": "staff" is a member all the same'
                assert told["id"] != 4711, "the house gives the ids"
        answer = register(client, "ada")
        assert answer.status_code == 201, "e-mail address, name and password are enough to register: 201"
        assert answer.json().get("role") == "member", "whoever registers is a member"


@requirement(
    exercise=1,
    hints=(
        "What would somebody send you, who wants to see how long a password may be?",
        "Exercise 1: the type of `password` in `UserCreate`. Is the text changed before it is hashed?",
        "password: Annotated[SecretStr, Field(min_length=____, max_length=____)]",
    ),
)
def test_a_password_is_taken_as_it_is(service: Service) -> None:
    """A password has 12 to 128 characters, and counts exactly as it was sent, spaces at its ends too."""
    with service.client(person=None) as client, service.cheap_hashes():
        for length, expected in ((11, 422), (12, 201), (128, 201), (129, 422), (100_000, 422)):
            answer = register(client, f"with-{length}", password="p" * length)
            assert answer.status_code == expected, f"a password of {length} characters: {expected}"
        spaced = "  spaces at both ends  "
        assert register(client, "ada", password=spaced).status_code == 201, (
            "a password may begin with a space"
        )
        assert log_in(client, "ada", spaced).status_code == 200, "the password as it was sent logs in: 200"
        assert log_in(client, "ada", spaced.strip()).status_code == 401, (
            "without its spaces it is another one: 401"
        )
        assert log_in(client, "ada", spaced.upper()).status_code == 401, (
            "the password in upper case is another password: 401"
        )


@requirement(given=True)
def test_a_person_registers_once_and_stays_private(service: Service) -> None:
    """An e-mail address registers once, in capitals or not (409); nobody else is shown it, nor a password."""
    with service.client() as client, service.cheap_hashes():
        answer = register(client, "ada")
        assert answer.status_code == 201, "the first time: 201"
        for spelling in ("ada@example.com", "ADA@Example.com"):
            again = register(client, "eve", email=spelling)
            assert again.status_code == 409, f"{spelling} is registered already: 409"
            assert "json" in again.headers["content-type"], "the body of the 409 is JSON"
        headers = bearer(log_in(client, "ADA").json()["access_token"])
        told = me(client, headers)
        assert (told["name"], told["email"]) == ("ada", "ada@example.com"), "one sees oneself, e-mail and all"
        lot = put_up(client)
        assert lot["seller"]["name"] == "seller", "a lot says who sells it"
        shown = answer.text + json.dumps(told) + client.get(LOTS).text + json.dumps(lot)
    assert "seller@example.com" not in shown, "no lot shows the e-mail address of its seller"
    assert PASSWORD not in shown, "no answer shows a password"
    assert "argon2" not in shown, "no answer shows a hash"


@requirement(given=True)
def test_production_needs_a_key_of_its_own(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """In production Gavel does not start with the default key; nowhere with one under 32 bytes."""
    kind = service.module("config").Settings
    for name in ("SECRET_KEY", "ENVIRONMENT"):
        monkeypatch.delenv(f"GAVEL_{name}", raising=False)
    monkeypatch.setenv("GAVEL_ALLOWED_HOSTS", '["gavel.example.com"]')
    assert _refusal(kind) == "", "without any setting a learner can begin: the default key is for development"
    told = _refusal(kind, environment="production")
    assert "secret_key" in told.lower(), (
        "production with the default key is refused, and the message names it"
    )
    short = "31 bytes, and one is missing..."
    told = _refusal(kind, environment="production", secret_key=short)
    assert "secret_key" in told.lower(), "a key of 31 bytes is refused, and the message names the setting"
    assert short not in told, "the message does not show the key"
    assert _refusal(kind, environment="production", secret_key=short + "!") == "", "32 bytes are enough"
    assert short not in repr(kind(_env_file=None, secret_key=short + "!")), "settings do not print their key"


@requirement(
    exercise=2,
    hints=(
        "Which of the three pieces of a token can its holder write, and which only somebody with the key?",
        "Exercise 2: `jwt.decode` in `read_token`, app/security.py: the key, and the algorithms.",
        "jwt.decode(token, key.get_secret_value(), algorithms=[____], ...)",
    ),
)
def test_a_forged_token_is_refused(service: Service) -> None:
    """A token is refused (401) that is unsigned, of another key or algorithm, or was changed afterwards."""
    with service.client() as client:
        mine = token_in(service.login(client, "ada"))
        said, key = _claims(mine), _key(service)
        head, _, signature = mine.split(".")
        other = "HS384" if jwt.get_unverified_header(mine)["alg"] == "HS256" else "HS256"
        believed = client.get("/auth/me", headers=bearer(mine))
        assert believed.status_code == 200, "the token as the service gave it is believed"
        changed = {**said, "sub": "1"}
        for how, token in (
            ("nothing at all", jwt.encode(changed, None, algorithm="none")),
            ("no signature but a name for one", f"{head}.{_spelled(changed)}."),
            ("the signature of the claims as they were", f"{head}.{_spelled(changed)}.{signature}"),
            ("another key", jwt.encode(changed, "a key that a thief made up, of enough bytes")),
            (f"the key, by another algorithm ({other})", jwt.encode(said, key, algorithm=other)),
            ("nonsense", "a.b.c"),
        ):
            answer = client.get("/auth/me", headers=bearer(token))
            assert answer.status_code == 401, f"a token signed with {how} is refused: 401"
            assert "bearer" in answer.headers.get("www-authenticate", "").lower(), "401 says WWW-Authenticate"


@requirement(
    exercise=2,
    hints=(
        "A token is properly signed. What else must be true before you believe it?",
        "Exercise 2: `audience`, `issuer`, `options` in `read_token`. What is compared only if it is there?",
        'jwt.decode(\n    ..., audience=____, issuer=____, options={"require": ["exp", ____]}\n)',
    ),
)
def test_a_token_is_for_this_house_and_ends(service: Service) -> None:
    """A token that is truly signed is refused when it has expired, has no end, or is not from us for us."""
    with service.client(token_minutes=7) as client, service.cheap_hashes():
        register(client, "ada")
        answer = log_in(client, "ada")
        said, key = _claims(answer.json()["access_token"]), _key(service)
        algorithm = jwt.get_unverified_header(answer.json()["access_token"])["alg"]
        assert answer.json().get("expires_in") == 420, (
            "token_minutes=7: the answer says that it lasts 420 seconds"
        )
        assert said.get("exp", 0) - said.get("iat", 0) == 420, "the claim `exp` is 420 seconds after `iat`"
        past = {"iat": said["iat"] - 900, "exp": said["iat"] - 1}
        for how, changes in (
            ("unchanged", {}),
            ("that ended a second ago", past),
            ("without `exp`", {"exp": None}),
            ("without `sub`", {"sub": None}),
            ("for another audience", {"aud": "https://hammer.example.com"}),
            ("without an audience", {"aud": None}),
            ("of another issuer", {"iss": "https://hammer.example.com"}),
            ("without an issuer", {"iss": None}),
        ):
            claims = {name: value for name, value in {**said, **changes}.items() if value is not None}
            status = client.get(
                "/auth/me", headers=bearer(jwt.encode(claims, key, algorithm=algorithm))
            ).status_code
            expected = 401 if changes else 200
            assert status == expected, f"a token {how}, signed with the key of the house: {expected}"


@requirement(given=True)
def test_who_changes_something_is_asked_who_they_are(service: Service) -> None:
    """Reading is free; changing takes a token (401 without) that is good for it (403 if not)."""
    with service.client() as client, service.cheap_hashes():
        path = f"{LOTS}/{put_up(client)['id']}"
        register(client, "ada")
        told = log_in(client, "ada", scope="bids:write house:manage").json()
        assert told.get("scope") == "bids:write", "a member who asks for house:manage is not given it"
        narrow = told["access_token"]
        for address in (LOTS, path, f"{path}/bids", f"{LOTS}/latest"):
            status = client.get(address, headers=NOBODY).status_code
            assert status == 200, f"GET {address} without a token: 200, as looking is free"
        lot = {"title": "A vase", "category": "art", "starting_price": "1.00"}
        for method, address, sent in (
            ("POST", LOTS, {"json": lot}),
            ("PATCH", path, {"json": {"title": "Mine"}}),
            ("DELETE", path, {}),
            ("PUT", f"{path}/photo", {"files": {"photo": ("photo", PNG, "image/png")}}),
        ):
            answer = client.request(method, address, headers=NOBODY, **sent)
            assert answer.status_code == 401, f"{method} {address} without a token: 401"
            assert "bearer" in answer.headers.get("www-authenticate", "").lower(), "401 says WWW-Authenticate"
            answer = client.request(method, address, headers=bearer(narrow), **sent)
            assert answer.status_code == 403, f"{method} {address} with a token for bids alone: 403"
        assert client.get(path).json()["title"] == "A snuffbox", (
            "the refused requests have not changed the lot"
        )


@requirement(
    exercise=3,
    hints=(
        "What does a stranger learn from a refusal, besides its status and its words?",
        "Exercise 3: `authenticate` in app/services/accounts.py. Which work is done for an unknown address?",
        "user = await users.by_email(email) if email.____() else None\n"
        "fits, fresh = await passwords.verify(password, ____ if user else ____)",
    ),
)
def test_a_refused_login_tells_nothing(service: Service) -> None:
    """A wrong password and an unknown address get the same answer, for the same work; no letter breaks it."""
    with service.client(person=None) as client, service.cheap_hashes():
        register(client, "ada")
        log_in(client, "ada")
        log_in(client, "a-stranger", "a first guess")
        with _hashing() as known:
            wrong = log_in(client, "ada", "not the password")
        with _hashing() as unknown:
            stranger = log_in(client, "nobody", "not the password")
        assert wrong.status_code == 401, "a wrong password: 401"
        assert stranger.status_code == 401, "an unknown address: 401"
        assert "bearer" in wrong.headers.get("www-authenticate", "").lower(), "401 says WWW-Authenticate"
        assert wrong.json().get("detail") == stranger.json().get("detail"), "the words are the same for both"
        assert len(known) == 1, "for a known address Argon2 computes once"
        assert len(unknown) == len(known), (
            f"for an unknown address Argon2 computes as often as for a known one ({len(known)}); "
            f"it was {len(unknown)}"
        )
        for name in ("ada\x00", "\x00"):
            status = log_in(client, name, "not the password").status_code
            assert status == 401, "an address with a character that cannot be printed: 401"


@requirement(
    exercise=3,
    hints=(
        "When is the only moment at which an old hash can be replaced by a new one?",
        "Exercise 3: the second thing that `passwords.verify` gives. Where must it be kept?",
        "if fresh is not None:\n    user.____ = fresh",
    ),
)
def test_an_old_hash_is_renewed_at_login(service: Service) -> None:
    """Who comes with an old bcrypt hash logs in, and has an Argon2 hash afterwards."""
    long = "a password that is longer than the seventy-two bytes which bcrypt has ever looked at"
    with service.client(person=None) as client, service.cheap_hashes():
        for name, old in (("ada", PASSWORD), ("bob", long)):
            register(client, name)
            _set_hash(service, name, bcrypt.hashpw(old.encode()[:72], bcrypt.gensalt(4)).decode())
        assert log_in(client, "ada", "not the password").status_code == 401, "a wrong password: 401"
        assert _hash_of(service, "ada").startswith("$2"), "a wrong password leaves the old hash where it is"
        assert log_in(client, "ada").status_code == 200, "the right password fits the old hash: 200"
        assert _hash_of(service, "ada").startswith("$argon2"), "after the login the hash is one of Argon2"
        assert log_in(client, "ada").status_code == 200, (
            "after the hash was replaced, the password still logs in: 200"
        )
        assert log_in(client, "bob", "x" * 200).status_code == 401, "200 letters against a bcrypt hash: 401"
        assert log_in(client, "bob", long).status_code == 200, "bcrypt saw 72 bytes of it, and they fit: 200"
        assert log_in(client, "bob", long).status_code == 200, (
            "the new hash is that of the whole password: 200"
        )


@requirement(given=True)
def test_who_guesses_must_wait(service: Service) -> None:
    """After so many failed logins for an address, or from one, the next answers 429 with `Retry-After`."""
    app = service.create_app(login_attempts=3, login_window_seconds=60, registrations=3)
    clock = {"now": EVENING}
    app.dependency_overrides[service.module("dependencies").get_now] = lambda: clock["now"]
    hosts = {"now": "192.0.2.1"}

    async def from_a_host(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "client": (hosts["now"], 4711)} if "client" in scope else scope, receive, send)

    with service.client(from_a_host, person=None) as client, service.cheap_hashes():  # type: ignore[arg-type]
        assert register(client, "ada").status_code == 201, "the first person registers: 201"
        right = [log_in(client, "ada").status_code for _ in range(4)]
        assert right == [200] * 4, "a login that succeeds is not counted"
        for name in ("ada", "nobody"):
            statuses = []
            for number in range(4):
                hosts["now"] = f"198.51.100.{len(name) * 10 + number}"
                statuses.append(log_in(client, name, "wrong").status_code)
            assert statuses == [401, 401, 401, 429], f"three failures for {name} from anywhere, then 429"
        answer = log_in(client, "ada")
        assert answer.status_code == 429, (
            "the right password has to wait as well, or it could still be guessed"
        )
        wait = answer.headers.get("retry-after", "")
        assert wait.isdigit(), "429 says in Retry-After how many seconds to wait"
        assert 0 < int(wait) <= 60, "the wait is no longer than the window"
        clock["now"] += timedelta(seconds=61)
        assert log_in(client, "ada").status_code == 200, "when the window is over one may try again"
        hosts["now"] = "203.0.113.7"
        statuses = []
        for number in range(4):
            form = {"username": f"name-{number}@example.com", "password": "wrong"}
            forwarded = {"X-Forwarded-For": f"10.0.0.{number}", "Authorization": ""}
            statuses.append(client.post("/auth/token", data=form, headers=forwarded).status_code)
        assert statuses == [401, 401, 401, 429], "three failures from one host, under any name, then 429"


@requirement(
    exercise=4,
    hints=(
        "Bob's token is good for writing lots. For whose?",
        "Exercise 4: `get_own_lot` in app/dependencies.py.",
        "if lot.____ != user.id and not manages:\n    raise HTTPException(____, ...)",
    ),
)
def test_only_its_seller_changes_a_lot(service: Service) -> None:
    """Another member may not change, remove or photograph a lot (403); its seller may, and so may staff."""
    with service.client() as client:
        lot = put_up(client)
        path = f"{LOTS}/{lot['id']}"
        stranger = service.login(client, "bob")
        wishes: tuple[tuple[str, str, dict[str, Any], int], ...] = (
            ("PATCH", path, {"json": {"title": "Mine"}}, 200),
            ("PUT", f"{path}/photo", {"files": {"photo": ("photo", PNG, "image/png")}}, 204),
            ("DELETE", path, {}, 204),
        )
        for method, address, sent, _ in wishes:
            answer = client.request(method, address, headers=stranger, **sent)
            assert answer.status_code == 403, f"{method} {address} by somebody else who has logged in: 403"
        seen = client.get(path).json()
        assert (seen["title"], seen["photo_url"]) == ("A snuffbox", None), (
            "the refused requests have not changed the lot"
        )
        _make_staff(service, "bob")
        as_before = client.patch(path, json={"title": "Mine"}, headers=stranger)
        assert as_before.status_code == 403, (
            "a token that was given to a member does not grow with its holder"
        )
        manager = service.login(client, "bob")
        changed = client.patch(path, json={"title": "A box"}, headers=manager)
        assert changed.status_code == 200, "staff with `house:manage` may change everybody's lots: 200"
        _make_staff(service, "bob", role="member")
        fallen = client.patch(path, json={"title": "Mine"}, headers=manager)
        assert fallen.status_code == 403, "who is staff no longer may not, whatever the token still says: 403"
        for method, address, sent, expected in wishes:
            status = client.request(method, address, **sent).status_code
            assert status == expected, f"{method} {address} by its seller: {expected}"


@requirement(
    exercise=5,
    hints=(
        "Who knows best who is bidding: the body of the request, or its token?",
        "Exercise 5: `place_bid` in app/routers/bids.py. `Bidder` gives the person, the service the bid.",
        '@router.post("", status_code=____, response_model=BidRead)\n'
        "async def place_bid(new: BidCreate, bidder: ____, lot: LotDep, bids: BidsDep, now: NowDep):\n"
        "    bid = await bidding.____(lot, bidder, new.amount, bids, now)\n"
        "    ...\n    return ____(bid, lot, now)",
    ),
)
def test_a_bid_is_somebodys(service: Service) -> None:
    """`POST …/bids` places a bid as whoever holds the token: 201; one that is too low answers 409."""
    with service.client() as client:
        path = f"{LOTS}/{put_up(client, starting_price='25.00', min_raise='2.00')['id']}"
        ada, bob = service.login(client, "ada"), service.login(client, "bob")
        unknown = client.post(f"{path}/bids", json={"amount": "30.00"}, headers=NOBODY)
        assert unknown.status_code == 401, "a bid without a token: 401"
        with service.cheap_hashes():
            narrow = bearer(log_in(client, "ada", scope="lots:write").json()["access_token"])
        unfit = client.post(f"{path}/bids", json={"amount": "30.00"}, headers=narrow)
        assert unfit.status_code == 403, "a bid with a token that is good for lots alone: 403"
        for who, amount, expected in (
            (ada, "24.99", 409),
            (ada, "25.00", 201),
            (bob, "26.99", 409),
            (bob, "27.00", 201),
            (ada, "-1.00", 422),
        ):
            answer = client.post(f"{path}/bids", json={"amount": amount}, headers=who)
            assert answer.status_code == expected, (
                f"a bid of {amount} on 25.00 with raises of 2.00: {expected}"
            )
        for more in ({"bidder_id": 1}, {"bidder": {"id": 1, "name": "seller"}}):
            answer = client.post(f"{path}/bids", json={"amount": "40.00", **more}, headers=bob)
            assert answer.status_code in (409, 201, 422), (
                f"{', '.join(more)} in the body: refused, or ignored"
            )
        page = client.get(f"{path}/bids").json()
        names = [bid["bidder"]["name"] for bid in page["items"]]
        assert set(names) == {"ada", "bob"}, "each bid is that of whoever held the token"
        assert (names[-1], page["total"]) == ("ada", len(names)), "the newest bid stands first"
        assert "@" not in json.dumps(page), "no bid shows an e-mail address"
        lot = client.get(path).json()
        assert Decimal(lot["price"]) >= 27, "the price is that of the highest bid"
        assert lot["bid_count"] == len(names), "the lot counts its bids, and only those that were taken"
        assert client.get(f"{LOTS}/123456/bids").status_code == 404, "bids on a lot that is not there: 404"


@requirement(
    exercise=5,
    hints=(
        "Somebody has bid on what you described. What may you still change?",
        "Exercise 5: what `place_bid` gives back. `shown`, in app/routers/bids.py, keeps envelopes closed; "
        "`bidding.place_bid` counts the bids, and app/routers/lots.py looks at their number.",
        "bid = await bidding.____(lot, bidder, new.amount, bids, now)\n...\nreturn ____(bid, lot, now)",
    ),
)
def test_what_was_bid_on_stays(service: Service) -> None:
    """A lot with bids is not removed, nor are its price and raise changed (409); an envelope stays closed."""
    with service.client() as client:
        bidder = service.login(client, "ada")
        path = f"{LOTS}/{put_up(client)['id']}"
        placed = client.post(f"{path}/bids", json={"amount": "30.00"}, headers=bidder)
        assert placed.status_code == 201, "a bid is placed: 201"
        assert client.delete(path).status_code == 409, "a lot with a bid is not removed: 409"
        for change in ({"starting_price": "1.00"}, {"min_raise": "99.00"}):
            status = client.patch(path, json=change).status_code
            assert status == 409, f"a lot with a bid keeps its {next(iter(change))}: 409"
        assert client.patch(path, json={"description": "Silver."}).status_code == 200, (
            "the description of a lot with a bid may change: 200"
        )
        sealed = f"{LOTS}/{put_up(client, kind='sealed')['id']}"
        told = client.post(f"{sealed}/bids", json={"amount": "31.41"}, headers=bidder)
        assert told.status_code == 201, "an envelope is handed in: 201"
        secret = "before the close no answer tells what is in an envelope"
        assert "31.41" not in told.text, f"{secret}: not the one to POST {sealed}/bids"
        for path in (f"{sealed}/bids", sealed):
            assert "31.41" not in client.get(path).text, f"{secret}: not the one to GET {path}"


@requirement(given=True)
def test_every_token_can_be_revoked(service: Service) -> None:
    """`POST /auth/revoke` makes every token of that person worthless at once, and of nobody else."""
    with service.client() as client:
        first, second = service.login(client, "ada"), service.login(client, "ada")
        assert client.post("/auth/revoke", headers=first).status_code == 204, "POST /auth/revoke: 204"
        for headers in (first, second):
            status = client.get("/auth/me", headers=headers).status_code
            assert status == 401, "a token from before is worthless, though its signature still holds: 401"
        assert client.post(LOTS, json={}, headers=second).status_code == 401, (
            "a revoked token is refused by every endpoint: 401"
        )
        assert client.get("/auth/me").status_code == 200, "somebody else's token is not touched: 200"
        anew = client.get("/auth/me", headers=service.login(client, "ada"))
        assert anew.status_code == 200, "a new login gives a token that is believed: 200"


@requirement(given=True)
def test_the_authorize_button_finds_its_way(service: Service) -> None:
    """The OpenAPI says where tokens are had, for which scopes, and which routes ask for them."""
    with service.client(person=None) as client:
        described = client.get("/openapi.json").json()
        schemes = described.get("components", {}).get("securitySchemes", {})
        flows = [
            scheme["flows"]["password"]
            for scheme in schemes.values()
            if "password" in scheme.get("flows", {})
        ]
        assert flows, "there is a security scheme with the OAuth2 password flow"
        address = "/" + flows[0]["tokenUrl"].lstrip("/")
        answer = client.post(address, data={"username": "nobody@example.com", "password": "wrong"})
        assert answer.status_code == 401, "its tokenUrl leads to the login: a wrong pair answers 401"
        assert {"lots:write", "bids:write"} <= set(flows[0]["scopes"]), "the scopes are listed"
        paths = described["paths"]
        for method, path in (("post", LOTS), ("delete", f"{LOTS}/{{lot_id}}"), ("get", "/auth/me")):
            assert paths[path][method].get("security"), f"{method.upper()} {path} has a lock"
        assert not paths[LOTS]["get"].get("security"), "GET of the catalogue has none"


def _refusal(kind: Any, **settings: Any) -> str:
    """What making the settings complains of; empty where they are made."""
    try:
        kind(_env_file=None, **settings)
    except ValueError as refused:
        return str(refused)
    return ""


def _key(service: Service) -> str:
    """The key with which the service under test signs."""
    key = service.settings().secret_key.get_secret_value()
    assert isinstance(key, str), "secret_key is a SecretStr"
    return key


def _claims(token: str) -> dict[str, Any]:
    """What a token says, believed or not."""
    assert token.count(".") == 2, "a token is a JSON Web Token: three pieces with dots between them"
    said = jwt.decode(token, options={"verify_signature": False})
    assert isinstance(said, dict), "the claims of the token are a JSON object"
    return said


def _spelled(claims: dict[str, Any]) -> str:
    """Claims as the second piece of a token spells them."""
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()


@contextmanager
def _hashing() -> Iterator[list[str]]:
    """How often Argon2 computes meanwhile, be it to make a hash or to compare with one."""
    done: list[str] = []

    def counted(name: str) -> Any:
        original = getattr(PasswordHasher, name)

        def work(*arguments: Any, **options: Any) -> Any:
            done.append(name)
            return original(*arguments, **options)

        return patch.object(PasswordHasher, name, work)

    with counted("verify"), counted("hash"):
        yield done


@contextmanager
def _people(service: Service) -> Iterator[tuple[sqlite3.Connection, str]]:
    """The database of this test, and the name of its table of people; committed at the end."""
    table = service.module("models").User.__tablename__
    with closing(sqlite3.connect(service.tmp_path / "gavel.db")) as database, database:
        yield database, table


def _set_hash(service: Service, name: str, value: str) -> None:
    """Give somebody another hash, past the service."""
    with _people(service) as (database, table):
        changed = database.execute(
            f"UPDATE {table} SET password_hash = ? WHERE email = ?", (value, f"{name}@example.com")
        )
        assert changed.rowcount == 1, "the hash of a person stands in the column password_hash"


def _hash_of(service: Service, name: str) -> str:
    """Somebody's hash, as the database keeps it."""
    with _people(service) as (database, table):
        query = f"SELECT password_hash FROM {table} WHERE email = ?"
        return str(database.execute(query, (f"{name}@example.com",)).fetchone()[0])


def _make_staff(service: Service, name: str, *, role: str = "staff") -> None:
    """Give somebody a role, past the service."""
    with _people(service) as (database, table):
        database.execute(f"UPDATE {table} SET role = ? WHERE email = ?", (role, f"{name}@example.com"))
