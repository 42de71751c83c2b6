r"""The forms of what must not be stored: full postcode, number plate, phone number, e-mail.

Each form is one regular expression that Python's `re` and DuckDB's RE2 read the same way, to be
searched for in a text. So it has no look-around, which RE2 lacks, and spells out letters, digits
and blanks, as the two differ on `\d`, `\s`, `\b` and `(?i)` outside ASCII. They rather find too
much than too little: what they find is judged by a contract's rule or looked at by a person.
"""

from __future__ import annotations

import duckdb

from csp.sql import quoted

_START = "(?:^|[^0-9A-Za-z])"
_END = "(?:$|[^0-9A-Za-z])"
#: Blank, tab or no-break space.
_BLANK = "[ \t\u00a0]"


def _any_case(letters: str) -> str:
    """A character class of letters in either case, from ranges of capitals."""
    return f"[{letters}{letters.lower()}]"


_AREA = _any_case("A-PR-UWYZ")  # Q, V and X begin no postcode
_INWARD = _any_case("ABD-HJLNP-UW-Z")  # C, I, K, M, O and V are never in the second half

#: A whole UK postcode (`E1 6AN`, `e14 9ge`, `EC2A4NE`, `GIR 0AA`). A district (`E14`) and a sector
#: (`E1 6`) are none. An ordinal behind a district (`E1 1st floor`) looks like one and is found.
FULL_POSTCODE = (
    f"{_START}(?:{_AREA}(?:{_any_case('A-HK-Y')}[0-9][0-9A-Za-z]?|[0-9][0-9A-Za-z]?)"
    f"{_BLANK}{{0,3}}[0-9]{_INWARD}{{2}}"
    f"|[Gg][Ii][Rr]{_BLANK}{{0,3}}0[Aa]{{2}}){_END}"
)


def _three_capitals_but(*words: str) -> str:
    """Three capitals that are none of the words, spelled out because RE2 cannot look ahead."""
    left_out = {word[0] for word in words}
    cases = [f"[{_capitals_but(left_out)}][A-Z][A-Z]"]
    for first in sorted(left_out):
        seconds = {word[1] for word in words if word[0] == first}
        cases.append(f"{first}[{_capitals_but(seconds)}][A-Z]")
        for second in sorted(seconds):
            thirds = {word[2] for word in words if word.startswith(first + second)}
            cases.append(f"{first}{second}[{_capitals_but(thirds)}]")
    return f"(?:{'|'.join(cases)})"


def _capitals_but(left_out: set[str]) -> str:
    return "".join(letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in left_out)


_LETTER = "[A-Za-z]"
#: The words that stand behind a road or a district (`A13 AND`, `se15 the`) are no end of a plate.
_LAST_CAPITALS = _three_capitals_but("AND", "ASB", "BUT", "FOR", "NOT", "THE", "WAS")
_APART = f"(?:[A-Z]{{2}}[0-9]{{2}}|[A-Z][0-9]{{1,3}}){_BLANK}{{1,2}}{_LAST_CAPITALS}"

#: A UK number plate: current style (`AB12 CDE`, from 2001), prefix (`A123 BCD`, 1983 to 2001) and
#: suffix (`ABC 123D`, 1963 to 1983). Written together, any case will do. Written apart it has to be
#: all capitals or, but for the suffix style, all small letters, else `A13 off` would be one. Older
#: plates without a year (`ABC 123`) and Northern Irish ones (`ABZ 1234`) look like any reference,
#: and are not found.
NUMBER_PLATE = (
    f"{_START}(?:(?:{_LETTER}{{2}}[0-9]{{2}}|{_LETTER}[0-9]{{1,3}}){_LETTER}{{3}}"
    f"|{_LETTER}{{3}}[0-9]{{1,3}}{_LETTER}"
    f"|{_APART}|{_APART.lower()}|[A-Z]{{3}}{_BLANK}{{1,2}}[0-9]{{1,3}}[A-Z]){_END}"
)

_GAP = "[ \t\u00a0().-]{0,2}"
#: The digits behind the leading 0 in the groups people write them in; without groups, times and
#: dates in a row (`0830-0930 12/06`) would be numbers.
_NATIONAL = (
    f"(?:[1-35789][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}"
    f"|[1-35789][0-9]{{2}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3,4}}"
    f"|[1-35789][0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{2,3}}"
    f"|[1-35789][0-9]{{3}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}})"
)

#: A UK phone number (`020 7946 0000`, `07700900123`, `+44 (0)20 7946 0000`, `447700900123`). The
#: digits behind a decimal point (`-0.0712345678`) and a padded UPRN (`000006001234`) are none.
PHONE_NUMBER = (
    f"(?:^\\.?|[^0-9A-Za-z.]|[^0-9]\\.)"
    f"(?:(?:\\+|00)44{_GAP}(?:\\(?0\\)?)?{_GAP}{_NATIONAL}|0{_NATIONAL}|447[0-9]{{9}}){_END}"
)

#: An e-mail address, by what stands around its `@`.
EMAIL = "[^ \t\r\n\u00a0@](?:@|\uff20)(?:[0-9A-Za-z-]+[.])+[A-Za-z]{2}"

#: Macro → the form it looks for.
PATTERNS = {
    "has_full_postcode": FULL_POSTCODE,
    "has_number_plate": NUMBER_PLATE,
    "has_phone_number": PHONE_NUMBER,
    "has_email": EMAIL,
}


def register_patterns(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a DuckDB connection one macro for each form: whether a text holds it; of null, false.

    Args:
        connection: Keeps the macros until it is closed; nothing is written into its database.
    """
    for name, pattern in PATTERNS.items():
        connection.execute(
            f"create or replace temp macro {name}(x) as "
            f"coalesce(regexp_matches(x::varchar, {quoted(pattern)}), false)"
        )
