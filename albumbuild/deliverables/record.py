"""The record of a placed deliverable: `deliverable.json`, provenance and the list of checksums."""

import hashlib
from typing import Any

import msgspec

from albumbuild.formats.git import Revision
from albumbuild.formats.sums import SUM_FILES, sums_text
from albumbuild.model.delivery import DELIVERY, DeliveredFile, Delivery

PROVENANCE = "provenance.json"
PROVENANCE_DRAFT = ".provenance.json"
"""The output of a deliver step from which `provenance.json` is made when it is placed."""


def read_delivery(data: bytes) -> Delivery:
    """The record that a deliver step or a placed folder holds."""
    return msgspec.json.decode(data, type=Delivery)


def record_files(
    draft: bytes, provenance: bytes | None = None, *, revision: Revision
) -> dict[str, bytes]:
    """The files that go beside a deliver step's own, by name.

    Where the manifest stood in git is told here and not in the step: a commit alone
    makes no deliverable again. `provenance` is its draft, where the step left one.
    """
    delivery = read_delivery(draft)
    source = msgspec.to_builtins(revision)
    files: dict[str, bytes] = {}
    if provenance is not None:
        files[PROVENANCE] = json_text({"source": source, **msgspec.json.decode(provenance)})
    listed = (*delivery.files, *(_listed(name, data) for name, data in files.items()))
    in_order = tuple(sorted(listed, key=lambda file: file.path))
    whole = msgspec.structs.replace(delivery, source=source, files=in_order)
    files[DELIVERY] = msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"
    digests = {file.path: file.sha256 for file in in_order}
    digests[DELIVERY] = hashlib.sha256(files[DELIVERY]).hexdigest()
    return files | {SUM_FILES["sha256"]: sums_text(digests).encode()}


def json_text(tree: Any) -> bytes:
    """Data as a JSON file to be read by eye, its keys sorted."""
    return msgspec.json.format(msgspec.json.encode(tree, order="sorted"), indent=2) + b"\n"


def _listed(name: str, data: bytes) -> DeliveredFile:
    return DeliveredFile(path=name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
