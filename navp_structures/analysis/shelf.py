"""Keeping what was made, up to a limit, for all threads."""

from __future__ import annotations

import threading
from typing import Final, Generic, TypeVar

Key = TypeVar("Key")
Item = TypeVar("Item")


# What an item weighs at least, for the key and the empty arrays that it keeps alive.
_LEAST: Final = 100


class Shelf(Generic[Key, Item]):
    """Items by key, the last ones that were put there, up to a total weight.

    Parameters
    ----------
    limit
        Of the total weight; an item that is heavier by itself is not kept.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._items: dict[Key, tuple[Item, int]] = {}
        self._total = 0
        self._lock = threading.Lock()

    def get(self, key: Key) -> Item | None:
        """Return an item; None where there is none."""
        with self._lock:
            found = self._items.get(key)
        return None if found is None else found[0]

    def put(self, key: Key, item: Item, weight: int) -> None:
        """Keep an item; those put longest ago give way to it."""
        weight += _LEAST
        with self._lock:
            self._total += weight - self._items.pop(key, (item, 0))[1]
            self._items[key] = item, weight
            while self._total > self.limit:
                # A dictionary is in the order in which its keys were put.
                self._total -= self._items.pop(next(iter(self._items)))[1]

    def clear(self) -> None:
        """Forget all items."""
        with self._lock:
            self._items.clear()
            self._total = 0

    def keys(self) -> tuple[Key, ...]:
        """Return the keys, the one put longest ago first."""
        with self._lock:
            return tuple(self._items)
