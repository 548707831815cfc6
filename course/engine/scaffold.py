"""The files of a project that no chapter teaches."""

from course.engine.chapters import Chapter

PYPROJECT = """\
[project]
name = "gavel"
version = "0.1.0"
description = "A live auction house"
requires-python = ">=3.11"
dependencies = [
    "fastapi[standard]",
    "pydantic-settings",
    "sqlalchemy[asyncio]",
    "aiosqlite",
]

[tool.fastapi]
entrypoint = "app.main:app"
"""

README = """\
# Gavel after chapter {number}: {title}

The service as it stands at the end of `course/chapters/{stem}.md`, from which this folder is built
(`python3 -m course build`). Change the text, not this folder.

    fastapi dev

starts it from this folder; its interactive documentation is then at http://127.0.0.1:8000/docs.
"""

BACKGROUND = """
    uvicorn app.main:app --timeout-graceful-shutdown 10

starts it on a server: when it is told to stop, it waits at most 10 seconds for requests and background tasks.
"""

LIVE = """
    python -m app.demo

registers users and creates lots with bids, for development only, and prints who can log in. The live page is
at http://127.0.0.1:8000/watch/. Two windows show each other's bids.
"""

EXAMINED = """
## Examined by its own description

[schemathesis](https://schemathesis.readthedocs.io) reads the OpenAPI of a service, sends it requests that fit
and requests that do not, and holds every answer against what is promised there. It is not among the
dependencies of the service (`pip install schemathesis`). Start the service with an empty database and without
a limit on logins, as all of them will come from one address:

    GAVEL_DATABASE_URL=sqlite+aiosqlite:///examined.db GAVEL_LOGIN_ATTEMPTS=1000000 \\
        GAVEL_NETWORK_ATTEMPTS=1000000 GAVEL_REGISTRATIONS=1000000 GAVEL_LOG_LEVEL=ERROR fastapi run

In a second terminal, in this folder, register the person as whom it will speak:

    curl http://127.0.0.1:8000/auth/register -H "Content-Type: application/json" -d \\
        '{{"email": "examiner@example.com", "name": "Examiner", "password": "correct horse battery staple"}}'

and let it begin, with all its checks:

    schemathesis run http://127.0.0.1:8000/openapi.json

It finds nothing. `schemathesis.toml` tells it where to get a token, which it does again whenever
`/auth/revoke` has made the last one worthless, and what the description cannot say, each with its reason.
"""

SCHEMATHESIS = """\
# How schemathesis examines this service; README.md has the command. All checks are on, but one on one path.

# A token is fetched here, and again when it is refused. README.md registers this person.
[auth.dynamic.openapi.OAuth2PasswordBearer]
path = "/auth/token"
payload = { username = "examiner@example.com", password = "correct horse battery staple" }
payload_content_type = "application/x-www-form-urlencoded"
extract_selector = "/access_token"

# `/lots/latest` is an address of `/lots/{lot_id}` too, which has PATCH and DELETE. So these are answered
# there, by 401 or 422, where the check wants 405.
[[operations]]
include-path = "/api/v1/lots/latest"
checks.unsupported_method.enabled = false

# JSON Schema has no words for rules between fields (closes_at after opens_at) or with what is stored, and
# takes 25.0 for a whole number, which money does not. Nor can it say how the bytes of a photo begin (415).
[[operations]]
include-path-regex = "^/api/v1/lots"
exclude-method = "GET"
checks.positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 415, 422]

# Nor which domains are for tests only, where no mail arrives: somebody@somewhere.test.
[[operations]]
include-path = "/auth/register"
checks.positive_data_acceptance.expected-statuses = ["2xx", 409, 422]

# A stream without an end: one event is enough.
[[operations]]
include-path = "/api/v1/lots/{lot_id}/events"
max-stream-events = 1
"""

EXAMINED_FROM = 7
"""The chapter from which on every error is documented."""

BACKGROUND_FROM = 8
"""The chapter from which on background tasks run after a response."""

LIVE_FROM = 9
"""The chapter from which on there is a live page, and data for it."""


EXAM_README = """\
# {title}

A service that meets the specification in `course/chapters/{stem}.md`, from which this folder is built
(`python3 -m course build`). Change the text, not this folder.

    fastapi dev

starts it from this folder; its interactive documentation is then at http://127.0.0.1:8000/docs.
"""


def scaffold(chapter: Chapter) -> dict[str, str]:
    """`pyproject.toml`, `README.md` and the empty package `app` of a project.

    From chapter 7 on also `schemathesis.toml`, with which the service is examined.
    An exam's text writes its own `pyproject.toml`.
    """
    if chapter.is_exam:
        return {
            "README.md": EXAM_README.format(title=chapter.title, stem=chapter.stem),
            "app/__init__.py": f'"""{chapter.title}."""\n',
        }
    examined = chapter.number >= EXAMINED_FROM
    readme = README + BACKGROUND * (chapter.number >= BACKGROUND_FROM)
    readme += LIVE * (chapter.number >= LIVE_FROM) + EXAMINED * examined
    files = {
        "pyproject.toml": PYPROJECT,
        "README.md": readme.format(number=chapter.number, title=chapter.title, stem=chapter.stem),
        "app/__init__.py": '"""Gavel, a live auction house."""\n',
    }
    return files | ({"schemathesis.toml": SCHEMATHESIS} if examined else {})
