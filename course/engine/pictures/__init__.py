"""Pictures of a service, each with its equivalent in words. FastAPI is imported only when one is drawn."""

from course.engine.pictures.interfaces import openapi_changes
from course.engine.pictures.maps import service_map
from course.engine.pictures.picture import Picture
from course.engine.pictures.timelines import timeline
from course.engine.pictures.trees import dependency_tree

__all__ = ["Picture", "dependency_tree", "openapi_changes", "service_map", "timeline"]
