"""RFC 8725, JSON Web Token best current practices: tokens that Gavel never gave to anybody.

https://www.rfc-editor.org/rfc/rfc8725
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt

from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.service import HARMLESS, Service
from tests.attacks.acts import visit
from tests.attacks.case import attack

KEY = str(HARMLESS["secret_key"])
MINE = "a key of the attacker's own, which has as many bytes as it should"


def _claims(client: RecordingClient) -> dict[str, Any]:
    """What the seller's token says: everybody can read that."""
    return jwt.decode(_token(client), options={"verify_signature": False})


def _token(client: RecordingClient) -> str:
    return client.headers["authorization"].removeprefix("Bearer ")


def _shown(client: RecordingClient, token: str) -> int:
    """The status of the answer to whoever shows this token."""
    return client.get("/auth/me", headers={"Authorization": f"Bearer {token}"}).status_code


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@attack("RFC 8725, 3.1", without="a-pinned-algorithm", wins=200, refused=401)
def a_token_says_that_it_needs_no_signature(house: Service) -> int:
    with visit(house) as client:
        return _shown(client, jwt.encode(_claims(client), None, algorithm="none"))


@attack("RFC 8725, 3.1", without="a-pinned-algorithm", wins=200, refused=401)
def a_token_says_so_in_capitals_since_somebody_looks_for_small_letters(house: Service) -> int:
    with visit(house) as client:
        return _shown(client, f"{_part({'alg': 'nOnE', 'typ': 'JWT'})}.{_part(_claims(client))}.")


@attack("RFC 8725, 3.1", without="a-pinned-algorithm", wins=200, refused=401)
def a_token_chooses_another_algorithm_for_the_same_key(house: Service) -> int:
    with visit(house) as client:
        return _shown(client, jwt.encode(_claims(client), KEY + KEY, algorithm="HS512"))


@attack("RFC 8725, 3.3", without="a-signature", wins=200, refused=401)
def the_signature_of_a_token_is_cut_off(house: Service) -> int:
    with visit(house) as client:
        return _shown(client, _token(client).rpartition(".")[0] + ".")


@attack("RFC 8725, 3.3", without="a-signature", wins="victim", refused=None)
def somebody_writes_another_number_into_their_token(house: Service) -> str | None:
    with visit(house, person="victim") as client:
        mallory = house.login(client, "mallory")["Authorization"].removeprefix("Bearer ")
        head, _, seal = mallory.split(".")
        said = jwt.decode(mallory, options={"verify_signature": False}) | {"sub": "1"}
        forged = {"Authorization": f"Bearer {head}.{_part(said)}.{seal}"}
        name: str | None = client.get("/auth/me", headers=forged).json().get("name")
        return name


@attack("RFC 8725, 3.3", without="a-signature", wins=200, refused=401)
def a_token_is_signed_with_a_key_of_the_attackers(house: Service) -> int:
    with visit(house) as client:
        return _shown(client, jwt.encode(_claims(client), MINE, algorithm="HS256"))


@attack("RFC 8725, 3.5", without="a-key-worth-the-name", wins=200, refused="the service does not start")
def the_key_is_one_of_those_that_everybody_tries(house: Service) -> int | str:
    return _with_key(house, "secret")


@attack("RFC 8725, 3.5", without="a-key-worth-the-name", wins=200, refused="the service does not start")
def the_key_of_production_is_the_one_that_everybody_can_read(house: Service) -> int | str:
    return _with_key(house, house.module("config").Settings.DEVELOPMENT_KEY.get_secret_value())


def _with_key(house: Service, key: str) -> int | str:
    """What comes of a token that is signed with a guess at the key of production."""
    try:
        client = visit(house, secret_key=key, environment="production")
    except ValueError:
        return "the service does not start"
    with client:
        return _shown(client, jwt.encode(_claims(client), key, algorithm="HS256"))


@attack("RFC 8725, 3.8", without="an-issuer", wins=200, refused=401)
def a_token_was_issued_by_another_house(house: Service) -> int:
    with visit(house) as client:
        return _shown(client, jwt.encode(_claims(client) | {"iss": "another house"}, KEY))


@attack("RFC 8725, 3.9", without="an-audience", wins=200, refused=401)
def a_token_was_meant_for_another_service_of_the_house(house: Service) -> int:
    with visit(house) as client:
        return _shown(client, jwt.encode(_claims(client) | {"aud": "the newsletter"}, KEY))


@attack("RFC 8725, 3.9", without="an-audience", wins=200, refused=401)
def a_token_does_not_say_for_whom_it_is(house: Service) -> int:
    with visit(house) as client:
        claims = _claims(client)
        del claims["aud"]
        return _shown(client, jwt.encode(claims, KEY))


@attack("RFC 8725, 3.8", without="claims-with-types", wins={200, 401, 500}, refused={401})
def a_signed_token_has_claims_of_another_type(house: Service) -> set[int]:
    with visit(house) as client:
        client.post("/auth/revoke")
        client.headers.update(house.login(client, "seller"))
        said = _claims(client)
        odd: dict[str, list[Any]] = {
            "sub": ["abc", "9" * 30, "\ud800"],
            "scope": [5, None, {}],
            "ver": ["x", True, [], 1.5],
        }
        tokens = [jwt.encode(said | {name: each}, KEY) for name, values in odd.items() for each in values]
        return {_shown(client, token) for token in tokens}


@attack("RFC 8725, 3.10", without="no-keys-in-tokens", wins=200, refused=401)
def a_token_brings_the_key_along_that_it_is_to_be_read_with(house: Service) -> int:
    with visit(house) as client:
        jwk = {"kty": "oct", "k": base64.urlsafe_b64encode(MINE.encode()).decode().rstrip("=")}
        return _shown(client, jwt.encode(_claims(client), MINE, headers={"jwk": jwk}))


@attack("RFC 8725, 3.10", without="no-keys-in-tokens", wins=200, refused=401)
def a_token_names_a_public_file_as_its_key(house: Service) -> int:
    with visit(house) as client:
        public = Path(house.folder / "pyproject.toml")
        kid = "../pyproject.toml"
        return _shown(client, jwt.encode(_claims(client), public.read_bytes(), headers={"kid": kid}))


@attack("RFC 8725, 3.10", without="no-keys-in-tokens", wins=200, refused=401)
def a_token_has_the_service_fetch_its_key_from_an_address(house: Service) -> int:
    with visit(house) as client:
        jku = "data:," + MINE.replace(" ", "%20")
        return _shown(client, jwt.encode(_claims(client), MINE, headers={"jku": jku}))


@attack("RFC 7519, 4.1.4", without="an-end-of-tokens", wins=200, refused=401)
def a_token_of_last_week_is_shown(house: Service) -> int:
    with visit(house) as client:
        week_ago = datetime.now(UTC) - timedelta(days=7)
        return _shown(client, jwt.encode(_claims(client) | {"iat": week_ago, "exp": week_ago}, KEY))


@attack("RFC 7519, 4.1.4", without="an-end-of-tokens", wins=200, refused=401)
def a_token_has_no_end(house: Service) -> int:
    with visit(house) as client:
        claims = _claims(client)
        del claims["exp"]
        return _shown(client, jwt.encode(claims, KEY))


@attack("RFC 7519, 4.1.5", without="an-end-of-tokens", wins=200, refused=401)
def a_token_of_next_year_is_shown_today(house: Service) -> int:
    with visit(house) as client:
        then = datetime.now(UTC) + timedelta(days=365)
        return _shown(client, jwt.encode(_claims(client) | {"nbf": then, "exp": then}, KEY))
