"""All public transparency records of a party in one file: `python -m infra.transparency --help`. Needs Python alone."""

import argparse
import json
import re
import sys
import time
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

HELP = """\
For whoever asks how a party chose its political messages: journalists, researchers, observers, authorities, and the party
itself when they ask (Regulation (EU) 2024/900 art. 16, 19 and 20). Everything in the file is public already; nobody needs to
log in, and nothing in it is about one person.

  python -m infra.transparency https://mail.yourparty.eu --out records.zip

The file holds
  index.json          one line of each send that ended, the newest first
  records/<send>.json the whole record of each send
  policy/<n>.html     each version of the policy that a record names, as the party published it
  manifest.json       where and when it was fetched, with the SHA-256 of each of these files

Ends with 1, and leaves no file, when anything could not be fetched.
"""
SEND = re.compile(r"[A-Za-z0-9_-]{8}")
VERSION = re.compile(r"[0-9]{5}")
LOCAL = ("127.0.0.1", "localhost", "::1")
LARGEST = 20_000_000  # bytes of one answer
TRIES, WAIT_S, TIMEOUT_S = 4, 2.0, 30


class CannotFetchError(Exception):
    """What went wrong, for the person at the keyboard."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.transparency", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("address", help="where the party's mails come from, such as https://mail.yourparty.eu")
    parser.add_argument("--out", type=Path, default=Path("records.zip"), help="the file to write (default: records.zip)")
    asked = parser.parse_args(arguments)
    try:
        files = fetch(checked(asked.address))
        write(asked.out, files)
    except (CannotFetchError, OSError) as wrong:
        print(f"\n{wrong}", file=sys.stderr)
        return 1
    records = sum(name.startswith("records/") for name in files)
    print(f"{asked.out}: {records} records, {asked.out.stat().st_size:,} bytes", file=sys.stderr)
    return 0


def checked(address: str) -> str:
    """The address without a slash at the end. CannotFetchError when it is none to ask."""
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment or parts.path.strip("/"):
        raise CannotFetchError(f"{address}: an address is https://HOST with nothing behind it")
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        raise CannotFetchError(f"{address}: records are fetched by https, so that nobody changes them on their way")
    return f"{parts.scheme}://{parts.netloc}"


def fetch(base: str) -> dict[str, bytes]:
    """Every file of the archive, by name."""
    index = get(f"{base}/transparency?format=json")
    sends = [str(line["send"]) for line in _json(index, base).get("records", ())]
    files = {"index.json": index}
    versions: set[str] = set()
    for n, send in enumerate(sends, 1):
        _progress(n, len(sends))
        if not SEND.fullmatch(send):
            raise CannotFetchError(f"{base}: the index names {send[:40]!r}, which is no send")
        record = get(f"{base}/transparency/{send}?format=json")
        files[f"records/{send}.json"] = record
        versions.add(str(_json(record, send).get("policy")))
    for version in sorted(filter(VERSION.fullmatch, versions)):
        files[f"policy/{version}.html"] = get(f"{base}/policy/{version}")
    files["manifest.json"] = _manifest(base, files)
    return files


def get(url: str, headers: Mapping[str, str] | None = None) -> bytes:
    """The body of an answer 200. Tries again when the other side is busy. `headers` do not follow a redirect elsewhere."""
    why = ""
    for tried in range(TRIES):
        if tried:
            time.sleep(WAIT_S * tried)
        try:
            asking = Request(url, headers={"User-Agent": "achterban-transparency"})  # noqa: S310 - checked()
            for name, value in (headers or {}).items():
                asking.add_unredirected_header(name, value)
            with urlopen(asking, timeout=TIMEOUT_S) as answer:  # noqa: S310 - checked()
                body: bytes = answer.read(LARGEST + 1)
            if len(body) > LARGEST:
                raise CannotFetchError(f"{url}: more than {LARGEST:,} bytes")
            return body
        except HTTPError as error:
            why = f"answered {error.code}"
            if error.code < 500 and error.code != 429:
                break
        except (URLError, TimeoutError, ConnectionError) as error:
            why = f"does not answer ({getattr(error, 'reason', error)})"
    raise CannotFetchError(f"{url}: {why}")


def write(out: Path, files: dict[str, bytes]) -> None:
    """The archive, whole or not at all."""
    part = out.with_name(f"{out.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(files):
                archive.writestr(name, files[name])
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _manifest(base: str, files: dict[str, bytes]) -> bytes:
    fetched = datetime.now(UTC).isoformat(timespec="seconds")
    sums = {name: sha256(body).hexdigest() for name, body in sorted(files.items())}
    return json.dumps({"source": base, "fetched": fetched, "sha256": sums}, indent=2).encode()


def _json(body: bytes, what: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CannotFetchError(f"{what}: this is no transparency record; is it an Achterban?")
    return found


def _progress(n: int, of: int) -> None:
    if sys.stderr.isatty() or n == of or n % 50 == 0:
        print(f"\r{n} of {of} records", end="\n" if n == of else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
