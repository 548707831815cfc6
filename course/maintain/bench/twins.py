"""Gavel's reading routes in bare FastAPI, and the barest Starlette: what the service is measured against.

A bare twin does the same work with the same query and the same response model, and nothing else: no
middleware, no dependencies, no permissions, no handlers of errors, no log.
"""

import importlib
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route


def bare_starlette() -> Starlette:
    """One route that answers a short JSON: the measure of all."""

    async def hello(request: Any) -> JSONResponse:
        return JSONResponse({"service": "Gavel"})

    return Starlette(routes=[Route("/", hello)])


def bare_twins(package: str, settings: Any) -> FastAPI:
    """Gavel's reading routes in bare FastAPI, over the same tables, queries and response models."""

    def of(name: str) -> Any:
        return importlib.import_module(f"{package}.{name}")

    lots, bids, database = of("routers.lots"), of("routers.bids"), of("database")
    LotQuery, LotPage, LotRead = (
        of("schemas.lots").LotQuery,
        of("schemas.lots").LotPage,
        of("schemas.lots").LotRead,
    )
    BidQuery, BidPage = of("schemas.bids").BidQuery, of("schemas.bids").BidPage
    LotRepository, BidRepository = (
        of("repositories.lots").LotRepository,
        of("repositories.bids").BidRepository,
    )

    async def now() -> Any:
        return (await of("dependencies").get_clock())()

    app = FastAPI(lifespan=of("main").lifespan)
    app.state.settings = settings

    @app.get("/")
    async def root() -> dict[str, str]:
        return {"service": "Gavel", "docs": "/docs"}

    @app.get("/health")
    async def health(request: Request) -> dict[str, str]:
        return {"status": "ok" if await database.is_alive(request.state.engine) else "", "database": "ok"}

    @app.get("/api/v1/lots", response_model=LotPage)
    async def list_lots(wanted: Annotated[LotQuery, Query()], request: Request) -> Any:  # type: ignore[valid-type]
        async with request.state.sessions.begin() as session:
            found, total = await LotRepository(session).matching(**wanted.model_dump())  # type: ignore[attr-defined]
        return LotPage(items=[lots.shown(lot, request, await now()) for lot in found], total=total)

    @app.get("/api/v1/lots/{lot_id}", response_model=LotRead)
    async def read_lot(lot_id: int, request: Request) -> Any:
        async with request.state.sessions.begin() as session:
            return lots.shown(await LotRepository(session).find(lot_id), request, await now())

    @app.get("/api/v1/lots/{lot_id}/bids", response_model=BidPage)
    async def list_bids(lot_id: int, wanted: Annotated[BidQuery, Query()], request: Request) -> Any:  # type: ignore[valid-type]
        async with request.state.sessions.begin() as session:
            lot = await LotRepository(session).find(lot_id)
            found, total = await BidRepository(session).of_lot(lot_id, **wanted.model_dump())  # type: ignore[attr-defined]
        return BidPage(items=[bids.shown(bid, lot, await now()) for bid in found], total=total)

    return app
