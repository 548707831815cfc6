"""What Gavel does from chapter 2 on: lots are put up, found, listed, taken back, and have a photo."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from course.engine.checkpoint.recording import RecordingClient
from course.engine.checkpoint.requirements import requirement
from course.engine.checkpoint.service import Service

LOTS = "/api/v1/lots"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(255, -1, -1))
MEBIBYTE = 1024 * 1024


def lot(**changes: object) -> dict[str, object]:
    """What a seller sends, with a reserve price that stands in no other field."""
    sent: dict[str, object] = {
        "title": "A long-case clock",
        "description": "It runs nine minutes late.",
        "category": "clocks",
        "starting_price": "120.00",
        "reserve_price": "7341.85",
    }
    return {**sent, **changes}


def put_up(client: RecordingClient, **changes: object) -> dict[str, Any]:
    """Put a lot up; the answer's body."""
    answer = client.post(LOTS, json=lot(**changes))
    assert answer.status_code == 201, f"POST {LOTS} puts a lot up and answers 201 Created"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object: the lot"
    assert "id" in body, "the body has the new lot's id"
    return body


def titles(client: RecordingClient, **wanted: object) -> list[str]:
    """The titles on a page of the catalogue."""
    return [item["title"] for item in page(client, **wanted)["items"]]


def page(client: RecordingClient, **wanted: object) -> dict[str, Any]:
    """A page of the catalogue."""
    answer = client.get(LOTS, params={name: str(value) for name, value in wanted.items()})
    assert answer.status_code == 200, f"GET {LOTS} answers 200"
    body = answer.json()
    assert isinstance(body, dict), "the body is a JSON object"
    assert {"items", "total"} <= body.keys(), 'the body has "items" and "total"'
    return body


def put_photo(client: RecordingClient, lot_id: int, content: bytes, media_type: str = "image/png") -> int:
    """Send a photo; the status of the answer."""
    photo = {"photo": ("clock", content, media_type)}
    return client.put(f"{LOTS}/{lot_id}/photo", files=photo).status_code


@requirement(given=True)
def test_a_number_that_no_lot_can_have_is_refused(service: Service) -> None:
    """A number that no lot can have (`seven`, 0, 2⁶³) answers 422."""
    with service.client() as client:
        for number in ("seven", "0", "-1", str(2**63)):
            answer = client.get(f"{LOTS}/{number}")
            assert answer.status_code == 422, f"{number} cannot be the number of a lot: 422"
        answer = client.get(f"{LOTS}/{2**63 - 1}")
        assert answer.status_code == 404, "2⁶³ - 1 could be the number of a lot, and is not: 404"


@requirement(given=True)
def test_a_lot_that_nobody_put_up_is_not_found(service: Service) -> None:
    """A lot that nobody put up answers 404, in JSON: to `GET` and to `DELETE`."""
    with service.client() as client:
        for method in ("GET", "DELETE"):
            answer = client.request(method, f"{LOTS}/123456")
            assert answer.status_code == 404, f"{method} of an unknown lot answers 404 Not Found"
            assert "json" in answer.headers["content-type"], "the body is JSON"


@requirement(
    exercise=2,
    hints=(
        "Which status says that something came into being, and where is a path operation told its status?",
        "Exercise 2: the decorator of `create_lot`, in app/routers/lots.py, and what the function returns.",
        '@router.____("", status_code=____, response_model=LotRead)\n'
        "async def create_lot(new: LotCreate, request: Request, response: Response) -> Lot:\n"
        "    store: LotStore = request.state.store\n"
        "    lot = store.____(new)\n"
        "    ...\n"
        "    return ____",
    ),
)
def test_a_seller_puts_up_a_lot(service: Service) -> None:
    """`POST /api/v1/lots` puts a lot up: 201, with its id and what everyone may know of it."""
    with service.client(follow_redirects=False) as client:
        answer = client.post(LOTS, json=lot())
        assert answer.status_code == 201, "the status is 201 Created"
        body = answer.json()
        assert isinstance(body, dict), "the body is a JSON object: the lot"
        assert isinstance(body.get("id"), int), "the body has the new lot's id, a whole number"
        for name in ("title", "description", "category"):
            assert body.get(name) == lot()[name], f'"{name}" is as the seller sent it'
        assert Decimal(str(body.get("starting_price"))) == 120, '"starting_price" is as the seller sent it'
        assert put_up(client, description="")["description"] == "", "a description may be empty"


@requirement(
    exercise=2,
    hints=(
        "The client knows the address that it posted to. Who tells it the address of what it made?",
        "Exercise 2: the line above `return` in `create_lot`. Which function makes a path from a name?",
        'response.headers["____"] = request.app.url_path_for("____", lot_id=____)',
    ),
)
def test_the_location_leads_to_the_new_lot(service: Service) -> None:
    """The answer to `POST` has a `Location`, and whoever follows it finds the new lot."""
    with service.client() as client:
        put_up(client, title="Another lot")
        answer = client.post(LOTS, json=lot(title="A snuffbox"))
        assert "location" in answer.headers, "the answer has a header Location"
        location = answer.headers["location"]
        found = client.get(location)
        assert found.status_code == 200, f"GET {location} answers 200"
        assert found.json()["title"] == "A snuffbox", "what stands there is the new lot, and no other"
        expected = f"{LOTS}/{answer.json()['id']}"
        assert urlsplit(location).path == expected, f"the path of the Location is {expected}"


@requirement(
    exercise=2,
    hints=(
        "Who else could ever have had this number?",
        "`LotStore.add` gives the numbers; `create_lot` calls it once for each lot.",
        "lot = store.____(new)",
    ),
)
def test_each_lot_has_a_number_of_its_own(service: Service) -> None:
    """Each lot has a number of its own, also when a lot was taken back in between."""
    with service.client() as client:
        first, second = put_up(client, title="A vase")["id"], put_up(client, title="A lamp")["id"]
        assert client.get(f"{LOTS}/{first}").json()["title"] == "A vase", (
            "the first number finds the first lot"
        )
        assert client.get(f"{LOTS}/{second}").json()["title"] == "A lamp", (
            "the second lot's number finds the second lot"
        )
        client.delete(f"{LOTS}/{first}")
        third = put_up(client, title="A chair")["id"]
        assert third != second, "a new lot does not get the number of one that is still there"
        assert client.get(f"{LOTS}/{second}").json()["title"] == "A lamp", (
            "the second lot still has its number"
        )


@requirement(
    exercise=2,
    hints=(
        "Where does FastAPI learn what the body of a request must look like?",
        "Exercise 2: the annotation of the first parameter of `create_lot`; the rules are in `LotCreate`.",
        "async def create_lot(new: ____, request: Request, response: Response) -> Lot:",
    ),
)
def test_what_cannot_be_a_lot_is_refused(service: Service) -> None:
    """What cannot be a lot is refused with 422, and what only looks odd is taken."""
    impossible: list[dict[str, object]] = [
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
        for changes in impossible:
            answer = client.post(LOTS, json=lot(**changes))
            (name,) = changes
            assert answer.status_code == 422, f"{name} = {str(changes[name])[:20]!r}: 422, it breaks a rule"
        for name in ("title", "category", "starting_price"):
            without = {field: value for field, value in lot().items() if field != name}
            assert client.post(LOTS, json=without).status_code == 422, f"a lot without {name} is refused: 422"
        put_up(client, title="x" * 120, description="x" * 2000, starting_price="0")
        put_up(client, starting_price="9999999999.99", reserve_price=None)


@requirement(
    exercise=2,
    hints=(
        "What does 204 promise about the body?",
        "The worked example: `delete_lot`, in app/routers/lots.py. It needs a lot from `create_lot`.",
        '@router.delete("/{lot_id}", status_code=____)',
    ),
)
def test_a_lot_is_taken_back(service: Service) -> None:
    """`DELETE` answers 204 with an empty body, and that lot, no other, is gone."""
    with service.client() as client:
        gone, other = put_up(client)["id"], put_up(client, title="A lamp")["id"]
        answer = client.delete(f"{LOTS}/{gone}")
        assert answer.status_code == 204, "the status is 204 No Content"
        assert answer.content == b"", "204 means that there is no body"
        assert client.get(f"{LOTS}/{gone}").status_code == 404, "the lot is gone: 404"
        assert client.delete(f"{LOTS}/{gone}").status_code == 404, (
            "what is gone cannot be taken back again: 404"
        )
        assert client.get(f"{LOTS}/{other}").status_code == 200, "the other lot is still there: 200"


@requirement(
    exercise=3,
    hints=(
        "FastAPI asks its routes in their order. Which of them fits `/lots/latest` first?",
        "Exercise 3: the place of the new path operation in app/routers/lots.py, above or below `read_lot`.",
        '%%add app/routers/lots.py before ____\n@router.get("/____", response_model=LotRead)\n'
        "async def read_latest_lot(request: Request) -> Lot:\n"
        "    ...\n"
        "    if lot is None:\n"
        "        raise HTTPException(____, ...)",
    ),
)
def test_the_latest_lot_is_found(service: Service) -> None:
    """`GET /api/v1/lots/latest` answers with the lot put up last of those still there, or 404."""
    with service.client() as client:
        empty = client.get(f"{LOTS}/latest")
        assert empty.status_code == 404, "nothing has been put up yet, so there is no latest lot: 404"
        put_up(client, title="A vase")
        put_up(client, title="A chair")
        last = put_up(client, title="A lamp")
        answer = client.get(f"{LOTS}/latest")
        assert answer.status_code == 200, "the status is 200 OK"
        assert answer.json()["id"] == last["id"], "the response is the lot that was created last"
        assert answer.json()["title"] == "A lamp", "the response is the whole lot, with its title"
        client.delete(f"{LOTS}/{last['id']}")
        latest = client.get(f"{LOTS}/latest").json()
        assert latest.get("title") == "A chair", (
            "when that one is taken back, the one before it is the latest"
        )
        assert client.get(f"{LOTS}/{latest['id']}").status_code == 200, "a lot is still found by its number"


@requirement(
    exercise=4,
    hints=(
        "What should somebody see who asks for the catalogue and for nothing in particular?",
        "Exercise 4: the path operation for `GET` on the router's own path; `matching` gives two values.",
        '@router.get("", response_model=____)\n'
        "async def list_lots(wanted: Annotated[LotQuery, ____()], request: Request) -> dict[str, object]:\n"
        "    ...\n"
        '    return {"items": ____, "total": ____}',
    ),
)
def test_the_catalogue_lists_the_lots(service: Service) -> None:
    """`GET /api/v1/lots` lists the lots, those put up first at the top, and says how many there are."""
    with service.client(follow_redirects=False) as client:
        nothing = page(client)
        assert nothing["items"] == [], "an empty house has an empty catalogue"
        assert nothing["total"] == 0, "an empty house has 0 lots"
        for title in ("A vase", "A chair", "A lamp"):
            put_up(client, title=title)
        listed = page(client)
        found = [item["title"] for item in listed["items"]]
        assert found == ["A vase", "A chair", "A lamp"], "oldest first: A vase, A chair, A lamp"
        assert listed["total"] == 3, "the total is 3"


@requirement(
    exercise=4,
    hints=(
        "Two filters in one question: must a lot fit one of them, or both?",
        "Exercise 4: `matching` in app/store.py. Each filter that was given makes `found` shorter.",
        "if wanted.search is not None:\n"
        "    found = [lot for lot in found if wanted.search.____() in lot.title.____()]",
    ),
)
def test_the_catalogue_is_filtered(service: Service) -> None:
    """`category`, `search` (in the title, capitals or not) and `max_price` each narrow the catalogue."""
    with service.client() as client:
        put_up(client, title="A Clock of brass", category="clocks", starting_price="100")
        put_up(client, title="A chair", category="furniture", starting_price="40", description="no clock")
        put_up(client, title="A cuckoo clock", category="clocks", starting_price="40.01")
        cases: list[tuple[dict[str, object], list[str]]] = [
            ({"category": "furniture"}, ["A chair"]),
            ({"search": "CLOCK"}, ["A Clock of brass", "A cuckoo clock"]),
            ({"search": "c"}, ["A Clock of brass", "A chair", "A cuckoo clock"]),
            ({"search": "zebra"}, []),
            ({"max_price": "40"}, ["A chair"]),
            ({"max_price": "40.01"}, ["A chair", "A cuckoo clock"]),
            ({"max_price": "0"}, []),
            ({"category": "clocks", "max_price": "99.99"}, ["A cuckoo clock"]),
            ({"search": "clock", "max_price": "40"}, []),
        ]
        for wanted, expected in cases:
            words = " and ".join(f"{name}={value}" for name, value in wanted.items())
            found = page(client, **wanted)
            assert [item["title"] for item in found["items"]] == expected, f"{words} finds {expected}"
            assert found["total"] == len(expected), f"the total for {words} counts what fits: {len(expected)}"


@requirement(
    exercise=4,
    hints=(
        "The visitor sees one page of five. How many lots does she want to be told of?",
        "Exercise 4: the last line of `matching`: what is cut out, and what is counted before it is cut.",
        "return found[wanted.offset : wanted.____ + wanted.____], len(____)",
    ),
)
def test_the_catalogue_is_read_page_by_page(service: Service) -> None:
    """`limit` (20 unless told) and `offset` cut a page out; `total` counts the lots on all pages."""
    with service.client() as client:
        for number in range(1, 23):
            put_up(client, title=f"Lot {number:02}", category="books" if number > 20 else "art")
        assert len(page(client)["items"]) == 20, "without a limit a page has 20 lots"
        assert titles(client, limit=2) == ["Lot 01", "Lot 02"], "limit=2 gives the first two"
        assert titles(client, limit=2, offset=2) == ["Lot 03", "Lot 04"], (
            "limit=2&offset=2 gives the next two"
        )
        assert titles(client, offset=21) == ["Lot 22"], "offset=21 of 22 lots leaves one"
        assert titles(client, offset=22) == [], "offset=22 of 22 lots leaves none"
        assert len(titles(client, limit=100)) == 22, "limit=100 is allowed, and gives all 22"
        assert len(titles(client, limit=1)) == 1, "limit=1 is allowed"
        assert page(client, limit=2, offset=2)["total"] == 22, "the total is that of all pages: 22"
        assert page(client, offset=30)["total"] == 22, "past the last page too, the total is 22"
        books = page(client, category="books", limit=1, offset=1)
        assert [item["title"] for item in books["items"]] == ["Lot 22"], (
            "a filter comes before the page is cut"
        )
        assert books["total"] == 2, "the total counts what fits, on all pages: 2"


@requirement(
    exercise=4,
    hints=(
        "What should happen to somebody who misspells `limit`, and would like to know?",
        "Exercise 4: the bounds of the fields of `LotQuery`, and its `model_config`.",
        'model_config = ConfigDict(____="____")\n\nlimit: int = Field(default=20, ge=____, le=____)',
    ),
)
def test_a_question_that_makes_no_sense_is_refused(service: Service) -> None:
    """A question that makes no sense (`limit=0`, `limit=101`, `limt=5`) is refused with 422."""
    with service.client() as client:
        for question in (
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
            answer = client.get(f"{LOTS}?{question}")
            assert answer.status_code == 422, f"?{question[:20]} is refused: 422"
        for question in ("limt=5", "reserve_price=1"):
            answer = client.get(f"{LOTS}?{question}")
            assert answer.status_code == 422, f"?{question}: 422, nobody knows this parameter"
        for question, words in (
            ("offset=0", "an offset of 0 is the default, and may be said"),
            (f"offset={2**63 - 1}", "an offset past the end is no mistake"),
            (f"search={'x' * 120}", "a search may have 120 characters"),
        ):
            assert client.get(f"{LOTS}?{question}").status_code == 200, f"{words}: 200"


@requirement(
    exercise=1,
    hints=(
        "Which of your handlers answer with a `Lot`, and what stands between it and the caller?",
        "Exercise 1, then each decorator in app/routers/lots.py whose function returns lots.",
        '@router.get("/{lot_id}", response_model=____)',
    ),
)
def test_nobody_is_told_the_reserve_price(service: Service) -> None:
    """No answer shows the reserve price: not to the seller, not of one lot, not in the catalogue."""
    with service.client() as client:
        created = client.post(LOTS, json=lot())
        assert created.status_code == 201, "the lot is put up: 201"
        paths = (f"{LOTS}/{created.json()['id']}", f"{LOTS}/latest", LOTS)
        for answer in (created, *(client.get(path) for path in paths)):
            assert answer.status_code in (200, 201), "the answer shows the lot"
            assert "A long-case clock" in answer.text, "the answer shows the lot, with its title"
            assert "7341.85" not in answer.text, "the reserve price stays with the house"
            assert "reserve" not in answer.text, (
                "there is no field for the reserve price, not even an empty one"
            )


@requirement(
    exercise=5,
    hints=(
        "Where is the file, when a form brings it, and what must be said of it when it is given out again?",
        "Exercise 5: `upload_photo` and `read_photo`, at the end of app/routers/lots.py.",
        '@router.put("/{lot_id}/photo", status_code=____)\n'
        "async def upload_photo(lot_id: LotId, photo: ____, request: Request) -> None:\n"
        "    ...\n"
        "    content = await photo.____\n"
        "    lot.photo = Photo(____, ____)",
    ),
)
def test_a_photo_is_sent_and_seen(service: Service) -> None:
    """A photo sent with `PUT` (204) is given out with `GET`: the same bytes, under its own media type."""
    with service.client() as client:
        first, second = put_up(client)["id"], put_up(client)["id"]
        sent = client.put(f"{LOTS}/{first}/photo", files={"photo": ("clock", PNG, "image/png")})
        assert sent.status_code == 204, "PUT answers 204 No Content"
        assert sent.content == b"", "204 means that there is no body"
        assert put_photo(client, second, JPEG, "image/jpeg") == 204, "a JPEG is taken as well: 204"
        for lot_id, content, media_type in ((first, PNG, "image/png"), (second, JPEG, "image/jpeg")):
            seen = client.get(f"{LOTS}/{lot_id}/photo")
            assert seen.status_code == 200, "GET answers 200"
            assert seen.headers.get("content-type") == media_type, f"the Content-Type is {media_type}"
            assert seen.content == content, "the body is what was sent, byte for byte"
        assert put_photo(client, first, JPEG, "image/jpeg") == 204, "another photo in its place: 204"
        seen = client.get(f"{LOTS}/{first}/photo")
        assert seen.content == JPEG, "the second PUT has replaced the first photo"
        assert seen.headers.get("content-type") == "image/jpeg", (
            "the second PUT has replaced the media type of the first photo"
        )


@requirement(
    exercise=5,
    hints=(
        "How can a lot have a photo that is not there?",
        "Exercise 5: both handlers look for the lot first, as `read_lot` does.",
        "if lot is None or lot.____ is None:\n    raise HTTPException(____, ...)",
    ),
)
def test_a_photo_belongs_to_a_lot(service: Service) -> None:
    """A photo of a lot that is not there, and a photo that nobody sent, answer 404."""
    with service.client() as client:
        lot_id = put_up(client)["id"]
        assert client.get(f"{LOTS}/{lot_id}/photo").status_code == 404, "nobody has sent a photo yet: 404"
        assert put_photo(client, lot_id, PNG) == 204, "the lot is there, so it takes a photo: 204"
        assert put_photo(client, 123456, PNG) == 404, "there is no such lot to photograph: 404"
        assert client.get(f"{LOTS}/123456/photo").status_code == 404, "there is no such lot to look at: 404"
        client.delete(f"{LOTS}/{lot_id}")
        assert client.get(f"{LOTS}/{lot_id}/photo").status_code == 404, "a lot that is gone has no photo: 404"


@requirement(
    exercise=5,
    hints=(
        "Who writes the content type of an upload, and may that somebody lie?",
        "Exercise 5: `SIGNATURES` and `is_of_type` in app/photos.py, and the length of what was read.",
        "if photo.content_type not in ____:\n    raise HTTPException(415, ...)\n"
        "content = await photo.read(____)\nif len(content) > ____:\n    raise HTTPException(413, ...)\n"
        "if not is_of_type(____, ____):\n    raise HTTPException(415, ...)",
    ),
)
def test_only_photos_of_a_reasonable_size_are_taken(service: Service) -> None:
    """What is no PNG or JPEG answers 415, whatever it claims; more than 1 MiB answers 413."""
    with service.client() as client:
        lot_id = put_up(client)["id"]
        assert put_photo(client, lot_id, PNG + bytes(MEBIBYTE - len(PNG))) == 204, (
            "exactly 1 MiB is allowed: 204"
        )
        assert put_photo(client, lot_id, PNG) == 204, "a small PNG is taken: 204"
        too_large = put_photo(client, lot_id, PNG + bytes(MEBIBYTE + 1 - len(PNG)))
        assert too_large == 413, "one byte more than 1 MiB: 413 Content Too Large"
        for content, media_type in ((b"a price list", "text/plain"), (PNG, "image/gif")):
            status = put_photo(client, lot_id, content, media_type)
            assert status == 415, f"a photo is no {media_type}: 415 Unsupported Media Type"
        for content, media_type in ((b"<script>", "image/png"), (PNG, "image/jpeg"), (b"", "image/png")):
            status = put_photo(client, lot_id, content, media_type)
            assert status == 415, f"its bytes are not those of {media_type}, whatever it claims: 415"
        assert client.get(f"{LOTS}/{lot_id}/photo").content == PNG, "what was refused has changed nothing"


@requirement(
    exercise=5,
    hints=(
        "The visitor has the photo already. What must she say, and what do you save by listening?",
        "Exercise 5: `read_photo`, with `etag_of` and `is_known` from app/photos.py.",
        "if_none_match: Annotated[str | None, ____()] = None\n...\n"
        'headers = {"____": etag_of(lot.photo.content)}\n'
        'if is_known(headers["____"], if_none_match):\n'
        "    return Response(status_code=____, headers=headers)",
    ),
)
def test_a_photo_that_is_known_is_not_sent_again(service: Service) -> None:
    """A photo has an `ETag`; whoever sends it back in `If-None-Match` gets 304 and no body."""
    with service.client() as client:
        lot_id = put_up(client)["id"]
        assert put_photo(client, lot_id, PNG) == 204, "the photo is taken: 204"
        path = f"{LOTS}/{lot_id}/photo"
        etag = client.get(path).headers.get("etag", "")
        assert etag.startswith('"'), "the answer has an ETag, in double quotes"
        assert etag.endswith('"'), "the answer has an ETag, in double quotes"
        assert len(etag) > 2, "an ETag has something between its quotes"
        for known in (etag, f'"another", {etag}', f"W/{etag}", "*"):
            again = client.get(path, headers={"If-None-Match": known})
            assert again.status_code == 304, f"If-None-Match: {known} names this version: 304 Not Modified"
            assert again.content == b"", "304 means that there is no body"
            assert again.headers.get("etag") == etag, "a 304 repeats the ETag"
        fresh = client.get(path, headers={"If-None-Match": '"another"'})
        assert fresh.status_code == 200, "another version is known, not this one: 200"
        assert fresh.content == PNG, "with an ETag that does not match, the response contains the whole photo"
        assert put_photo(client, lot_id, JPEG, "image/jpeg") == 204, "another photo is taken: 204"
        changed = client.get(path, headers={"If-None-Match": etag})
        assert changed.status_code == 200, "the photo has changed, so the old ETag names it no more: 200"
        assert changed.headers.get("etag") != etag, "another photo has another ETag"
