"""Whether it is known who must not be mailed: before that nothing is sent."""

from functions.adapters.catalogue import Catalogue, ChangedError

KIND, ID = "notice", "suppressions"


class Settling:
    """The notice in the table `catalogue`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def settled(self) -> bool:
        return self._catalogue.get(KIND, ID) is not None

    def settle(self, actor: str, now: int, **how: bool) -> None:
        """Note that suppressions were imported, or that there are none. The first note stays."""
        if not self.settled():
            try:
                self._catalogue.put(KIND, ID, {**how, "by": actor, "at": now}, None, now)
            except ChangedError:
                return  # somebody else settled it this very moment
