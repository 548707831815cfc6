"""API7:2023, server side request forgery; API8:2023, misconfiguration; API10:2023, unsafe consumption.

What stands around the service: hosts, browsers, logs, proxies, the post office.
https://owasp.org/API-Security/editions/2023/en/0xa8-security-misconfiguration/
"""

import io
import json
from contextlib import redirect_stderr

from course.engine.checkpoint.service import Service
from tests.attacks import wire
from tests.attacks.acts import CLOCK, LOTS, PNG, put_up, visit
from tests.attacks.case import attack

EVIL = "https://evil.example.com"
PAGE = b"<html><script>alert(1)</script></html>"


@attack("API7:2023", without="no-addresses-from-outside", wins=True, refused=False)
def a_lot_makes_others_fetch_its_photo_from_an_address_of_the_attackers(house: Service) -> bool:
    with visit(house) as client:
        sent = {**CLOCK, "photo_url": "http://169.254.169.254/latest/meta-data"}
        return "169.254" in client.post(LOTS, json=sent).text


@attack("API7:2023", without="trusted-hosts", wins=200, refused=400)
def the_service_is_called_by_the_name_of_another(house: Service) -> int:
    with visit(house, person=None) as client:
        return client.get(LOTS, headers={"Host": "evil.example.com"}).status_code


@attack("CWE-74", without="paths-without-a-host", wins=True, refused=False)
def the_name_of_another_is_in_the_location_of_a_lot(house: Service) -> bool:
    """A cache or a log keeps a `Location` that an attacker's header `Host` has made."""
    with visit(house, allowed_hosts=["*"]) as client:
        hosts = (
            "evil.example.com",
            "gavel/evil.example.com",
            "gavel\\evil.example.com",
            "gavel?evil.example.com",
        )
        answers = [client.post(LOTS, json=CLOCK, headers={"Host": host}) for host in hosts]
        return any("evil" in answer.headers["location"] for answer in answers)


@attack("API8:2023", without="named-origins", wins=EVIL, refused=None)
def the_page_of_another_site_reads_answers_with_what_the_browser_knows(house: Service) -> str | None:
    with visit(house, cors_origins=["https://gavel.example.com"]) as client:
        return client.get("/auth/me", headers={"Origin": EVIL}).headers.get("access-control-allow-origin")


@attack("API8:2023", without="named-origins", wins="null", refused=None)
def a_page_without_an_origin_reads_answers(house: Service) -> str | None:
    with visit(house, cors_origins=["https://gavel.example.com"]) as client:
        return client.get("/auth/me", headers={"Origin": "null"}).headers.get("access-control-allow-origin")


@attack("API8:2023", without="json-by-its-name", wins=201, refused=422)
def the_page_of_another_site_sends_json_that_does_not_say_so(house: Service) -> int:
    """The defence is FastAPI's `strict_content_type`: a browser asks before it sends JSON by its name."""
    with visit(house) as client:
        return client.post(LOTS, content=json.dumps(CLOCK)).status_code


@attack("API8:2023", without="words-to-browsers", wins=None, refused="frame-ancestors 'none'")
def a_page_of_gavel_is_shown_in_the_frame_of_another(house: Service) -> str | None:
    with visit(house, person=None) as client:
        told = client.get("/").headers.get("content-security-policy")
        return None if told is None else next(each for each in told.split("; ") if "frame-anc" in each)


@attack("API8:2023", without="a-sealed-page", wins=False, refused=True)
def a_script_that_somebody_smuggled_into_the_page_is_run(house: Service) -> bool:
    """What a browser may do with the page is said by a header; browsers are tried in tests/browser."""
    with visit(house, person=None) as client:
        policy = client.get("/watch/").headers.get("content-security-policy", "")
        return {"default-src 'none'", "script-src 'self'"} <= set(policy.split("; "))


@attack("CWE-22", without="a-folder-with-walls", wins=200, refused=404)
def the_address_of_a_file_of_the_page_leads_out_of_its_folder(house: Service) -> int:
    """The defence is Starlette's: `StaticFiles` gives nothing from outside its folder."""
    with visit(house, person=None) as client:

        async def read() -> wire.Answer:
            return await wire.ask(client, "GET", "/watch/../config.py")

        answer: wire.Answer = wire.call(client, read)
        return answer.status


@attack("API8:2023", without="words-to-browsers", wins=None, refused="nosniff")
def a_browser_looks_into_a_photo_and_finds_a_page(house: Service) -> str | None:
    with visit(house) as client:
        lot = put_up(client)
        photo = ("a.png", PNG + PAGE, "image/png")
        client.put(f"{lot}/photo", files={"photo": photo})
        return client.get(f"{lot}/photo").headers.get("x-content-type-options")


@attack("API8:2023", without="photos-are-photos", wins="text/html; charset=utf-8", refused=None)
def a_photo_is_a_page_and_is_served_as_one(house: Service) -> str | None:
    with visit(house) as client:
        lot = put_up(client)
        client.put(f"{lot}/photo", files={"photo": ("a.html", PAGE, "text/html")})
        answer = client.get(f"{lot}/photo")
        return answer.headers["content-type"] if answer.status_code == 200 else None


@attack("API8:2023", without="photos-are-photos", wins=200, refused=404)
def a_page_calls_itself_a_photo(house: Service) -> int:
    with visit(house) as client:
        lot = put_up(client)
        client.put(f"{lot}/photo", files={"photo": ("a.png", PAGE, "image/png")})
        return client.get(f"{lot}/photo").status_code


@attack("API8:2023", without="silence-about-what-broke", wins=True, refused=False)
def an_error_tells_what_the_service_is_made_of(house: Service) -> bool:
    app = house.create_app()

    def broken() -> None:
        raise RuntimeError("postgresql://gavel:hunter2@db.internal")

    app.dependency_overrides[house.module("dependencies").get_lots] = broken
    with visit(house, app, person=None) as client:
        answer = client.get(LOTS)
        return answer.status_code != 500 or any(
            word in answer.text for word in ("hunter2", "Traceback", ".py")
        )


@attack("API8:2023", without="https", wins=200, refused=307)
def a_password_goes_over_an_open_line_where_https_is_asked_for(house: Service) -> int:
    with visit(house, person=None, https=True) as client:
        return client.get("/", follow_redirects=False).status_code


@attack("CWE-117", without="a-log-of-json", wins=2, refused=1)
def a_line_break_in_an_address_forges_a_line_of_the_log(house: Service) -> int:
    with redirect_stderr(io.StringIO()) as log, visit(house, person=None, log_level="INFO") as client:
        log.truncate(0)
        client.get("/lots%0A%7B%22message%22:%22all%20is%20well%22%7D")
        return len([line for line in log.getvalue().strip("\0\n").split("\n") if line])


@attack("CWE-150", without="a-log-of-json", wins=True, refused=False)
def an_address_moves_the_cursor_of_the_terminal_that_shows_the_log(house: Service) -> bool:
    with redirect_stderr(io.StringIO()) as log, visit(house, person=None, log_level="INFO") as client:
        client.get("/lots/%C2%9B2J%C2%85%E2%80%AE%E2%80%A8")
        return any(character in log.getvalue() for character in "\x85\x9b\u202e\u2028")


@attack("CWE-532", without="a-log-without-secrets", wins=True, refused=False)
def secrets_stand_in_the_log_for_whoever_may_read_it(house: Service) -> bool:
    with redirect_stderr(io.StringIO()) as log, visit(house, log_level="DEBUG") as client:
        client.get("/auth/me?ticket=a-dear-secret", headers={"Authorization": "Bearer a-dear-secret"})
        return "a-dear-secret" in log.getvalue()


@attack("CWE-113", without="decent-request-ids", wins=True, refused=False)
def a_request_id_brings_a_cookie_along(house: Service) -> bool:
    """A server refuses such a header; where another program calls the app, the middleware must."""
    with visit(house, person=None) as client:

        async def read() -> wire.Answer:
            return await wire.ask(client, "GET", "/", [(b"x-request-id", b"1\r\nSet-Cookie: admin=1")])

        answer = wire.call(client, read)
        return any(b"\n" in value for _, value in answer.headers)


@attack("CWE-113", without="decent-request-ids", wins=8000, refused=32)
def a_request_id_fills_the_log(house: Service) -> int:
    with visit(house, person=None) as client:
        return len(client.get("/", headers={"X-Request-ID": "a" * 8000}).headers["x-request-id"])
