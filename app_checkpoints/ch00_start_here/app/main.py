"""Gavel, a live auction house: the application and its path operations."""

from fastapi import FastAPI

app = FastAPI(title="Gavel", version="1.0.0")


@app.get("/")
async def describe_service() -> dict[str, str]:
    """Return the name of the service and the path of its documentation."""
    return {"service": "Gavel", "docs": "/docs"}


@app.get("/health")
async def check_health() -> dict[str, str]:
    """Tell a load balancer whether the service works."""
    return {"status": "ok"}
