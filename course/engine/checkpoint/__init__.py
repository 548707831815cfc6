"""Run a chapter's requirements on a learner's project, in a fresh process, and say what was found.

This side runs in the learner's kernel: it imports neither pytest nor FastAPI.
"""

from course.engine.checkpoint.supervisor import check
from course.engine.checkpoint.warm_workers import cool, prepared, wait_until_warm, warm
from course.engine.checkpoint.worker_process import Limits, Worker

__all__ = ["Limits", "Worker", "check", "cool", "prepared", "wait_until_warm", "warm"]
