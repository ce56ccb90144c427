"""Measures how fast the player draws while it plays, in real Chromium, beside an earlier commit's player if asked.

    python -m benchmarks.player_frames [RECORDING] [--against COMMIT] [--rounds 5] [--seconds 4] [--json]

RECORDING is a .cgr file, by default the islands of lesson 1 with an encoder, which has the most to draw. It is played
from an offline file at 1920 × 1080, so that no server takes part. A round plays each player once, for `--seconds`; the
players take turns, so that other work on the machine meets them alike. For each: the time between two frames, its
median and the 95th percentile (bounds 17 and 20 ms), and the processor time of the page's main thread a frame.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.machine import describe_machine
from clustergan_core.browser.parts import read_part
from clustergan_core.lessons.lesson import read_lesson
from clustergan_core.lessons.recording import read_recording
from clustergan_core.offline.recording import make_recording_page
from tests.browser.chromium import find_chromium

FOLDER = "clustergan_core/browser/player"
VIEW = {"width": 1920, "height": 1080}

_PLAY = """async (stage, milliseconds) => {
    stage.focus();
    const press = (key) => stage.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    press("Home");
    press("p");
    const times = [];
    const end = performance.now() + milliseconds;
    await new Promise((done) => {
        const look = (now) => {
            times.push(now);
            if (performance.now() < end) requestAnimationFrame(look);
            else done();
        };
        requestAnimationFrame(look);
    });
    press("p");
    return times.slice(1).map((time, index) => time - times[index]);
}"""


def script_at(commit: str) -> str:
    """The player's scripts as they were at a commit."""
    names = _git("ls-tree", "--name-only", commit, f"{FOLDER}/").splitlines()
    scripts = [name for name in sorted(names) if name.endswith(".js")]
    if not scripts:
        raise SystemExit(f"{commit} has no player in {FOLDER}: choose a later commit.")
    return "\n".join(_git("show", f"{commit}:{name}") for name in scripts)


def measure(page: Page, address: str, seconds: float) -> tuple[list[float], float]:
    """Milliseconds between frames, and those of the main thread's processor a frame."""
    page.goto(address)
    stage = page.locator("canvas.stage")
    stage.and_(page.locator("[data-ready]")).wait_for()
    page.wait_for_timeout(500)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _busy(session.send("Performance.getMetrics"))
    gaps = stage.evaluate(_PLAY, seconds * 1000)
    after = _busy(session.send("Performance.getMetrics"))
    session.detach()
    return gaps, 1000 * (after - before) / max(1, len(gaps))


def main() -> None:
    """Prints a line, or with --json a document, for each player."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "recording", nargs="?", type=Path, default=read_lesson("islands").recording_path("clustergan-1")
    )
    parser.add_argument("--against", metavar="COMMIT", help="an earlier player, measured in turns with this one")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    executable = find_chromium()
    if executable is None:
        raise SystemExit("No Chromium here: run `make browser`.")
    content = make_recording_page(read_recording(arguments.recording), arguments.recording.read_bytes())
    pages = {"now": content}
    if arguments.against:
        pages[arguments.against] = content.replace(
            read_part("player").js.encode(), script_at(arguments.against).encode()
        )
    gaps: dict[str, list[float]] = {name: [] for name in pages}
    busy: dict[str, list[float]] = {name: [] for name in pages}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        # Without a graphics processor Chromium imitates one, which takes ten times as long as drawing by itself.
        options = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=executable, args=options)
        page = browser.new_page(viewport=VIEW)  # type: ignore[arg-type]
        for name, text in pages.items():
            (Path(folder) / f"{name}.html").write_bytes(text)
        for _ in range(arguments.rounds):
            for name in pages:
                between, processor = measure(page, (Path(folder) / f"{name}.html").as_uri(), arguments.seconds)
                gaps[name] += between
                busy[name].append(processor)
        browser.close()
    results = {
        name: {
            "median_ms": round(statistics.median(values), 1),
            "p95_ms": round(statistics.quantiles(values, n=20)[-1], 1),
            "processor_ms": round(statistics.median(busy[name]), 2),
            "n_frames": len(values),
        }
        for name, values in gaps.items()
    }
    if arguments.json:
        print(json.dumps({"machine": describe_machine(), "load": os.getloadavg()[0], "players": results}, indent=1))
        return
    for name, row in results.items():
        print(
            f"{name}: {row['median_ms']} ms between frames (95%: {row['p95_ms']}), "
            f"{row['processor_ms']} ms of the main thread each, {row['n_frames']} frames"
        )


def _busy(metrics: dict[str, list[dict[str, float | str]]]) -> float:
    return float(next(metric["value"] for metric in metrics["metrics"] if metric["name"] == "TaskDuration"))


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
