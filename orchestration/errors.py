"""Errors that are the user's to fix: printed as one sentence, never as a traceback."""


class UserError(Exception):
    """What is wrong, where, and what to do."""
