"""The tools of the shed: put one in, look for it, change it, take it out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from ..dependencies import CurrentNeighbour, NowDep, OwnToolDep, ToolDep, ToolsDep
from ..models import Tool
from ..schemas.tools import ToolCreate, ToolPage, ToolQuery, ToolRead, ToolUpdate
from ..services import lending

router = APIRouter(prefix="/tools", tags=["tools"])


def shown(tool: Tool) -> ToolRead:
    """A tool, as everyone may see it."""
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
    """Put a tool of yours in the shed."""
    tool = Tool(**new.model_dump(), owner_id=owner.id, owner=owner, created_at=now)
    await tools.add(tool)
    response.headers["Location"] = request.url_for("read_tool", tool_id=tool.id).path
    return shown(tool)


@router.get("")
async def list_tools(wanted: Annotated[ToolQuery, Query()], tools: ToolsDep) -> ToolPage:
    """Look for a tool."""
    items, total = await tools.matching(**wanted.model_dump())
    return ToolPage(items=[shown(tool) for tool in items], total=total)


@router.get("/{tool_id}")
async def read_tool(tool: ToolDep) -> ToolRead:
    """One tool."""
    return shown(tool)


@router.patch("/{tool_id}")
async def update_tool(changes: ToolUpdate, tool: OwnToolDep) -> ToolRead:
    """Change what you say of your tool. What is not sent stays."""
    for name, value in changes.model_dump().items():
        setattr(tool, name, value)
    return shown(tool)


@router.delete("/{tool_id}", status_code=204)
async def delete_tool(tool: OwnToolDep, tools: ToolsDep) -> None:
    """Take your tool out of the shed."""
    await lending.remove(tool, tools)
