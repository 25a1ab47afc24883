"""Words of the page about the data: faults of a refresh and what to do, titles of tables, reasons of corrections."""

from __future__ import annotations

from components.i18n import _
from components.server.api.text import N_

FAULTS: dict[str, str] = {
    "offline": N_("Downloads are turned off on this machine."),
    "no_network": N_("This machine finds no way to the publisher's address: perhaps it has no connection."),
    "unreachable": N_("The publisher's server cannot be reached."),
    "certificate": N_("The publisher's certificate is not accepted by this machine."),
    "timeout": N_("The publisher's server did not answer in time."),
    "interrupted": N_("The connection was cut in the middle of the download."),
    "too_many_requests": N_("The publisher asks to wait before the next request."),
    "server_error": N_("The publisher's server failed."),
    "refused": N_("The publisher refuses this machine; that is not the same as having no data."),
    "not_found": N_("The address no longer exists: the publisher moved it."),
    "bad_request": N_("The publisher no longer understands the question."),
    "redirected_away": N_("The address now leads to another site."),
    "not_json": N_("A web page came where data were expected, often a firewall's."),
    "not_a_file": N_("A web page came where a file was expected, often a firewall's."),
    "too_large": N_("The file is far larger than it used to be."),
    "service_error": N_("The publisher's service answered with an error."),
    "truncated": N_("The answer was cut short."),
    "wrong_count": N_("Fewer rows came than the publisher announced."),
    "unexpected_format": N_("The publisher changed the form of its answer."),
    "missing_column": N_("The file lacks a column that it used to have."),
    "not_a_table": N_("A web page or another kind of file came where a table was expected."),
    "unreadable": N_("The file is damaged and cannot be read."),
    "ambiguous_dates": N_("No date in the file tells whether the day or the month comes first."),
    "no_rows": N_("The publisher sent no rows."),
    "wrong_total": N_("The rows do not add up to the total that the file itself gives."),
    "missing_periods": N_("Whole months are missing from the file."),
    "wrong_sha": N_("The file is not the one that was announced."),
    "fewer_rows": N_("The new data cover less than the data in use."),
    "unmatched_codes": N_("Too many places could not be matched with a municipality."),
    "unreadable_cells": N_("Too many cells cannot be read."),
    "future_dates": N_("Too many rows are dated after today."),
    "older_than_current": N_("The new data end earlier than the data in use."),
    "disk_full": N_("The disk is full."),
    "no_permission": N_("The data folder cannot be written."),
    "needs_credentials": N_("This source needs an account, and none is set."),
    "needs_file": N_("No file for this source was found in the folder."),
    "damaged": N_("The downloaded version in use is damaged; the embedded data stand in."),
}

ADVICE: dict[str, str] = {
    "allow_network": N_("The operator can allow downloads by removing PAZ_OFFLINE."),
    "check_network": N_("Check this machine's connection, proxy and certificates."),
    "try_later": N_("Try again later."),
    "bring_file": N_("Download the file in a browser, put it into a folder and import it."),
    "whole_or_force": N_(
        "The file seems to hold only a part: take the whole one. If the publisher withdrew rows, run the refresh with "
        "--force."
    ),
    "report_change": N_("Report it: the connector needs an update."),
    "free_space": N_("Free some space and try again."),
    "set_credentials": N_("Set the account's variables and try again."),
    "check_folder": N_("Check who may write into the data folder."),
    "roll_back": N_("Go back to the version before."),
}

OUTCOMES: dict[str, str] = {
    "published": N_("new version in use"),
    "unchanged": N_("nothing new"),
    "checked": N_("checked, nothing changed"),
    "failed": N_("failed"),
    "skipped": N_("left out"),
    "not_asked": N_("not asked for, there is no connection"),
    "rolled_back": N_("gone back to the version before"),
    "held": N_("kept, not in use"),
}

UNUSED: dict[str, str] = {
    "older": N_("kept, not in use: the embedded data reach further"),
    "own_list": N_("kept, not in use: the application reads its embedded list"),
}

LICENCES: dict[str, str] = {
    "not stated": N_("not stated"),
    "ACLED terms of use": N_("ACLED terms of use"),
}

CORRECTED_TABLES: dict[str, str] = {
    "department_totals": "totals_department",
    "special_zones": "zones",
}
"""Files of the research that became tables of another name."""

COLUMNS: dict[str, str] = {
    "outcome": N_("outcome"),
    "indicator": N_("code of the indicator"),
    "precision": N_("precision of the date"),
    "operated": N_("whether it operated"),
    "evidence_date": N_("date of the evidence"),
}

CELLS: dict[str, str] = {
    "": N_("blank"),
    "took_effect": N_("took effect"),
    "unknown": N_("not known"),
    "day": N_("to the day"),
    "year": N_("to the year"),
    "no": N_("no"),
    "yes, dates not known": N_("yes, dates not known"),
}

STEPS: dict[str, str] = {
    "download": N_("downloading"),
    "read": N_("reading"),
    "check": N_("checking"),
    "write": N_("writing"),
}

TABLES: dict[str, str] = {
    "sources": N_("Sources"),
    "municipalities": N_("Municipalities"),
    "population": N_("Population"),
    "families": N_("Families of groups"),
    "groups": N_("Armed groups"),
    "group_lineage": N_("Lineage of the groups"),
    "group_sources": N_("Sources of the groups"),
    "caveats": N_("Caveats"),
    "presence": N_("Reported presence"),
    "talks_municipalities": N_("Priority municipalities of the talks"),
    "planned_expansion": N_("Alleged plans of expansion"),
    "group_relations": N_("Relations between groups"),
    "group_relation_areas": N_("Where the relations hold"),
    "group_relation_sources": N_("Sources of the relations"),
    "group_strength": N_("Members of the groups"),
    "ceasefires": N_("Ceasefires"),
    "ceasefire_parties": N_("Parties of the ceasefires"),
    "ceasefire_areas": N_("Legal territory of the ceasefires"),
    "zones": N_("Special zones"),
    "zone_groups": N_("Groups of the zones"),
    "zone_municipalities": N_("Municipalities of the zones"),
    "events": N_("Events of the peace process"),
    "event_places": N_("Places of the events"),
    "processes": N_("Negotiation tables"),
    "process_groups": N_("Groups at the tables"),
    "process_years": N_("Tables year by year"),
    "commitments": N_("Commitments"),
    "commitment_municipalities": N_("Municipalities of the commitments"),
    "indicators": N_("Indicators"),
    "values_month": N_("Values by month"),
    "values_year": N_("Values by year"),
    "values_period": N_("Values by period"),
    "values_unplaced": N_("Counts without a municipality"),
    "no_record": N_("Places without a record"),
    "ucdp_events": N_("UCDP's events"),
    "massacres_indepaz": N_("INDEPAZ's massacres"),
    "totals_national": N_("National totals"),
    "totals_department": N_("Totals by department"),
    "totals_indicators": N_("What the totals count"),
    "governments": N_("Governments"),
    "elections": N_("Elections"),
}

REASONS = (
    N_("No text of a truce with a date is known"),
    N_("The same figure under two codes: people displaced in mass events"),
    N_("The row says that an event happened between January and August 2026, not on which days"),
    N_("The source is undated: its period is a guess of 2025-2026"),
    N_("Announced in June 2016; later lists show Icononzo in its place"),
    N_("Cancelled on 28 December 2016; its fighters went to La Montañita"),
    N_("Announced in June 2016; not confirmed in the final list of 20 zones"),
    N_("Announced in June 2016; not confirmed in the final list of six points"),
    N_("A list of municipalities for the talks, not a zone that failed to operate"),
    N_("A pledge whose progress is not known, not a zone that failed to operate"),
    N_("Its source is the announcement of the commitment, older than the date, and no evidence that it was kept"),
    N_("Its source is the article that made the pledge, and no evidence that it was kept"),
)
"""Reasons of ``data/compile/corrections.csv``, marked for translation; a test holds the two together."""

KINDS: dict[str, str] = {
    "id": N_("identifier"),
    "municipality": N_("municipality code"),
    "department": N_("department code"),
    "category": N_("category"),
    "text": N_("text"),
    "url": N_("address"),
    "day": N_("day"),
    "month": N_("month"),
    "integer": N_("whole number"),
    "number": N_("number"),
    "flag": N_("true or false"),
}


def fault(code: str) -> str:
    """Return what went wrong, in a sentence; the code itself when it is unknown."""
    return _(FAULTS[code]) if code in FAULTS else code


def advice(code: str) -> str:
    """Return what to do, in a sentence; empty for an unknown code."""
    return _(ADVICE[code]) if code in ADVICE else ""


def outcome(code: str) -> str:
    """Return what became of an attempt, in words."""
    return _(OUTCOMES[code]) if code in OUTCOMES else code


def step(code: str) -> str:
    """Return what a refresh is doing, in a word."""
    return _(STEPS[code]) if code in STEPS else code


def table_title(name: str) -> str:
    """Return the title of a table."""
    return _(TABLES[name]) if name in TABLES else name


def kind(code: str) -> str:
    """Return the kind of a column in words."""
    return _(KINDS[code]) if code in KINDS else code


def unused(code: str) -> str:
    """Return that a download is kept without being shown, and why."""
    return _(UNUSED[code]) if code in UNUSED else _(OUTCOMES["held"])


def licence(name: str) -> str:
    """Return the terms of a publisher: names of licences as they are, everything else in words."""
    return _(LICENCES[name]) if name in LICENCES else name


def column(name: str) -> str:
    """Return what a corrected column holds."""
    return _(COLUMNS[name]) if name in COLUMNS else name


def cell(found: str) -> str:
    """Return a corrected cell in words; dates and codes as they are."""
    return _(CELLS[found]) if found in CELLS else found
