"""The watched folder of each store: files laid there are imported without anybody at the desk.

`folders` knows files and never a row; `reading` takes them, imports them and files them away; `report` says in words what became
of one; `pages` gathers what the page shows. The rows of InboxFile are the ledger: whoever is killed, the next one goes on.
"""
