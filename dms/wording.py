"""Every code of this floor in words: what is wrong and what to do about it. Rows keep codes, so the language follows the reader."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop

from common.personal import reason_of
from dms.sheets import field_label, label_of

FILE_CODES = {
    "empty_file": _noop("This file is empty. Export it again from the DMS."),
    "too_big": _noop("This file is larger than %(limit)s MB. Export a shorter period and try again."),
    "unpacks_too_big": _noop(
        "This file unpacks to far more data than a list holds. Save it anew as .xlsx and try again."
    ),
    "damaged": _noop("This file is damaged or was cut off. Export or download it again."),
    "password_protected": _noop("This file is protected by a password. Save it without one and try again."),
    "old_xls": _noop(
        "This old Excel file (.xls) is damaged or of a kind that cannot be read. Open it in Excel or WPS and save it as .xlsx."
    ),
    "html": _noop("This is a web page without a DMS list in it. Export the list again, or save it as .xlsx or .csv."),
    "xml": _noop("This is an XML file that is no worksheet. Open it in Excel or WPS and save it as .xlsx or .csv."),
    "not_a_workbook": _noop("This is not an Excel workbook. Save the list as .xlsx or .csv."),
    "unknown_format": _noop("This file is no spreadsheet that can be read. Save the list as .xlsx or .csv."),
    "cell_too_long": _noop(
        "Around line %(line)s a cell is longer than %(limit)s characters: a quotation mark is not closed. Export the list as .xlsx."
    ),
    "no_worksheet": _noop("This workbook has no worksheet."),
    "worksheet_unknown": _noop("There is no worksheet “%(name)s” in this file. It has: %(names)s."),
    "sheet_unknown": _noop("There is no kind of list “%(name)s”. Known are: %(names)s."),
    "no_header": _noop("No row with known column headers was found in the first rows. Is this a DMS list?"),
    "missing_columns": _noop("Read as “%(sheet)s”, this list lacks a column for: %(columns)s."),
    "other_list": _noop(
        "This looks like a “%(kind)s”, which cannot be imported here: its people would become owners of cars. "
        "If it is an owner or order list nevertheless, say so (--sheet, or “What the file is” on the columns page)."
    ),
    "no_rows": _noop("Below the headers there is no row of data."),
    "too_many_rows": _noop("This list has more than %(limit)s rows. Export a shorter period and try again."),
    "store_unknown": _noop("There is no store “%(store)s”."),
    "file_missing": _noop("There is no file “%(path)s”."),
    "internal": _noop("There was a fault in the program (%(error)s)."),
    "half_in": _noop(
        "%(done)s of %(total)s rows are in, and they stay. Import the same file again: what is in stays unchanged and the rest "
        "follows; or undo this import."
    ),
    "nothing_in": _noop("Nothing was stored. Correct the file and upload it again."),
    "file_gone": _noop("The uploaded file is no longer there. Upload it again."),
    "disk_full": _noop("the disk is full"),
    "not_allowed": _noop("the server may not read or write there"),
    "not_a_folder": _noop("a file or a link stands in the place of a folder"),
    "system_says": _noop("the system says “%(said)s”"),
    "inbox_vanished": _noop("The file was taken out of the watched folder before it could be read."),
    "inbox_unreadable": _noop("The file may not be opened. Look at its rights, or copy it into the folder anew."),
    "inbox_discarded": _noop("Somebody discarded this import in the browser."),
}
ROW_CODES = {
    "missing_key": _noop("The key is missing; without it the row belongs to nothing."),
    "missing_value": _noop("A required value is missing in all rows of this record."),
    "vin_length": _noop("A VIN has 17 characters, this one has %(length)s."),
    "vin_letter": _noop("A VIN has only digits and capital letters without I, O and Q."),
    "vin_masked": _noop("The VIN is masked; export it in full."),
    "vin_check_digit": _noop(
        "The check digit (9th character) is %(digit)s and should be %(expected)s. Is there a typing error?"
    ),
    "date_impossible": _noop("There is no such day."),
    "date_ambiguous": _noop("Day and month cannot be told apart. Write the date as YYYY-MM-DD."),
    "date_out_of_range": _noop("The date lies too far in the past or future."),
    "date_unreadable": _noop("This is not a date. Write it as YYYY-MM-DD."),
    "birthday_unreadable": _noop("This is not a birthday. Write 10-07; a lunar one with the word for lunar before it."),
    "phone_masked": _noop("The number is masked; it cannot be dialled and replaces nothing."),
    "phone_scientific": _noop(
        "Excel has turned the number into a rounded one; its last digits are lost. Format the column as text."
    ),
    "phone_service": _noop("400 and 800 numbers are service lines, not customers."),
    "phone_area_code": _noop("The area code is missing."),
    "phone_length": _noop("The number has too few or too many digits."),
    "phone_unreadable": _noop("This is not a telephone number."),
    "plate_masked": _noop("The plate is masked."),
    "plate_unreadable": _noop("This is not a number plate."),
    "money_unreadable": _noop("This is not an amount of money."),
    "money_out_of_range": _noop("The amount is too large."),
    "number_unreadable": _noop("This is not a whole number."),
    "number_negative": _noop("The number is negative."),
    "number_out_of_range": _noop("The number is larger than %(largest)s."),
    "text_too_long": _noop("The text is longer than %(length)s characters."),
    "digits_lost": _noop(
        "Excel has turned the number into a rounded one; its last digits are lost. Format the column as text."
    ),
    "value_masked": _noop("The value is masked and replaces nothing."),
    "choice_unknown": _noop("This word is not known here."),
    "formula_error": _noop("The cell holds a formula error."),
    "rows_disagree": _noop("Row %(row)s of the same record says “%(kept)s”, and that was taken."),
    "earlier_row_counts": _noop(
        "An earlier row of this file says “%(kept)s” about the same customer, and that was taken."
    ),
    "duplicate_header": _noop(
        "This header occurs several times; of each row the first value that is not empty was taken."
    ),
    "older_owner": _noop("A later owner is known (%(kept)s); this one was added to the history."),
    "credit_code": _noop("This is not a unified social credit code: 18 characters with a check digit."),
    "unknown_customer": _noop("No customer of the store fits: neither by the car, nor by name and phone."),
    "not_a_complaint": _noop("This is a request of another kind, no complaint."),
    "worked_on_here": _noop("The case was worked on here, and what was done here stands."),
    "vehicle_without_owner": _noop("The store does not know this car, and the row does not name its owner."),
    "policy_backwards": _noop("The policy ends before it starts."),
    "policy_stands": _noop("Policy %(number)s ends on %(kept)s, and that stands."),
    "unknown_vehicle": _noop("The list has no VIN, and no car of the store, or more than one, has this plate."),
}
UNDO_CODES = {
    "changed_since": _noop("Changed since then."),
    "changed_since_by": _noop("%(who)s changed it since then."),
    "changed_since_import": _noop("A later import changed it."),
    "verified_since": _noop("DCRC has verified this value with the customer."),
    "retired_since": _noop("The record was retired since then."),
    "place_taken": _noop("Another one has taken its place since then."),
    "corrected_by_hand": _noop("It was corrected by hand."),
    "corrected_by_hand_by": _noop("%(who)s corrected it by hand."),
    "told_later": _noop("A later import changed it, so it is not of this one alone."),
    "undo_stopped": _noop(
        "The undo stopped because of a fault in the program (%(error)s). Undo the import again: it goes on where it was."
    ),
}
# About a file that is taken in nevertheless (dms.oddities, dms.readers).
ODD_CODES = {
    "shared_date": _noop(
        "In “%(column)s” %(percent)s%% of the rows have the same day, %(day)s. A DMS fills in such a day where nobody "
        "typed one: compare some rows with the customer's papers."
    ),
    "unreadable_column": _noop(
        "“%(column)s” is read as “%(field)s”, but %(percent)s%% of its values cannot be read as that. Choose the right column."
    ),
    "unused_column": _noop(
        "“%(column)s” is not used, but its values look like “%(field)s”, for which there is no column. Choose it if it is meant."
    ),
    "older_file": _noop(
        "The newest day in this list is %(newest)s; “%(file)s”, imported before, went up to %(stored)s. An older export may "
        "set stored values back."
    ),
    "hidden_worksheets": _noop("Hidden worksheets are not read: %(names)s."),
    "more_lists": _noop(
        "Only the worksheet “%(taken)s” is imported; these are lists too: %(names)s. Import the file again for each of them."
    ),
    "cut_off": _noop("The page ends within its table: the download may have been cut off. Compare the number of rows."),
    "columns_cut": _noop("Columns beyond the first 1,000 are not read."),
    "tables_left_out": _noop("The page has many tables; only the 20 longest can be chosen."),
}
ONE_TABLE = _noop("There is no worksheet “%(name)s”: this file is one table without a name. Leave the name out.")
CODES = {**FILE_CODES, **ROW_CODES, **UNDO_CODES, **ODD_CODES}


def word(code, params=None) -> str:
    """The sentence for a code, in the reader's language. An unknown code is shown as it is."""
    if code not in CODES:
        return code
    is_one_table = code == "worksheet_unknown" and params and not params["names"]
    text = _(ONE_TABLE if is_one_table else CODES[code])
    if params and "kind" in params:
        params = {**params, "kind": label_of(params["kind"])}
    if params and "field" in params:
        params = {**params, "field": field_label(*params["field"])}
    for name in ("limit", "done", "total"):
        if params and isinstance(params.get(name), int):
            params = {**params, name: f"{params[name]:,}"}
    return text % params if params and "%(" in text else text


def after_failure(batch) -> list:
    """[[code, params]]: why an import stopped, and what to do about it."""
    if batch.rows_done:
        rest = ["half_in", {"done": batch.rows_done, "total": batch.rows_total}]
    else:
        rest = ["nothing_in", {}]
    return [[batch.error_code, batch.error_params], rest]


def remnant_reason(remnant) -> str:
    """Why the undo of an import left a record or a field as it is."""
    code, params = remnant.code, remnant.params
    if params.get("batch") and f"{code}_import" in UNDO_CODES:
        return word(f"{code}_import", params)
    if params.get("who") and f"{code}_by" in UNDO_CODES:
        return word(f"{code}_by", params)
    return word(code, params) if code in UNDO_CODES else reason_of(code)


ADVICE = {
    "missing_key": _noop("Fill in the key, or delete the row."),
    "missing_value": _noop("Fill in the value."),
    "vin_length": _noop("Compare with the vehicle licence."),
    "vin_letter": _noop("Compare with the vehicle licence."),
    "vin_check_digit": _noop("Compare with the vehicle licence; if it is right, nothing is to be done."),
    "phone_scientific": _noop("Format the column as text in Excel and type the number again."),
    "digits_lost": _noop("Format the column as text in Excel and type the number again."),
    "phone_masked": _noop("Export with full numbers."),
    "vin_masked": _noop("Export with full numbers."),
    "phone_area_code": _noop("Write it with the area code, as 021-58880000."),
    "phone_length": _noop("Compare with the DMS; a mobile number has 11 digits."),
    "phone_unreadable": _noop("Type the number, or leave the cell empty."),
    "plate_unreadable": _noop("Compare with the vehicle licence."),
    "money_unreadable": _noop("Write the amount in digits, as 1280.50."),
    "number_unreadable": _noop("Write a whole number in digits."),
    "date_out_of_range": _noop("Compare with the DMS."),
    "date_ambiguous": _noop("Write YYYY-MM-DD."),
    "date_impossible": _noop("Write YYYY-MM-DD."),
    "date_unreadable": _noop("Write YYYY-MM-DD."),
    "birthday_unreadable": _noop("Write 10-07; a lunar one with the word for lunar before it."),
    "formula_error": _noop("Correct the formula, or export again."),
}


def advice(code, suggestion="") -> str:
    """What to do about it: the value that may have been meant, else a sentence, else ""."""
    if suggestion:
        return suggestion
    return _(ADVICE[code]) if code in ADVICE else ""


# A complaint in a few words, for counting equal ones; a code without a title is told by its sentence.
TITLES = {
    "missing_key": _noop("Key missing"),
    "missing_value": _noop("Value missing"),
    "vin_length": _noop("VIN too short or too long"),
    "vin_letter": _noop("Wrong character in the VIN"),
    "vin_masked": _noop("VIN masked"),
    "vin_check_digit": _noop("VIN check digit"),
    "date_impossible": _noop("No such day"),
    "date_ambiguous": _noop("Day or month?"),
    "date_out_of_range": _noop("Date out of range"),
    "date_unreadable": _noop("Not a date"),
    "birthday_unreadable": _noop("Not a birthday"),
    "phone_masked": _noop("Number masked"),
    "phone_scientific": _noop("Number rounded by Excel"),
    "phone_service": _noop("400 or 800 number"),
    "phone_area_code": _noop("Area code missing"),
    "phone_length": _noop("Number too short or too long"),
    "phone_unreadable": _noop("Not a telephone number"),
    "plate_masked": _noop("Plate masked"),
    "plate_unreadable": _noop("Not a number plate"),
    "money_unreadable": _noop("Not an amount"),
    "money_out_of_range": _noop("Amount too large"),
    "number_unreadable": _noop("Not a whole number"),
    "number_negative": _noop("Negative number"),
    "number_out_of_range": _noop("Number too large"),
    "text_too_long": _noop("Text too long"),
    "digits_lost": _noop("Digits lost in Excel"),
    "value_masked": _noop("Value masked"),
    "choice_unknown": _noop("Unknown word"),
    "formula_error": _noop("Formula error"),
    "rows_disagree": _noop("Rows of one record disagree"),
    "earlier_row_counts": _noop("An earlier row says otherwise"),
    "duplicate_header": _noop("Header twice"),
    "older_owner": _noop("Older owner"),
    "unknown_vehicle": _noop("Car not found"),
}


def title(code) -> str:
    return _(TITLES[code]) if code in TITLES else word(code)


# What an error workbook adds beside the rows: where they stood, what is wrong, what to do. The recogniser knows them again.
OWN_HEADERS = (_noop("Row no."), _noop("What is wrong"), _noop("How to correct it"))
