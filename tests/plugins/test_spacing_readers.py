"""Readers of measured lists, of the package and of plugins."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import navp_structures as navp
from navp_structures import MeasuredList, SpacingReader, hookimpl
from navp_structures.errors import (
    AmbiguousReaderError,
    InputError,
    InputFileError,
    PluginError,
    PluginWarning,
    ShadowedReaderWarning,
    UnknownReaderError,
)


def fixed(value: float, units: str | None = "A") -> Callable[[Any], MeasuredList]:
    return lambda _: MeasuredList(kind="spacings", values=[value], units=units)


def reader(name: str = "peaks", suffix: str = ".peaks", read: Any = None) -> SpacingReader:
    return SpacingReader(name=name, suffixes=(suffix,), read=read or fixed(9.0))


def plugin(*answer: object) -> object:
    @hookimpl
    def navp_spacing_readers() -> object:
        return list(answer)

    return SimpleNamespace(navp_spacing_readers=navp_spacing_readers)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "d (A);hkl\n1,88;4 -2 6\n"),
        ("A.CSV", "d (A),hkl\n1.88,4 -2 6\n"),
        ("a.tsv", "d (A)\thkl\n1.88\t4 -2 6\n"),
        ("a.tab", "d (A)\thkl\n1.88\t4 -2 6\n"),
        ("a.json", '{"spacings": [1.88], "units": "A", "labels": ["4 -2 6"]}'),
        ("a.txt", "hkl;d (A)\n4 -2 6;1.88\n"),
        ("a.txt", "(4 -2 6) 1.88 Å\n"),
    ],
)
def test_the_packages_readers(tmp_path: Path, name: str, content: str) -> None:
    path = write(tmp_path, name, content)
    for given in (path, str(path)):
        found = navp.read_spacings(given)
        assert (found.values.tolist(), found.units, found.source) == ([1.88], "A", name)
        assert found.labels[0] in ("4 -2 6", "(4 -2 6)")


def test_plain_text_with_an_unknown_heading_is_refused_as_a_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the heading 'length' is unknown"):
        navp.read_spacings(write(tmp_path, "a.txt", "length  I\n1.88  3\n"))
    with pytest.raises(InputError, match="'inch' is not understood"):
        navp.read_spacings(write(tmp_path, "a.txt", "1.88 inch\n"))


def test_encodings(tmp_path: Path) -> None:
    content = "# 5 µm\nd / Å;I\n1,88;3\n"
    for encoding in ("utf-8-sig", "latin-1"):
        path = write(tmp_path, "a.csv", content.encode(encoding))
        assert navp.read_spacings(path).units == "A"


def test_units_where_the_file_says_none(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "g\n3.9\n")
    assert navp.read_spacings(path).units is None
    assert navp.read_spacings(path, units="1/nm").units == "1/nm"
    with pytest.raises(InputError, match=r"a\.csv: the values are g, whose unit is not nm"):
        navp.read_spacings(path, units="nm")
    with pytest.raises(InputError, match="unknown unit 'inch'"):
        navp.read_spacings(path, units="inch")
    named = write(tmp_path, "b.csv", "d (nm)\n0.188\n")
    with pytest.raises(InputError, match=r"b\.csv: the values are given in nm, not in A"):
        navp.read_spacings(named, units="A")


def test_a_reader_of_a_plugin_is_found_by_suffix_and_name(
    install: Callable[..., None], tmp_path: Path
) -> None:
    install(mylab=plugin(reader()))
    path = write(tmp_path, "fft.PEAKS", "anything")
    found = navp.read_spacings(path)
    assert (found.values.tolist(), found.source) == ([9.0], "fft.PEAKS")
    other = write(tmp_path, "fft.csv", "d\n1.88\n")
    for name in ("peaks", "Peaks", "mylab:peaks", "MyLab:PEAKS"):
        assert navp.read_spacings(other, reader=name).values.tolist() == [9.0]
    # The package's suffix stays the package's.
    assert navp.read_spacings(other).values.tolist() == [1.88]
    assert navp.read_spacings(other, reader="navp:csv").values.tolist() == [1.88]


def test_the_packages_suffixes_and_names_stay_its_own(
    install: Callable[..., None], tmp_path: Path
) -> None:
    @hookimpl(tryfirst=True)
    def navp_spacing_readers() -> object:
        return [reader("csv", ".csv")]

    install(mylab=SimpleNamespace(navp_spacing_readers=navp_spacing_readers))
    path = write(tmp_path, "a.csv", "d\n1.88\n")
    with pytest.warns(ShadowedReaderWarning, match="'csv' means the reader of navp.*mylab:csv"):
        assert navp.read_spacings(path).values.tolist() == [1.88]
    assert navp.read_spacings(path, reader="csv").values.tolist() == [1.88]
    assert navp.read_spacings(path, reader="mylab:csv").values.tolist() == [9.0]


def test_a_name_or_suffix_of_two_plugins_is_ambiguous(
    install: Callable[..., None], tmp_path: Path
) -> None:
    install(one=plugin(reader()), two=plugin(reader(read=fixed(7.0))))
    path = write(tmp_path, "a.peaks", "anything")
    with pytest.raises(AmbiguousReaderError, match="one:peaks and two:peaks; name one of them"):
        navp.read_spacings(path)
    with pytest.raises(
        AmbiguousReaderError, match="the reader 'peaks' is offered by one:peaks"
    ):
        navp.read_spacings(path, reader="peaks")
    assert navp.read_spacings(path, reader="two:peaks").values.tolist() == [7.0]


def test_broken_answers_stop_nobody(install: Callable[..., None], tmp_path: Path) -> None:
    @hookimpl
    def navp_spacing_readers() -> object:
        raise OSError("no licence")

    install(bad=SimpleNamespace(navp_spacing_readers=navp_spacing_readers),
            odd=plugin("csv"), good=plugin(reader()))  # fmt: skip
    path = write(tmp_path, "a.peaks", "anything")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PluginWarning)
        assert navp.read_spacings(path).values.tolist() == [9.0]
    told = " ".join(str(w.message) for w in caught)
    assert "plugin 'bad', navp_spacing_readers: OSError: no licence" in told
    assert "plugin 'odd', navp_spacing_readers: answered a list with str, not of Spac" in told


def test_a_reader_that_fails_is_named(install: Callable[..., None], tmp_path: Path) -> None:
    def fails(_: object) -> MeasuredList:
        raise KeyError("peaks")

    install(
        mylab=plugin(
            reader("fails", ".f", fails),
            reader("lies", ".l", lambda _: [1.88]),
            reader("strict", ".s", lambda _: MeasuredList(kind="spacings", values=[])),
        )
    )
    path = write(tmp_path, "a.f", "")
    with pytest.raises(PluginError, match=r"a\.f: plugin 'mylab', read of fails: KeyError"):
        navp.read_spacings(path)
    with pytest.raises(PluginError, match="read of lies: it gives list, not a MeasuredList"):
        navp.read_spacings(path, reader="lies")
    with pytest.raises(InputError, match=r"a\.f: the list is empty"):
        navp.read_spacings(path, reader="strict")


def test_unknown_readers_and_suffixes_name_the_known(tmp_path: Path) -> None:
    known = r"csv \(\.csv\), tsv \(\.tsv, \.tab\), json \(\.json\), text \(\.txt\)"
    with pytest.raises(UnknownReaderError, match=rf"files of the suffix '\.xyz'; .*{known}"):
        navp.read_spacings(write(tmp_path, "a.xyz", "1.88"))
    with pytest.raises(UnknownReaderError, match="files without a suffix"):
        navp.read_spacings(write(tmp_path, "a", "1.88"))
    with pytest.raises(UnknownReaderError, match="unknown reader 'cvs'; nearest: csv"):
        navp.read_spacings(tmp_path / "a.xyz", reader="cvs")
    with pytest.raises(UnknownReaderError, match="unknown reader 'other:csv'; known: csv, tsv"):
        navp.read_spacings(tmp_path / "a.xyz", reader="other:csv")
    with pytest.raises(InputError, match="a reader is chosen by its name, not by 3"):
        navp.read_spacings(tmp_path / "a.xyz", reader=3)  # type: ignore[arg-type]
    assert navp.read_spacings(tmp_path / "a.xyz", reader="text").values.tolist() == [1.88]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match=r"cannot read .*none\.csv: No such file"):
        navp.read_spacings(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputFileError, match="it is a folder"):
        navp.read_spacings(tmp_path / "folder.csv")
    large = write(tmp_path, "large.csv", "")
    os.truncate(large, 5_000_001)
    with pytest.raises(InputFileError, match="5000001 bytes, more than 5000000"):
        navp.read_spacings(large)
    for nothing in (3, b"a.csv", None):
        with pytest.raises(InputError, match="is no path of a file"):
            navp.read_spacings(nothing)  # type: ignore[arg-type]
    with pytest.raises(InputFileError, match="the path is empty"):
        navp.read_spacings("")


def test_errors_name_the_file_and_show_the_line_escaped(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "d,I\n2.5,\x1b[2J]\u202e\n")
    with pytest.raises(InputError) as caught:
        navp.read_spacings(path)
    assert str(caught.value).startswith(f"{path}: line 2 is '2.5,\\x1b[2J]\\u202e'")
    assert str(caught.value).isprintable()


def test_the_manuals_plugin_reads_its_file(
    tmp_path: Path, install: Callable[..., None]
) -> None:
    from navp_structures.catalogue import hookspecs

    docstring = hookspecs.navp_spacing_readers.__doc__
    space: dict[str, Any] = {}
    code = docstring.split("::\n", 1)[1]
    exec(compile("\n".join(line[8:] for line in code.splitlines()), "hook", "exec"), space)
    install(mylab=SimpleNamespace(navp_spacing_readers=space["navp_spacing_readers"]))
    found = navp.read_spacings(write(tmp_path, "a.peaks", "100 @ 0.188\n\n50 @ 0.1895\n"))
    assert (found.values.tolist(), found.units) == ([0.188, 0.1895], "nm")
    assert found.intensities is not None
    assert found.intensities.tolist() == [100.0, 50.0]
