"""Pages under test never ask a publisher for boundaries by themselves."""

import pytest


@pytest.fixture(autouse=True)
def without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAZ_OFFLINE", "1")
