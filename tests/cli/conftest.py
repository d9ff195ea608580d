"""One demo for the tests of the command line and of readers we did not write, in each algorithm."""

from collections.abc import Iterator

import pytest
from demo_town import Demo, make, people_file
from few_rounds import few_rounds


@pytest.fixture(scope="module", autouse=True)
def keys_open_quickly() -> Iterator[None]:
    """What is tested here is what commands do with keys, and they do it with a handful of them."""
    with few_rounds():
        yield


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo with its own residents, ES256."""
    return make(tmp_path_factory.mktemp("demo") / "out")


@pytest.fixture(scope="session")
def eddsa_demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A demo with people from a file, EdDSA."""
    folder = tmp_path_factory.mktemp("eddsa")
    return make(folder / "out", "--people", str(people_file(folder)), "--algorithm", "EdDSA")
