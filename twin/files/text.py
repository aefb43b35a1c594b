"""Reads a text file of the user, safely: its size, its encoding, its place on the disk."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

from twin.errors import InputError, Problem, shown

LARGEST_BYTES = 20_000_000
_MARKS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def read_bytes(path: Path, file: str) -> bytes:
    """Return what stands in a file of at most 20 MB.

    Parameters
    ----------
    path
        Where it is.
    file
        Its name as the user gave it, for the problem.
    """
    try:
        if not path.exists():
            raise _told(file, "there is no such file", "write the path of a file that exists")
        if not path.is_file():
            raise _told(file, "this is not a file", "write the path of a file")
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise _told(
                file,
                f"{size / 1e6:.1f} MB are more than the 20 MB that a file may have",
                "put long lists into several files",
            )
        with path.open("rb") as stream:
            return stream.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        reason = getattr(error, "strerror", None) or "this is no path"
        raise _told(file, f"cannot be read: {reason}") from error


def decode(data: bytes, file: str) -> str:
    """Return UTF-8 text without its byte order mark; anything else is told with byte and line."""
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            raise _told(file, f"this is {name} text", "save it as UTF-8 (in a table: CSV UTF-8)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec counts from behind a byte order mark.
        start = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        line = data.count(b"\n", 0, start) + 1
        raise InputError(
            Problem(
                file,
                line,
                value=f"byte 0x{data[start]:02x}",
                message=f"byte 0x{data[start]:02x} at position {start} is not UTF-8",
                expected="save the file as UTF-8",
            )
        ) from error


def below(folder: Path, name: str) -> Path | str:
    """Return the path of a file below a folder, or what is wrong with its name.

    Symbolic links are followed first, so that none leads out of the folder.
    """
    if "\\" in name or PureWindowsPath(name).drive or Path(name).is_absolute():
        return f"{shown(name)} is not a path below the layout's folder"
    if ".." in name.split("/"):
        return f"{shown(name)} leads out of the layout's folder"
    try:
        root = folder.resolve()
        path = (root / name).resolve()
    except (OSError, ValueError, RuntimeError):
        return f"{shown(name)} is no path"
    if not path.is_relative_to(root):
        return f"{shown(name)} leads out of the layout's folder through a link"
    return path


BELOW = "write a path below the layout's folder, with / between its parts"


def _told(file: str, message: str, expected: str = "") -> InputError:
    return InputError(Problem(file, message=message, expected=expected))
