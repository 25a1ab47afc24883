"""The interface keeps its promise: generated requests to every documented operation, held against the OpenAPI document.

The examples are few and drawn from a fixed seed, so that the same code gives the same answer; test_api.py holds the
worked cases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from starlette.applications import Starlette

from components.server.api import openapi
from components.server.api.registry import ENDPOINTS, PREFIX
from components.server.routes import middleware, routes

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed (make test installs it)")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")

APP = Starlette(routes=routes(), middleware=middleware())
OPERATIONS = [*(PREFIX + endpoint.path for endpoint in ENDPOINTS), "/healthz"]
SEED = 20260701
EXAMPLES = 30
PROMISES = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def contract() -> Any:
    """The published document as schemathesis reads it, over the application in this process."""
    return schemathesis.openapi.from_asgi(f"{PREFIX}openapi.json", app=APP)


def each(operation: Any, mode: str, check: Callable[[Any, Any], None]) -> None:
    """Ask `operation` EXAMPLES times: in mode "positive" as the document allows, in "negative" as it does not."""

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
    def ask(case: Any) -> None:
        answer = case.call()
        case.validate_response(answer, checks=PROMISES)
        check(case, answer)

    ask()


def test_every_route_of_the_interface_is_documented_and_nothing_else() -> None:
    assert list(openapi.document()["paths"]) == OPERATIONS


@pytest.mark.parametrize("path", OPERATIONS)
def test_what_the_document_allows_is_answered_as_it_says(contract: Any, path: str) -> None:
    answered: list[int] = []
    each(contract[path]["GET"], "positive", lambda _case, answer: answered.append(answer.status_code))
    assert 200 in answered
    assert set(answered) <= {200, 400, 404}


@pytest.mark.parametrize("path", [path for path in OPERATIONS if path != "/healthz"])
def test_what_the_document_forbids_is_refused_and_says_why(contract: Any, path: str) -> None:
    def said_why(_case: Any, answer: Any) -> None:
        if answer.status_code == 400:
            refusal = answer.json()["error"]
            assert refusal["message"]
            # A parameter without a name (`?=x`) is refused under the name that it has: none.
            assert isinstance(refusal["parameter"], str)

    operation = contract[path]["GET"]
    if not (operation.query or operation.path_parameters):
        pytest.skip("the operation takes nothing")
    each(operation, "negative", said_why)


@pytest.mark.parametrize("path", OPERATIONS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(contract: Any, path: str, method: str) -> None:
    case = contract[path]["GET"].Case(path_parameters={"indicator_id": "homicides", "name": "groups"})
    case.method = method.upper()
    answer = case.call()
    assert answer.status_code == 405
    assert answer.headers["allow"][0] == "GET, HEAD, OPTIONS"
