"""Fields that nobody can write into: arrays and mappings of what is frozen."""

from __future__ import annotations

from dataclasses import fields
from operator import is_
from types import MappingProxyType
from typing import Any

import numpy as np


class ReadOnly:
    """Mixin of frozen dataclasses whose arrays and mappings stay as made, in copies too.

    It is for the fields of the object itself: what else they hold is frozen on its own. One
    with a `__post_init__` of its own calls this one.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        """Make the fields read-only."""
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            kept = read_only(value)
            if kept is not value:
                object.__setattr__(self, field.name, kept)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy by the fields; a read-only mapping itself cannot be pickled."""
        names = (field.name for field in fields(self))  # type: ignore[arg-type]
        return _made, (type(self), {name: _picklable(getattr(self, name)) for name in names})


def read_only(value: Any) -> Any:
    """Return a value that cannot be changed: lists become tuples, dictionaries views of copies.

    Arrays are not copied: who made them can no longer write into them either.

    Examples
    --------
    >>> read_only({"sigma": [0.01, 0.02]})
    mappingproxy({'sigma': (0.01, 0.02)})
    """
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
        return value
    if isinstance(value, dict):
        return MappingProxyType({key: read_only(item) for key, item in value.items()})
    if isinstance(value, list):
        return tuple(map(read_only, value))
    # Named tuples are made of single arguments, and hold nothing that changes.
    if type(value) is tuple:
        kept = tuple(map(read_only, value))
        return value if all(map(is_, kept, value)) else kept
    return value


def _made(kind: type, values: dict[str, Any]) -> Any:
    return kind(**values)


def _picklable(value: Any) -> Any:
    if isinstance(value, MappingProxyType):
        return {key: _picklable(item) for key, item in value.items()}
    if type(value) is tuple:
        return tuple(map(_picklable, value))
    return value
