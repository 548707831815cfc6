"""What Gavel does from chapter 2 on: lots are created, read, listed and deleted, and have a photo."""

import json
import tempfile
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest

from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(255, -1, -1))
MEBIBYTE = 1024 * 1024


def lot_data(**changes: object) -> dict[str, object]:
    """The request body that creates a lot, with a reserve price whose digits are in no other field."""
    data: dict[str, object] = {
        "title": "A long-case clock",
        "description": "It runs nine minutes late.",
        "category": "clocks",
        "starting_price": "120.00",
        "reserve_price": "7341.85",
    }
    return {**data, **changes}


def create_lot(client: RecordingClient, **changes: object) -> dict[str, Any]:
    """Create a lot; the response body."""
    response = client.post(LOTS, json=lot_data(**changes))
    status = response.status_code
    assert status == 201, f"POST {LOTS} with valid data creates a lot and responds with 201; seen: {status}"
    body = response.json()
    assert isinstance(body, dict), f"the response body is a JSON object, the lot; seen: {shown(body)}"
    assert "id" in body, f"the response body contains the id of the new lot; seen: {shown(body)}"
    return body


def titles(client: RecordingClient, **query: object) -> list[str]:
    """The titles on a page of the catalogue."""
    return titles_of(page(client, **query))


def titles_of(found: dict[str, Any]) -> list[str]:
    """The titles of the lots on a page."""
    return [item["title"] for item in found["items"]]


def page(client: RecordingClient, **query: object) -> dict[str, Any]:
    """A page of the catalogue."""
    response = client.get(LOTS, params={name: str(value) for name, value in query.items()})
    status = response.status_code
    assert status == 200, f"GET {LOTS} responds with 200; seen: {status}"
    body = response.json()
    assert isinstance(body, dict), f"the response body is a JSON object; seen: {shown(body)}"
    assert {"items", "total"} <= body.keys(), (
        f'the response body contains "items" and "total"; seen: {", ".join(body) or "an empty object"}'
    )
    return body


def read_status(client: RecordingClient, path: str) -> int:
    """The status code of a GET."""
    return client.get(path).status_code


def read_title(client: RecordingClient, lot_id: object) -> object:
    """The title of a lot, read by its id."""
    return client.get(f"{LOTS}/{lot_id}").json()["title"]


def send_photo(client: RecordingClient, lot_id: int, content: bytes, media_type: str = "image/png") -> int:
    """Send a photo; the status code of the response."""
    photo = {"photo": ("clock", content, media_type)}
    return client.put(f"{LOTS}/{lot_id}/photo", files=photo).status_code


def shown(value: object) -> str:
    """A value of a JSON body, at most 200 characters of it."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}..."


def shown_bytes(content: bytes) -> str:
    """A photo that came back, in words."""
    names = {PNG: "the PNG", JPEG: "the JPEG", b"": "no bytes"}
    return names.get(content, f"{len(content)} other bytes")


def _read_from_uploads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes each `read` of an uploaded file returns from here on."""
    pieces: list[int] = []
    real = tempfile.SpooledTemporaryFile.read

    def read(self: Any, *size: int) -> Any:
        content = real(self, *size)
        pieces.append(len(content))
        return content

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "read", read)
    return pieces


@requirement(given=True)
def test_an_id_that_no_lot_can_have_is_refused(service: Service) -> None:
    """An id that no lot can have (`seven`, 0, 2⁶³) responds with 422."""
    with service.client() as client:
        for number in ("seven", "0", "-1", str(2**63)):
            status = read_status(client, f"{LOTS}/{number}")
            assert status == 422, (
                f"GET {LOTS}/{number} responds with 422: no lot can have this id; seen: {status}"
            )
        status = read_status(client, f"{LOTS}/{2**63 - 1}")
        assert status == 404, (
            f"the id 2⁶³ - 1 is valid, and no lot has it, so GET responds with 404; seen: {status}"
        )


@requirement(
    exercise=2,
    hints=(
        "`find` returns `None`. Which status code tells the client that there is no such lot?",
        "Exercise 2: the line after `store.find` in `delete_lot`, as in `read_lot`.",
        "if lot is ____:\n    ____ HTTPException(____, ...)",
    ),
)
def test_a_lot_that_does_not_exist_is_not_found(service: Service) -> None:
    """`GET` and `DELETE` of a lot that does not exist respond with 404, in JSON."""
    with service.client() as client:
        for method in ("GET", "DELETE"):
            response = client.request(method, f"{LOTS}/123456")
            status, kind = response.status_code, response.headers["content-type"]
            assert status == 404, f"{method} of a lot that does not exist responds with 404; seen: {status}"
            assert "json" in kind, f"the Content-Type of the 404 is JSON; seen: {kind}"


@requirement(
    exercise=2,
    hints=(
        "Which status code says that something was created, and where do you set it for a path operation?",
        "Exercise 2: the decorator of `create_lot`, in app/routers/lots.py, and what the function returns.",
        '@router.____("", status_code=____, response_model=LotRead)\n'
        "async def create_lot(new: LotCreate, request: Request, response: Response) -> Lot:\n"
        "    store: LotStore = request.state.store\n"
        "    lot = store.____(new)\n"
        "    ...\n"
        "    return ____",
    ),
)
def test_a_seller_creates_a_lot(service: Service) -> None:
    """`POST /api/v1/lots` creates a lot: it responds with 201 and the public fields of the lot."""
    with service.client(follow_redirects=False) as client:
        response = client.post(LOTS, json=lot_data())
        status = response.status_code
        assert status == 201, f"POST {LOTS} responds with 201 Created; seen: {status}"
        body = response.json()
        assert isinstance(body, dict), f"the response body is a JSON object, the lot; seen: {shown(body)}"
        assert isinstance(body.get("id"), int), (
            f"the response body contains the id of the new lot, an integer; seen: {shown(body.get('id'))}"
        )
        for name in ("title", "description", "category"):
            sent = lot_data()[name]
            assert body.get(name) == sent, (
                f'"{name}" in the response is what the client sent, {shown(sent)}; '
                f"seen: {shown(body.get(name))}"
            )
        price = body.get("starting_price")
        assert Decimal(str(price)) == 120, (
            f'"starting_price" in the response is what the client sent, "120.00"; seen: {shown(price)}'
        )
        description = create_lot(client, description="")["description"]
        assert description == "", f"an empty description stays empty; seen: {shown(description)}"


@requirement(
    exercise=2,
    hints=(
        "A client has created a lot. Which header of the response contains the path of the new lot?",
        "Exercise 2: the line above `return` in `create_lot`. Which function makes a path from a name?",
        'response.headers["____"] = request.url_for("____", lot_id=____).path',
    ),
)
def test_the_location_leads_to_the_new_lot(service: Service) -> None:
    """The response to `POST` has a `Location`, and a `GET` of it returns the new lot."""
    with service.client() as client:
        create_lot(client, title="Another lot")
        response = client.post(LOTS, json=lot_data(title="A snuffbox"))
        assert "location" in response.headers, (
            "the response to POST has a header Location; "
            f"seen: status {response.status_code}, and no such header"
        )
        location = response.headers["location"]
        found = client.get(location)
        status = found.status_code
        assert status == 200, f"GET of the Location, {location}, responds with 200; seen: {status}"
        title = found.json()["title"]
        assert title == "A snuffbox", (
            f"GET of the Location returns the new lot, 'A snuffbox'; seen: {title!r}"
        )
        expected = f"{LOTS}/{response.json()['id']}"
        assert urlsplit(location).path == expected, (
            f"the path of the Location is {expected}; seen: {urlsplit(location).path}"
        )


@requirement(
    exercise=2,
    hints=(
        "Which object knows the prefix of a proxy: the application, or the request that came through it?",
        "Exercise 2: the line of `create_lot` that makes the path. Whose method does it call?",
        'response.headers["Location"] = request.____("read_lot", lot_id=lot.id).____',
    ),
)
def test_the_location_has_the_prefix_of_a_proxy(service: Service) -> None:
    """Behind a proxy with a path prefix (`root_path`), the `Location` begins with the prefix."""
    prefix = "/user/ada/proxy/8000"
    with service.client(root_path=prefix) as client:
        response = client.post(f"{prefix}{LOTS}", json=lot_data())
        location = response.headers.get("location", "")
        expected = f"{prefix}{LOTS}/{response.json().get('id')}"
        assert urlsplit(location).path == expected, (
            f"behind a proxy with the root_path {prefix} the path of the Location is {expected}; "
            f"seen: {location or 'no Location'}"
        )


@requirement(
    exercise=2,
    hints=(
        "Which other lot, also a deleted one, could have had this id?",
        "`LotStore.add` chooses the id; `create_lot` calls it once for each lot.",
        "lot = store.____(new)",
    ),
)
def test_each_lot_has_its_own_id(service: Service) -> None:
    """Each lot has an id of its own, also if a lot was deleted in between."""
    with service.client() as client:
        first, second = create_lot(client, title="A vase")["id"], create_lot(client, title="A lamp")["id"]
        title = read_title(client, first)
        assert title == "A vase", f"the id of the first lot finds the first lot, 'A vase'; seen: {title!r}"
        title = read_title(client, second)
        assert title == "A lamp", f"the id of the second lot finds the second lot, 'A lamp'; seen: {title!r}"
        client.delete(f"{LOTS}/{first}")
        third = create_lot(client, title="A chair")["id"]
        assert third != second, f"a new lot does not get the id of an existing lot, {second}; seen: {third}"
        title = read_title(client, second)
        assert title == "A lamp", (
            f"after the first lot was deleted, the id of the second still finds 'A lamp'; seen: {title!r}"
        )


@requirement(
    exercise=2,
    hints=(
        "How do you declare the structure that FastAPI requires of a request body?",
        "Exercise 2: the annotation of the first parameter of `create_lot`; `LotCreate` has the constraints.",
        "async def create_lot(new: ____, request: Request, response: Response) -> Lot:",
    ),
)
def test_an_invalid_lot_is_refused(service: Service) -> None:
    """`POST` responds with 422 to data that `LotCreate` does not allow, and with 201 at its limits."""
    invalid: list[dict[str, object]] = [
        {"title": ""},
        {"title": "x" * 121},
        {"description": "x" * 2001},
        {"category": "cars"},
        {"starting_price": "-0.01"},
        {"starting_price": "1.005"},
        {"starting_price": "12345678901.00"},
        {"starting_price": "NaN"},
        {"reserve_price": "-1"},
    ]
    with service.client() as client:
        for changes in invalid:
            status = client.post(LOTS, json=lot_data(**changes)).status_code
            (name,) = changes
            assert status == 422, (
                f"POST with {name}={str(changes[name])[:20]!r} responds with 422, because the value is not "
                f"valid; seen: {status}"
            )
        for name in ("title", "category", "starting_price"):
            without = {field: value for field, value in lot_data().items() if field != name}
            status = client.post(LOTS, json=without).status_code
            assert status == 422, f"POST without {name} responds with 422; seen: {status}"
        create_lot(client, title="x" * 120, description="x" * 2000, starting_price="0")
        create_lot(client, starting_price="9999999999.99", reserve_price=None)


@requirement(
    exercise=2,
    hints=(
        "Which status code means success without a body, and where do you set it?",
        "Exercise 2: `delete_lot`, in app/routers/lots.py. It needs a lot from `create_lot`.",
        '@router.delete("/{lot_id}", status_code=____)\n'
        "async def delete_lot(lot_id: LotId, request: Request) -> None:\n"
        "    ...\n"
        "    store.____(lot)",
    ),
)
def test_a_seller_deletes_a_lot(service: Service) -> None:
    """`DELETE` responds with 204 and an empty body, and deletes that lot and no other."""
    with service.client() as client:
        deleted, other = create_lot(client)["id"], create_lot(client, title="A lamp")["id"]
        response = client.delete(f"{LOTS}/{deleted}")
        status = response.status_code
        assert status == 204, f"DELETE of a lot responds with 204 No Content; seen: {status}"
        assert response.content == b"", (
            f"a response with 204 has an empty body; seen: {len(response.content)} bytes"
        )
        status = read_status(client, f"{LOTS}/{deleted}")
        assert status == 404, f"GET of the deleted lot responds with 404; seen: {status}"
        status = client.delete(f"{LOTS}/{deleted}").status_code
        assert status == 404, f"a second DELETE of the same lot responds with 404; seen: {status}"
        status = read_status(client, f"{LOTS}/{other}")
        assert status == 200, f"GET of the other lot still responds with 200; seen: {status}"


@requirement(
    exercise=3,
    hints=(
        "FastAPI compares a request with its routes in order. Which route matches `/lots/latest` first?",
        "Exercise 3: the place of the new path operation in app/routers/lots.py, above or below `read_lot`.",
        '%%add app/routers/lots.py before ____\n@router.get("/____", response_model=LotRead)\n'
        "async def read_latest_lot(request: Request) -> Lot:\n"
        "    ...\n"
        "    if lot is None:\n"
        "        raise HTTPException(____, ...)",
    ),
)
def test_the_latest_lot_is_found(service: Service) -> None:
    """`GET /api/v1/lots/latest` returns the newest lot that still exists, or responds with 404."""
    with service.client() as client:
        status = read_status(client, f"{LOTS}/latest")
        assert status == 404, f"while no lot exists, GET {LOTS}/latest responds with 404; seen: {status}"
        create_lot(client, title="A vase")
        create_lot(client, title="A chair")
        last = create_lot(client, title="A lamp")
        response = client.get(f"{LOTS}/latest")
        status = response.status_code
        assert status == 200, f"GET {LOTS}/latest responds with 200; seen: {status}"
        latest = response.json()
        assert latest["id"] == last["id"], (
            f"{LOTS}/latest is the lot that was created last, with the id {last['id']}; "
            f"seen: the id {shown(latest['id'])}"
        )
        assert latest["title"] == "A lamp", (
            f"{LOTS}/latest contains the title of that lot, 'A lamp'; seen: {latest['title']!r}"
        )
        client.delete(f"{LOTS}/{last['id']}")
        latest = client.get(f"{LOTS}/latest").json()
        assert latest.get("title") == "A chair", (
            "after the newest lot was deleted, the one before it, 'A chair', is the latest; "
            f"seen: {shown(latest)}"
        )
        status = read_status(client, f"{LOTS}/{latest['id']}")
        assert status == 200, f"GET of a lot by its id still responds with 200; seen: {status}"


@requirement(
    exercise=4,
    hints=(
        "Which lots does the catalogue contain if a request has no query parameter?",
        "Exercise 4: the path operation for `GET` on the router's own path; `search` returns two values.",
        '@router.get("", response_model=____)\n'
        "async def list_lots(query: Annotated[LotQuery, ____()], request: Request) -> dict[str, object]:\n"
        "    ...\n"
        '    return {"items": ____, "total": ____}',
    ),
)
def test_the_catalogue_lists_the_lots(service: Service) -> None:
    """`GET /api/v1/lots` returns the lots, oldest first, and their total number."""
    with service.client(follow_redirects=False) as client:
        empty = page(client)
        assert empty["items"] == [], (
            f'while no lot exists, "items" is an empty list; seen: {shown(empty["items"])}'
        )
        assert empty["total"] == 0, f'while no lot exists, "total" is 0; seen: {shown(empty["total"])}'
        for title in ("A vase", "A chair", "A lamp"):
            create_lot(client, title=title)
        listed = page(client)
        found = titles_of(listed)
        assert found == ["A vase", "A chair", "A lamp"], (
            f"the catalogue lists the oldest lot first: A vase, A chair, A lamp; seen: {found}"
        )
        assert listed["total"] == 3, f'"total" is 3, the number of lots; seen: {shown(listed["total"])}'


@requirement(
    exercise=4,
    hints=(
        "A request has two filters. Must a lot match one of them, or both?",
        "Exercise 4: `search` in app/store.py. Each filter of the request makes `found` shorter.",
        "if query.search is not None:\n"
        "    found = [lot for lot in found if query.search.____() in lot.title.____()]",
    ),
)
def test_the_catalogue_is_filtered(service: Service) -> None:
    """`category`, `search` (in the title, ignoring case) and `max_price` each filter the catalogue."""
    with service.client() as client:
        create_lot(client, title="A Clock of brass", category="clocks", starting_price="100")
        create_lot(client, title="A chair", category="furniture", starting_price="40", description="no clock")
        create_lot(client, title="A cuckoo clock", category="clocks", starting_price="40.01")
        cases: list[tuple[dict[str, object], list[str]]] = [
            ({"category": "furniture"}, ["A chair"]),
            ({"search": "CLOCK"}, ["A Clock of brass", "A cuckoo clock"]),
            ({"search": "c"}, ["A Clock of brass", "A chair", "A cuckoo clock"]),
            ({"search": "uck"}, ["A cuckoo clock"]),
            ({"search": "zebra"}, []),
            ({"search": "c.o"}, []),
            ({"max_price": "40"}, ["A chair"]),
            ({"max_price": "40.01"}, ["A chair", "A cuckoo clock"]),
            ({"max_price": "0"}, []),
            ({"category": "clocks", "max_price": "99.99"}, ["A cuckoo clock"]),
            ({"search": "clock", "max_price": "40"}, []),
        ]
        for query, expected in cases:
            words = " and ".join(f"{name}={value}" for name, value in query.items())
            listed = page(client, **query)
            found = titles_of(listed)
            assert found == expected, f"{words} finds {expected}; seen: {found}"
            assert listed["total"] == len(expected), (
                f'"total" for {words} is {len(expected)}, the number of lots that match; '
                f"seen: {shown(listed['total'])}"
            )


@requirement(
    exercise=4,
    hints=(
        "A client reads one page of five. Does `total` count the lots on this page, or on all five?",
        "Exercise 4: the last line of `search`: which part is returned, and which list is counted?",
        "return found[query.offset : query.____ + query.____], len(____)",
    ),
)
def test_the_catalogue_is_read_page_by_page(service: Service) -> None:
    """`limit` (default 20) and `offset` select a page; `total` counts the lots on all pages."""
    with service.client() as client:
        for number in range(1, 23):
            create_lot(client, title=f"Lot {number:02}", category="books" if number > 20 else "art")
        length = len(page(client)["items"])
        assert length == 20, f"without a limit, a page of 22 lots has 20; seen: {length}"
        for query, expected, reason in (
            ({"limit": 2}, ["Lot 01", "Lot 02"], "limit=2 gives the first two lots"),
            ({"limit": 2, "offset": 2}, ["Lot 03", "Lot 04"], "limit=2&offset=2 gives the next two lots"),
            ({"offset": 21}, ["Lot 22"], "offset=21 of 22 lots gives the last lot"),
            ({"offset": 22}, [], "offset=22 of 22 lots gives no lot"),
        ):
            found = titles(client, **query)
            assert found == expected, f"{reason}, {expected}; seen: {found}"
        length = len(titles(client, limit=100))
        assert length == 22, f"limit=100 is allowed and gives all 22 lots; seen: {length}"
        length = len(titles(client, limit=1))
        assert length == 1, f"limit=1 is allowed and gives one lot; seen: {length}"
        total = page(client, limit=2, offset=2)["total"]
        assert total == 22, f'"total" counts the lots on all pages, 22; seen: {shown(total)}'
        total = page(client, offset=30)["total"]
        assert total == 22, f'past the last page, "total" is 22 as well; seen: {shown(total)}'
        books = page(client, category="books", limit=1, offset=1)
        found = titles_of(books)
        assert found == ["Lot 22"], (
            "the filter applies before the page is selected, so category=books&limit=1&offset=1 gives "
            f"['Lot 22']; seen: {found}"
        )
        assert books["total"] == 2, (
            f'"total" counts the lots that match the filter, on all pages: 2; seen: {shown(books["total"])}'
        )


@requirement(
    exercise=4,
    hints=(
        "A client misspells `limit`. Which response shows the mistake?",
        "Exercise 4: the bounds of the fields of `LotQuery`, and its `model_config`.",
        'model_config = ConfigDict(____="____")\n\nlimit: int = Field(default=20, ge=____, le=____)',
    ),
)
def test_an_invalid_query_is_refused(service: Service) -> None:
    """An invalid query (`limit=0`, `limit=101`, `limt=5`) is refused with 422."""
    with service.client() as client:
        for query in (
            "limit=0",
            "limit=101",
            "limit=ten",
            "offset=-1",
            f"offset={2**63}",
            "category=cars",
            "max_price=-1",
            "max_price=cheap",
            "search=",
            f"search={'x' * 121}",
        ):
            status = read_status(client, f"{LOTS}?{query}")
            assert status == 422, f"?{query[:20]} is refused with 422; seen: {status}"
        for query in ("limt=5", "reserve_price=1"):
            status = read_status(client, f"{LOTS}?{query}")
            assert status == 422, (
                f"?{query} is refused with 422, because it names no parameter of the query; seen: {status}"
            )
        for query, reason in (
            ("offset=0", "offset=0 is the default and allowed"),
            (f"offset={2**63 - 1}", "an offset past the last lot is allowed"),
            (f"search={'x' * 120}", "a search of 120 characters is allowed"),
        ):
            status = read_status(client, f"{LOTS}?{query}")
            assert status == 200, f"{reason}, so the status code is 200; seen: {status}"


@requirement(
    exercise=1,
    hints=(
        "Which of your endpoints return a `Lot`, and what decides which of its fields the client receives?",
        "Exercise 1, then each decorator in app/routers/lots.py whose function returns lots.",
        '@router.get("/{lot_id}", response_model=____)',
    ),
)
def test_no_response_contains_the_reserve_price(service: Service) -> None:
    """No response contains the reserve price: not of `POST`, not of one lot, not of the catalogue."""
    with service.client() as client:
        created = client.post(LOTS, json=lot_data())
        status = created.status_code
        assert status == 201, f"POST {LOTS} responds with 201; seen: {status}"
        paths = (f"{LOTS}/{created.json()['id']}", f"{LOTS}/latest", LOTS)
        for path in ("", *paths):
            request, response = (f"GET {path}", client.get(path)) if path else (f"POST {LOTS}", created)
            status, text = response.status_code, response.text
            assert status in (200, 201), f"{request} responds with 200 or 201; seen: {status}"
            assert "A long-case clock" in text, (
                f"the response to {request} contains the lot, with its title; seen: {text[:200]}"
            )
            assert "7341.85" not in text, (
                f"the response to {request} does not contain the reserve price; seen: 7341.85"
            )
            assert "reserve" not in text, (
                f"the response to {request} does not contain a field for the reserve price, not even an "
                f"empty one; seen: ...{text[max(0, text.find('reserve') - 20) :][:60]}..."
            )


@requirement(
    exercise=5,
    hints=(
        "Which type of parameter gives you an uploaded file, and which header names its media type?",
        "Exercise 5: `upload_photo` and `read_photo`, at the end of app/routers/lots.py.",
        '@router.put("/{lot_id}/photo", status_code=____)\n'
        "async def upload_photo(lot_id: LotId, photo: ____, request: Request) -> None:\n"
        "    ...\n"
        "    content = await photo.____\n"
        "    lot.photo = Photo(____, ____)",
    ),
)
def test_a_photo_is_uploaded_and_downloaded(service: Service) -> None:
    """`PUT` of a photo responds with 204, and `GET` returns the same bytes with their media type."""
    with service.client() as client:
        first, second = create_lot(client)["id"], create_lot(client)["id"]
        sent = client.put(f"{LOTS}/{first}/photo", files={"photo": ("clock", PNG, "image/png")})
        status = sent.status_code
        assert status == 204, f"PUT of a PNG responds with 204 No Content; seen: {status}"
        assert sent.content == b"", f"a response with 204 has an empty body; seen: {len(sent.content)} bytes"
        status = send_photo(client, second, JPEG, "image/jpeg")
        assert status == 204, f"PUT of a JPEG responds with 204; seen: {status}"
        for lot_id, content, media_type in ((first, PNG, "image/png"), (second, JPEG, "image/jpeg")):
            response = client.get(f"{LOTS}/{lot_id}/photo")
            status, kind = response.status_code, response.headers.get("content-type")
            assert status == 200, f"GET of the photo responds with 200; seen: {status}"
            assert kind == media_type, f"the Content-Type of the photo is {media_type}; seen: {kind}"
            assert response.content == content, (
                f"GET returns the bytes that were sent, {shown_bytes(content)}; "
                f"seen: {shown_bytes(response.content)}"
            )
        status = send_photo(client, first, JPEG, "image/jpeg")
        assert status == 204, f"a second PUT, of another photo, responds with 204; seen: {status}"
        response = client.get(f"{LOTS}/{first}/photo")
        assert response.content == JPEG, (
            "the second PUT replaces the first photo, so GET returns the JPEG; "
            f"seen: {shown_bytes(response.content)}"
        )
        kind = response.headers.get("content-type")
        assert kind == "image/jpeg", (
            f"the second PUT replaces the media type too, so it is image/jpeg; seen: {kind}"
        )


@requirement(
    exercise=5,
    hints=(
        "Which two things can be missing when a client requests the photo of a lot?",
        "Exercise 5: both endpoints look for the lot first, as `read_lot` does.",
        "if lot is None or lot.____ is None:\n    raise HTTPException(____, ...)",
    ),
)
def test_a_photo_belongs_to_a_lot(service: Service) -> None:
    """If the lot or its photo does not exist, `GET` and `PUT` of the photo respond with 404."""
    with service.client() as client:
        lot_id = create_lot(client)["id"]
        response = client.get(f"{LOTS}/{lot_id}/photo")
        status, text = response.status_code, response.text
        assert status == 404, f"GET of the photo of a lot without a photo responds with 404; seen: {status}"
        assert "7341.85" not in text, (
            f"the 404 of a lot without a photo does not contain the reserve price; seen: {text[:200]}"
        )
        status = send_photo(client, lot_id, PNG)
        assert status == 204, f"PUT of a photo of an existing lot responds with 204; seen: {status}"
        status = send_photo(client, 123456, PNG)
        assert status == 404, f"PUT of a photo of a lot that does not exist responds with 404; seen: {status}"
        status = read_status(client, f"{LOTS}/123456/photo")
        assert status == 404, (
            f"GET of the photo of a lot that does not exist responds with 404; seen: {status}"
        )
        client.delete(f"{LOTS}/{lot_id}")
        status = read_status(client, f"{LOTS}/{lot_id}/photo")
        assert status == 404, f"GET of the photo of a deleted lot responds with 404; seen: {status}"


@requirement(
    exercise=5,
    hints=(
        "Who chooses the content type of an upload, and can you trust it?",
        "Exercise 5: `SIGNATURES` and `is_of_type` in app/photos.py, and the number of bytes that you read.",
        "if photo.content_type not in ____:\n    raise HTTPException(415, ...)\n"
        "content = await photo.read(____)\nif len(content) > ____:\n    raise HTTPException(413, ...)\n"
        "if not is_of_type(____, ____):\n    raise HTTPException(415, ...)",
    ),
)
def test_only_small_png_and_jpeg_files_are_accepted(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is not the PNG or JPEG that it claims to be is refused with 415, a large one with 413."""
    with service.client() as client:
        lot_id = create_lot(client)["id"]
        status = send_photo(client, lot_id, PNG + bytes(MEBIBYTE - len(PNG)))
        assert status == 204, f"a photo of exactly 1 MiB is accepted with 204; seen: {status}"
        status = send_photo(client, lot_id, PNG)
        assert status == 204, f"a small PNG is accepted with 204; seen: {status}"
        status = send_photo(client, lot_id, PNG + bytes(MEBIBYTE + 1 - len(PNG)))
        assert status == 413, (
            f"a photo of 1 MiB and one byte is refused with 413 Content Too Large; seen: {status}"
        )
        for content, media_type in ((b"a price list", "text/plain"), (PNG, "image/gif")):
            status = send_photo(client, lot_id, content, media_type)
            assert status == 415, (
                f"a file with the Content-Type {media_type} is refused with 415 Unsupported Media Type; "
                f"seen: {status}"
            )
        for content, media_type in ((b"<script>", "image/png"), (PNG, "image/jpeg"), (b"", "image/png")):
            status = send_photo(client, lot_id, content, media_type)
            assert status == 415, (
                f"a file that claims to be {media_type}, and whose bytes ({content[:8]!r}) are not, is "
                f"refused with 415; seen: {status}"
            )
        content = client.get(f"{LOTS}/{lot_id}/photo").content
        assert content == PNG, (
            "a file that was refused does not replace the photo, so GET returns the PNG; "
            f"seen: {shown_bytes(content)}"
        )
        pieces = _read_from_uploads(monkeypatch)
        status = send_photo(client, lot_id, PNG + bytes(4 * MEBIBYTE))
        assert status == 413, f"a photo of more than 4 MiB is refused with 413; seen: {status}"
        assert sum(pieces) <= 2 * MEBIBYTE, (
            "a photo of 4 MiB is refused after the first byte past 1 MiB, and the rest is not read; "
            f"seen: {sum(pieces)} bytes were read"
        )


@requirement(
    exercise=5,
    hints=(
        "The browser has the photo already. Which header of its request says which version it has?",
        "Exercise 5: `read_photo`, with `etag_of` and `etag_matches` from app/photos.py.",
        "if_none_match: Annotated[str | None, ____()] = None\n...\n"
        'headers = {"____": etag_of(lot.photo.content)}\n'
        'if etag_matches(headers["____"], if_none_match):\n'
        "    return Response(status_code=____, headers=headers)",
    ),
)
def test_a_photo_that_the_client_has_is_not_sent_again(service: Service) -> None:
    """A photo has an `ETag`; a `GET` with this ETag in `If-None-Match` receives 304 and no body."""
    with service.client() as client:
        lot_id = create_lot(client)["id"]
        status = send_photo(client, lot_id, PNG)
        assert status == 204, f"PUT of a PNG responds with 204; seen: {status}"
        path = f"{LOTS}/{lot_id}/photo"
        etag = client.get(path).headers.get("etag", "")
        named = etag or "no header ETag"
        assert etag.startswith('"'), f"the photo has an ETag that begins with a double quote; seen: {named}"
        assert etag.endswith('"'), f"the photo has an ETag that ends with a double quote; seen: {named}"
        assert len(etag) > 2, f"the ETag has a value between its double quotes; seen: {named}"
        for known in (etag, f'"another", {etag}', f"W/{etag}", "*"):
            again = client.get(path, headers={"If-None-Match": known})
            status, repeated = again.status_code, again.headers.get("etag", "no header ETag")
            assert status == 304, (
                f"If-None-Match: {known} matches this photo, so the response is 304 Not Modified; "
                f"seen: {status}"
            )
            assert again.content == b"", (
                f"a response with 304 has an empty body; seen: {len(again.content)} bytes"
            )
            assert repeated == etag, f"a response with 304 contains the same ETag, {etag}; seen: {repeated}"
        fresh = client.get(path, headers={"If-None-Match": '"another"'})
        status = fresh.status_code
        assert status == 200, (
            f'If-None-Match: "another" does not match this photo, so the response is 200; seen: {status}'
        )
        assert fresh.content == PNG, (
            "if the ETag does not match, the response contains the whole photo; "
            f"seen: {shown_bytes(fresh.content)}"
        )
        status = send_photo(client, lot_id, JPEG, "image/jpeg")
        assert status == 204, f"PUT of another photo responds with 204; seen: {status}"
        changed = client.get(path, headers={"If-None-Match": etag})
        status = changed.status_code
        assert status == 200, (
            f"the photo was replaced, so its old ETag no longer matches: the response is 200; seen: {status}"
        )
        new_etag = changed.headers.get("etag")
        assert new_etag != etag, f"another photo has another ETag; seen: {new_etag} for both"
        status = send_photo(client, lot_id, PNG[:-1] + b"!")
        assert status == 204, f"PUT of a third photo responds with 204; seen: {status}"
        alike = client.get(path).headers.get("etag")
        assert alike != etag, (
            "the ETag depends on all bytes of the photo, so two photos of one type and length have two; "
            f"seen: {alike} for both"
        )


@requirement(
    exercise=5,
    hints=(
        "Where does a client read which media types the response with a photo can have?",
        "Exercise 5: the decorator of `read_photo`, in app/routers/lots.py, and PHOTO_RESPONSES.",
        '@router.get("/{lot_id}/photo", response_class=____, responses=____)',
    ),
)
def test_the_openapi_document_names_the_types_of_a_photo(service: Service) -> None:
    """The OpenAPI document says that the response with a photo is `image/png` or `image/jpeg`."""
    with service.client() as client:
        paths = client.get("/openapi.json").json()["paths"]
        reads = [paths[path]["get"] for path in paths if path.endswith("/photo") and "get" in paths[path]]
        kinds = sorted(kind for read in reads for kind in read["responses"].get("200", {}).get("content", ()))
        assert kinds == ["image/jpeg", "image/png"], (
            "/openapi.json describes the response of GET with the content image/jpeg and image/png; "
            f"seen: {', '.join(kinds) or 'no content'}"
        )
