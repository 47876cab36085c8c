"""The record of a placed deliverable: `deliverable.json` and the list of checksums."""

import hashlib

import msgspec

from albumbuild.formats.git import Revision
from albumbuild.formats.sums import SUM_FILES, sums_text
from albumbuild.model.delivery import DELIVERY, Delivery


def read_delivery(data: bytes) -> Delivery:
    """The record that a deliver step or a placed folder holds."""
    return msgspec.json.decode(data, type=Delivery)


def record_files(draft: bytes, revision: Revision) -> dict[str, bytes]:
    """The files that go beside a deliver step's own, by name.

    Where the manifest stood in git is told here and not in the step: a commit alone
    makes no deliverable again.
    """
    delivery = read_delivery(draft)
    whole = msgspec.structs.replace(delivery, source=msgspec.to_builtins(revision))
    text = msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"
    digests = {file.path: file.sha256 for file in delivery.files}
    digests[DELIVERY] = hashlib.sha256(text).hexdigest()
    return {DELIVERY: text, SUM_FILES["sha256"]: sums_text(digests).encode()}
