"""Endpoints for tools."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from ..dependencies import CurrentNeighbour, NowDep, OwnToolDep, ToolDep, ToolsDep
from ..models import Tool
from ..schemas.tools import ToolCreate, ToolPage, ToolQuery, ToolRead, ToolUpdate
from ..services import lending

router = APIRouter(prefix="/tools", tags=["tools"])


def to_tool_read(tool: Tool) -> ToolRead:
    """The response model of a tool."""
    return ToolRead.model_validate(tool, from_attributes=True)


@router.post("", status_code=201)
async def create_tool(
    new: ToolCreate,
    owner: CurrentNeighbour,
    tools: ToolsDep,
    now: NowDep,
    request: Request,
    response: Response,
) -> ToolRead:
    """Create a tool."""
    tool = Tool(**new.model_dump(), owner_id=owner.id, owner=owner, created_at=now)
    await tools.add(tool)
    response.headers["Location"] = request.url_for("read_tool", tool_id=tool.id).path
    return to_tool_read(tool)


@router.get("")
async def list_tools(wanted: Annotated[ToolQuery, Query()], tools: ToolsDep) -> ToolPage:
    """List tools."""
    items, total = await tools.search(**wanted.model_dump())
    return ToolPage(items=[to_tool_read(tool) for tool in items], total=total)


@router.get("/{tool_id}")
async def read_tool(tool: ToolDep) -> ToolRead:
    """Read a tool."""
    return to_tool_read(tool)


@router.patch("/{tool_id}")
async def update_tool(changes: ToolUpdate, tool: OwnToolDep) -> ToolRead:
    """Change a tool. Fields that are not sent stay as they are."""
    for name, value in changes.model_dump().items():
        setattr(tool, name, value)
    return to_tool_read(tool)


@router.delete("/{tool_id}", status_code=204)
async def delete_tool(tool: OwnToolDep, tools: ToolsDep) -> None:
    """Delete a tool."""
    await lending.delete_tool(tool, tools)
