"""The errors of a benchmark that a user can do something about."""

from __future__ import annotations


class BenchmarkError(RuntimeError):
    """A measurement cannot be made or used; the message says what is wrong and what to do."""


class MixedEnvironmentsError(BenchmarkError):
    """Results of different machines, servers or settings were to be compared."""
