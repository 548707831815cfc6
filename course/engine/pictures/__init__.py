"""Pictures of a service, each with its equivalent in words. FastAPI is imported only when one is drawn."""

from course.pictures.interfaces import openapi_changes
from course.pictures.maps import service_map
from course.pictures.picture import Picture
from course.pictures.timelines import timeline
from course.pictures.trees import dependency_tree

__all__ = ["Picture", "dependency_tree", "openapi_changes", "service_map", "timeline"]
