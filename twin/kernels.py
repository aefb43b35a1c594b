"""The one owner of compilation: numba, its cache, and what is said while it works.

A kernel is a function of arrays that numba compiles when it is first called::

    @kernel
    def over(demand, limit): ...

Nothing here imports numba before that first call. A kernel may call other kernels, of its own
file or imported by name (``from twin.solve.power.flow import friction``, not ``flow.friction``).

The compiled code is kept in the first folder that can be written to: ``$TWIN_CACHE``,
``$XDG_CACHE_HOME/twin``, ``~/.cache/twin``, a private folder in the system's temporary one. With
none of them kernels are compiled anew in each process, and everything else works. ``TWIN_QUIET=1``
silences the lines that say what is compiled.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib
import os
import re
import shutil
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Generic, ParamSpec, TypeVar, overload

P = ParamSpec("P")
R = TypeVar("R")

_PACKAGE = Path(__file__).parent
_KEPT_DIGESTS = 5
_DIGEST_NAME = re.compile(r"[0-9a-f]{16}")
_IMPORT = re.compile(rb"^\s*(?:from|import) (twin(?:\.\w+)+)", re.MULTILINE)

# Reentrant: compiling a kernel compiles those that it calls.
_lock = threading.RLock()
_told = False
_compiled_s = 0.0
_LONG_S = 4.0
"""A kernel that takes so long to compile says so when it is done."""
_blas = True


class Kernel(Generic[P, R]):
    """A function that compiles itself when it is first called; made by `kernel`.

    Attributes
    ----------
    py_func : callable
        The function as written, for tests and for reading.
    """

    def __init__(self, function: Callable[P, R], *, parallel: bool) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self._parallel = parallel
        self._dispatcher: Callable[P, R] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the compiled function, compiling it before if this is its first call."""
        dispatcher = self._dispatcher
        if dispatcher is None:
            dispatcher = self.compiled()
            with told_while_cold(self.py_func):
                return dispatcher(*args, **kwargs)
        return dispatcher(*args, **kwargs)

    def __reduce__(self) -> str:
        """Travel to a worker by name, as functions do."""
        return self.py_func.__qualname__

    def compiled(self) -> Callable[P, R]:
        """Return numba's dispatcher, in which other kernels stand as dispatchers, too."""
        with _lock:
            if self._dispatcher is None:
                self._dispatcher = self._build()
            return self._dispatcher

    def _build(self) -> Callable[P, R]:
        numba = _numba()
        function = self.py_func
        if not isinstance(function, FunctionType):
            raise TypeError(f"{function!r} is not a plain function, so it cannot be a kernel")
        # numba reads the globals of a function when it compiles it and does not know what a
        # Kernel is. So it gets a copy, and there the called kernels are replaced by their
        # dispatchers as it begins; what comes out of the cache needs none of them.
        names: dict[str, Any] = dict(function.__globals__)
        copy = FunctionType(
            function.__code__, names, function.__name__, function.__defaults__, function.__closure__
        )
        functools.update_wrapper(copy, function)
        del copy.__wrapped__  # type: ignore[attr-defined] # numba would look through it
        # error_model numpy: a division by zero is inf or NaN, as in NumPy. Never fastmath: it
        # assumes that no NaN exists, and then `not (nan <= limit)` is false and the rack passes.
        made: Any = numba.njit(error_model="numpy", nogil=True, parallel=self._parallel)(copy)
        with _numba_cache():
            _enable_cache(made)
        self._dispatcher = made
        if hasattr(made, "_compiler"):
            _before_compiling(made, lambda: _fill(names, function.__code__))
        else:  # NUMBA_DISABLE_JIT has left the function as it was
            _fill(names, function.__code__)
        return made  # type: ignore[no-any-return]


@overload
def kernel(function: Callable[P, R]) -> Kernel[P, R]: ...
@overload
def kernel(*, parallel: bool = ...) -> Callable[[Callable[P, R]], Kernel[P, R]]: ...
def kernel(
    function: Callable[P, R] | None = None, *, parallel: bool = False
) -> Kernel[P, R] | Callable[[Callable[P, R]], Kernel[P, R]]:
    """Make a kernel of a function of arrays and numbers.

    Parameters
    ----------
    function
        Plain Python that numba can compile.
    parallel
        Let `prange` use all cores. Over scenarios only: no sum may run across threads,
        or the number of cores would change the last bits.
    """
    if function is None:
        return functools.partial(_kernel_of, parallel=parallel)
    return _kernel_of(function, parallel=parallel)


def without_blas() -> None:
    """Start numba without its linear algebra, which no kernel of ours uses.

    For a process that is all our own, the command line: numba imports SciPy's linear algebra as
    it starts, which takes a third of a second. Somebody else's process keeps the whole numba.
    """
    global _blas  # noqa: PLW0603 - said once, before the first kernel
    _blas = False


def _numba() -> Any:  # noqa: ANN401 - numba has no types
    if not _blas and "numba" not in sys.modules and "scipy.linalg" not in sys.modules:
        sys.modules["scipy.linalg"] = None  # type: ignore[assignment] # an import fails at once
        try:
            importlib.import_module("numba.np.arraymath")
        finally:
            del sys.modules["scipy.linalg"]
    return importlib.import_module("numba")


def _kernel_of(function: Callable[P, R], *, parallel: bool) -> Kernel[P, R]:
    return Kernel(function, parallel=parallel)


def prange(stop: int) -> range:
    """Return ``range(stop)``; inside ``@kernel(parallel=True)`` it is numba's parallel range.

    It is here so that a file with parallel kernels need not import numba.
    """
    return range(stop)


def _fill(names: dict[str, Any], code: CodeType) -> None:
    """Put what numba knows in the place of kernels and `prange`, among the globals of a kernel."""
    for name in _names_used(code):
        value = names.get(name)
        if isinstance(value, Kernel):
            names[name] = value.compiled()
        elif value is prange:
            names[name] = _numba().prange


def _before_compiling(dispatcher: Any, fill: Callable[[], None]) -> None:  # noqa: ANN401 - untyped
    """Let a dispatcher fill in what it calls before it compiles."""
    compiler = dispatcher._compiler  # noqa: SLF001 - numba has no other way to it
    whole = compiler.compile

    def compiled(args: object, return_type: object) -> object:
        fill()
        return whole(args, return_type)

    compiler.compile = compiled


def _names_used(code: CodeType) -> set[str]:
    """Return the global names that a function and the functions inside it look up."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _names_used(constant)
    return names


@contextlib.contextmanager
def _numba_cache() -> Iterator[None]:
    """Point numba's cache to our folder, and back: the user's own functions keep theirs."""
    from numba.core import config as untyped

    config: Any = untyped
    folder = cache_folder()
    before = config.CACHE_DIR
    config.CACHE_DIR = "" if folder is None else str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = before


def _enable_cache(dispatcher: Any) -> None:  # noqa: ANN401 - numba has no types
    if cache_folder() is None or not hasattr(dispatcher, "enable_caching"):
        return  # nowhere to keep it, or NUMBA_DISABLE_JIT has left the function as it was
    # A function typed at a prompt has no file to be kept by; it works uncached.
    with contextlib.suppress(RuntimeError, OSError):
        dispatcher.enable_caching()
        _load_alone(dispatcher._cache)  # noqa: SLF001 - numba has no other way to it


def _load_alone(cache: Any) -> None:  # noqa: ANN401 - numba has no types
    """Let a cache give code without all that compiling would need.

    numba fills its registries before it looks into a cache, which takes it a fifth of a second.
    What comes out of the cache is machine code, and asks none of them; whoever compiles after
    all has them filled by then.
    """
    whole = cache.load_overload

    def load(signature: object, target: object) -> object:
        return whole(signature, _AsItIs(target))

    cache.load_overload = load


class _AsItIs:
    """numba's target, not refreshed: it has the counters of references that any code calls."""

    def __init__(self, target: Any) -> None:  # noqa: ANN401 - numba has no types
        self._target = target

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - numba has no types
        return getattr(self._target, name)

    def refresh(self) -> None:
        importlib.import_module("numba.core.runtime").rtsys.initialize(self._target)


# ----------------------------------------------------------------------------- where it is kept


@functools.cache
def cache_folder() -> Path | None:
    """Return the folder of these sources' compiled code, or None if nothing can be written.

    One folder stands for one digest of the sources, so that no stale code is ever met; of the
    others only the latest stay.
    """
    digest = source_digest(_PACKAGE)
    for root in _roots():
        folder = root / "kernels" / digest
        if _writable(folder):
            _clean(folder)
            return folder
    return None


def _roots() -> Iterator[Path]:
    """Yield the folders that may hold the cache, best first; the last is made when asked for."""
    if own := os.environ.get("TWIN_CACHE"):
        yield Path(own)
    xdg = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if xdg.is_absolute():  # the XDG specification says to ignore a relative one
        yield xdg / "twin"
    with contextlib.suppress(RuntimeError):  # no home at all
        yield Path.home() / ".cache" / "twin"
    private = _private_temp()
    if private is not None:
        yield private


def _private_temp() -> Path | None:
    """Return a folder of this user alone in the system's temporary folder, if there may be one.

    Compiled code is run, so a folder that somebody else has made or may write to is refused.
    """
    if not hasattr(os, "getuid"):
        return None
    user = os.getuid()
    try:
        folder = Path(tempfile.gettempdir()) / f"twin-{user}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    private = found.st_uid == user and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return folder if stat.S_ISDIR(found.st_mode) and private else None


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        os.utime(folder)  # the latest used stay
    except OSError:
        return False
    return True


def _clean(folder: Path) -> None:
    """Remove the folders of older sources, but for the latest few."""
    with contextlib.suppress(OSError):
        others = [p for p in folder.parent.iterdir() if _DIGEST_NAME.fullmatch(p.name)]
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for old in others[_KEPT_DIGESTS:]:
            shutil.rmtree(old, ignore_errors=True)


def source_digest(package: Path) -> str:
    """Return 16 hexadecimal digits that change with whatever compiled code depends on.

    numba looks only at the file of the kernel itself. A helper or a constant from another file
    counts as well, so this reads every source below `package` that uses kernels and what those
    import by name, and adds the versions of Python, numba and NumPy.
    """
    digest = hashlib.blake2b(digest_size=8)
    versions = [sys.implementation.cache_tag or "", *map(_version, ("numba", "llvmlite", "numpy"))]
    digest.update("\n".join(versions).encode())
    for path, text in sorted(_kernel_sources(package).items()):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + text)
    return digest.hexdigest()


def _kernel_sources(package: Path) -> dict[Path, bytes]:
    sources = {}
    for path in package.rglob("*.py"):
        with contextlib.suppress(OSError):
            sources[path] = path.read_bytes()
    own = {path for path, text in sources.items() if b"twin.kernels" in text}
    for path in tuple(own):
        for module in _IMPORT.findall(sources[path]):
            stem = package.joinpath(*module.decode().split(".")[1:])
            own |= {stem.with_suffix(".py"), stem / "__init__.py"} & sources.keys()
    return {path: sources[path] for path in own}


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "none"


# ------------------------------------------------------------------------------- what is said


@contextlib.contextmanager
def told_while_cold(function: Callable[..., object]) -> Iterator[None]:
    """Say on stderr that `function` is compiled in this first call, if it is not in the cache.

    How long all of it takes nobody knows before: it hangs on the machine and on what is asked of
    it. So one line says that compiling has begun, and each long kernel says what it took.
    """
    global _told, _compiled_s  # noqa: PLW0603 - one process, one progress
    folder = cache_folder()
    quiet = os.environ.get("TWIN_QUIET", "0") not in ("", "0")
    if quiet or (folder is not None and _is_kept(function, folder)):
        yield
        return
    if not _told:
        _told = True
        kept = " once" if folder is not None else ""
        hint = "" if folder is not None else "; set TWIN_CACHE to a folder to keep them"
        _say(f"compiling the solvers{kept}, each when it is first needed{hint} ...")
    begun = time.monotonic()
    yield
    took = time.monotonic() - begun
    _compiled_s += took
    if took >= _LONG_S:
        name = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"
        _say(f"  {_compiled_s:.0f} s so far; {name} took {took:.0f} s")


def _say(line: str) -> None:
    """Write a line of progress; on a terminal over what stands unfinished on it."""
    over = "\r\x1b[K" if sys.stderr.isatty() else ""
    print(f"{over}{line}", file=sys.stderr, flush=True)  # noqa: T201 - progress


def _is_kept(function: Callable[..., object], folder: Path) -> bool:
    """Whether numba's index of `function` is there: file stem, name, first line, Python."""
    name = function.__qualname__.replace("<", "").replace(">", "")
    stem = Path(function.__code__.co_filename).stem
    return any(folder.glob(f"*/{stem}.{name}-*.nbi"))
