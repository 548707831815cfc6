"""The street in which all attacks of a run take place."""

from collections.abc import Iterator

import pytest

from course.engine.checkpoint.logins import cheap_hashes
from tests.attacks.houses import Street


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """The finished service, and the same without any one of its defences."""
    street = Street(tmp_path_factory.mktemp("street"))
    with cheap_hashes():
        yield street
    street.leave()
