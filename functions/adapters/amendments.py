"""The amended links of editions that were sent: their history in the catalogue, what counts where the tracker reads it."""

from collections.abc import Sequence

from functions.adapters.catalogue import Catalogue, Entry
from functions.adapters.content import Content
from functions.adapters.links import amended_key
from functions.domain.amendment import History, from_json, leading, to_json

KIND = "amendment"
TRIES = 5


class Amendments:
    """One item of kind "amendment" per edition; `editions/<edition>/amendments.json` follows it."""

    def __init__(self, catalogue: Catalogue, content: Content) -> None:
        self._catalogue, self._content = catalogue, content

    def read(self, edition: str) -> tuple[Entry | None, History]:
        entry = self._catalogue.get(KIND, edition)
        return entry, from_json(entry.body) if entry else ()

    def write(self, edition: str, history: History, old: Entry | None, now: int) -> None:
        """ChangedError when somebody wrote it since it was read."""
        self._catalogue.put(KIND, edition, to_json(history), old, now)

    def publish(self, edition: str, links: Sequence[str]) -> None:
        """Have the links lead where the history says. `links`: where they lead as compiled. Doing it again does no harm.

        Of two at once, whoever writes last may have read first: so who has written looks whether it still is as it was.
        """
        for _ in range(TRIES):
            entry, history = self.read(edition)
            amended = {str(n): {"was": links[n], "url": url} for n, url in leading(history).items() if url != links[n]}
            self._content.put_json(amended_key(edition), {"links": amended})
            now, _history = self.read(edition)
            if (now.version if now else 0) == (entry.version if entry else 0):
                return
        raise RuntimeError(f"the amendments of edition {edition} changed {TRIES} times meanwhile")
