"""Backup and restore: one .zip with every row and every file, made while people work, on either database, and put back on either.

    manifest.json              what this is: version, migrations, tables with their rows, SHA-256 of every member (written last)
    rows/TABLE.jsonl           one row a line, a JSON list in the order of the table's columns
    uploads/… inbox/…          the folders of settings.BACKUP_FOLDERS

Passwords are in it as hashes, personal data in full; SECRET_KEY is not, and the logins of the moment are not.
"""
