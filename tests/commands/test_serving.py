"""The page on loopback: parts of files, news of builds, and nobody else."""

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from albumbuild.commands.serving import News, served
from tests.processes import Watch
from tests.studio import Studio

PAGE = "<!DOCTYPE html><html><head><title>x</title></head></html>"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[int, News]]:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text(PAGE)
    (tmp_path / "site/a.opus").write_bytes(bytes(range(100)))
    (tmp_path / "secret").write_text("no")
    with served(tmp_path / "site", 0) as (address, news):
        yield int(address.rpartition(":")[2].rstrip("/")), news


def ask(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def test_the_page_is_marked_as_live(site: tuple[int, News]) -> None:
    status, headers, body = ask(site[0], "/")
    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    assert b'name="albumbuild-live"' in body


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=10-19", 206, range(10, 20)),
        ("bytes=90-", 206, range(90, 100)),
        ("bytes=-5", 206, range(95, 100)),
        ("bytes=50-500", 206, range(50, 100)),
        ("bytes=100-", 416, range(0)),
        ("bytes=x", 200, range(100)),
    ],
)
def test_parts_of_a_file(site: tuple[int, News], asked: str, status: int, part: range) -> None:
    answer = ask(site[0], "/a.opus", Range=asked)
    assert (answer[0], answer[2]) == (status, bytes(part))
    assert answer[1].get("Content-Type", "audio/ogg") == "audio/ogg"


@pytest.mark.parametrize("path", ["/../secret", "/%2e%2e/secret", "/none"])
def test_nothing_beyond_its_folder(site: tuple[int, News], path: str) -> None:
    assert ask(site[0], path)[0] == 404


def test_no_other_site_may_ask(site: tuple[int, News]) -> None:
    assert ask(site[0], "/", Host="evil.example:80")[0] == 403


def test_a_build_is_told_to_open_pages(site: tuple[int, News]) -> None:
    port, news = site
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/live")
    answer = connection.getresponse()
    threading.Timer(0.1, news.tell).start()
    assert answer.readline() == b"data: built\n"


def test_a_watch_serves_and_tells(studio: Studio, tmp_path: Path) -> None:
    with Watch(studio, tmp_path / "watch", "--serve", "0") as watching:
        watching.wait(lambda: "the review page is at" in watching.err.read_text())
        port = int(watching.err.read_text().partition("127.0.0.1:")[2].partition("/")[0])
        watching.wait_for(1)
        assert ask(port, "/")[0] == 200
        assert b"albumListening" in ask(port, "/listen.js")[2]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/live")
        answer = connection.getresponse()
        studio.edit("songs.a.title", "Low")
        assert answer.readline() == b"data: built\n"
        assert b"Low" in ask(port, "/")[2]


def test_a_port_that_is_taken(studio: Studio, site: tuple[int, News]) -> None:
    said = studio.run("watch", "--serve", str(site[0]))
    assert said.code == 2
    assert f"error[port-taken]: the page cannot be served at port {site[0]}" in said.err
    assert studio.run("watch", "--serve", "99999").code == 2
