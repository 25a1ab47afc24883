"""Classes that hold over the whole time range."""

import numpy as np
import pytest

from components import labels
from components.i18n import language, set_language
from data.store import table
from geo import classes
from geo.classes import Breaks, nice


@pytest.mark.parametrize(
    ("number", "rounded"), [(1.0, 1.0), (1.2, 1.0), (1.3, 1.5), (17.4, 15.0), (0.32, 0.3), (96, 100), (1234, 1000)]
)
def test_bounds_are_numbers_that_are_remembered(number: float, rounded: float) -> None:
    assert nice(number) == rounded


def test_counts_have_whole_bounds() -> None:
    assert [nice(number, whole=True) for number in (1, 1.5, 2.4, 24)] == [1, 2, 2, 25]


def test_zero_and_no_record_have_no_share_in_the_classes() -> None:
    breaks = Breaks("homicides", "rate", (10.0, 25.0), 80.0)
    figures = np.array([np.nan, 0.0, 0.1, 10.0, 10.1, 25.0, 26.0, 80.0])
    assert breaks.classify(figures).tolist() == [-1, 0, 1, 1, 2, 2, 3, 3]
    assert breaks.count == 4
    assert breaks.intervals == ((0.0, 10.0), (10.0, 25.0), (25.0, 80.0))


def test_nothing_to_class() -> None:
    breaks = Breaks("homicides", "rate", (), 0.0)
    assert breaks.count == 1
    assert breaks.intervals == ()
    assert breaks.classify(np.array([0.0, np.nan])).tolist() == [0, -1]


@pytest.mark.parametrize("indicator_id", table("indicators")["indicator_id"])
def test_every_indicator_has_few_and_rising_classes(indicator_id: str) -> None:
    breaks = classes.breaks(indicator_id)
    assert 2 <= breaks.count <= classes.MAX_CLASSES
    assert list(breaks.bounds) == sorted(set(breaks.bounds))
    assert all(0 < bound < breaks.top for bound in breaks.bounds)


def test_the_same_input_gives_the_same_classes() -> None:
    assert classes.breaks("homicides") == classes.breaks("homicides")


def test_small_counts_have_whole_bounds() -> None:
    breaks = classes.breaks("massacres_indepaz")
    assert breaks.measure == "value"
    assert all(bound == int(bound) for bound in breaks.bounds)


def test_a_rate_that_may_not_be_taken() -> None:
    with pytest.raises(ValueError, match="no rate"):
        classes.breaks("coca_ha", measure="rate")


def test_regions_have_classes_of_their_own() -> None:
    assert classes.breaks("homicides", "department") != classes.breaks("homicides")


def test_the_words_of_a_class_say_to_which_a_bound_belongs() -> None:
    made = Breaks("x", "rate", (15.0, 20.0), 60.0)
    before = language()
    set_language("es")
    names = [labels.class_name(made, index) for index in range(made.count)]
    set_language(before)
    assert names == ["0", "hasta 15", "más de 15 a 20", "más de 20"]
    assert made.classify(np.array([15.0, 15.1, 20.0])).tolist() == [1, 2, 2]
