import pytest
from helpers import ROOT, make_data, with_references

from stages.common.params import read_params


@pytest.fixture(scope="session")
def tasks():
    """Options of every task, as params.yaml has them."""
    return read_params(ROOT / "params.yaml")["tasks"]


@pytest.fixture(scope="session")
def data(tasks):
    """Small images, with the references' scores."""
    return with_references(make_data(), tasks)
