"""``python -m data.compile FACTS_FOLDER``: write every embedded table."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from data import paths
from data.compile import EDITORIAL, build, write


def main(arguments: list[str] | None = None) -> int:
    """Build and write the tables; return 1 when a row of the facts is not accounted for."""
    parser = argparse.ArgumentParser(prog="python -m data.compile", description=__doc__)
    parser.add_argument("facts", type=Path, help="folder of the research facts")
    parser.add_argument("--editorial", type=Path, default=EDITORIAL, help="folder of our own texts")
    parser.add_argument("--out", type=Path, default=None, help="folder of the tables (default: the embedded ones)")
    options = parser.parse_args(arguments)
    if not options.facts.is_dir():
        parser.error(f"{options.facts} is not a folder")
    compiled = build(options.facts, options.editorial)
    folder = options.out or paths.tables_dir()
    write(compiled.tables, folder)
    for name, frame in compiled.tables.items():
        print(f"{name}: {len(frame)} rows")
    for file, dropped in sorted(compiled.ledger.dropped.items()):
        for reason, count in Counter(dropped.values()).items():
            print(f"dropped from {file}: {count} rows ({reason})")
    unaccounted = compiled.ledger.unaccounted()
    for file, rows in unaccounted.items():
        print(f"not accounted for in {file}: {len(rows)} rows, first {rows[:5]}", file=sys.stderr)
    return 1 if unaccounted else 0


if __name__ == "__main__":
    raise SystemExit(main())
