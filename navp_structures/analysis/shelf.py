"""Keeping what was made, up to a limit, for all threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Item = TypeVar("Item")


class Shelf(Generic[Key, Item]):
    """Items by key, the last ones that were put there, up to a total weight.

    Parameters
    ----------
    limit
        Of the total weight; an item that is heavier by itself is not kept.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._items: OrderedDict[Key, tuple[Item, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Item | None:
        """Return an item; None where there is none."""
        with self._lock:
            found = self._items.get(key)
        return None if found is None else found[0]

    def put(self, key: Key, item: Item, weight: int) -> None:
        """Keep an item; those put longest ago give way to it."""
        with self._lock:
            self._items.pop(key, None)
            self._items[key] = item, weight
            while sum(weight for _, weight in self._items.values()) > self.limit:
                self._items.popitem(last=False)

    def clear(self) -> None:
        """Forget all items."""
        with self._lock:
            self._items.clear()

    def keys(self) -> tuple[Key, ...]:
        """Return the keys, the one put longest ago first."""
        with self._lock:
            return tuple(self._items)
