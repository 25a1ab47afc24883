"""The small still map, on the tile map of Nariño: no boundaries are needed."""

from base64 import b64decode
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import shapely

from components import minimap
from data.store import table
from geo import geometry, symbology

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def tiles() -> geometry.Payload:
    return geometry.build("tile", "narino", table("municipalities"), None, cache=None)


def parsed(document: str) -> ElementTree.Element:
    return ElementTree.fromstring(document)


def test_names_dots_and_styles_are_drawn(tiles: geometry.Payload) -> None:
    style = symbology.presence_style([("comuneros", "presence")])
    areas = {"52678": minimap.Area(style, name="A & B"), "52835": minimap.Area(dot=4.0)}
    drawing = parsed(minimap.svg(tiles, areas))
    assert [node.text for node in drawing.iter(f"{SVG}text")] == ["A & B"]
    assert len(list(drawing.iter(f"{SVG}circle"))) == 1
    assert len(list(drawing.iter(f"{SVG}pattern"))) == 1


def test_a_code_outside_the_map_is_left_out(tiles: geometry.Payload) -> None:
    assert minimap.svg(tiles, {"05001": minimap.Area(name="Medellín")}) == minimap.svg(tiles, {})


def test_focus_enlarges_what_it_names(tiles: geometry.Payload) -> None:
    def spread(document: str) -> float:
        xs = [float(node.attrib["cx"]) for node in parsed(document).iter(f"{SVG}circle")]
        return max(xs) - min(xs)

    areas = {code: minimap.Area(dot=3.0) for code in ("52678", "52699", "52079")}
    assert spread(minimap.svg(tiles, areas, focus=areas)) > 1.5 * spread(minimap.svg(tiles, areas))


def test_names_never_share_a_place(tiles: geometry.Payload) -> None:
    areas = {code: minimap.Area(name="A long municipality") for code in tiles.codes}
    places = [
        (round(float(n.attrib["x"]) / 40), round(float(n.attrib["y"]) / 10))
        for n in parsed(minimap.svg(tiles, areas)).iter(f"{SVG}text")
    ]
    assert len(set(places)) == len(places) == 64


def test_a_name_covers_no_disc_where_there_is_room(tiles: geometry.Payload) -> None:
    west, east = "52678", "52699"
    lon, lat = tiles.seats[west]
    near = replace(tiles)
    near.__dict__["seats"] = {**tiles.seats, east: (lon + 0.005, lat - 0.018)}
    areas = {west: minimap.Area(dot=4, name="Upper"), east: minimap.Area(dot=4, name="Lower")}
    drawing = parsed(minimap.svg(near, areas, focus=areas))
    discs = [(float(n.attrib["cx"]), float(n.attrib["cy"]), float(n.attrib["r"])) for n in drawing.iter(f"{SVG}circle")]
    for node in drawing.iter(f"{SVG}text"):
        x, y, size = (float(node.attrib[key]) for key in ("x", "y", "font-size"))
        half = len(node.text or "") * size * 0.25
        assert not any(abs(x - a) < half + r and abs(y - size * 0.35 - b) < size * 0.5 + r for a, b, r in discs)


def test_what_lies_beside_the_picture_is_not_drawn(tiles: geometry.Payload) -> None:
    """The islands of the nation stand twice in its geometry: enlarged in their frame, and where they are."""
    frame = minimap._frame(tiles, ())
    west, north = frame.west, frame.north
    here = shapely.box(west + 0.1, north - 0.2, west + 0.2, north - 0.1)
    beside = shapely.box(west - 0.3, north + 0.1, west - 0.2, north + 0.2)
    assert minimap._path(shapely.multipolygons([here, beside]), frame) == minimap._path(here, frame) != ""


def test_the_picture_carries_its_text_and_escapes_it(tiles: geometry.Payload) -> None:
    html = minimap.picture(tiles, {}, 'a "map" <of> nothing', css="small")
    assert 'alt="a &quot;map&quot; &lt;of&gt; nothing"' in html
    source = html.split("base64,")[1].split('"')[0]
    assert parsed(b64decode(source).decode()).tag == f"{SVG}svg"
