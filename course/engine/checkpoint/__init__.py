"""Run a chapter's requirements on a learner's project, in a fresh process, and say what was found.

This side runs in the learner's kernel: it imports neither pytest nor FastAPI.
"""

from course.checkpoint.limits import Limits
from course.checkpoint.process import Worker
from course.checkpoint.spares import cool, prepared, wait_until_warm, warm
from course.checkpoint.supervisor import check

__all__ = ["Limits", "Worker", "check", "cool", "prepared", "wait_until_warm", "warm"]
