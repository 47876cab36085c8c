"""The note in every folder: which of its files is for whom, in a page of Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from albumbuild.deliverables.papers import CSV, RELEASE, playlist_name
from albumbuild.model.credits import AlbumCredits
from albumbuild.model.timeline import Disc, msf_text

NOTE = "DELIVERY.md"

_RECORD = ("`deliverable.json`", "programs: what it is, from which revision it was made")
_RECEIVED = "whoever receives it, to see that all arrived"
_ALIGNED = "the files of a song are equally long: lay all at the start of the session"


def write_note(into: Path, text: str) -> None:
    """Write the note of a folder."""
    (into / NOTE).write_text(text, encoding="utf-8", newline="\n")


def cd_note(disc: Disc, name: str, *, duplicator: bool) -> str:
    """That of a CD; `name` is the deliverable's."""
    files = [
        ("`ddp/`", "the pressing plant. The whole folder is the master: send it as it is, zipped"),
        (f"`{name}-pq.txt`, `{name}-pq.html`", "the plant's and your own eyes: the PQ sheet"),
        (f"`{name}.cue`, `{name}.wav`", "players and programs that take the pause from the file"),
        (f"`{name}.toc`", f"burning with cdrdao: `cdrdao write {name}.toc`"),
    ]
    if duplicator:
        who = "CD-R duplicators, whose programs add the pause before track 1 themselves"
        files.append((f"`duplicator/{name}.cue`, `duplicator/{name}.wav`", who))
    facts = [
        f"{len(disc.tracks)} tracks, lead-out at {msf_text(disc.sectors)}",
        f"master {disc.master_id}",
        f"UPC/EAN {disc.upc_13 or 'none: the disc is pressed without one'}",
    ]
    if disc.hidden_sectors:
        facts.append(f"sound of {msf_text(disc.hidden_sectors)} is hidden before track 1")
    return _page(
        f"{disc.performer}: {disc.title}",
        facts,
        files,
        sums="`MD5SUMS`, `SHA256SUMS`",
        verified="reads all of it back and compares everything with everything",
    )


def streaming_note(
    album: AlbumCredits,
    name: str,
    *,
    tracks: int,
    form: str,
    gapless: bool,
    cover: str | None,
    heard: Mapping[str, str],
) -> str:
    """That of a file a track in the format `form`; `heard` are pages, and what each tells."""
    pictures = [] if cover is None else [(f"`{cover}`", "the store's form, and players: the cover")]
    cut = "laid end to end they are the album" if gapless else "each stands alone"
    return _page(
        f"{album.artist}: {album.title}",
        [f"{_counted(tracks, 'track')} as {form}: {cut}", f"UPC/EAN {album.upc or 'none'}"],
        [
            ("the sound files", "the store, the service or the distributor: a file a track"),
            (
                f"`{CSV}`, `{RELEASE}`",
                "the distributor's form: titles, names, codes, a row a track",
            ),
            (f"`{playlist_name(name)}`", "players: the tracks in their order"),
            *pictures,
            *((f"`{page}`", f"your own eyes: {what}") for page, what in heard.items()),
        ],
    )


def vinyl_note(album: AlbumCredits, files: Mapping[str, str], *, disc: str) -> str:
    """That of a record; `files` are those of its sides."""
    return _page(
        f"{album.artist}: {album.title}",
        [f"{disc}, {_counted(len(files), 'side')}", f"catalogue number {album.catalog or 'none'}"],
        [
            *((f"`{file}`", f"the cutter: side {side}") for side, file in files.items()),
            ("`timing.*`", "the cutter: where each track begins and ends"),
            ("`notes-to-the-cutter.*`", "the cutter: what the lathe will meet"),
            ("`*-groove.svg`", "the cutter's and your own eyes: the groove, drawn"),
        ],
    )


def cassette_note(album: AlbumCredits, files: Mapping[str, str], *, tape: str) -> str:
    """That of a tape; `files` are those of its sides."""
    return _page(
        f"{album.artist}: {album.title}",
        [f"{tape}, {_counted(len(files), 'side')}", f"catalogue number {album.catalog or 'none'}"],
        [
            *((f"`{file}`", f"the duplicator: side {side}") for side, file in files.items()),
            ("`timing.*`", "the duplicator: where each track begins and ends"),
        ],
    )


def mixes_note(album: AlbumCredits, name: str, *, mixes: int, rate_hz: int) -> str:
    """That of the mixes."""
    return _page(
        f"{album.artist}: {album.title}",
        [f"{_counted(mixes, 'mix', 'mixes')} before mastering, {_float(rate_hz)}"],
        [
            ("`SONG.wav`", "the mastering engineer: the mix of a song"),
            ("`SONG+VERSION.wav`", "whoever asked for that version"),
            (f"`{playlist_name(name)}`", "players: all of them in the album's order"),
        ],
    )


def stems_note(
    album: AlbumCredits, direct: Mapping[str, Sequence[str]], *, rate_hz: int, bits: int
) -> str:
    """That of stems; `direct` are those that add up to the mix, by the folder of their song."""
    form = _float(rate_hz) if bits == 32 else f"{bits}-bit, {rate_hz} Hz"
    adding = [
        (f"`{folder}/`", f"remixers. {_listed(names)} add up to the mix before its inserts")
        for folder, names in direct.items()
    ]
    return _page(
        f"{album.artist}: {album.title}",
        [f"every strip, bus and return of {_counted(len(direct), 'song')}, {form}", _ALIGNED],
        adding,
    )


def archive_note(album: AlbumCredits, *, masters: int, rate_hz: int, material: int) -> str:
    """That of the archive."""
    return _page(
        f"{album.artist}: {album.title}",
        [
            f"{_counted(masters, 'master')} before loudness and limiter, {_float(rate_hz)}",
            f"made of {_counted(material, 'file')}, which are not in here: keep them too",
        ],
        [
            ("`masters/`", "new releases, in any format that is to come"),
            ("`album.json`", "a rebuild: the whole manifest. Call it `album.yaml` in the album"),
            ("`provenance.json`", "whoever asks later what all was made from, and with"),
        ],
    )


def _page(
    title: str,
    facts: Iterable[str],
    files: Iterable[tuple[str, str]],
    *,
    sums: str = "`SHA256SUMS`",
    verified: str = "reads all of it back and compares",
) -> str:
    rows = [*files, (sums, _RECEIVED), _RECORD]
    table = "\n".join(f"| {what} | {who} |" for what, who in rows)
    said = "\n".join(f"- {fact}" for fact in facts)
    return (
        f"# {title}\n\n{said}\n\n"
        f"| file | for |\n|---|---|\n{table}\n\n"
        f"`albumbuild verify .` {verified}.\n"
    )


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _float(rate_hz: int) -> str:
    return f"32-bit float, {rate_hz} Hz"
