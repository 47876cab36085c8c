"""The review page on loopback: a small web server that tells open pages of every build."""

import argparse
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any, BinaryIO

from albumbuild.commands.account import page_folder
from albumbuild.deliverables.review import PAGE
from albumbuild.manifest.album import album_root
from albumbuild.model.problem import Problem, ProblemError

if TYPE_CHECKING:
    from albumbuild.console import Console

LOOPBACK = "127.0.0.1"
LIVE = "/live"
_MARK = b'<meta name="albumbuild-live" content="live">'
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_BREATH_S = 15.0
_TYPES = {".opus": "audio/ogg", ".js": "text/javascript"}


class News:
    """Counts builds, and lets others wait for the next."""

    def __init__(self) -> None:
        self._builds = 0
        self._changed = Condition()
        self.closed = False

    def tell(self) -> None:
        """There is something new."""
        with self._changed:
            self._builds += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing new will come."""
        self.closed = True
        self.tell()

    def wait(self, seen: int) -> int:
        """How many there are, as soon as that is another number than `seen`, or after a while."""
        with self._changed:
            self._changed.wait_for(lambda: self._builds != seen, _BREATH_S)
            return self._builds

    @property
    def builds(self) -> int:
        """How many there are."""
        return self._builds


def port_of(text: str) -> int:
    """A port as it is typed."""
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"`{text}` is no port: 0 … 65535, 0 for any that is free")
    return int(text)


@contextmanager
def serving(options: argparse.Namespace, console: "Console") -> Iterator[News | None]:
    """The page served at the port that was asked for, if any, while the block runs.

    Raises: ProblemError when the port cannot be had.
    """
    with ExitStack() as stack:
        news = None
        if options.serve is not None:
            folder = page_folder(album_root(Path(options.folder)))
            try:
                address, news = stack.enter_context(served(folder, options.serve))
            except OSError as error:
                raise ProblemError([_taken(options.serve, error)]) from error
            console.note(f"the review page is at {address}")
        yield news


@contextmanager
def served(folder: Path, port: int) -> Iterator[tuple[str, News]]:
    """Serve a page's folder on loopback: its address, and where to tell of builds.

    A port of 0 is any that is free.

    Raises: OSError when the port is taken.
    """
    news = News()
    server = _Server((LOOPBACK, port), partial(_Handler, directory=os.fspath(folder), news=news))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/", news
    finally:
        news.close()
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


class _Handler(SimpleHTTPRequestHandler):
    """Files of one folder, parts of them, and a stream of builds; for this machine alone."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: Any, news: News, **named: Any) -> None:
        self._news = news
        self._left: int | None = None
        self.extensions_map = {**self.extensions_map, **_TYPES}
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        """A file, or the news; nothing for other sites whose name leads here."""
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        if host not in (LOOPBACK, "localhost"):
            self.send_error(HTTPStatus.FORBIDDEN)
        elif self.path == LIVE:
            self._tell()
        else:
            with suppress(ConnectionError):
                super().do_GET()

    def end_headers(self) -> None:
        """A page is asked for anew each time."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def send_head(self) -> Any:
        """The page with its mark, or a file, or the part of it that was asked for."""
        path = Path(self.translate_path(self.path))
        self._left = None
        if path.is_dir():
            path /= PAGE
        if path.name == PAGE and path.is_file():
            return self._send_page(path)
        asked = _RANGE.fullmatch(self.headers.get("Range") or "")
        if asked and path.is_file():
            return self._send_part(path, *asked.groups())
        return super().send_head()

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """All of a file, or what was asked for."""
        if self._left is None:
            super().copyfile(source, outputfile)
            return
        while self._left > 0 and (piece := source.read(min(self._left, 1 << 16))):
            self._left -= len(piece)
            outputfile.write(piece)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: the terminal is the build's."""

    def _send_page(self, path: Path) -> BinaryIO:
        page = path.read_bytes().replace(b"<head>", b"<head>" + _MARK, 1)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        return BytesIO(page)

    def _send_part(self, path: Path, first: str, last: str) -> BinaryIO | None:
        """One range of bytes. Source: RFC 9110, 14.2."""
        size = path.stat().st_size
        begin = int(first) if first else max(size - int(last or 0), 0)
        end = min(int(last), size - 1) if first and last else size - 1
        if begin > end:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        file = path.open("rb")
        file.seek(begin)
        self._left = end - begin + 1
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(os.fspath(path)))
        self.send_header("Content-Range", f"bytes {begin}-{end}/{size}")
        self.send_header("Content-Length", str(self._left))
        self.end_headers()
        return file

    def _tell(self) -> None:
        """A stream of events: one for each build, a breath where there is none for long."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        seen = self._news.builds
        with suppress(ConnectionError, TimeoutError):
            while not self._news.closed:
                now = self._news.wait(seen)
                self.wfile.write(b"data: built\n\n" if now != seen else b": still here\n\n")
                self.wfile.flush()
                seen = now


def _taken(port: int, error: OSError) -> Problem:
    """Something else listens there, or nobody may."""
    return Problem(
        slug="port-taken",
        what=f"the page cannot be served at port {port}",
        why=(error.strerror or str(error)).lower(),
        fix="name another one, or `--serve 0` for any that is free",
    )
