"""What changed in an interface is said as a client meets it."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import pytest
from fastapi import FastAPI, Form, Query, Security, UploadFile
from fastapi.security import HTTPBearer
from pydantic import BaseModel, create_model

from course.engine.pictures import openapi_changes
from course.errors import CourseError


class Category(StrEnum):
    ART = "art"
    BOOKS = "books"


class LotCreate(BaseModel):
    title: str
    starting_price: Decimal
    category: Category = Category.ART


class LotRead(LotCreate):
    id: int


def before() -> FastAPI:
    app = FastAPI()

    @app.get("/lots")
    def read_lots(limit: int = 20) -> list[str]:
        return []

    @app.delete("/lots")
    def delete_lots() -> None: ...

    return app


def after() -> FastAPI:
    app = FastAPI()

    @app.get("/lots", responses={404: {"description": "No such lot"}})
    def read_lots(
        limit: Annotated[int, Query(ge=1, le=100)] = 20, search: str | None = None
    ) -> list[LotRead]:
        return []

    @app.post("/lots", status_code=201)
    def create_lot(lot: LotCreate) -> LotRead: ...  # type: ignore[empty-body]

    return app


def test_new_changed_and_removed_are_told_apart_with_what_differs() -> None:
    picture = openapi_changes(before(), after())
    assert picture.title == "The interface of the service: 4 new, 1 changed, 1 removed"
    assert picture.lines == (
        "changed: GET /lots (query limit: integer, optional becomes integer from 1 to 100, optional; "
        "new query search: string or null, optional; response 200: list of string becomes list of LotRead; "
        "new response 404: no body)",
        "new: POST /lots (body LotCreate; responses 201 LotRead)",
        "removed: DELETE /lots",
        "new: schema Category (one of art, books)",
        "new: schema LotCreate (fields title, starting_price, category)",
        "new: schema LotRead (fields title, starting_price, category, id)",
    )


def test_the_other_way_round_what_was_new_is_removed() -> None:
    assert "removed: POST /lots" in openapi_changes(after(), before()).lines
    assert "removed query search" in openapi_changes(after(), before()).text


def test_the_same_interface_has_no_changes() -> None:
    picture = openapi_changes(after(), after())
    assert picture.title == "The interface of the service: nothing changed"
    assert picture.lines == ()


def test_apps_and_documents_are_compared_alike() -> None:
    assert (
        openapi_changes(before().openapi(), after()).svg == openapi_changes(before(), after().openapi()).svg
    )


def lot_app(**fields: object) -> FastAPI:
    app = FastAPI()
    model = create_model("Lot", **fields)  # type: ignore[call-overload]

    @app.post("/lots")
    def create_lot(lot: model) -> None: ...  # type: ignore[valid-type]

    return app


def test_a_field_that_comes_goes_or_becomes_required_is_said() -> None:
    old = lot_app(title=(str, ...), note=(str, ""), price=(int, 0))
    new = lot_app(title=(str, ...), price=(int, ...), photo=(str | None, None))
    assert openapi_changes(old, new).lines == (
        "changed: schema Lot (field price: integer, optional becomes integer, required; "
        "new field photo: string or null, optional; removed field note)",
    )


def test_a_form_is_described_by_its_fields_and_not_by_a_generated_name() -> None:
    app = FastAPI()

    @app.post("/photo")
    def put_photo(photo: UploadFile, caption: Annotated[str, Form()] = "") -> None: ...

    picture = openapi_changes(FastAPI(), app)
    assert (
        "body multipart/form-data with photo (string, required), caption (string, optional)" in picture.text
    )
    assert "Body_" not in picture.text


def test_a_route_that_becomes_protected_or_deprecated_says_so() -> None:
    app = FastAPI()

    @app.get("/lots", deprecated=True, dependencies=[Security(HTTPBearer())])
    def read_lots(limit: int = 20) -> list[str]:
        return []

    assert openapi_changes(before(), app).lines[0] == (
        "changed: GET /lots (new security HTTPBearer: any scope; is deprecated)"
    )


def test_what_is_no_interface_gets_one_clear_sentence() -> None:
    with pytest.raises(CourseError, match="compared from apps or OpenAPI documents, and this is int"):
        openapi_changes(3, FastAPI())
