"""Gavel, a live auction house: the service and its routes."""

from fastapi import FastAPI

app = FastAPI(title="Gavel", version="1.0.0")


@app.get("/")
async def root() -> dict[str, str]:
    """Say what this is and where its documentation stands."""
    return {"service": "Gavel", "docs": "/docs"}


@app.get("/health")
async def health() -> dict[str, str]:
    """Tell a machine whether the service can do its work."""
    return {"status": "ok"}
