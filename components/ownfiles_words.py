"""What is wrong with a file, a row or a cell, in the reader's words: what was found, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from components.i18n import _, day, ngettext, number
from data.uploads import Finding, Note, UploadError

_MB = 1024 * 1024
_SIZES = ("zip_bomb", "too_large", "project_too_large")


def error(fault: UploadError) -> tuple[str, str]:
    """Return why a file cannot be used, and what to do."""
    what, todo = _errors()[fault.code]
    return _filled(fault.code, what, fault.params), todo


def finding(found: Finding) -> tuple[str, str]:
    """Return what is wrong with a cell or a row, and what to do."""
    what, todo = _findings()[found.code]
    return _filled(found.code, what, found.params), todo


def finding_title(code: str) -> str:
    """Return what a code of findings means, without the particulars of one cell."""
    what, _todo = _findings()[code]
    return what.split(" (")[0] if "{" not in what.split(" (")[0] else _general()[code]


def note(told: Note) -> str:
    """Return what to know about a file."""
    counted = _counted().get(told.code)
    words = counted(int(told.params["count"])) if counted else _notes()[told.code]
    return _filled(told.code, words, told.params)


def plain(words: str) -> str:
    """Keep what comes from a file from being read as Markdown."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|~$:" else char for char in words)


def _filled(code: str, words: str, params: Mapping[str, str | int | float]) -> str:
    return words.format(**{name: _shown(code, name, value) for name, value in params.items()})


def _shown(code: str, name: str, value: str | int | float) -> str:
    if isinstance(value, str):
        return day(date.fromisoformat(value)) if name == "day" else value
    if code in _SIZES and name in ("size", "limit"):
        return f"{number(value / _MB, 1 if value < 10 * _MB else 0)} MB"
    return number(value, 0 if value == int(value) else 2)


def _errors() -> Mapping[str, tuple[str, str]]:
    return {
        "empty": (
            _("The file is empty."),
            _("Check that it was saved, and upload it again."),
        ),
        "too_large": (
            _("The file has {size}; at most {limit} can be read."),
            _("Leave out columns that are not needed, or split it by years."),
        ),
        "binary": (
            _("The content is not text, nor a workbook, GeoJSON or GeoPackage."),
            _("Save the table as CSV (UTF-8) or XLSX."),
        ),
        "encoding_utf32": (
            _("The file is written in UTF-32, which almost no program reads."),
            _("Save it as CSV in UTF-8."),
        ),
        "encoding_unknown": (
            _("The encoding {encoding} is not one that can be read."),
            _("Choose another encoding."),
        ),
        "line_too_long": (
            _("A line has more than {limit} characters: this is no table."),
            _("Check that each row stands on a line of its own."),
        ),
        "delimiter_unknown": (
            _("“{delimiter}” is not a separator that can be read."),
            _("Choose comma, semicolon, tab or vertical bar."),
        ),
        "quote_open": (
            _("A quotation mark opens in row {row} and does not close."),
            _("Close or remove that quotation mark in the file."),
        ),
        "zip_broken": (
            _("The compressed file is damaged."),
            _("Make it again, or upload the file without compression."),
        ),
        "zip_too_many": (
            _("The compressed file holds {count} files; at most {limit} are looked at."),
            _("Upload the one file that holds the table."),
        ),
        "zip_bomb": (
            _("The file swells to {size} when it is opened; that is refused, since it could take down the server."),
            _("If it is a real table, save it as CSV and upload that."),
        ),
        "zip_encrypted": (
            _("The file is protected with a password."),
            _("Save a copy without password."),
        ),
        "shapefile": (
            _("This is a shapefile."),
            _("Export it as GeoPackage or GeoJSON (in QGIS: Export, Save features as)."),
        ),
        "zip_contents": (
            _("The compressed file should hold one table; it holds {count}: {names}."),
            _("Upload the one file that holds the table."),
        ),
        "zip_nested": (
            _("The compressed file holds another compressed file."),
            _("Upload the table itself."),
        ),
        "xml_entities": (
            _("The workbook declares entities, as no program that writes workbooks does; it is refused."),
            _("Open it in Excel or LibreOffice and save it again, or save it as CSV."),
        ),
        "workbook_unreadable": (
            _("The workbook cannot be read ({detail})."),
            _("Open it in Excel or LibreOffice and save it again as XLSX, or as CSV."),
        ),
        "workbook_empty": (
            _("The workbook has no visible sheet."),
            _("Show the sheet that holds the table and save again."),
        ),
        "sheet_unknown": (
            _("There is no sheet or layer “{sheet}”."),
            _("Choose one of those that are listed."),
        ),
        "crs_unknown": (
            _("The file declares a coordinate system that is not known: {crs}."),
            _("Export it in WGS 84 (EPSG:4326)."),
        ),
        "crs_after_features": (
            _("The file says only at its end that its coordinates are in {crs}."),
            _("Export it in WGS 84 (EPSG:4326)."),
        ),
        "json_broken": (
            _("The GeoJSON breaks off or is not valid JSON."),
            _("Export it again; a file that was downloaded may be incomplete."),
        ),
        "json_too_deep": (
            _("The JSON is nested too deeply to be a map."),
            _("Export it again as GeoJSON."),
        ),
        "json_not_a_number": (
            _("The GeoJSON holds {value} where a number belongs."),
            _("Export it again; JSON has no such value."),
        ),
        "feature_too_large": (
            _("One feature alone has more than {limit} characters."),
            _("Simplify the outlines before exporting."),
        ),
        "json_not_geojson": (
            _("The file is JSON, but no GeoJSON of features."),
            _("Export it as a GeoJSON FeatureCollection, or as CSV."),
        ),
        "topojson": (
            _("The file is TopoJSON."),
            _("Export it as GeoJSON."),
        ),
        "geojson_no_features": (
            _("The GeoJSON holds no features."),
            _("Check the export: it is empty."),
        ),
        "gpkg_broken": (
            _("The GeoPackage is damaged, or reading it was stopped ({detail})."),
            _("Export it again from QGIS, or as GeoJSON."),
        ),
        "gpkg_no_layers": (
            _("The GeoPackage has no table that can be read; views are not."),
            _("Export the layer into a new GeoPackage."),
        ),
        "old_excel": (
            _("This is an old Excel file (.xls), or a workbook with a password."),
            _("Save it as XLSX without password, or as CSV."),
        ),
        "compressed": (
            _("This kind of compression is not read."),
            _("Unpack the file and upload the table, or use ZIP."),
        ),
        "pdf": (
            _("This is a PDF: a picture of a table, not a table."),
            _("Ask the publisher for the data, or copy the table into a spreadsheet."),
        ),
        "parquet": (
            _("This is a Parquet file."),
            _("Save it as CSV."),
        ),
        "xlsb": (
            _("This is a binary Excel workbook (.xlsb)."),
            _("Save it as XLSX or CSV."),
        ),
        "opendocument": (
            _("This is an OpenDocument file."),
            _("Save it as XLSX or CSV."),
        ),
        "html": (
            _("This is a web page, not a table."),
            _("Download the data itself; some sites name a web page .xls or .csv."),
        ),
        "no_rows": (
            _("There is no row of data."),
            _("Check the sheet, the layer and the row of the header."),
        ),
        "too_many_columns": (
            _("The table has {count} columns; at most {limit} can be read."),
            _("Leave out the columns that are not needed."),
        ),
        "too_many_rows": (
            _("The table has more than {limit} rows."),
            _("Add up by municipality and month, or split it by years."),
        ),
        "cell_too_long": (
            _("A cell in row {row} has more than {limit} characters."),
            _("Shorten it or leave out that column."),
        ),
        "column_unknown": (
            _("There is no column “{column}”."),
            _("Choose the columns again."),
        ),
        "columns_missing": (
            _("It is not said which column holds: {roles}."),
            _("Choose it under “Columns”."),
        ),
        "places_unmatched": (
            _("More than {count} different names are no municipality's, such as “{name}”."),
            _("Check which column holds the municipality; hamlets cannot be placed."),
        ),
        "too_many_levels": (
            _("The column “{column}” holds more than {limit} different kinds of presence."),
            _("Check which column holds the kind of presence, or leave it out."),
        ),
        "too_many_groups": (
            _("The column “{column}” holds more than {limit} different groups."),
            _("Check which column holds the group."),
        ),
        "project_too_large": (
            _("The project file has more than {limit}."),
            _("Open a project that was saved here."),
        ),
        "project_not_json": (
            _("The project file is damaged: it is not valid JSON."),
            _("Open a copy that was not edited by hand."),
        ),
        "project_other": (
            _("This is not a project file of this application."),
            _("To add data, use the upload above."),
        ),
        "project_newer": (
            _("The project was saved by a newer version ({version}; known here: {known})."),
            _("Open it where it was saved, or update this application."),
        ),
        "project_damaged": (
            _("The project file is damaged at {where}: {detail}. Nothing of it was used."),
            _("Open a copy that was not edited by hand."),
        ),
        "project_too_many_rows": (
            _("“{name}” has {count} rows; a project file holds up to {limit} per file."),
            _("Keep the original file beside the project."),
        ),
    }


def _findings() -> Mapping[str, tuple[str, str]]:
    return {
        "row_example": (
            _("The example row of a template, not data"),
            _("Delete it, or clear the cell that says EJEMPLO or EXAMPLE"),
        ),
        "row_too_long": (
            _("The row has more cells than the table has columns: its cells may be shifted"),
            _("Put texts that contain the separator in quotation marks"),
        ),
        "row_too_short": (
            _("The row ends before the last column: it may be cut off"),
            _("Check the row"),
        ),
        "place_not_five_digits": (
            _("Not a DIVIPOLA code: five digits are needed"),
            _("Write the municipality's five-digit code"),
        ),
        "place_unknown_place": (
            _("The code says that the municipality is not known"),
            _("Leave it out, or find the municipality"),
        ),
        "place_obsolete_code": (
            _("The code is no longer in DIVIPOLA"),
            _("Use the code of today's municipality"),
        ),
        "place_unknown_code": (
            _("No municipality has this code"),
            _("Check the code in DANE's DIVIPOLA list"),
        ),
        "place_abroad": (
            _("The code names a place abroad"),
            _("Leave it out: only Colombia is shown"),
        ),
        "place_name_too_long": (
            _("Too long to be a municipality's name"),
            _("Check which column holds the municipality"),
        ),
        "place_left_out": (
            _("Left out by your choice"),
            _("Choose a municipality instead, if you know it"),
        ),
        "place_no_municipality": (
            _("A place that is no municipality (a hamlet or settlement)"),
            _("Write the municipality it belongs to"),
        ),
        "place_unknown_name": (
            _("No municipality has this name"),
            _("Check the spelling, or give the DIVIPOLA code"),
        ),
        "place_other_department": (
            _("{name} is not in {department} (it is in {where})"),
            _("Choose one above, or correct the department"),
        ),
        "place_ambiguous": (
            _("{count} municipalities have this name"),
            _("Choose one above, or add a column with the department"),
        ),
        "place_similar": (
            _("No municipality has exactly this name; spelled alike: {count}"),
            _("Choose one above, or correct the spelling"),
        ),
        "place_blank": (
            _("Nothing says where this row belongs"),
            _("Fill in the municipality"),
        ),
        "code_name_differ": (
            _("The code is {is}, the name says {name}; the code counted"),
            _("Correct whichever is wrong"),
        ),
        "code_by_name": (
            _("The code {code} is no municipality's; the name counted"),
            _("Correct the code"),
        ),
        "code_padded": (
            _("The leading zero was lost; read as {code}"),
            _("Keep the code as text in the spreadsheet"),
        ),
        "code_of_settlement": (
            _("Code of a settlement; counted in its municipality {code}"),
            _("Nothing to do: nothing finer than a municipality is shown"),
        ),
        "name_mended": (
            _("Damaged letters were repaired: {name}"),
            _("Save the file as UTF-8"),
        ),
        "name_repaired": (
            _("Letters are lost; only {name} fits"),
            _("Correct the name"),
        ),
        "department_unknown": (
            _("The department is not known; the municipality's name is unique and counted"),
            _("Correct the department"),
        ),
        "coords_zero": (
            _("Coordinates 0, 0: they are missing"),
            _("Fill in the coordinates or the municipality"),
        ),
        "crs_projected": (
            _("Metres, not degrees: coordinates of a projected system, such as Origen Nacional (EPSG:9377)"),
            _("Export in WGS 84 (EPSG:4326)"),
        ),
        "coords_swapped": (
            _("Latitude and longitude seem swapped"),
            _("Swap the two columns under “Columns”"),
        ),
        "lon_sign": (
            _("The longitude lacks its minus sign: Colombia lies west of Greenwich"),
            _("Write -77.2, not 77.2"),
        ),
        "outside_colombia": (
            _("The coordinates lie outside Colombia"),
            _("Check the coordinates"),
        ),
        "coords_not_numbers": (
            _("Not a coordinate in decimal degrees"),
            _("Write decimal degrees, such as 1.21 and -77.28"),
        ),
        "boundaries_missing": (
            _("This server has no municipal boundaries to place coordinates by"),
            _("Add the DIVIPOLA code, or the department and the municipality"),
        ),
        "outside_municipalities": (
            _("In no municipality: at sea, or across the border"),
            _("Check the coordinates"),
        ),
        "area_of_several": (
            _("The outline covers {count} municipalities: an event belongs to one"),
            _("Give the DIVIPOLA code, or say that the file holds areas"),
        ),
        "geometry_broken": (
            _("The geometry cannot be read ({detail})"),
            _("Export this feature again"),
        ),
        "geometry_kind": (
            _("A geometry of kind {kind}: only points and polygons can be placed"),
            _("Convert it to points or polygons"),
        ),
        "self_crossing": (
            _("The outline crosses itself ({reason})"),
            _("In QGIS: Processing, Fix geometries"),
        ),
        "polygon_invalid": (
            _("The outline is not a valid polygon ({reason})"),
            _("In QGIS: Processing, Fix geometries"),
        ),
        "date_blank": (
            _("No date"),
            _("Fill in the date"),
        ),
        "date_two_digits": (
            _("A year of two digits"),
            _("Write the year with four digits"),
        ),
        "date_serial": (
            _("A spreadsheet's day number, not a date"),
            _("Format the column as a date and export again"),
        ),
        "date_impossible": (
            _("There is no such day"),
            _("Check day and month"),
        ),
        "date_unreadable": (
            _("Not a date"),
            _("Write it as 2024-10-31 or 31/10/2024"),
        ),
        "date_out_of_range": (
            _("A year before 1900 or after 2100"),
            _("Check the year"),
        ),
        "date_year_only": (
            _("Only a year: an event needs at least a month"),
            _("Write the month"),
        ),
        "date_whole_month": (
            _("Only a month: counted from its first or to its last day"),
            _("Write the day, if it is known"),
        ),
        "date_whole_year": (
            _("Only a year: counted from its first or to its last day"),
            _("Write the day, if it is known"),
        ),
        "date_order_unknown": (
            _("Day and month cannot be told apart"),
            _("Say above which comes first"),
        ),
        "date_other_order": (
            _("Day and month stand in the other order than in the rest of the file"),
            _("Correct the date"),
        ),
        "date_future": (
            _("A date in the future"),
            _("Check the date"),
        ),
        "end_future": (
            _("The end lies in the future; counted up to the day of loading, {day}"),
            _("Leave it blank if it has not ended"),
        ),
        "interval_reversed": (
            _("It ends before it begins"),
            _("Check both dates"),
        ),
        "value_blank": (
            _("No figure: no record, which is not zero"),
            _("Write 0 if it is zero"),
        ),
        "value_not_a_number": (
            _("Not a number"),
            _("Write digits only"),
        ),
        "value_negative": (
            _("A negative figure cannot be counted"),
            _("Check the figure"),
        ),
        "value_too_large": (
            _("Too large to be a count"),
            _("Check the figure"),
        ),
        "decimal_unknown": (
            _("The mark may divide thousands or decimals"),
            _("Say above which mark stands before decimals"),
        ),
        "decimal_other": (
            _("The decimal mark is not that of the rest of the file"),
            _("Correct the figure"),
        ),
        "group_unknown": (
            _("Not among the groups known here; kept as written"),
            _("Check the spelling, if it should be one of them"),
        ),
        "group_blank": (
            _("No group"),
            _("Fill in the group as the source names it"),
        ),
    }


def _general() -> Mapping[str, str]:
    return {
        "place_other_department": _("The municipality is in another department than the row says"),
        "end_future": _("The end lies in the future; counted up to the day of loading"),
        "place_ambiguous": _("Several municipalities have this name"),
        "place_similar": _("No municipality has exactly this name"),
        "code_name_differ": _("Code and name are of different municipalities; the code counted"),
        "code_by_name": _("The code is no municipality's; the name counted"),
        "code_padded": _("The leading zero of the code was lost and put back"),
        "code_of_settlement": _("Code of a settlement; counted in its municipality"),
        "name_mended": _("Damaged letters were repaired"),
        "name_repaired": _("Letters are lost; only one name fits"),
        "area_of_several": _("The outline covers several municipalities: an event belongs to one"),
        "geometry_kind": _("Only points and polygons can be placed"),
    }


def _notes() -> Mapping[str, str]:
    return {
        "unzipped": _("Read from the compressed file: {name}."),
        "sheets": _("The workbook has {count} sheets; “{name}” is read."),
        "columns_doubled": _("Several columns have the same name; they were numbered: {names}."),
        "header_mended": _("Damaged letters in the names of columns were repaired: {names}."),
        "no_header": _("No row names the columns; they are numbered."),
        "macros_ignored": _("The workbook holds macros: they are not run, only the values of the cells are read."),
        "formulas_as_saved": _(
            "The sheet holds formulas: results are read as last saved; one never calculated is blank."
        ),
        "order_dmy": _("Dates are read with the day first: a day over 12 proves it."),
        "order_mdy": _("Dates are read with the month first: a day over 12 proves it."),
    }


def _counted() -> Mapping[str, Callable[[int], str]]:
    """Return the notes whose words depend on how many there are."""
    return {
        "encoding_broken": lambda n: ngettext(
            "{n} character does not fit the encoding and is lost.",
            "{n} characters do not fit the encoding and are lost.",
            n,
        ),
        "rows_doubled": lambda n: ngettext(
            "{n} row repeats another row in every cell. It is kept: remove it if they are one event.",
            "{n} rows repeat another row in every cell. They are kept: remove them if they are one event.",
            n,
        ),
        "rows_blank": lambda n: ngettext("{n} empty row was passed over.", "{n} empty rows were passed over.", n),
        "open_ends": lambda n: ngettext(
            "{n} row has no end: it counts as going on up to the day of loading, {{day}}.",
            "{n} rows have no end: they count as going on up to the day of loading, {{day}}.",
            n,
        ),
    }
