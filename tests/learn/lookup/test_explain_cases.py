"""Messages that people really paste, and the entry that explains each; and those that nothing explains."""

import pytest

from course.learn.lookup import explain
from course.learn.lookup.explain.entries import Entry
from course.learn.lookup.explain.older_wording import translated
from course.learn.lookup.explain.pasted import plain
from course.learn.lookup.explain.search import search

LOOP = "RuntimeError: … is bound to a different event loop"
MAGICS = "UsageError: Cell magic `%%…` not found. in a notebook of the course"
EVENTS = "AttributeError: 'FastAPI' object has no attribute 'add_event_handler': removed in Starlette 1"
KEYWORD = "TypeError: …() got an unexpected keyword argument '…': the function has no such parameter"
HEADER = '"type":"missing","loc":["header","…"]: the header was not sent'
NO_ROUTE = "404 Not Found: no route has this path"
NO_JSON = '"type":"model_attributes_type": the request body is a form or a text, not JSON'
FIRST = {  # what is pasted: the title of the entry that comes first
    "Not Found": NO_ROUTE,
    '{"detail":"Not Found"}': NO_ROUTE,
    "status code 422": "422 Unprocessable Content: the request is not valid",
    "error 405": "405 Method Not Allowed",
    "FastAPI.__init__() got an unexpected keyword argument 'name'": (
        "TypeError: FastAPI.__init__() got an unexpected keyword argument '…'"
    ),
    "Router.__init__() got an unexpected keyword argument 'on_startup'": EVENTS,
    "TypeError: Router.__init__() got an unexpected keyword argument 'on_shutdown'": EVENTS,
    "'FastAPI' object has no attribute 'add_event_handler'": EVENTS,
    "Field.__init__() got an unexpected keyword argument 'regex'": (
        "PydanticUserError: `regex` is removed. use `pattern` instead"
    ),
    "TypeError: Field() got an unexpected keyword argument 'regex'": (
        "PydanticUserError: `regex` is removed. use `pattern` instead"
    ),
    "foo() got an unexpected keyword argument 'bar'": KEYWORD,
    "got an unexpected keyword argument": KEYWORD,
    "TypeError: CORSMiddleware.__init__() got an unexpected keyword argument 'origins'": KEYWORD,
    '{"detail":[{"type":"missing","loc":["header","authorization"],"msg":"Field required"}]}': HEADER,
    '{"detail":[{"type":"missing","loc":["header","x-token"],"msg":"Field required"}]}': HEADER,
    '{"detail":[{"loc":["body"],"msg":"value is not a valid dict","type":"type_error.dict"}]}': NO_JSON,
    "value is not a valid dict (type=type_error.dict)": NO_JSON,
    '{"detail":[{"loc":["body","name"],"msg":"field required","type":"value_error.missing"}]}': (
        '"type":"missing","loc":["body","…"]: a required field is missing in the request body'
    ),
    '{"detail":[{"loc":["query","user_dict"],"msg":"field required","type":"value_error.missing"}]}': (
        '"type":"missing","loc":["query","…"] though it was sent in the body'
    ),
    "response -> msg\n  field required (type=value_error.missing)": "Field required [type=missing",
    "RuntimeError: Task <Task pending name='Task-153' coro=<test_jwt() running at /t.py:9>> got Future "
    "<Future pending> attached to a different loop": LOOP,
    "RuntimeError: Event loop is closed": LOOP,
    "event loop is closed": LOOP,
    "pydantic.errors.PydanticUserError: `TypeAdapter[typing.Annotated[ForwardRef('Item'), "
    "Query(PydanticUndefined)]]` is not fully defined; you should define `typing.Annotated["
    "ForwardRef('Item'), Query(PydanticUndefined)]` and all referenced types, then call `.rebuild()`.": (
        "PydanticUserError: `TypeAdapter[…]` is not fully defined: a model in a function"
    ),
    "ValueError: I/O operation on closed file": (
        "ValueError: I/O operation on closed file.: an upload is read after its request"
    ),
    "UsageError: Cell magic `%%add` not found.": MAGICS,
    "UsageError: Line magic function `%checkpoint` not found.": MAGICS,
    "NameError: name 'predict' is not defined": MAGICS,
    "ModuleNotFoundError: No module named 'app'": "ModuleNotFoundError: No module named 'app'",
    "ModuleNotFoundError: No module named 'app.config'": "ModuleNotFoundError: No module named 'app'",
    "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)": (
        "JSONDecodeError: Expecting value: line 1 column 1 (char 0) after response.json()"
    ),
    "PydanticUserError: Computed field requires a return annotation or specifying `return_type`": (
        "PydanticUserError: Computed field is missing return type annotation"
    ),
    "TypeError: Object of type Lot is not JSON serializable": (
        "TypeError: Object of type … is not JSON serializable"
    ),
    "sqlalchemy.exc.InvalidRequestError: Table 'lots' is already defined for this MetaData instance.": (
        "InvalidRequestError: Table '…' is already defined for this MetaData instance."
    ),
    "error: Your local changes to the following files would be overwritten by merge:\n\tnotebooks/a": (
        "error: Your local changes to the following files would be overwritten by merge: …"
    ),
    "AttributeError: '_IncludedRouter' object has no attribute 'path'": (
        "AttributeError: '_IncludedRouter' object has no attribute 'path'"
    ),
}
SAID = {  # what is pasted: words that the explanation must have
    '"type":"missing","loc":["header","authorization"],"msg":"Field required"': "security scheme",
    '{"detail":[{"loc":["body"],"msg":"value is not a valid dict","type":"type_error.dict"}]}': "`data=`",
    "FastAPI.__init__() got an unexpected keyword argument 'name'": "`title`",
    "Router.__init__() got an unexpected keyword argument 'on_startup'": "FastAPI(lifespan=lifespan)",
    "Field.__init__() got an unexpected keyword argument 'regex'": "pattern",
    "ValueError: I/O operation on closed file": "0.106 to 0.117",
    "UsageError: Cell magic `%%add` not found.": "%load_ext course",
    "NameError: name 'predict' is not defined": "%load_ext course",
    "ModuleNotFoundError: No module named 'app'": "In a notebook of the course",
    "JSONDecodeError: Expecting value: line 1 column 1": "response.status_code",
    "TypeError: Object of type Lot is not JSON serializable": "`HTTPException`",
    "Table 'lots' is already defined for this MetaData instance": "`__main__`",
    "RuntimeError: Event loop is closed": "in which you opened it",
    "error: Your local changes to the following files would be overwritten by merge: a": "course update",
    "status code 422": "`loc`",
}
NOTHING = (
    "alembic.util.exc.CommandError: Can't locate revision identified by '1a2b3c'",
    "AttributeError: 'Lot' object has no attribute 'titel'",
    "AttributeError: 'FastAPI' object has no attribute 'lifespan_handlers'",
    "'NoneType' object has no attribute 'id'",
    "NameError: name 'lots' is not defined",
    "KeyError: 'lamp'",
    "value is not a valid list",
    "none is not an allowed value",
    "Unable to parse response field",
    "status code",
    "status code 299",
    "fastapi.exceptions.FastAPIError: something new that nobody has seen",
)
CORS_500 = (
    "Access to fetch at 'http://localhost:8000/lots' from origin 'http://localhost:3000' has been blocked "
    "by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.\n"
    "GET http://localhost:8000/lots net::ERR_FAILED 500 (Internal Server Error)"
)


def titles(text: str) -> list[str]:
    return [
        hit.found.title if isinstance(hit.found, Entry) else hit.found.entry.title for hit in search(text)
    ]


@pytest.mark.parametrize(("text", "title"), FIRST.items(), ids=[text[:60] for text in FIRST])
def test_what_people_paste_is_explained_by_the_right_entry(text: str, title: str) -> None:
    found = titles(text)
    assert [plain(each) for each in found[:1]] == [plain(title)], f"{text!r} finds {found}"
    assert search(text)[0].exact


@pytest.mark.parametrize(("text", "words"), SAID.items(), ids=[text[:60] for text in SAID])
def test_the_explanation_says_what_helps(text: str, words: str) -> None:
    answer = explain.explained(text)
    assert answer is not None
    first = " ".join(answer.text.partition("This fits as well")[0].split())
    assert words in first, first


@pytest.mark.parametrize("text", NOTHING)
def test_where_no_entry_has_the_names_nothing_fits(text: str) -> None:
    assert titles(text) == [], "an entry about something else is worse than none"


def test_a_500_behind_a_message_about_cors_is_named_too() -> None:
    assert titles(CORS_500) == [
        "Blocked by CORS policy: the response lacks a header",
        "A 500 that the browser shows as a CORS error",
    ]


def test_an_error_of_pydantic_1_is_read_in_the_words_of_pydantic_2() -> None:
    old = plain('[{"loc": ["body", "age"], "msg": "not a valid integer", "type": "type_error.integer"}]')
    assert translated(old).startswith("[{'type':'int_parsing','loc':['body','age'],'msg':")
    unknown = plain('[{"loc": ["body"], "msg": "what a day", "type": "value_error.weather"}]')
    assert translated(unknown) == "", "a type without a successor stays as it is"
    assert translated("no error at all") == ""
