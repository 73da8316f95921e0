"""The simulated readers: what they do around a mail, and when."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from local.demo.readers import GMAIL_PROXY, Doing, Letter, Seen, acts, answers, click_chance, regrets_after, ticks, visits_choices
from local.demo.supporters import Inclination, Reader, Taste, tastes

TOPICS = ("climate", "care", "education", "housing", "mobility", "safety", "europe", "economy")
FAN = Taste(
    address="fan@example.org",
    topics={topic: 0.5 if topic == "climate" else 0.02 if topic == "care" else 0.08 for topic in TOPICS},
    favourites=("climate",),
    activity=0.6,
    opens=0.8,
    inclination=Inclination.NOTHING,
    ticks=frozenset(),
    reader=Reader.PLAIN,
    leaves_after=None,
)


PEOPLE = [replace(FAN, address=f"{n}@example.org") for n in range(200)]
TICKER = next(taste for taste in PEOPLE if ticks(replace(taste, inclination=Inclination.ALL)))


def letter(edition: int = 1, pixel: str | None = "https://m/o/t") -> Letter:
    blocks = tuple(Seen(slot, (topic,), (f"https://m/c/t/{slot}",)) for slot, topic in enumerate(TOPICS))
    urls = tuple(block.links[0] for block in blocks)
    return Letter(edition, 1000.0, blocks, (*urls, "https://m/u/t", "https://m/s/t"), pixel, "https://m/s/t", "https://m/u/t")


def test_the_same_reader_mail_and_seed_do_the_same() -> None:
    year = [acts(FAN, letter(edition), 3) for edition in range(52)]
    assert year == [acts(FAN, letter(edition), 3) for edition in range(52)]
    assert len({tuple((act.at, act.url) for act in mail) for mail in year}) > 20


def test_a_liked_topic_and_a_higher_place_are_clicked_more() -> None:
    first, last = Seen(0, ("climate",), ("u",)), Seen(7, ("climate",), ("u",))
    assert click_chance(FAN, first) > click_chance(FAN, last)
    assert click_chance(FAN, last) > click_chance(FAN, replace(last, topics=("care",)))
    assert click_chance(FAN, replace(first, links=())) == 0


def test_over_many_mails_clicks_follow_the_hidden_tastes() -> None:
    clicked = Counter(
        TOPICS[int(act.url.rsplit("/", 1)[1])]
        for edition in range(300)
        for act in acts(FAN, letter(edition), 1)
        if act.doing is Doing.CLICK
    )
    assert clicked["climate"] > 4 * clicked["care"]
    assert clicked["care"] < clicked["education"]


def test_a_scanner_visits_every_link_within_a_minute_and_nothing_changes_by_its_gets() -> None:
    done = [act for act in acts(replace(FAN, reader=Reader.SCANNER), letter(), 1) if act.doing is Doing.SCAN]
    assert {act.url for act in done} == set(letter().everything)
    assert all(1020 <= act.at <= 1060 for act in done)
    assert {act.method for act in done} <= {"GET", "HEAD"}


def test_people_take_their_time() -> None:
    for edition in range(50):
        for act in acts(FAN, letter(edition), 1):
            assert act.at > 1000 + 60


def test_gmail_fetches_the_picture_for_the_reader_and_apple_for_itself() -> None:
    opened = [
        a for e in range(9) for a in acts(replace(FAN, reader=Reader.IMAGE_PROXY), letter(e), 1) if a.doing is Doing.PROXIED_OPEN
    ]
    assert opened and all(act.agent == GMAIL_PROXY for act in opened)
    apple = replace(FAN, reader=Reader.PREFETCH, opens=0.0)
    assert [act.doing for act in acts(apple, letter(), 1)] == [Doing.PREFETCH]
    assert acts(apple, letter(pixel=None), 1) == []


def test_nobody_answers_a_page_twice_and_half_of_those_who_allow_nothing_never_come() -> None:
    keen = replace(FAN, opens=1.0, inclination=Inclination.TOPICS)
    assert any(act.doing is Doing.CHOOSE for edition in range(1, 9) for act in acts(keen, letter(edition), 1))
    assert not any(act.doing is Doing.CHOOSE for edition in range(1, 9) for act in acts(keen, letter(edition), 1, chosen=True))
    chance = random.Random(1)
    come = sum(any(visits_choices(taste, edition, chance) for edition in range(1, 20)) for taste in PEOPLE)
    assert 70 < come < 130


@pytest.mark.parametrize(
    ("inclination", "yes"),
    [
        (Inclination.ALL, {"declared_topics", "observed_interest", "click_measurement", "open_pixel"}),
        (Inclination.TOPICS, {"declared_topics"}),
        (Inclination.MEASUREMENT, {"click_measurement", "open_pixel"}),
        (Inclination.NOTHING, set()),
    ],
)
def test_answers_follow_the_inclination(inclination: Inclination, yes: set[str]) -> None:
    questions = ("declared_topics", "observed_interest", "click_measurement", "open_pixel")
    given = answers(replace(TICKER, inclination=inclination, ticks=frozenset({"climate", "care"})), questions, TOPICS)
    assert {q for q in questions if given[q] == "yes"} == yes
    assert given.get("topics") == (["climate", "care"] if "declared_topics" in yes else None)


def test_some_of_those_who_say_yes_to_everything_leave_the_topics_to_their_clicks() -> None:
    willing = [replace(taste, inclination=Inclination.ALL) for taste in PEOPLE]
    given = [answers(taste, ("declared_topics", "observed_interest"), TOPICS) for taste in willing]
    assert 110 < sum(answer["declared_topics"] == "yes" for answer in given) < 170
    assert all(answer["observed_interest"] == "yes" for answer in given)


def test_a_question_that_is_not_asked_is_not_answered() -> None:
    assert answers(replace(FAN, inclination=Inclination.ALL), ("click_measurement",), ()) == {"click_measurement": "yes"}


def test_leaving_is_one_post_to_the_unsubscribe_link() -> None:
    leaver = replace(FAN, leaves_after=1)
    (leave,) = [act for act in acts(leaver, letter(), 1) if act.doing is Doing.LEAVE]
    assert (leave.method, leave.url) == ("POST", "https://m/u/t")
    assert not [act for act in acts(leaver, letter(2), 1) if act.doing is Doing.LEAVE]


def test_a_few_take_back_their_yes_and_only_who_gave_one_can() -> None:
    regretting = {address: taste for address, taste in tastes().items() if regrets_after(taste, 1) is not None}
    assert 3 <= len(regretting) <= 25
    for taste in regretting.values():
        assert taste.inclination is Inclination.ALL
        mails = [letter(edition) for edition in range(1, 9)]
        assert sum(act.doing is Doing.REGRET for mail in mails for act in acts(taste, mail, 1, chosen=True)) == 1
        assert not any(act.doing is Doing.REGRET for mail in mails for act in acts(taste, mail, 1))
