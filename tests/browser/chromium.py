"""Where this machine's Chromium is. Run as a script it installs one if there is none: `make browser`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_chromium() -> str | None:
    """Path of a Chromium or Chrome that starts: $CHROMIUM, the system's, else Playwright's own; None without any."""
    named = os.environ.get("CHROMIUM")
    installed = [shutil.which(command) for command in COMMANDS]
    for path in (named, *installed, *MAC_APPLICATIONS, _playwright_chromium()):
        if path and _starts(path):
            return path
    return None


def install_chromium() -> None:
    """Installs Chromium with the package manager when that is allowed, else Playwright's own."""
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        # A package manager that fails is no reason to stop: Playwright's own comes next.
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
    if find_chromium() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def _starts(path: str) -> bool:
    # Ubuntu's /usr/bin/chromium-browser may be a stub that only tells of snap, so being there is not enough.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except OSError:
        return False


def _playwright_chromium() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else None


def main() -> None:
    """Prints the browser's path; ends with one line when none could be had."""
    if find_chromium() is None:
        install_chromium()
    path = find_chromium()
    if path is None:
        sys.exit("No Chromium starts here: install Chromium or Chrome, or name one in the variable CHROMIUM.")
    print(f"Browser tests use {path}")


if __name__ == "__main__":
    main()
