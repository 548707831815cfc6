"""The map shows the modules of a service, who imports whom, and what a chapter changed."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from course.engine import chapters
from course.engine.chapters import Chapter
from course.engine.pictures import service_map
from course.engine.pictures.arrows import Ways
from course.engine.pictures.layout import TALL, place
from course.engine.pictures.modules import read
from course.errors import CourseError

BEFORE = {
    "__init__.py": '"""The service."""\n',
    "main.py": "from .routers import lots, status\nfrom .store import LotStore\n",
    "store.py": "from .schemas.lots import LotCreate\n",
    "config.py": "ENVIRONMENT = 'test'\n",
    "routers/__init__.py": "",
    "routers/lots.py": "from ..schemas.lots import LotRead\n",
    "routers/status.py": "from fastapi import APIRouter\n",
    "schemas/__init__.py": "",
    "schemas/lots.py": "import decimal\n",
}
AFTER = {name: source for name, source in BEFORE.items() if name != "store.py"} | {
    "main.py": "from .routers import lots, status\nfrom . import config\n",
    "dependencies.py": "from .models import Lot\nfrom app.repositories.lots import LotRepository\n",
    "models/__init__.py": "from .lot import Lot\n",
    "models/lot.py": "from .base import Base\n",
    "models/base.py": "class Base: ...\n",
    "repositories/__init__.py": "",
    "repositories/lots.py": "import app.models.lot\nfrom ..schemas.lots import LotRead\n",
    "routers/lots.py": "from ..schemas.lots import LotRead\nfrom ..dependencies import LotsDep\n",
}


def project(folder: Path, files: dict[str, str]) -> Path:
    for name, source in files.items():
        path = folder / "app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return folder


def test_each_module_is_listed_with_its_imports_and_what_is_new_about_it(tmp_path: Path) -> None:
    before, after = project(tmp_path / "old", BEFORE), project(tmp_path / "gavel", AFTER)
    picture = service_map(after, before)
    assert picture.title == "Map of gavel: 10 modules, 5 new, 2 changed, 1 removed"
    assert picture.lines == (
        "main (changed) imports config (new import), routers.lots, routers.status",
        "routers.lots (changed) imports dependencies (new import), schemas.lots",
        "routers.status imports nothing of the service",
        "dependencies (new) imports models, repositories.lots",
        "repositories.lots (new) imports models.lot, schemas.lots",
        "models (new) imports models.lot",
        "models.base (new) imports nothing of the service",
        "models.lot (new) imports models.base",
        "schemas.lots imports nothing of the service",
        "config imports nothing of the service",
        "store (removed)",
    )


def test_new_and_changed_are_written_on_the_boxes_and_not_only_coloured(tmp_path: Path) -> None:
    picture = service_map(project(tmp_path / "new", AFTER), project(tmp_path / "old", BEFORE))
    words = [
        text.text for text in ElementTree.fromstring(picture.svg).iter("{http://www.w3.org/2000/svg}text")
    ]
    assert (words.count("new"), words.count("changed"), words.count("removed: store")) == (5, 2, 1)


def test_without_an_earlier_service_nothing_is_marked(tmp_path: Path) -> None:
    picture = service_map(project(tmp_path / "gavel", BEFORE))
    assert picture.title == "Map of gavel: 6 modules"
    assert not any(word in picture.text for word in ("new", "changed", "removed"))


def test_in_a_chapters_project_the_map_is_beside_the_checkpoint_before(
    two_chapters: tuple[Chapter, Chapter], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, rooms = two_chapters
    project(rooms.checkpoint, {"main.py": "from . import config\n", "config.py": "x = 1\n"})
    project(rooms.project, {"main.py": "from . import config\n", "config.py": "x = 1\n"})
    monkeypatch.chdir(rooms.project)
    assert service_map().lines == (
        "main (changed) imports config (new import)",
        "config (new) imports nothing of the service",
    )
    assert service_map().title.startswith("Map of ch01_rooms: 2 modules, 1 new, 1 changed")


def test_a_chapter_is_named_as_everywhere_else(two_chapters: tuple[Chapter, Chapter]) -> None:
    doors, rooms = two_chapters
    assert (
        service_map(1).svg
        == service_map("rooms").svg
        == service_map(rooms).svg
        == service_map(rooms, doors).svg
    )
    assert chapters.find(0) == doors


def test_a_file_that_does_not_parse_is_on_the_map_without_arrows(tmp_path: Path) -> None:
    picture = service_map(project(tmp_path, {"main.py": "from . import (\n", "config.py": ""}))
    assert picture.lines[0] == "main imports nothing of the service"


def test_a_file_that_is_not_utf_8_is_on_the_map(tmp_path: Path) -> None:
    folder = project(tmp_path, {"config.py": ""})
    (folder / "app" / "main.py").write_bytes(b"# \xff\nfrom . import config\n")
    assert service_map(folder).lines[0] == "main imports config"


def test_nothing_of_the_service_is_imported(tmp_path: Path) -> None:
    assert service_map(project(tmp_path, {"main.py": "raise SystemExit\n"})).lines


def test_a_folder_without_a_service_gets_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="There is no folder `app`"):
        service_map(tmp_path)


def test_no_two_boxes_overlap_even_in_a_large_service(tmp_path: Path) -> None:
    names = ("accounts", "auctions", "bids", "invoices", "lots", "notifications", "payments", "users")
    files = {f"{layer}/{name}.py": "" for layer in ("routers", "services", "models") for name in names}
    house = read(project(tmp_path, files))
    places, _, _ = place(house, dict.fromkeys(house.modules, "changed"))
    boxes = list(places.values())
    for number, one in enumerate(boxes):
        assert one.x >= 100
        assert one.x + one.wide <= 760
        for other in boxes[:number]:
            apart = one.x + one.wide < other.x or other.x + other.wide < one.x
            assert apart or abs(one.y - other.y) > TALL


def test_a_wide_row_below_a_domain_at_the_edge_stays_inside(tmp_path: Path) -> None:
    files = {f"routers/{name}.py": "" for name in ("auth", "bids", "lots", "users")}
    files |= {
        f"services/{name}.py": "" for name in ("users", "very_long_named_thing", "very_much_longer_thing")
    }
    house = read(project(tmp_path, files))
    places, _, _ = place(house, dict.fromkeys(house.modules, "changed"))
    assert all(at.x + at.wide <= 745 for at in places.values())


def test_no_arrow_leads_behind_a_box(tmp_path: Path) -> None:
    house = read(project(tmp_path, AFTER | {"services/lots.py": "from ..schemas.lots import LotRead\n"}))
    places, _, _ = place(house, dict.fromkeys(house.modules, ""))
    ways = Ways(places)
    for arrow in sorted(house.arrows):
        path, _, _ = ways.between(*arrow)
        for x, y in re.findall(r"L(\S+) (\S+)", path):
            for at in places.values():
                assert not (at.y <= float(y) <= at.y + TALL and at.x < float(x) < at.x + at.wide), arrow


def test_two_maps_of_one_service_are_the_same_to_the_byte(tmp_path: Path) -> None:
    before, after = project(tmp_path / "old", BEFORE), project(tmp_path / "new", AFTER)
    assert service_map(after, before).svg == service_map(after, before).svg
