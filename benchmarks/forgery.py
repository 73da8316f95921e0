"""A million forged tokens: how many open anything? `python -m benchmarks.forgery`.

The forger holds everything but the keys: every mail somebody ever got, with all its tokens, the shape of a token, and who
else there is. Each forgery goes through the very functions by which the Lambdas read a token.
"""

import random
import time
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks import figures
from functions.domain.ids import encode
from functions.domain.tokens import (
    Key,
    Keyring,
    KeyState,
    Power,
    read_message,
    read_page,
    read_short,
    sign_message,
    sign_page,
    sign_short,
)
from local.progress import Bar

MILLION = 1_000_000
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
POWERS = (Power.MESSAGE, Power.UNSUBSCRIBE, Power.CHOICES, Power.FRESH, Power.CONFIRM, Power.LEFT)
SHORT = (Power.FRESH, Power.CONFIRM, Power.LEFT)
TAG = 16  # characters
END = 4_102_444_800  # tokens that end do so in the year 2100: that one has ended is not why it is refused
Forgery = tuple[Power, str]


class Forger:
    """`kinds` are the ways to forge; each gives the power under which a token is tried, and the token."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        keys = [Key(n, self._bytes(32), state) for n, state in enumerate((KeyState.REVOKED, KeyState.RETIRED, KeyState.SIGNING), 1)]
        self.ring = Keyring(tuple(keys))
        # The one that was revoked, when it signed; and a ring of another deployment.
        self._revoked = Keyring((Key(1, keys[0].secret), Key(9, self._bytes(32), KeyState.RETIRED)))
        self._foreign = Keyring((Key(3, self._bytes(32)),))
        self._people = [encode(self._bytes(6)) for _ in range(1000)]
        self.kinds: Mapping[str, Callable[[], Forgery]] = {
            "random characters": self._random_characters,
            "random, with a true head": self._random_tail,
            "one bit turned over": self._bit,
            "one character changed": self._character,
            "cut short or grown": self._length,
            "true, of another power": self._other_power,
            "the tag of somebody else": self._other_person,
            "a later end on a fresh link": self._later,
            "signed by a revoked key": lambda: self._signed(self._revoked),
            "signed by a key of one's own": lambda: self._signed(self._foreign),
        }

    def true(self, ring: Keyring | None = None, power: Power | None = None) -> Forgery:
        """A token somebody got."""
        power, ring = power or self._random.choice(POWERS), ring or self.ring
        who = self._random.choice(self._people)
        if power is Power.MESSAGE:
            return power, sign_message(ring, self._random.choice(self._people), self._random.randrange(2000), who)
        if power in SHORT:
            return power, sign_short(ring, power, who, END)
        return power, sign_page(ring, power, who, "TGFuZGVs", self._random.choice(self._people))

    def opens(self, power: Power, token: str) -> bool:
        """Whether a Lambda takes the token."""
        if power is Power.MESSAGE:
            return read_message(self.ring, token) is not None
        if power in SHORT:
            return read_short(self.ring, power, token) is not None
        return read_page(self.ring, power, token) is not None

    def _random_characters(self) -> Forgery:
        power = self._random.choice(POWERS)
        return power, "".join(self._random.choices(ALPHABET, k=44 if power in (Power.UNSUBSCRIBE, Power.CHOICES) else 36))

    def _random_tail(self) -> Forgery:
        power, token = self.true()
        return power, token[:-TAG] + "".join(self._random.choices(ALPHABET, k=TAG))

    def _bit(self) -> Forgery:
        power, token = self.true()
        at = self._random.randrange(len(token))
        turned = ALPHABET.index(token[at]) ^ 1 << self._random.randrange(6)
        return power, token[:at] + ALPHABET[turned] + token[at + 1 :]

    def _character(self) -> Forgery:
        """Any character there is, also those that no token has."""
        power, token = self.true()
        at = self._random.randrange(len(token))
        return power, token[:at] + self._other_than(token[at]) + token[at + 1 :]

    def _length(self) -> Forgery:
        power, token = self.true()
        return power, self._random.choice(
            (token[: self._random.randrange(len(token))], token + self._random.choice(ALPHABET + "=\n "))
        )

    def _other_power(self) -> Forgery:
        power, token = self.true()
        return self._random.choice([other for other in POWERS if other is not power]), token

    def _other_person(self) -> Forgery:
        power, token = self.true()
        _, mine = self.true(power=power)
        while mine[:-TAG] == token[:-TAG]:
            _, mine = self.true(power=power)
        return power, token[:-TAG] + mine[-TAG:]

    def _later(self) -> Forgery:
        power = self._random.choice(SHORT)
        _, token = self.true(power=power)
        until = encode((END + self._random.randrange(1, 10_000_000)).to_bytes(6))
        return power, token[:12] + until + token[-TAG:]

    def _signed(self, ring: Keyring) -> Forgery:
        return self.true(ring)

    def _bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def _other_than(self, character: str) -> str:
        other = character
        while other == character:
            other = chr(self._random.randrange(32, 0x250))
        return other


def run(count: int = MILLION) -> dict[str, Any]:
    """The figures as kept in bench.json."""
    forger = Forger()
    kinds = list(forger.kinds.items())
    for power in POWERS:
        assert forger.opens(*forger.true(power=power)), f"a true token of power {power} must open"
    tried, opened = dict.fromkeys(forger.kinds, 0), dict.fromkeys(forger.kinds, 0)
    bar, reading = Bar("forging", count), 0.0
    for n in range(count):
        name, forge = kinds[n % len(kinds)]
        forgery = forge()
        started = time.perf_counter()
        opened[name] += forger.opens(*forgery)
        reading += time.perf_counter() - started
        tried[name] += 1
        bar.show(n + 1)
    bar.end()
    return {
        "tried": tried,
        "accepted": opened,
        "accepted_in_all": sum(opened.values()),
        "microseconds_to_refuse_one": round(reading / count * 1e6, 2),
    }


def main() -> None:
    found = run()
    figures.keep("forgery", found)
    print(f"{'forged':32} {'tried':>10} {'accepted':>10}")
    for name, tried in found["tried"].items():
        print(f"  {name:30} {tried:10,} {found['accepted'][name]:10,}")
    print(f"  {'in all':30} {sum(found['tried'].values()):10,} {found['accepted_in_all']:10,}")
    print(f"\n{found['microseconds_to_refuse_one']} microseconds to refuse one")
    assert not found["accepted_in_all"], "forged tokens were accepted"
    print(f"\nwritten to {figures.OUT}")


if __name__ == "__main__":
    main()
