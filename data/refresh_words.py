"""Why rows are left out of a refresh, in Spanish and English, for lists that people open and for the page."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, tuple[str, str]] = {
    "unknown_code": ("el código no es de ningún municipio", "the code is no municipality's"),
    "not_five_digits": ("el código no tiene cinco dígitos", "the code has not five digits"),
    "unknown": ("el nombre no es de ningún municipio", "the name is no municipality's"),
    "ambiguous": ("el nombre puede ser de varios municipios", "the name may be that of several municipalities"),
    "not_a_municipality": ("el lugar no es un municipio", "the place is no municipality"),
    "unknown_place": ("la fuente no conoce el municipio", "the publisher does not know the municipality"),
    "blank": ("la fuente deja el lugar en blanco", "the publisher leaves the place blank"),
    "abroad": ("fuera de Colombia o en el mar", "abroad or at sea"),
    "obsolete_code": ("el código ya no está en la DIVIPOLA", "the code is no longer in DIVIPOLA"),
    "region_only": ("solo se conoce el departamento o la región", "only the department or region is known"),
    "no_amount": ("la cantidad falta o no se puede leer", "the amount is missing or cannot be read"),
    "not_a_number": ("la cifra no se puede leer", "the figure cannot be read"),
    "no_date": ("la fecha falta o no existe", "the date is missing or does not exist"),
    "impossible_date": ("la fecha no existe", "the date does not exist"),
    "no_year": ("el año falta o no se puede leer", "the year is missing or cannot be read"),
    "not_a_year": ("el año no se puede leer", "the year cannot be read"),
    "year_unknown": ("la fuente no conoce el año", "the publisher does not know the year"),
    "future_date": ("la fecha es posterior al día de la descarga", "the date lies after the day of the download"),
    "unknown_unit": ("la unidad es desconocida", "the unit is unknown"),
    "unknown_category": ("la categoría es desconocida", "the category is unknown"),
    "repeated_code": ("el código está repetido", "the code is repeated"),
    "repeated_block": ("la fuente repite el bloque de filas", "the publisher repeats the block of rows"),
    "not_a_coordinate": ("la coordenada no se puede leer", "the coordinate cannot be read"),
    "total_is_not_the_sum": ("el total no es la suma de sus partes", "the total is not the sum of its parts"),
    "implausible_population": ("la población no es verosímil", "the population is not plausible"),
}
"""Codes of :class:`data.sources.model.Rejections` to Spanish and English."""

UNUSED: Mapping[str, str] = {
    "older": "older than the embedded data",
    "own_list": "the application reads its embedded list",
}
"""Codes of :func:`data.overlaid.unused` in English, for the command line."""


def reason(code: str, language: str = "en") -> str:
    """Return why a row was left out; the code itself when it is a new one."""
    spanish, english = REASONS.get(code, (code, code))
    return spanish if language == "es" else english
