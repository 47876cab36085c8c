"""Breaks the cores on purpose, one line at a time, and sees that a test catches each.

    python -m tests.mutations [WORD …]

Each breakage is made in a copy of the project, with the tests that should notice. WORDs choose
breakages by name. Takes a few minutes; run it by hand after a change of the core.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.breakages import DESK, Breakage

PROJECT = Path(__file__).parent.parent
ENGINE = "albumbuild/engine"
COMPILER = "albumbuild/dsp/kernels/compile.py"


BREAKAGES = [
    *DESK,
    Breakage(
        "results are renamed before they are on the disk",
        f"{ENGINE}/store.py",
        "            self.disk.settle(path)\n",
        "",
        "test_power.py",
    ),
    Breakage(
        "the folder of a result is not settled",
        f"{ENGINE}/store.py",
        "            self.disk.rename(path, target)\n            self.disk.settle(target.parent)\n",
        "            self.disk.rename(path, target)\n",
        "test_power.py",
    ),
    Breakage(
        "the folder of a record is not settled",
        f"{ENGINE}/files.py",
        "        disk.rename(beside, path)\n        disk.settle(path.parent)\n",
        "        disk.rename(beside, path)\n",
        "test_power.py",
    ),
    Breakage(
        "records are written in place",
        f"{ENGINE}/files.py",
        "        disk.write(beside, data)\n        disk.rename(beside, path)\n",
        "        disk.write(path, data)\n",
        "test_crashes.py test_power.py",
    ),
    Breakage(
        "the record comes before the results",
        f"{ENGINE}/jobs.py",
        "        digests = [self._store.put(path) for path in files]\n",
        "        digests = [self._store.disk.digest(path) for path in files]\n"
        "        self._store.keep(Record(key=job.key, step=job.id, recipe=job.recipe,\n"
        "            outputs=dict(zip(names, digests, strict=True))))\n"
        "        digests = [self._store.put(path) for path in files]\n",
        "test_crashes.py test_power.py",
    ),
    Breakage(
        "a result that is there is trusted",
        f"{ENGINE}/store.py",
        "        needed = path.stat().st_size\n",
        "        needed = path.stat().st_size\n        if target.exists():\n"
        "            return digest\n",
        "test_store.py",
    ),
    Breakage(
        "results are not verified",
        f"{ENGINE}/store.py",
        "        if found != digest:\n",
        "        if found is None:\n",
        "test_store.py test_build.py",
    ),
    Breakage(
        "a damaged result stays where it is",
        f"{ENGINE}/store.py",
        "        if found != digest:\n            self._quarantine(path)\n",
        "        if found != digest:\n",
        "test_store.py test_build.py",
    ),
    Breakage(
        "seals of records are not looked at",
        f"{ENGINE}/records.py",
        '    if checksum != _checksum(line) + b"\\n":\n        return None\n',
        "",
        "test_store.py",
    ),
    Breakage(
        "a record is believed under any key",
        f"{ENGINE}/store.py",
        "record if record is not None and record.key == key else None",
        "record",
        "test_store.py",
    ),
    Breakage(
        "the key does not hear the user's files",
        f"{ENGINE}/fingerprint.py",
        '    lines += [f"@source.{_key(role)} = {sources[role]}" for role in sorted(sources)]\n',
        "",
        "test_build.py test_fingerprint.py",
    ),
    Breakage(
        "the key hears the order of a mapping",
        f"{ENGINE}/fingerprint.py",
        "in sorted((_key(str(key)), key) for key in value):",
        "in [(_key(str(key)), key) for key in value]:",
        "test_fingerprint.py",
    ),
    Breakage(
        "the key tells 0 from 0.0",
        f"{ENGINE}/fingerprint.py",
        "return str(int(value)) if value.is_integer() else repr(value)",
        "return repr(value)",
        "test_fingerprint.py",
    ),
    Breakage(
        "file times are believed at once",
        f"{ENGINE}/sources.py",
        "return max(found[3], found[4]) + QUIET_NS <= now_ns",
        "return True",
        "test_sources.py test_seal.py",
    ),
    Breakage(
        "the time of the inode is not looked at",
        f"{ENGINE}/sources.py",
        "stat.st_mtime_ns, stat.st_ctime_ns",
        "stat.st_mtime_ns, stat.st_mtime_ns",
        "test_sources.py test_placing.py",
    ),
    Breakage(
        "the fast path does not miss what should not be there",
        f"{ENGINE}/seal.py",
        "if (None if now is None else list(now)) != was:",
        "if was is not None and (None if now is None else list(now)) != was:",
        "test_seal.py",
    ),
    Breakage(
        "files that change under a step are not noticed",
        f"{ENGINE}/jobs.py",
        '        saved = tuple(path for path, change in since.items() if change != "none")\n',
        "        saved = ()\n",
        "test_build.py",
    ),
    Breakage(
        "a file that was another for a while is not noticed",
        f"{ENGINE}/sources.py",
        'return "none" if stayed else "saved"',
        'return "none"',
        "test_build.py test_sources.py",
    ),
    Breakage(
        "a reader of events that leaves stops the build",
        f"{ENGINE}/events.py",
        "                except OSError:\n",
        "                except ZeroDivisionError:\n",
        "test_events.py",
    ),
    Breakage(
        "a step is settled for good, whatever its needs come to later",
        f"{ENGINE}/schedule.py",
        "end.status not in GOOD or before != self._outputs[step_id]",
        "end.status not in GOOD",
        "test_build.py",
    ),
    Breakage(
        "a step that comes out the same goes on",
        f"{ENGINE}/schedule.py",
        "                self._open(after)\n",
        "                self._open(after)\n"
        '                if result.status == "ran":\n'
        "                    self._must_run.setdefault(after, _FORCED)\n",
        "test_build.py",
    ),
    Breakage(
        "a failure does not stop the build",
        f"{ENGINE}/schedule.py",
        "        if not self._keep_going:\n",
        "        if False:\n",
        "test_build.py",
    ),
    Breakage(
        "what hears a failure runs all the same",
        f"{ENGINE}/schedule.py",
        "        if bad:\n",
        "        if False:\n",
        "test_build.py",
    ),
    Breakage(
        "two builds do the same step twice",
        f"{ENGINE}/jobs.py",
        "                done = None if job.forced else self._store.record(job.key)\n",
        "                done = None\n",
        "test_build.py test_together.py",
    ),
    Breakage(
        "removal does not wait for makes",
        f"{ENGINE}/lock.py",
        '"exclusive": fcntl.LOCK_EX',
        '"exclusive": fcntl.LOCK_SH',
        "test_lock.py",
    ),
    Breakage(
        "a build holds no lock",
        f"{ENGINE}/build.py",
        'with hold(store.lock, "shared", who=terms.who, busy=busy, cancelled=stop):',
        "if True:",
        "test_lock.py",
    ),
    Breakage(
        "an output that was edited is replaced",
        f"{ENGINE}/placing.py",
        "        if edited and not force:\n",
        "        if False:\n",
        "test_placing.py",
    ),
    Breakage(
        "--force keeps no backup",
        f"{ENGINE}/placing.py",
        'seen.names("edited", "foreign")',
        'seen.names("foreign")',
        "test_placing.py",
    ),
    Breakage(
        "a folder is changed file by file",
        f"{ENGINE}/placing.py",
        "            self._exchange("
        "place, beside, aside=aside, blocked=HERE in seen.tree.leaves)\n",
        "            self._disk.make_folder(self._build / place)\n"
        "            for name in wanted:\n"
        "                self._disk.rename(beside / name, self._build / place / name)\n",
        "test_crashes.py test_placing.py",
    ),
    Breakage(
        "the old folder goes before the new one is safe",
        f"{ENGINE}/placing.py",
        "        self._disk.settle(self._build)\n        problems = self._put_away(",
        "        problems = self._put_away(",
        "test_power.py",
    ),
    Breakage(
        "what was removed from the plan stays under build",
        f"{ENGINE}/deliveries.py",
        "            self._keep(self._placer.clear(places, force=self._force))\n",
        "",
        "test_placing.py",
    ),
    Breakage(
        "sub-folders of a deliverable are not settled",
        f"{ENGINE}/placing.py",
        "self._disk.settle_tree(beside)",
        "self._disk.settle(beside)",
        "test_power.py",
    ),
    Breakage(
        "what the user saved in a folder that goes is lost",
        f"{ENGINE}/placing.py",
        "            problems += self._rescue(place, left, seen=seen)\n",
        "",
        "test_placing.py",
    ),
    Breakage(
        "an edit made while placing is taken for ours",
        f"{ENGINE}/standing.py",
        "found[name] = now if same_content(now, look) else look",
        "found[name] = now",
        "test_placing.py",
    ),
    Breakage(
        "an older make undoes what a later one confirmed",
        f"{ENGINE}/placing.py",
        "        self._confirmed.note(place, self._since_ns)\n",
        "",
        "test_placing.py",
    ),
    Breakage(
        "gc does not spare the present state",
        f"{ENGINE}/collecting.py",
        "_held(store, [present, *pins(store).values()])",
        "_held(store, [*pins(store).values()])",
        "test_collecting.py",
    ),
    Breakage(
        "gc does not spare the last good states",
        f"{ENGINE}/collecting.py",
        "sizes.keys() - held - recent",
        "sizes.keys() - held",
        "test_collecting.py",
    ),
    Breakage(
        "losses are not foreseen",
        f"{ENGINE}/forecast.py",
        "            if not self._store.has(known[need.output]):\n",
        "            if False:\n",
        "test_forecast.py",
    ),
]


def main(words: list[str]) -> int:
    """Make every breakage that was asked for; how many of them no test noticed."""
    chosen = [each for each in BREAKAGES if all(word in each.name for word in words)]
    missed = [each for each in chosen if not caught(each)]
    print(f"{len(chosen) - len(missed)} of {len(chosen)} breakages caught")
    return len(missed)


def caught(breakage: Breakage) -> bool:
    """Whether the tests fail once the core is broken so."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for folder in ("albumbuild", "tests"):
            shutil.copytree(PROJECT / folder, copy / folder)
        shutil.copy(PROJECT / "pyproject.toml", copy)
        path = copy / breakage.file
        text = path.read_text()
        assert text.count(breakage.right) == 1, f"{breakage.name}: no such line, or several"
        path.write_text(text.replace(breakage.right, breakage.wrong))
        if path.suffix in (".c", ".h"):
            subprocess.run([sys.executable, COMPILER], cwd=copy, check=True, capture_output=True)
        tests = [f"tests/{_placed(each)}" for each in breakage.tests.split()]
        command = [sys.executable, "-m", "pytest", "-x", "-n0", "-p", "no:cacheprovider", *tests]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
        found = done.returncode == 1
        print(f"{'caught' if found else 'MISSED'}  {breakage.name}", flush=True)
        if not found:
            print(done.stdout[-2_000:], done.stderr[-2_000:])
    return found


def _placed(test: str) -> str:
    return test if "/" in test else f"engine/{test}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
