"""What the indicators mean that only a refresh brings: the embedded tables do not hold them.

Same columns as the store's ``indicators`` table. Coverage (``first``, ``last``) comes from the snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_NO_ROW_ES = "Un municipio sin fila no tiene casos en la fuente para ese periodo."
_NO_ROW_EN = "A municipality without a row has no case at the source for that period."


@dataclass(frozen=True, slots=True)
class Described:
    """One indicator in words, in Spanish and English. ``rate`` tells whether it may be divided by the population."""

    name_es: str
    name_en: str
    unit_es: str
    unit_en: str
    definition_es: str
    definition_en: str
    frequency: str = "month"
    rate: bool = True
    missing_means: str = "zero"
    missing_note_es: str = _NO_ROW_ES
    missing_note_en: str = _NO_ROW_EN


_ACLED_ES = (
    "Conteo mensual que HDX publica con datos de ACLED. Los tipos se superponen: la violencia contra civiles es "
    "parte de "
    "la violencia política, y nunca se suman. El último mes está incompleto."
)
_ACLED_EN = (
    "Monthly count that HDX publishes from ACLED's data. Kinds overlap: violence against civilians is part of "
    "political "
    "violence, and they are never added up. The newest month is incomplete."
)
_OWN_ES = "Eventos de ACLED contados con la cuenta propia de quien usa la aplicación. No se redistribuyen."
_OWN_EN = "ACLED events counted with the account of whoever uses the application. Not to be passed on."
_ALERT_ES = (
    "Alertas tempranas que la Defensoría del Pueblo emitió en el mes y que nombran el municipio. Advierten de un "
    "riesgo, no cuentan "
    "hechos. Las alertas nacionales o temáticas (más de 200 municipios) no se reparten."
)
_ALERT_EN = (
    "Early warnings that the Ombudsman's Office issued in the month and that name the municipality. They warn of a "
    "risk and do not "
    "count events. National or thematic alerts (more than 200 municipalities) are not spread out."
)

_EVENTS = ("eventos", "events")
_DEATHS = ("muertes", "deaths")
_VICTIMS = ("víctimas", "victims")
_PEOPLE = ("personas", "people")
_CASES = ("casos", "cases")

INDICATORS: Mapping[str, Described] = {
    "kidnapping_mindefensa": Described(
        "Secuestro (MinDefensa)",
        "Kidnapping (Ministry of Defence)",
        *_VICTIMS,
        "Víctimas de secuestro simple y extorsivo, de cualquier autor, que registra la Policía y publica MinDefensa. "
        "Difiere del CNMH.",
        "Victims of kidnapping, for ransom or not, by any author, recorded by the police and published by the "
        "Ministry of Defence. "
        "It differs from the CNMH's series.",
    ),
    "extortion": Described(
        "Extorsión",
        "Extortion",
        *_CASES,
        "Casos de extorsión denunciados, según MinDefensa. La denuncia depende de la confianza y del miedo: es una "
        "parte de lo que ocurre.",
        "Cases of extortion reported to the authorities, from the Ministry of Defence. Reporting depends on trust "
        "and on fear: it is a "
        "part of what happens.",
    ),
    "terrorism": Described(
        "Actos de terrorismo",
        "Acts of terrorism",
        "actos",
        "acts",
        "Actos que MinDefensa registra como terrorismo, con su propia definición.",
        "Acts that the Ministry of Defence records as terrorism, by its own definition.",
        rate=False,
    ),
    "security_forces_killed": Described(
        "Integrantes de la fuerza pública asesinados",
        "Members of the security forces killed",
        *_PEOPLE,
        "Militares y policías asesinados, según MinDefensa.",
        "Soldiers and police officers killed, from the Ministry of Defence.",
        rate=False,
    ),
    "security_forces_wounded": Described(
        "Integrantes de la fuerza pública heridos",
        "Members of the security forces wounded",
        *_PEOPLE,
        "Militares y policías heridos, según MinDefensa.",
        "Soldiers and police officers wounded, from the Ministry of Defence.",
        rate=False,
    ),
    "coca_eradicated_ha": Described(
        "Coca erradicada",
        "Coca eradicated",
        "hectáreas",
        "hectares",
        "Hectáreas de coca erradicadas por la fuerza pública, según MinDefensa. La resiembra hace que un mismo lote "
        "pueda contar más de una vez.",
        "Hectares of coca eradicated by the security forces, from the Ministry of Defence. Because of replanting a "
        "plot may count more "
        "than once.",
        rate=False,
    ),
    "landmine_victims_cnmh": Described(
        "Víctimas de minas (CNMH)",
        "Landmine victims (CNMH)",
        *_VICTIMS,
        "Personas heridas o muertas por minas y explosivos, documentadas por el CNMH. Difiere de la serie de "
        "Descontamina.",
        "People injured or killed by mines and explosives, documented by the CNMH. It differs from Descontamina's "
        "series.",
        frequency="year",
    ),
    "landmine_killed_cnmh": Described(
        "Muertes por minas (CNMH)",
        "Landmine deaths (CNMH)",
        *_DEATHS,
        "Personas muertas por minas y explosivos, documentadas por el CNMH; están incluidas en las víctimas.",
        "People killed by mines and explosives, documented by the CNMH; they are included in the victims.",
        frequency="year",
    ),
    "massacres_cnmh": Described(
        "Masacres (CNMH)",
        "Massacres (CNMH)",
        *_CASES,
        "Masacres del conflicto armado (cuatro o más víctimas) documentadas por el CNMH. Memoria histórica: otra "
        "definición que la de "
        "MinDefensa o la de INDEPAZ.",
        "Massacres of the armed conflict (four or more victims) documented by the CNMH. Historical memory: another "
        "definition than the "
        "Ministry of Defence's or INDEPAZ's.",
        frequency="year",
        rate=False,
    ),
    "massacre_victims_cnmh": Described(
        "Víctimas de masacres (CNMH)",
        "Massacre victims (CNMH)",
        *_VICTIMS,
        "Personas asesinadas en las masacres que documenta el CNMH.",
        "People killed in the massacres that the CNMH documents.",
        frequency="year",
    ),
    "early_warnings": Described(
        "Alertas tempranas", "Early warnings", "alertas", "alerts", _ALERT_ES, _ALERT_EN, rate=False
    ),
    "acled_political_violence": Described(
        "Violencia política (ACLED vía HDX)",
        "Political violence (ACLED via HDX)",
        *_EVENTS,
        _ACLED_ES,
        _ACLED_EN,
        rate=False,
    ),
    "acled_civilian_targeting": Described(
        "Violencia contra civiles (ACLED vía HDX)",
        "Civilian targeting (ACLED via HDX)",
        *_EVENTS,
        _ACLED_ES,
        _ACLED_EN,
        rate=False,
    ),
    "acled_demonstrations": Described(
        "Manifestaciones (ACLED vía HDX)", "Demonstrations (ACLED via HDX)", *_EVENTS, _ACLED_ES, _ACLED_EN, rate=False
    ),
    "acled_deaths_political_violence": Described(
        "Muertes en violencia política (ACLED vía HDX)",
        "Deaths in political violence (ACLED via HDX)",
        *_DEATHS,
        _ACLED_ES,
        _ACLED_EN,
    ),
    "acled_deaths_civilian_targeting": Described(
        "Muertes en violencia contra civiles (ACLED vía HDX)",
        "Deaths in civilian targeting (ACLED via HDX)",
        *_DEATHS,
        _ACLED_ES,
        _ACLED_EN,
    ),
}

_OWN_KINDS = {
    "battles": ("combates", "battles"),
    "explosions": ("explosiones y violencia remota", "explosions and remote violence"),
    "violence_against_civilians": ("violencia contra civiles", "violence against civilians"),
    "protests": ("protestas", "protests"),
    "riots": ("disturbios", "riots"),
    "strategic_developments": ("hechos estratégicos", "strategic developments"),
}


def described(indicator_id: str) -> Described:
    """Return what an indicator means.

    Raises
    ------
    KeyError
        The indicator is embedded (the store describes it) or unknown.
    """
    if indicator_id in INDICATORS:
        return INDICATORS[indicator_id]
    kind = indicator_id.removeprefix("acled_own_").removeprefix("deaths_")
    if not indicator_id.startswith("acled_own_") or kind not in _OWN_KINDS:
        raise KeyError(indicator_id)
    spanish, english = _OWN_KINDS[kind]
    deaths = "deaths_" in indicator_id
    return Described(
        f"ACLED, cuenta propia: {'muertes en ' if deaths else ''}{spanish}",
        f"ACLED, own account: {'deaths in ' if deaths else ''}{english}",
        *(_DEATHS if deaths else _EVENTS),
        _OWN_ES,
        _OWN_EN,
        rate=False,
    )
