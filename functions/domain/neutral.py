"""Topics are subject matter, never what somebody is: which names a taxonomy may not hold, and what its sign-off is bound to.

No profiling by special categories of data (Regulation (EU) 2024/900 art. 18(1)(c), GDPR art. 9(1)): religion, health, ethnicity,
orientation, union membership, party belief; also where the data are not special but the label sorts people by them (recital 79).

A list of words finds the plain cases; a person finds the others, which is why a second one signs. So words are matched whole, not
as parts of words: "care", "zorg", "health care", "freedom of religion" and "migration" are policy, "patients" is people.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from hashlib import sha256

from functions.domain.topic import Taxonomy, Topic

# A topic whose id, or whose name in any language, is one of these and nothing more. Lower case, without accents. nl, en, fr.
TRAITS: Mapping[str, str] = {
    "religion": """religie, geloof, godsdienst, levensovertuiging, christen, christenen, moslim, moslims, islam, jood, joden, joods,
        hindoe, hindoes, katholiek, katholieken, protestant, protestanten, atheist, atheisten, kerkgangers, gelovigen;
        religion, faith, religious belief, christian, christians, muslim, muslims, jew, jews, jewish, hindu, hindus, catholic,
        catholics, protestants, atheists, churchgoers, believers;
        foi, croyance, chretien, chretiens, musulman, musulmans, juif, juifs, hindou, hindous, catholique, catholiques, athee,
        athees, croyants, pratiquants""",
    "health": """gezondheidstoestand, zieken, chronisch zieken, patienten, gehandicapten, diabetici, kankerpatienten, verslaafden,
        depressieven, zwangeren, zwangere vrouwen;
        health status, medical condition, the sick, patients, chronically ill, disabled, disabled people, diabetics,
        cancer patients, addicts, depressed people, pregnant women;
        etat de sante, malades, malades chroniques, patients, handicapes, personnes handicapees, diabetiques, toxicomanes,
        depressifs, femmes enceintes""",
    "ethnicity": """etniciteit, etnische afkomst, afkomst, ras, huidskleur, allochtonen, autochtonen, turken, marokkanen,
        surinamers, roma;
        ethnicity, ethnic origin, race, skin colour, skin color, black people, white people, turks, moroccans;
        ethnie, origine ethnique, couleur de peau, turcs, marocains, maghrebins, noirs, blancs""",
    "orientation": """seksuele orientatie, seksuele voorkeur, seksleven, homo, homos, homo s, homoseksuelen, lesbiennes,
        biseksuelen, transgenders;
        sexual orientation, sex life, gay, gays, gay people, homosexuals, lesbians, bisexuals, transgender people, queer people;
        orientation sexuelle, vie sexuelle, gais, homosexuels, lesbiennes, bisexuels, personnes transgenres""",
    "union membership": """vakbondslid, vakbondsleden, vakbondslidmaatschap;
        union member, union members, union membership, trade union members, trade union membership;
        syndique, syndiques, membres de syndicat, appartenance syndicale""",
    "party belief or lean": """politieke voorkeur, politieke overtuiging, stemgedrag, partijvoorkeur, links, rechts, linkse kiezers,
        rechtse kiezers, partijleden;
        political preference, political opinion, political opinions, political belief, party lean, party belief, voting behaviour,
        left wing, right wing, left wing voters, right wing voters, conservatives, party members;
        preference politique, opinion politique, opinions politiques, comportement electoral, gauche, droite, electeurs de gauche,
        electeurs de droite, membres du parti""",
}
# A topic that holds one of these words anywhere: they only ever sort people.
SORTING: Mapping[str, str] = {
    "a score for support": """likely voter, likely voters, swing voter, swing voters, undecided voters, support score, lookalike,
        waarschijnlijke kiezer, waarschijnlijke kiezers, zwevende kiezer, zwevende kiezers,
        electeur probable, electeurs probables, electeurs indecis""",
    "a persona": "persona, personas, psychographic, psychografisch, psychographique",
}


def _terms(text: str) -> frozenset[str]:
    return frozenset(" ".join(term.split()) for term in re.split(r"[,;]", text))


_WHOLE = {trait: _terms(text) for trait, text in TRAITS.items()}
_WITHIN = {trait: _terms(text) for trait, text in SORTING.items()}


def not_neutral(topic: Topic) -> str | None:
    """Why this is no subject matter, in words; None when no word says so."""
    for said in (topic.id, *topic.names.values()):
        plain = _plain(said)
        found = next((trait for trait, terms in _WHOLE.items() if plain in terms), None)
        found = found or next((t for t, terms in _WITHIN.items() if any(f" {term} " in f" {plain} " for term in terms)), None)
        if found:
            return f"topic {topic.id!r}: {said!r} says what people are ({found}), not what a text is about"
    return None


def _plain(text: str) -> str:
    """Lower case, without accents, words apart by one space."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


def added(taxonomy: Taxonomy, before: Taxonomy) -> list[Topic]:
    """The topics that are new, or were renamed. One that is there stays: clicks name it, so it cannot be taken out."""
    return [topic for topic in taxonomy.topics if before.get(topic.id) != topic]


def fingerprint(taxonomy: Taxonomy) -> str:
    """SHA-256 of the taxonomy, which a sign-off is bound to: any change of a topic or a name needs a new one."""
    return sha256(json.dumps(taxonomy.to_json(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()
