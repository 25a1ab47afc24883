"""Every numbered quirk of the publishers' files that an importer can meet has a test that carries its number."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
NOT_IMPORTED = {
    27: "zeros that mean no data stand in compilations (ViPAA, a Gobernación's file) that no connector reads",
    29: "rates on two scales stand in a compilation that no connector reads: rates are computed here",
}


def test_all_42_quirks_have_a_named_test_or_a_reason() -> None:
    named: set[int] = set()
    for path in [*HERE.glob("test_*.py"), HERE.parent / "test_names.py"]:
        for name in re.findall(r"def (test_quirk_\w+)", path.read_text(encoding="utf-8")):
            named |= {int(number) for number in re.findall(r"(?<=_)\d{2}(?=_)", name)}
    assert named.isdisjoint(NOT_IMPORTED)
    assert set(range(1, 43)) - named == set(NOT_IMPORTED)
