"""Evidence in the learner's code: what a condition finds, and what it does not."""

import pytest

from course.engine.code_evidence import Code, condition
from course.errors import CourseError

SERVICE = '''
import asyncio
from datetime import UTC, datetime

engine = create_async_engine(url)


async def get_session(request: Request, user: User = Depends(get_user)):
    """Never datetime.utcnow()."""  # nor time.sleep(1)
    session = request.state.sessions()
    try:
        yield session
    except Exception:
        pass
    finally:
        if session:
            await session.commit()
    stack.enter_async_context(session)
    await stack.enter_async_context(other)


@router.get("/lots", response_model=None)
def list_lots(after: int = 0) -> list[Lot]:
    if after:
        return Lots(session).matching(after, limit=3)


@final
class LotRead(LotCreate):
    opened: datetime = datetime.now( UTC )
'''


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)",
        "datetime.now(...)",
        "_.now(_)",
        "datetime.utcnow() || datetime.now(UTC)",
        "no datetime.utcnow() || time.sleep(...)",
        "in get_session: except Exception: pass",
        "in get_*: yield session",
        "in module: engine = create_async_engine(...)",
        "unawaited stack.enter_async_context(...)",
        "twice stack.enter_async_context(_)",
        "in list_lots: falls through",
        "in list_lots: _.matching(_, limit=3)",
        "in list_lots: _.matching(..., limit=_)",
        "def list_lots(after: int): ...",
        '@router.get("/lots", ...) def _(): ...',
        "def get_session(_=Depends(...)): ...",
        "class LotRead(LotCreate): ...",
        "@final class LotRead: ...",
        "opened: datetime = _",
        "in get_session: no _.rollback()",
        "finally: ...",
        "in get_session: yield session then stack.enter_async_context(...)",
        "no datetime.now(UTC) then engine",
    ],
)
def test_a_condition_that_holds(line: str) -> None:
    assert condition(line).holds(Code([SERVICE])), line


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now()",
        "datetime.utcnow()",
        "time.sleep(...)",
        "no datetime.now(...)",
        "in list_lots: yield session",
        "in nowhere: no datetime.now(...)",
        "in module: session = request.state.sessions()",
        "unawaited _.sessions(UTC)",
        "twice _.matching(...)",
        "in get_nothing: falls through",
        "_.matching(_)",
        "_.matching(..., limit=4)",
        "def list_lots(after: str): ...",
        "async def list_lots(): ...",
        "class LotRead(BaseModel): ...",
        "@dataclass class LotRead: ...",
        "except ValueError: pass",
        "finally: pass",
        "in get_session: stack.enter_async_context(...) then yield session",
        "in list_lots: _.matching(...) then yield session",
    ],
)
def test_a_condition_that_does_not_hold(line: str) -> None:
    assert not condition(line).holds(Code([SERVICE])), line


@pytest.mark.parametrize(
    ("body", "falls"),
    [
        ("return 1", False),
        ("if a:\n  return 1", True),
        ("if a:\n  return 1\nelse:\n  raise b", False),
        ("try:\n  return 1\nexcept E:\n  pass", True),
        ("try:\n  return 1\nexcept E:\n  raise", False),
        ("try:\n  x()\nfinally:\n  return 1", False),
        ("while True:\n  x()", False),
        ("while True:\n  break", True),
        ("match a:\n  case 1:\n    return 1\n  case _:\n    return 2", False),
        ("match a:\n  case 1:\n    return 1", True),
        ("with a:\n  return 1", False),
        ("for a in b:\n  return 1", True),
    ],
)
def test_a_function_falls_through_if_a_path_comes_to_its_end(body: str, falls: bool) -> None:
    lines = "".join(f"\n    {line}" for line in body.split("\n"))
    assert condition("in one: falls through").holds(Code([f"def one():{lines}\n"])) is falls


def test_a_module_that_does_not_parse_is_left_out() -> None:
    assert condition("sleep()").holds(Code(["def broken(", "sleep()"]))
    assert not condition("sleep()").holds(Code(["sleep("]))


def test_a_pattern_that_is_no_python_is_an_error() -> None:
    with pytest.raises(CourseError, match="no pattern of Python"):
        condition("datetime.now(")
