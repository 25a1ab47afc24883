"""All data sets that the project knows how to fetch, by id, in the order in which a refresh takes them."""

from __future__ import annotations

from collections.abc import Mapping

from data.sources import acled, cnmh, dane_tables, defensoria, descontamina, hapi, indepaz, policia, socrata, ucdp
from data.sources.model import Dataset

DATASETS: Mapping[str, Dataset] = {
    dataset.dataset_id: dataset
    for module in (socrata, policia, ucdp, hapi, indepaz, defensoria, cnmh, descontamina, dane_tables, acled)
    for dataset in module.DATASETS
}
