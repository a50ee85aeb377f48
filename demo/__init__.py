"""The demo dealership: a believable world, written as DMS files, imported through the real path, and worked by the real services.

Never installed data of a live store; nothing else imports it.
"""
