"""Every code of this floor in words: what is wrong and what to do about it. Rows keep codes, so the language follows the reader."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop

FILE_CODES = {
    "empty_file": _noop("This file is empty. Export it again from the DMS."),
    "too_big": _noop("This file is larger than %(limit)s MB. Export a shorter period and try again."),
    "unpacks_too_big": _noop(
        "This file unpacks to far more data than a list holds. Save it anew as .xlsx and try again."
    ),
    "damaged": _noop("This file is damaged or was cut off. Export or download it again."),
    "password_protected": _noop("This file is protected by a password. Save it without one and try again."),
    "old_xls": _noop("This is an old Excel file (.xls). Open it in Excel or WPS and save it as .xlsx or .csv."),
    "html": _noop("This is a web page, not a spreadsheet. Open it in Excel or WPS and save it as .xlsx or .csv."),
    "xml": _noop("This is an XML file. Open it in Excel or WPS and save it as .xlsx or .csv."),
    "not_a_workbook": _noop("This is not an Excel workbook. Save the list as .xlsx or .csv."),
    "unknown_format": _noop("This file is no spreadsheet that can be read. Save the list as .xlsx or .csv."),
    "no_worksheet": _noop("This workbook has no worksheet."),
    "worksheet_unknown": _noop("There is no worksheet “%(name)s” in this file. It has: %(names)s."),
    "sheet_unknown": _noop("There is no kind of list “%(name)s”. Known are: %(names)s."),
    "no_header": _noop("No row with known column headers was found in the first rows. Is this a DMS list?"),
    "missing_columns": _noop("Read as “%(sheet)s”, this list lacks a column for: %(columns)s."),
    "no_rows": _noop("Below the headers there is no row of data."),
    "too_many_rows": _noop("This list has more than %(limit)s rows. Export a shorter period and try again."),
    "store_unknown": _noop("There is no store “%(store)s”."),
    "file_missing": _noop("There is no file “%(path)s”."),
    "internal": _noop(
        "The import stopped because of a fault in the program (%(error)s). What was imported until then stays."
    ),
    "file_gone": _noop("The uploaded file is no longer there. Upload it again."),
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
    "unknown_vehicle": _noop("The list has no VIN, and no car of the store, or more than one, has this plate."),
}
CODES = {**FILE_CODES, **ROW_CODES}


def word(code, params=None) -> str:
    """The sentence for a code, in the reader's language. An unknown code is shown as it is."""
    if code not in CODES:
        return code
    text = _(CODES[code])
    return text % params if params and "%(" in text else text


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
    "date_ambiguous": _noop("Write YYYY-MM-DD."),
    "date_impossible": _noop("Write YYYY-MM-DD."),
    "date_unreadable": _noop("Write YYYY-MM-DD."),
    "formula_error": _noop("Correct the formula, or export again."),
}


def advice(code, suggestion="") -> str:
    """What to do about it: the value that may have been meant, else a sentence, else ""."""
    if suggestion:
        return suggestion
    return _(ADVICE[code]) if code in ADVICE else ""
