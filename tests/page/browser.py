"""Chromium without a window, driven through a pipe by its DevTools protocol."""

import json
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-pipe",
)


class Browser:
    """One page; `complaints` are what its console had to say, `asked` the addresses it wanted."""

    def __init__(self, folder: Path, *, width: int = 1_280, height: int = 900) -> None:
        assert CHROMIUM is not None
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        size, own = f"--window-size={width},{height}", f"--user-data-dir={folder}"

        wired = f'exec "$@" 3<&{to_read} 4>&{to_write}'  # it talks through files 3 and 4
        self._process = subprocess.Popen(
            ["bash", "-c", wired, "bash", CHROMIUM, *FLAGS, size, own, "about:blank"],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._rest = b""
        self._number = 0
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self._session: str | None = None
        targets = self._call("Target.getTargets")["targetInfos"]
        target = next(each["targetId"] for each in targets if each["type"] == "page")
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._session = None
            self._call("Browser.close")
        self._process.wait(10)

    def open(self, address: str) -> None:
        """Go to a page, and wait until it is there; what was before is forgotten."""
        self.complaints.clear()
        self.asked.clear()
        self._call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && 'albumPlayer' in window")

    def run(self, script: str) -> Any:
        """What a script comes to; promises are waited for."""
        told = self._call(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def wait(self, condition: str, *, ms: int = 8_000) -> None:
        """Wait until a condition holds."""
        held = self.run(
            f"""new Promise((done) => {{
              const until = performance.now() + {ms};
              const look = () => ({condition}) ? done(true)
                : performance.now() > until ? done(false) : setTimeout(look, 10);
              look();
            }})"""
        )
        assert held, condition

    def click(self, selector: str, *, across: float = 0.5) -> None:
        """Click with the mouse on an element, so far across it."""
        box = self.run(
            f"""(() => {{ const at = document.querySelector({selector!r});
              at.scrollIntoView({{block: 'center', behavior: 'instant'}});
              const box = at.getBoundingClientRect();
              return [box.x, box.y, box.width, box.height]; }})()"""
        )
        spot = {"x": box[0] + across * box[2], "y": box[1] + box[3] / 2, "button": "left"}
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, clickCount=1, **spot)

    def press(self, key: str) -> None:
        """Press and let go of a key."""
        code = {" ": 32, "ArrowLeft": 37, "ArrowRight": 39, "Enter": 13, "Tab": 9, "End": 35}
        told: dict[str, Any] = {
            "key": key,
            "windowsVirtualKeyCode": code.get(key, ord(key[0].upper())),
        }
        text = {"text": "\r" if key == "Enter" else key} if len(key) == 1 or key == "Enter" else {}
        self._call("Input.dispatchKeyEvent", type="keyDown", **told, **text)
        self._call("Input.dispatchKeyEvent", type="keyUp", **told)

    def seen_as(self, width: int, height: int, *, dark: bool) -> None:
        """Show the page at another size, in light or dark."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self) -> bytes:
        """The whole page as a PNG."""
        from base64 import b64decode

        told = self._call("Page.captureScreenshot", captureBeyondViewport=True)
        return b64decode(told["data"])

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._number:
                assert "error" not in told, told
                return dict(told["result"])
            self._hear(told.get("method"), told.get("params", {}))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._read, 1 << 16)
            if not piece:
                raise OSError("the browser has gone")
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))

    def _hear(self, method: str | None, told: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            self.complaints.append(str(told["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning"):
            self.complaints.append(str(told["args"]))
        elif method == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.complaints.append(str(told["entry"]))
        elif method == "Network.requestWillBeSent":
            self.asked.append(told["request"]["url"])
