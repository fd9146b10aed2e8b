"""Rows of many patterns, in this process or in several, in the order of the input."""

from __future__ import annotations

import multiprocessing.context
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice, takewhile
from multiprocessing import resource_tracker
from multiprocessing.synchronize import Event
from typing import Any, Final

import numpy as np

from navp_structures.analysis.indexing.many_result import PatternRow
from navp_structures.analysis.indexing.many_rows import pattern_row
from navp_structures.analysis.indexing.spot_settings import SpotSettings
from navp_structures.errors import WorkerError

# Windows waits for no more processes than this at a time.
MOST_WORKERS: Final = 61

# Chunks that are given out or waiting for each worker: the next one is there when it is done.
_AHEAD: Final = 2

_THREADS: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)

Numbered = list[tuple[int, Any]]


def usual_workers() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count() or 1
    return min(count, MOST_WORKERS)


def rows_of(
    patterns: Iterable[Any], settings: SpotSettings, workers: int, chunk: int
) -> Iterator[PatternRow]:
    """Yield the row of each pattern.

    Parameters
    ----------
    workers
        Processes; 1 for this one. What fits in one chunk is done here too.
    chunk
        Patterns that a process is given at a time.

    Raises
    ------
    WorkerError
        When a process ends before its work does.
    """
    numbered = enumerate(patterns)
    chunks = iter(lambda: [(n, _own(given)) for n, given in islice(numbered, chunk)], [])
    if workers > 1:
        first = list(islice(chunks, 2))
        if len(first) > 1:
            yield from _in_processes(_chained(first, chunks), settings, workers)
            return
        chunks = iter(first)
    else:
        # One by one: rows come, and a bar moves, as soon as they can.
        chunks = ([item] for item in numbered)
    for some in chunks:
        yield from _rows(some, settings)


def _own(given: Any) -> Any:
    # Who makes patterns may fill one array again and again.
    return given.copy() if isinstance(given, np.ndarray) else given


def _chained(first: list[Numbered], rest: Iterator[Numbered]) -> Iterator[Numbered]:
    # Let go of each, so that the first two are not kept to the end.
    while first:
        yield first.pop(0)
    yield from rest


def _rows(some: Numbered, settings: SpotSettings) -> Iterator[PatternRow]:
    for number, given in some:
        yield pattern_row(number, given, settings)


def _in_processes(
    chunks: Iterator[Numbered], settings: SpotSettings, workers: int
) -> Iterator[PatternRow]:
    context = _OneThread()
    stop = context.Event()
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin, initargs=(settings, stop)
    )
    waiting: deque[tuple[Numbered, Future[list[PatternRow]]]] = deque()
    try:
        for some in chunks:
            waiting.append((some, pool.submit(_rows_of_chunk, some)))
            if len(waiting) >= _AHEAD * workers:
                yield from _result(*waiting.popleft(), settings)
        while waiting:
            yield from _result(*waiting.popleft(), settings)
    except BrokenProcessPool:
        raise WorkerError(
            "a worker process ended before its work did: for want of memory, or because a "
            "script that starts workers lacks `if __name__ == '__main__':`, which workers=1 "
            "does not need"
        ) from None
    finally:
        # Also after Ctrl-C, and when nobody asks for the rest: what was handed over already
        # cannot be cancelled, but is given up.
        stop.set()
        pool.shutdown(cancel_futures=True)


def _result(
    some: Numbered, future: Future[list[PatternRow]], settings: SpotSettings
) -> Iterable[PatternRow]:
    try:
        return future.result()
    except BrokenProcessPool:
        raise
    except Exception:  # noqa: BLE001 - what cannot be sent may raise anything
        # What cannot be sent to a worker can be looked at here, each pattern by itself.
        return _rows(some, settings)


_work: tuple[SpotSettings, Event] | None = None


def _begin(settings: SpotSettings, stop: Event) -> None:
    """Keep in a worker what all chunks share: phases are sent once."""
    global _work
    _work = settings, stop
    # Ctrl-C reaches all processes of a terminal; only the one that was asked answers. Where
    # signals cannot be held back this is the first chance to see to it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _rows_of_chunk(some: Numbered) -> list[PatternRow]:
    assert _work is not None  # noqa: S101 - a pool runs `_begin` first
    settings, stop = _work
    return list(takewhile(lambda _: not stop.is_set(), _rows(some, settings)))


class _SingleThreaded(multiprocessing.context.SpawnProcess):
    """A process whose linear algebra has one thread: the workers share the cores already."""

    def start(self) -> None:
        # Numpy looks at these as it is loaded, which may be before any of our code runs.
        before = {name: os.environ.get(name) for name in _THREADS}
        os.environ.update(dict.fromkeys(_THREADS, "1"))
        try:
            with _interrupt_held():
                super().start()
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


@contextmanager
def _interrupt_held() -> Iterator[None]:
    """Hold Ctrl-C back: for so long here, and for good in a process that is started."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # This is started with the first process, and would let signals through again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _OneThread(multiprocessing.context.SpawnContext):
    """Processes are started anew: a copy of one that has threads may hang."""

    Process = _SingleThreaded
