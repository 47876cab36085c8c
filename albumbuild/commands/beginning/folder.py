"""The album that is guessed from a folder of sound files."""

from pathlib import Path, PurePosixPath

from albumbuild.commands.beginning.drafting import GITIGNORE, Draft, schemas
from albumbuild.commands.beginning.guessing import GuessedSong, GuessedStem, guessed_songs
from albumbuild.commands.beginning.listening import Sound
from albumbuild.commands.beginning.manifests import album_text, song_text
from albumbuild.commands.beginning.naming import is_generic, title_of
from albumbuild.model.problem import Problem, ProblemError

README = """# {title}

An album as text: `album.yaml`, `songs/` and the sound files that they name.

    albumbuild make         build what is out of date, into build/
    albumbuild plan         what make would do, and why
    albumbuild check        look for mistakes without rendering
"""


def album_from(source: Path, root: Path) -> tuple[Draft, list[Problem]]:
    """The files of the album to write at `root`, and what the user should know of.

    Sound that lies under `root` stays where it is; all other is copied to `stems/`.

    Raises: ProblemError when there is no folder `source`, or nothing in it can be used.
    """
    if not source.is_dir():
        raise ProblemError([_no_folder(source)])
    found = guessed_songs(source)
    warnings = [
        _unreadable(sound, source)
        for song in found
        for sound, _ in song.left_out
        if sound.trouble is not None
    ]
    songs = [song for song in found if song.stems]
    if not songs:
        raise ProblemError([*warnings, _no_sound(source)])
    warnings += [_empty_song(song) for song in found if not song.stems]
    parts = [each for each in source.resolve().parts if not is_generic(each)]
    title = title_of(parts[-1]) if len(parts) > 1 else "Untitled"
    draft: dict[str, str | Path] = {"album.yaml": album_text(title, songs)}
    for song in songs:
        places = {}
        for stem in song.stems:
            for sound, name in zip(stem.sounds, _names(stem), strict=True):
                inside = _inside(sound.path, root)
                copy = f"stems/{song.name}/{name}"
                if inside is None:
                    draft[copy] = sound.path
                places[sound.path] = f"../{inside or copy}"
        draft[f"songs/{song.name}.yaml"] = song_text(song, places)
    readme = README.format(title=title)
    return {**draft, "README.md": readme, ".gitignore": GITIGNORE, **schemas()}, warnings


def _names(stem: GuessedStem) -> list[str]:
    """What the files of a stem are called in the album."""
    sides = [""] if len(stem.sounds) == 1 else [".l", ".r"]
    return [
        f"{stem.name}{side}{sound.path.suffix.lower()}"
        for sound, side in zip(stem.sounds, sides, strict=True)
    ]


def _inside(path: Path, root: Path) -> PurePosixPath | None:
    """The path from `root`, when the file is under it, has a name that a text can hold, and is
    no link that leads out.
    """
    real, base = path.resolve(), root.resolve()
    if path.is_symlink() or not real.is_relative_to(base):
        return None
    name = PurePosixPath(real.relative_to(base).as_posix())
    return name if str(name).isprintable() else None


def _no_folder(source: Path) -> Problem:
    """There is nothing to guess from."""
    return Problem(
        slug="not-a-folder",
        what=f"there is no folder `{source}`",
        why="`--from` wants a folder of sound files; nothing was written",
        fix="check the path",
    )


def _no_sound(source: Path) -> Problem:
    """The folder has no sound in it."""
    return Problem(
        slug="no-sound",
        what=f"no sound file in `{source}` can be a stem",
        why="there is none, or each is silent, unreadable, or a finished mix; nothing was written",
        fix="name the folder that your stems were exported to",
    )


def _unreadable(sound: Sound, source: Path) -> Problem:
    """A file that cannot be a stem was left out."""
    what, why = sound.trouble or ("", "")
    return Problem(
        slug="unreadable-sound",
        what=f"`{sound.path.relative_to(source)}` {what}",
        why=why,
        fix="it was left out; export it again and add it to the song",
        severity="warning",
    )


def _empty_song(song: GuessedSong) -> Problem:
    """No file of what seemed a song can be used."""
    return Problem(
        slug="no-stems",
        what=f"`{song.title}` was left out",
        why="; ".join(f"{sound.path.name}: {reason}" for sound, reason in song.left_out[:5]),
        severity="warning",
    )
