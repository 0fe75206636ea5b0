"""The annotations of a model's fields: what else is marked on them, and their type in PostgreSQL.

Belongs here: looking into annotations. Does not belong here: what the marks mean (`model.py`).
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic.fields import FieldInfo


def marks(info: FieldInfo) -> list[Any]:
    """Return all annotations of a field, also those inside of `... | None`, which pydantic leaves where they are."""

    def inside(annotation: Any) -> Iterator[Any]:
        yield from getattr(annotation, "__metadata__", ())
        for argument in typing.get_args(annotation):
            yield from inside(argument)

    return [*info.metadata, *inside(info.annotation)]


def postgres_type(annotation: Any) -> str:
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return postgres_type(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        (inner,) = (a for a in typing.get_args(annotation) if a is not type(None))
        return postgres_type(inner)
    if origin is Literal:
        return "text"
    if origin is list:
        return postgres_type(typing.get_args(annotation)[0]) + "[]"
    if issubclass(annotation, str):
        return "text"
    return {bool: "boolean", int: "bigint", float: "double precision", date: "date"}[annotation]
