"""What Pydantic 1 wrote, in the words of Pydantic 2: most posts from before 2024 quote the old messages.

An error of Pydantic 1 is `{"loc": ["body", "name"], "msg": "field required", "type": "value_error.missing"}`.
An error of Pydantic 2 begins with its type, which has another name. Both have the same causes.
"""

import re

TYPES = {
    "value_error.missing": "missing",
    "value_error.extra": "extra_forbidden",
    "value_error.jsondecode": "json_invalid",
    "value_error.number.not_ge": "greater_than_equal",
    "value_error.number.not_gt": "greater_than",
    "value_error.number.not_le": "less_than_equal",
    "value_error.number.not_lt": "less_than",
    "value_error.str.regex": "string_pattern_mismatch",
    "type_error.bool": "bool_parsing",
    "type_error.dict": "model_attributes_type",
    "type_error.float": "float_parsing",
    "type_error.integer": "int_parsing",
    "type_error.list": "list_type",
    "type_error.str": "string_type",
}
"""The types of errors that Pydantic 1 and Pydantic 2 have in common: old name -> new name."""
ERROR = re.compile(r"\{'loc':(?P<loc>\[[^\]]*\]),'msg':'(?P<msg>[^']*)','type':'(?P<type>\w+_error\.[\w.]+)'")
LINE = re.compile(r"\(type=(?P<type>\w+_error\.[\w.]+)[^)]*\)")


def translated(text: str) -> str:
    """A plain text in the words of Pydantic 2; empty where nothing in it is Pydantic 1's."""
    changed = LINE.sub(_line, ERROR.sub(_error, text))
    return changed if changed != text else ""


def _error(found: re.Match[str]) -> str:
    kind = TYPES.get(found["type"])
    return f"{{'type':'{kind}','loc':{found['loc']},'msg':'{found['msg']}'" if kind else found[0]


def _line(found: re.Match[str]) -> str:
    kind = TYPES.get(found["type"])
    return f"[type={kind}" if kind else found[0]
