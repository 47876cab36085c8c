"""The note that goes with a CD: which of its files is for whom."""

from albumbuild.model.timeline import Disc, msf_text


def delivery_note(disc: Disc, name: str, *, duplicator: bool) -> str:
    """A page in Markdown; `name` is the deliverable's."""
    files = [
        ("`ddp/`", "the pressing plant. The whole folder is the master: send it as it is, zipped"),
        (f"`{name}-pq.txt`, `{name}-pq.html`", "the plant's and your own eyes: the PQ sheet"),
        (f"`{name}.cue`, `{name}.wav`", "players and programs that take the pause from the file"),
        (f"`{name}.toc`", f"burning with cdrdao: `cdrdao write {name}.toc`"),
    ]
    if duplicator:
        who = "CD-R duplicators, whose programs add the pause before track 1 themselves"
        files.append((f"`duplicator/{name}.cue`, `duplicator/{name}.wav`", who))
    files += [
        ("`MD5SUMS`, `SHA256SUMS`", "whoever receives it, to see that all arrived"),
        ("`deliverable.json`", "programs: what it is, from which revision it was made"),
    ]
    rows = "\n".join(f"| {what} | {who} |" for what, who in files)
    facts = [
        f"{len(disc.tracks)} tracks, lead-out at {msf_text(disc.sectors)}",
        f"master {disc.master_id}",
        f"UPC/EAN {disc.upc_13 or 'none: the disc is pressed without one'}",
    ]
    if disc.hidden_sectors:
        facts.append(f"sound of {msf_text(disc.hidden_sectors)} is hidden before track 1")
    said = "\n".join(f"- {fact}" for fact in facts)
    return (
        f"# {disc.performer}: {disc.title}\n\n{said}\n\n"
        f"| file | for |\n|---|---|\n{rows}\n\n"
        f"`albumbuild verify .` reads all of it back and compares everything with everything.\n"
    )
