"""Synonyms: words that mean the same in a question, and words that are ignored."""

SAME = """
websocket: socket, ws
auth: authentication, authenticate, login, log in
login: log in, sign in, authenticate
signup: register, registration
authorization: permission, scope, role
jwt: token, json web token
sse: server-sent events, event stream
server-sent: sse
db: database
database: db
orm: sqlalchemy
di: dependency injection
dependency: depends, dependencies
env: environment variable, .env
dotenv: .env
config: configuration, settings
configuration: settings, config
setting: settings
crud: create update delete
endpoint: path operation, route, handler
route: path operation, endpoint
routes: path operation, endpoint
startup: lifespan, start-up
shutdown: lifespan
on_event: on_event
logging: log, logs
logger: log
mail: e-mail, email, smtp
email: e-mail, mail
422: unprocessable, validation error, 422
404: not found
401: unauthorized, not authenticated
403: forbidden, may not
405: method not allowed
413: too large
429: too many requests, too many attempts
500: internal server error
unprocessable: 422
cors: cross-origin
csrf: cross-site request forgery
customise: configure, customising, custom
customize: configure, customising, custom
disable: switch off, switching off
hide: switch off, exclude
multiple: several, list of, many
several: multiple
limiting: limit
background: after the answer, after the response
preflight: cors
pagination: paging, one page, page by page
paging: pagination, one page, page by page
upload: uploaded, uploadfile
image: photo, picture
download: fileresponse
timezone: time zone, utc, aware
mock: override, dependency_overrides
mocking: override, dependency_overrides
pytest: test
testing: test, tests
unittest: test
openapi: swagger, description
openapi.json: openapi
sub: prefix, sub-path, mounts
subpath: prefix, sub-path
url: address, path
swagger: openapi, docs
docs: swagger, openapi, documentation
documentation: docs, openapi
json: json
schema: model, json schema
pydantic: pydantic
orm_mode: from_attributes
root_validator: model_validator
validator: field_validator, validators
celery: task queue, celery
queue: queue
cronjob: schedule
async: asynchronous, async def
asynchronous: async
concurrent: at the same time, concurrency
concurrency: concurrent
race: race condition, two at once
blocking: block, blocks, thread pool
threadpool: thread pool
n+1: n+1, joinedload
lazy: lazy load, lazy
migration: migrations, alembic
migrations: migration, alembic
decimal: money
money: decimal
password: passwords
hash: hashing, argon2, bcrypt
hashing: hash, argon2
bcrypt: bcrypt
throttle: rate limit
throttling: rate limit
rate: rate, attempts
disconnect: websocketdisconnect, no longer there, left
disconnected: websocketdisconnect, no longer there, left
router: routes, route, include_router
routers: routes, route, include_router
generator: yield
catch: except, caught
catching: except, caught
contextvar: context variable
contextvars: context variable
autoreload: reload, reloads
reloader: reload, reloads
threadpoolexecutor: thread pool, to_thread
sync: blocking, block
synchronous: blocking, block
non-async: blocking, block
crash: error, exception
heartbeat: ping
ping: heartbeat
keepalive: ping, heartbeat
broadcast: rooms, broadcast
chat: rooms, chat
room: rooms
gzip: compression, gzip
static: static files, frontend
frontend: static files, single page app
serialize: serializer, serialization, model_dump
serialization: serializer, serialize
factory: create_app, factory
header: headers
cookie: cookies
proxy: proxies
lifespan: startup, lifespan
k8s: kubernetes
postgres: postgresql
gunicorn: gunicorn
deployment: deploy
deploy: deployment
"""
SYNONYMS: dict[str, tuple[str, ...]] = {
    word: tuple(phrase.strip() for phrase in phrases.split(","))
    for word, _, phrases in (line.partition(": ") for line in SAME.strip().splitlines())
}
PASSED_OVER = frozenset(
    """
    a about actually after again all also always am an and any anymore anyone app application are as
    at available be because been before being best better between both broken bug but by can can't
    cannot correct correctly could currently did difference different do does doesn't doing don't
    easily else enable error errors example examples exist exists expected explain fastapi feature
    find fix fixing for from get gets getting give given gives globally good got had handle handled
    handling has have he hello her here hi his how how's howto i i'm if implement in inside instead
    interaction into is isn't issue it it's item items its just know let like made make makes making
    may maybe me mean means mention minimal my need needed needs never no not of on one only or
    other our own people please possibility possible problem proper properly python question
    recommended reported reproducible return returning returns right same say seem seems send
    sending sent service set should shouldn shouldn't show simple simplest so some somehow someone
    something sometimes still strange strategies strategy suddenly support supported than thanks
    that the their them then there there's they thing this through to together too tried trigger
    triggering try trying tutorial under understand understanding unexpected unit up us usage use
    used useful user's using via vs want wants was way ways we weird what what's when where whether
    which while who why will with without won't work working works would write wrong you your
    """.split()  # noqa: SIM905 - words are read more easily than a list of them
)
