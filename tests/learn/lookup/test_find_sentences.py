"""`course find` on whole sentences, as people write them: ranked, and nothing is overstated."""

import pytest

from course.learn.lookup.find import answer, told
from course.learn.lookup.find.index import Document, Index
from course.learn.lookup.find.partial import is_name

ENTRY = "would be overwritten by merge"
BEHIND = "advanced/behind-a-proxy"
FIRST = {  # question: words of the first title, or of the first address
    "what does HTTPException do": "Raise an HTTP error in an endpoint",
    "what does {name} in a path mean": "Read a parameter from the path",
    "reload the server after a change": "Tell `fastapi dev` and `fastapi run` where the service is",
    "git pull": ENTRY,
    "update the course": "Update the course",
    "crash add_event_handler": "'FastAPI' object has no attribute 'add_event_handler'",
    "event loop is closed": "is bound to a different event loop",
    "future annotations pydantic": "`TypeAdapter[…]` is not fully defined",
    "docs behind a proxy": BEHIND,
    "Documentation failed to fetch /openapi.json behind a sub url of a proxy": BEHIND,
    "websocket missing route shows as 403 instead of a 404": "The handshake receives status code 403",
    "Fixing the 'Future attached to a different loop' Error": "is bound to a different event loop",
    "Path parameters cannot have a default value. (Chapter 2)": "Path parameters cannot have a default value",
    "Error using async - MissingGreenlet: greenlet_spawn has not been called": "greenlet_spawn",
    "Why Optional Fields are Required in V2": "`Optional` does not mean",
    "is it possible to use reload when running uvicorn ?": "Tell `fastapi dev`",
    "No authorize option in Swagger": "The Authorize button",
    "cors and error status 500 and handle it in frontend": "A 500 that the browser shows as a CORS error",
    "Strategies for limiting upload file size": "Accept an uploaded file",
    'Functions with "async def" will block the "def" functions': "Run blocking code",
}
NOTHING = (
    "How to configure the Kubernetes helm chart of my cluster",
    "tensorflow model serving with a GPU",
    "my React component does not render after setState",
    "What is the best recipe for rice with vegetables",
)
LAMP = Document("A brass lamp", "It burns oil.\n\nIt was made in Paris, for a captain.", "room 1")
CLOCK = Document("A clock", "It strikes the hours. A captain wound it.", "room 2")
SHELF = Document("A shelf", "Of oak.\n\n    shelf.add_book(1)", "room 3", words="books add_book")


@pytest.fixture
def index() -> Index:
    return Index([LAMP, CLOCK, SHELF], {}, {"the", "of", "who", "in"})


@pytest.mark.parametrize(("question", "title"), FIRST.items(), ids=list(FIRST))
def test_a_sentence_finds_the_right_place_first(question: str, title: str) -> None:
    found = answer(question)
    titles = [] if found.uncovered else [hit.document.title for hit in found.course]
    first = [*titles, *(page.url for page in found.pages), ""][0]
    assert title in first, f"{question!r} gives {first!r}"


@pytest.mark.parametrize("question", NOTHING)
def test_a_sentence_about_something_else_finds_nothing(question: str) -> None:
    found = answer(question)
    assert (found.course, found.pages) == ((), ())


def test_what_has_only_some_of_the_words_says_which_and_shows_no_code() -> None:
    text = told(answer("No authorize option in Swagger"))
    assert text.startswith("Nothing has all the words: `authorize`, `option`, `swagger`.")
    assert "  It has `authorize`, `swagger`.\n" in text
    assert "The pattern of the first task" not in text


def test_words_that_are_nowhere_are_named_beside_the_hits() -> None:
    text = told(answer("docs behind a proxy with zzzqx and root_path forwarded headers"))
    assert "Nothing at all has `zzzqx`." in text
    assert BEHIND in text


def test_of_a_long_question_some_of_the_words_are_enough(index: Index) -> None:
    found = index.search("brass lamp captain submarine")
    assert [(hit.document, hit.has) for hit in found.hits] == [(LAMP, ("brass", "lamp", "captain"))]
    assert found.unknown == ("submarine",)


def test_of_a_short_question_one_word_is_not_enough(index: Index) -> None:
    assert index.search("lamp submarine").hits == ()
    assert index.search("submarine captain").hits == ()


def test_a_document_without_any_name_of_the_question_is_no_hit(index: Index) -> None:
    (hit,) = index.search("strikes captain add_book books shelf").hits
    assert hit.document is SHELF


def test_a_name_in_code_is_enough_of_a_short_question(index: Index) -> None:
    (hit,) = index.search("submarine add_book").hits
    assert (hit.document, hit.has) == (SHELF, ("add_book",))


def test_a_hit_with_all_the_words_is_never_behind_one_with_some(index: Index) -> None:
    first, *others = index.search("captain paris").hits
    assert (first.document, first.has) == (LAMP, ())
    assert all(hit.has for hit in others)


@pytest.mark.parametrize("word", ["root_path", "request.json", "AsyncClient", "asyncSession", "422"])
def test_names_in_code_are_known_by_their_look(word: str) -> None:
    assert is_name(word)


@pytest.mark.parametrize("word", ["proxy", "JSON", "2024", "Optional"])
def test_words_of_english_are_no_names(word: str) -> None:
    assert not is_name(word)
