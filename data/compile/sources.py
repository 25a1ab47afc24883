"""The `sources` table: one row per publisher, title, date and address, with a short stable identifier."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pandas as pd

from data.compile.reading import partial_interval

_DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}")
_VIA_PREFIX = re.compile(r"^(?:via|copy at|copy on|reproduced by)\s+")
_ALERT = re.compile(r"^(?P<outlet>.+?) on (?:Defensoría )?(?P<alert>Alerta Temprana \S+)$")
_COPY = re.compile(r"^(?P<publisher>.+?) \(copy (?:at|on) (?P<outlet>[^)]+)\)$")
_OUTLET_IN_TITLE = re.compile(r"^(?P<title>.*?)\s*\((?:via )?(?P<outlet>[^()]+(?:\([^()]*\))?)\)$")
_NOT_OUTLETS = {"listados 2023-2026", "preliminary", "CW+", "H. Acero", "aplicativo SISAT", "Sierra Nevada"}


@lru_cache(maxsize=1)
def _registry() -> dict[str, dict]:
    return tomllib.loads((Path(__file__).parent / "publishers.toml").read_text(encoding="utf-8"))


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def split_publisher(name: str, via: str = "") -> tuple[str, str]:
    """Publisher and the outlet through which its statement was read.

    Parameters
    ----------
    name
        The publisher as the research facts name it, perhaps ``X via Y`` or ``Outlet on Alerta Temprana 005-26``.
    via
        The outlet that the facts give apart; wins over one found in the name.

    Examples
    --------
    >>> split_publisher("INDEPAZ via Blu Radio")
    ('INDEPAZ', 'Blu Radio')
    """
    found = ""
    alert, copy = _ALERT.match(name), _COPY.match(name)
    if name in _registry()["names"]:
        name, found = _registry()["names"][name]
    elif alert:
        name, found = "Defensoría del Pueblo", _outlet(name)
    elif copy:
        name, found = copy["publisher"], copy["outlet"]
    elif " via " in name:
        name, found = name.split(" via ", 1)
    if name in _registry()["names"]:
        name = _registry()["names"][name][0]
    return name, _outlet(via) or found


def _outlet(via: str) -> str:
    """The outlet's own name out of a note such as `copy at …` or `… on Alerta Temprana 005-26`."""
    via = _VIA_PREFIX.sub("", via)
    alert = _ALERT.match(via)
    if alert:
        outlet = split_publisher(alert["outlet"])[0]
        return f"{outlet} ({alert['alert']})"
    return via


def clean_title(title: str, url: str) -> str:
    """The title as published, or nothing when it was never seen in full.

    Descriptive labels, and titles rebuilt from the words of an address, are not titles.
    """
    if title in _registry()["titles"]:
        return _registry()["titles"][title]
    if title.startswith("[descriptive label]") or "(inferred)" in title or title.endswith("[from URL]"):
        return ""
    rebuilt = slug(title) in slug(url) and (title == title.lower() or title.startswith("nota "))
    return "" if rebuilt else title


def clean_date(text: str) -> tuple[str, bool]:
    """ISO date, and whether it was inferred; empty for undated."""
    match = _DATE.search(text)
    guessed = "inferred" in text or text.startswith("undated")
    return (match[0], guessed) if match else ("", False)


@dataclass
class Sources:
    """Collects sources while the tables are built, and gives each its identifier."""

    rows: dict[tuple[str, str, str, str, str], str] = field(default_factory=dict)
    inferred: set[str] = field(default_factory=set)
    registered: dict[str, dict[str, str]] = field(default_factory=dict)
    licences: dict[str, str] = field(default_factory=dict)

    def own(self, source_id: str) -> str:
        """A source that we describe ourselves under a name of its own; the same name comes back."""
        entry = self.registered[source_id]
        key = (entry["publisher"], "", entry["title"], entry["date"], entry["url"])
        self.rows[key] = source_id
        self.licences[source_id] = entry["licence"]
        return source_id

    def add(self, publisher: str, title: str, date: str, url: str, via: str = "") -> str:
        """Identifier of a source, new or already met."""
        publisher, via = split_publisher(publisher, via)
        date_text, inferred = clean_date(date or _registry()["dates"].get(url, ""))
        key = (publisher, via, clean_title(title, url), date_text, url)
        if key not in self.rows:
            short = hashlib.sha1("\x1f".join(key).encode()).hexdigest()[:6]
            stem = slug(publisher)[:28].strip("-")
            self.rows[key] = f"{stem}-{date_text[:4] or 'undated'}-{short}"
            if inferred:
                self.inferred.add(self.rows[key])
        return self.rows[key]

    def add_total(self, publisher: str, title: str, date: str, url: str) -> str:
        """A source of the totals, whose title may name the outlet: `via X`, `Title (via X)`, `Title (X)`."""
        if title.startswith("via "):
            return self.add(publisher, "", date, url, title[4:])
        cited = re.match(r"^cited by (?P<who>[^(]+?)(?: note)? \((?P<outlet>[^)]+)\)$", title)
        if cited:
            return self.add(publisher, "", date, url, f"{cited['who']}, {cited['outlet']}")
        match = _OUTLET_IN_TITLE.match(title)
        if match and match["outlet"] not in _NOT_OUTLETS:
            outlet = re.sub(r"(?: reprint|, column)$", "", match["outlet"])
            return self.add(publisher, match["title"], date, url, outlet)
        return self.add(publisher, title, date, url)

    def add_cited(self, cited: str) -> list[str]:
        """Sources written in one cell as `Publisher, date, address | …`."""
        return [self._add_one(part) for part in cited.split(" | ") if part]

    def _add_one(self, part: str) -> str:
        match = re.match(r"^(?P<head>.*?)(?:, (?P<url>https?://\S+))?$", part)
        assert match is not None
        head, url = match["head"], match["url"] or ""
        dated = re.match(r"^(?P<who>.*?), (?P<date>undated|\d{4}(?:-\d\d){0,2}(?: \([^)]*inferred[^)]*\))?)$", head)
        who, date = (dated["who"], dated["date"]) if dated else (head, "")
        publisher, label = _split_label(who)
        return self.add(publisher, "suite-paz estructuras-armadas.json" if "suite-paz" in label else "", date, url)

    def frame(self, titles: pd.DataFrame) -> pd.DataFrame:
        """The table, by identifier; ``titles`` corrects titles by ``source_id``."""
        licences: dict[str, str] = _registry()["licences"]
        weak: dict[str, str] = _registry()["weak"]
        rows = []
        for (publisher, via, title, date_text, url), source_id in self.rows.items():
            first, last = partial_interval(date_text)
            rows.append(
                {
                    "source_id": source_id,
                    "publisher": publisher,
                    "via": via,
                    "title": str(titles.at[source_id, "title"]) if source_id in titles.index else title,
                    "date_text": date_text,
                    "date_inferred": source_id in self.inferred,
                    "date_from": first,
                    "date_to": last,
                    "url": url,
                    "licence": self.licences.get(source_id, "" if via else licences.get(publisher, "")),
                    "weak": publisher in weak or via in weak,
                }
            )
        return pd.DataFrame(rows).sort_values("source_id", ignore_index=True)


def _split_label(who: str) -> tuple[str, str]:
    """Publisher and what follows its first comma outside brackets."""
    depth = 0
    for index, character in enumerate(who):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            return who[:index], who[index + 1 :].strip()
    return who, ""
