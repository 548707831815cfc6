"""What tests of several folders share."""

from tests.fixtures.browser import browser
from tests.fixtures.postgresql import postgresql
from tests.fixtures.small_course import notebook, two_chapters, workspace_folder

__all__ = ["browser", "notebook", "postgresql", "two_chapters", "workspace_folder"]
