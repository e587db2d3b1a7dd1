"""Build the environment in .venv/ on a machine that has only Python, make and git.

Run by `make setup` (and by every other target first) as a plain script with the system's Python:
no package of the project is imported here. Each step leaves a stamp holding the digest of what it
was made from, so a second run takes milliseconds.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import slim_styles as slim

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VENDOR = ROOT / "static" / "vendor"
# The whole of it; what pages load is made from it.
STYLES = VENV / "tabler.min.css"

# What pages really load, out of the packages that npm brings.
ASSETS = {
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "@tabler/icons/icons/outline": "icons",
}


def digest(*paths: Path) -> str:
    """Digest of the files that a step is made from, and of the Python that runs it."""
    seen = hashlib.sha256(sys.version.encode())
    for path in paths:
        seen.update(path.read_bytes())
    return seen.hexdigest()


def done(name: str, key: str) -> bool:
    stamp = VENV / f".{name}.stamp"
    return stamp.exists() and stamp.read_text() == key


def mark(name: str, key: str) -> None:
    (VENV / f".{name}.stamp").write_text(key)


def succeeds(*command: object) -> bool:
    """Whether a step goes well for which there is another way."""
    parts = [str(part) for part in command]
    return subprocess.run(parts, cwd=ROOT, capture_output=True).returncode == 0


def run(*command: object, **extra_env: str) -> None:
    """Run one step quietly; on failure show everything it said and stop."""
    env = {**os.environ, **extra_env}
    parts = [str(part) for part in command]
    result = subprocess.run(parts, cwd=ROOT, env=env, capture_output=True, text=True)
    if result.returncode:
        sys.stderr.write(result.stdout + result.stderr)
        sys.exit(f"set-up failed at: {' '.join(parts)}")


def make_venv() -> None:
    if PYTHON.exists():
        return
    print("set-up: environment in .venv …", flush=True)
    try:
        venv.EnvBuilder(with_pip=True, clear=VENV.exists(), symlinks=True).create(VENV)
    except subprocess.CalledProcessError:
        sys.exit("set-up: this Python has no ensurepip; on Debian: apt-get install python3-venv")


def install_packages() -> None:
    lock = ROOT / "requirements.lock"
    key = digest(lock)
    if done("packages", key):
        return
    print("set-up: Python packages …", flush=True)
    run(PYTHON, "-m", "pip", "install", "-q", "uv>=0.13,<1")
    # The machine's own certificates: behind a company's proxy uv's bundled ones know nobody.
    quick = [PYTHON, "-m", "uv", "--system-certs", "pip", "install", "-q", "--python", PYTHON]
    slow = [PYTHON, "-m", "pip", "install", "-q"]
    wanted = ["--require-hashes", "-r", lock]
    if not succeeds(*quick, *wanted):
        print("set-up: … with pip, about ten times slower", flush=True)
        run(*slow, *wanted)
    mark("packages", key)


def install_assets() -> None:
    key = digest(ROOT / "package.json", ROOT / "package-lock.json", Path(__file__))
    if done("assets", key) and VENDOR.exists():
        return
    print("set-up: front-end files …", flush=True)
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    # As for uv: behind a company's proxy Node's bundled certificates know nobody.
    options = f"{os.environ.get('NODE_OPTIONS', '')} --use-system-ca".strip()
    npm = [VENV / "bin" / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    run(*npm, PATH=path, NODE_OPTIONS=options)
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, target in ASSETS.items():
        copy_asset(ROOT / "node_modules" / source, VENDOR / target)
    shutil.copyfile(ROOT / "node_modules/@tabler/core/dist/css/tabler.min.css", STYLES)
    shutil.rmtree(ROOT / "node_modules")
    mark("assets", key)


def slim_styles() -> None:
    """What pages use of Tabler's styles, made again when a template or the code has changed."""
    files = slim.sources(ROOT)
    key, target = digest(STYLES, Path(slim.__file__), *files), VENDOR / STYLES.name
    if done("styles", key) and target.exists():
        return
    lighter = slim.slim(STYLES.read_text(encoding="utf-8"), slim.words(files))
    write_packed(target, lighter + "\n")
    mark("styles", key)


def copy_asset(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
        return
    # The source-map comment would make browsers ask for a file that is not shipped.
    lines = source.read_text(encoding="utf-8").splitlines()
    kept = [
        line for line in lines if not line.startswith(("//# sourceMapping", "/*# sourceMapping"))
    ]
    write_packed(target, "\n".join(kept) + "\n")


def write_packed(target: Path, text: str) -> None:
    target.write_text(text, encoding="utf-8")
    # Served instead of the file itself to browsers that take it.
    packed = gzip.compress(text.encode(), 9, mtime=0)
    target.with_name(f"{target.name}.gz").write_bytes(packed)


def compile_messages() -> None:
    catalogues = sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po"))
    if not catalogues:
        return
    key = digest(*catalogues)
    if done("messages", key) and all(po.with_suffix(".mo").exists() for po in catalogues):
        return
    code = "import sys, polib\nfor p in sys.argv[1:]: polib.pofile(p).save_as_mofile(p[:-2] + 'mo')"
    run(PYTHON, "-c", code, *catalogues)
    mark("messages", key)


def main() -> None:
    if sys.version_info < (3, 11) or sys.version_info >= (3, 14):
        sys.exit(f"set-up: Python 3.11–3.13 is needed, this is {sys.version.split()[0]}")
    make_venv()
    install_packages()
    install_assets()
    slim_styles()
    compile_messages()


if __name__ == "__main__":
    main()
