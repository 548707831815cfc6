"""uv is told what pip was told: the package index, its certificate, its proxy. No password is shown."""

import base64
import os
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from course.setup import home, uv
from course.setup.phases import run
from course.setup.uv import Uv

LOGIN = "Basic " + base64.b64encode(b"ada:secret").decode()
WHEEL = "gavel_sample-1.0-py3-none-any.whl"


@pytest.fixture(autouse=True)
def writable_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "writable", lambda folder: True)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """The address of a package index with one package, which only ada may read."""
    wheel = tmp_path / WHEEL
    with zipfile.ZipFile(wheel, "w") as file:
        info = "gavel_sample-1.0.dist-info"
        file.writestr("gavel_sample.py", "")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: gavel-sample\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            allowed = self.headers.get("Authorization") == LOGIN
            page = f'<a href="/{WHEEL}">{WHEEL}</a>'.encode()
            body = {"/simple/gavel-sample/": page, f"/{WHEEL}": wheel.read_bytes()}.get(self.path)
            self.send_response(401 if not allowed else 404 if body is None else 200)
            self.send_header("Content-Type", "text/html" if body is page else "application/octet-stream")
            self.end_headers()
            self.wfile.write(body or b"" if allowed and self.command == "GET" else b"")

        do_HEAD = do_GET

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever).start()
    yield f"http://ada:secret@127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    server.server_close()


def without_indexes() -> dict[str, str]:
    """This process's environment without what it says of package indexes."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}


def test_uv_installs_from_the_only_index_that_pip_knows(index: str, tmp_path: Path) -> None:
    pytest.importorskip("uv", reason="`python3 -m course test` installs uv")
    around = {
        **without_indexes(),
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
        "UV_NO_CACHE": "1",
    }
    fetched = Uv(Path(sys.executable), tmp_path / "nothing", uv.environment({"index-url": index}, around))
    done = fetched.run(["pip", "install", "--target", str(tmp_path / "there"), "gavel-sample"])
    assert done.worked, done.output
    assert (tmp_path / "there" / "gavel_sample.py").exists()
    missing = fetched.run(["pip", "install", "--target", str(tmp_path / "there"), "anyio"])
    assert not missing.worked, "uv asked another index"
    assert "secret" not in done.output + missing.output


def test_pips_variables_and_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = https://files.example/simple\ntrusted-host = one.example two.example\n"
        "[install]\nextra-index-url =\n    https://a.example/simple\n    https://b.example/simple\n"
    )
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_INDEX_URL", "https://variable.example/simple")
    told = uv.environment(uv.pip_settings(Path(sys.executable)), {})
    assert told["UV_DEFAULT_INDEX"] == "https://variable.example/simple"
    assert told["UV_INDEX"] == "https://a.example/simple https://b.example/simple"
    assert told["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert told["UV_INSECURE_HOST"] == "one.example two.example"


@pytest.mark.parametrize(
    ("pip", "told"),
    [
        ({}, {}),
        ({"cert": "/certificates.pem"}, {"SSL_CERT_FILE": "/certificates.pem"}),
        ({"client-cert": "/me.pem"}, {"SSL_CLIENT_CERT": "/me.pem"}),
        ({"timeout": "180"}, {"UV_HTTP_TIMEOUT": "180"}),
        ({"find-links": "/a /b", "no-index": "true"}, {"UV_FIND_LINKS": "/a,/b", "UV_OFFLINE": "1"}),
        ({"proxy": "http://proxy.example"}, dict.fromkeys(uv.PROXIES, "http://proxy.example")),
    ],
)
def test_each_setting_of_pip_has_its_variable(pip: dict[str, str], told: dict[str, str]) -> None:
    assert uv.environment(pip, {}) == told


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_certificate_that_pip_takes_from_a_variable_counts_for_uv(name: str) -> None:
    assert uv.environment({}, {name: "/c.pem"}) == {name: "/c.pem", "SSL_CERT_FILE": "/c.pem"}


@pytest.mark.parametrize("name", uv.INDEXES)
def test_the_users_own_settings_of_uv_win(name: str) -> None:
    pip = {"index-url": "https://pip.example/simple", "extra-index-url": "https://more.example/simple"}
    assert uv.environment(pip, {name: "own"}) == {name: "own"}


def test_the_users_own_timeout_and_certificate_win() -> None:
    own = {"UV_HTTP_TIMEOUT": "9", "UV_INSECURE_HOST": "own", "SSL_CERT_FILE": "/own.pem"}
    pip = {"timeout": "180", "trusted-host": "other.example", "cert": "/other.pem"}
    assert uv.environment(pip, own) == own


def test_without_a_home_uv_keeps_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "writable", lambda folder: False)
    assert uv.environment({}, {}) == {"UV_NO_CACHE": "1"}


def test_a_password_in_an_address_is_never_shown() -> None:
    heard: list[str] = []
    program = "print('error: https://ada:secret@files.example/simple/ and http://token@host/: 401')"
    outcome = run([sys.executable, "-c", program], heard.append)
    assert heard == ["error: https://****@files.example/simple/ and http://****@host/: 401"]
    assert outcome.output == heard[0] + "\n"
