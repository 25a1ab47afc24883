"""Words for the codes of the data, in one place, so that a code reads alike everywhere."""

from __future__ import annotations

from components.i18n import _


def level(code: str, disputed: bool = False) -> str:
    """Return a level of presence in words; a dispute is said beside it."""
    words = {
        "presence": _("presence"),
        "influence": _("influence"),
        "control": _("control"),
        "dispute": _("dispute"),
    }
    name = words.get(code, code)
    return _("{level}, disputed", level=name) if disputed and code != "dispute" else name


def confidence(code: str) -> str:
    """Return the confidence of a report in words."""
    return {
        "low": _("low confidence"),
        "medium": _("medium confidence"),
        "high": _("high confidence"),
    }.get(code, code)


def ceasefire_class(code: str) -> str:
    """Return what kind of commitment a ceasefire row is."""
    return {
        "ceasefire": _("Ceasefire"),
        "suspension_of_operations": _("Suspension of operations"),
        "humanitarian_pledge": _("Humanitarian pledge"),
        "gang_truce": _("Truce between gangs"),
    }.get(code, code)


def ceasefire_kind(code: str) -> str:
    """Return who is bound by a ceasefire: both sides or one."""
    return {
        "bilateral": _("bilateral"),
        "unilateral_group": _("unilateral, by the group"),
        "unilateral_government": _("unilateral, by the government"),
        "suspension": _("suspension of offensive operations"),
        "humanitarian": _("humanitarian"),
    }.get(code, code)


def ceasefire_status(code: str) -> str:
    """Return the status of a ceasefire at a date in words."""
    return {
        "in_force": _("in force"),
        "announced": _("announced"),
        "never_took_effect": _("never took effect"),
        "ended": _("ended"),
        "unknown": _("status unknown"),
        "not_announced": _("not announced yet"),
    }.get(code, code)


def end_reason(code: str) -> str:
    """Return why a ceasefire ended in words; empty when there is nothing to say."""
    return {
        "expired": _("it expired"),
        "superseded": _("it was replaced by another agreement"),
        "suspended": _("it was suspended"),
        "revoked": _("it was revoked"),
        "broken": _("it was broken"),
        "ongoing": _("no end is known"),
        "unknown": _("its end is not known"),
        "not_in_force": _("it never took effect"),
        "never_applied": _("it was never applied"),
    }.get(code.replace(" ", "_"), "")


def zone_type(code: str) -> str:
    """Return the kind of a special zone in words."""
    return {
        "transition_zone": _("Transition zone of 2016 (ZVTN)"),
        "transition_point": _("Transition point of 2016 (PTN)"),
        "temporary_location_zone": _("Temporary location zone"),
        "training_and_location_zone": _("Training and temporary location zone"),
        "weapons_destruction_site": _("Weapons destruction site"),
        "pilot_area": _("Pilot area"),
        "process_area": _("Area of the talks"),
        "mining_district": _("Mining district"),
        "dialogue_venue": _("Venue of the dialogue"),
        "pre_concentration_area": _("Pre-concentration area"),
        "planned_zone": _("Planned zone"),
    }.get(code, code)


def zone_status(code: str) -> str:
    """Return the status of a zone at a date in words."""
    return {
        "active": _("operating, as last reported"),
        "decreed_not_operating": _("decreed, did not operate"),
        "ended": _("ended"),
        "undated": _("dates not known"),
        "planned": _("planned"),
        "unknown": _("status unknown"),
    }.get(code, code)


def figure_status(code: str) -> str:
    """Return what stands in place of a value: one of the three kinds of nothing."""
    return {
        "no_record": _("no record"),
        "few_months": _("fewer than twelve months held"),
        "not_downloaded": _("not downloaded"),
        "zero": _("0 reported"),
    }.get(code, code)


def event_category(code: str) -> str:
    """Return the category of a peace event in words."""
    return {
        "ceasefire": _("Ceasefire"),
        "talks": _("Talks"),
        "legal": _("Legal step"),
        "agreement": _("Agreement"),
        "politics": _("Politics"),
        "rupture": _("Rupture"),
        "violence": _("Violence"),
        "weapons_destruction": _("Destruction of weapons"),
        "demining": _("Demining"),
        "claim": _("Claim"),
        "substitution": _("Crop substitution"),
    }.get(code.replace(" ", "_"), code)
