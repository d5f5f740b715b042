"""Registers: worked examples, one claim for each megawatt-hour, a chain that shows every altered byte."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path

import pytest

from parkzero.carbon.chain import FIRST, line_of, read
from parkzero.carbon.registers import Registers, opened, replayed
from parkzero.carbon.rules import CLAIMS, exclusions
from parkzero.cli import main
from parkzero.errors import StudyError

DAY = "2027-01-15"


def registers(*entries: dict) -> Registers:
    held = Registers()
    for entry in entries:
        held.apply({"day": DAY, **entry})
    return held


def entry(text: str, **more: object) -> dict:
    """'eac.issue device=d hour=2026-05-01T10 kwh=8000' as an entry."""
    kind, *fields = text.split()
    pairs = (field.split("=") for field in fields)
    return {"kind": kind, **{k: int(v) if v.isdecimal() else v for k, v in pairs}, **more}


def refused(held: Registers, text: str, day: str = DAY, **more: object) -> str:
    before = json.dumps([held.lost(), len(held.attributes.lots)])
    with pytest.raises(StudyError) as caught:
        held.apply({"day": day, **entry(text, **more)})
    assert json.dumps([held.lost(), len(held.attributes.lots)]) == before
    return str(caught.value)


# --------------------------------------------------------------------------------------------- certificates


def test_certificates_of_a_device_by_hour():
    """Worked example 31: issue once, within the capacity, split 8.0 = 5.0 + 3.0, what is retired does not move."""
    held = registers(
        entry("eac.device device=d kw=10000"),
        entry("eac.issue device=d hour=2026-05-01T10 kwh=8000 owner=t1 lot=a"),
    )
    assert "is issued already" in refused(held, "eac.issue device=d hour=2026-05-01T10 kwh=1 owner=t1 lot=b")
    told = refused(held, "eac.issue device=d hour=2026-05-01T11 kwh=10100 owner=t1 lot=b")
    assert "more than the device can generate" in told
    assert "EnergyTag" in told
    for text in ("eac.split lot=a kwh=5000 first=b second=c", "eac.claim lot=b claim=irec",
                 "eac.retire lot=b beneficiary=t1"):  # fmt: skip
        held.apply({"day": DAY, **entry(text)})
    assert [held.attributes.lots[n].kwh for n in "bc"] == [5000, 3000]
    assert "is retired and is not moved again" in refused(held, "eac.transfer lot=b to=t2")
    assert "is issued already" in refused(held, "eac.issue device=d hour=2026-05-01T10 kwh=1 owner=t1 lot=x")
    assert held.lost() == {"eac": 0, "credit": 0, "ets": 0}


def test_storage_gives_back_what_it_took_in_times_its_efficiency():
    """Worked example 31: 4.0 MWh at 0.85 give at most 3.4; the source is cancelled."""
    held = registers(
        entry("eac.device device=d kw=10000"), entry("eac.device device=b kw=5000 efficiency=850"),
        entry("eac.issue device=d hour=2026-05-01T10 kwh=4000 owner=t1 lot=a"), entry("eac.charge device=b lot=a"),
    )  # fmt: skip
    assert "more than the storage can give back" in refused(
        held, "eac.discharge device=b hour=2026-05-01T20 kwh=3401 owner=t1 lot=e"
    )
    held.apply({"day": DAY, **entry("eac.discharge device=b hour=2026-05-01T20 kwh=3400 owner=t1 lot=e")})
    assert "more than the storage" in refused(
        held, "eac.discharge device=b hour=2026-05-01T21 kwh=1 owner=t1 lot=f"
    )
    assert "is stored and is not moved again" in refused(held, "eac.claim lot=a claim=irec")
    assert held.lost()["eac"] == 0


@pytest.mark.parametrize("held_claim", CLAIMS)
@pytest.mark.parametrize("asked", CLAIMS)
def test_one_megawatt_hour_serves_one_claim(held_claim: str, asked: str):
    """Every pair of the matrix is refused, with its own rule."""
    held = registers(
        entry("eac.device device=d kw=10"),
        entry("eac.issue device=d hour=2026-05-01T10 kwh=8 owner=t lot=a"),
        entry(f"eac.claim lot=a claim={held_claim}"),
    )
    rule = exclusions()[held_claim, asked]
    told = refused(held, f"eac.claim lot=a claim={asked}")
    assert rule.document in told
    assert rule.text.en in told
    assert rule.text.vi != rule.text.en


def test_what_is_bound_does_not_move_and_what_was_claimed_is_not_stored():
    held = registers(
        entry("eac.device device=d kw=10"), entry("eac.device device=b kw=10 efficiency=900"),
        entry("eac.issue device=d hour=2026-05-01T10 kwh=8 owner=t lot=a"), entry("eac.claim lot=a claim=dppa"),
    )  # fmt: skip
    assert "does not move" in refused(held, "eac.transfer lot=a to=t2")
    assert "is claimed already as dppa" in refused(held, "eac.charge device=b lot=a")
    held.apply({"day": DAY, **entry("eac.issue device=d hour=2026-05-01T11 kwh=8 owner=t lot=i")})
    held.apply({"day": DAY, **entry("eac.claim lot=i claim=irec")})
    held.apply({"day": DAY, **entry("eac.transfer lot=i to=t2")})
    assert held.attributes.lots["i"].owner == "t2"


def test_a_correction_is_an_entry_and_only_of_what_is_whole():
    held = registers(
        entry("eac.device device=d kw=10"), entry("eac.issue device=d hour=2026-05-01T10 kwh=8 owner=t lot=a"),
        entry("eac.correct lot=a kwh=7", reason="meter"),
    )  # fmt: skip
    assert (held.attributes.lots["a"].kwh, held.lost()["eac"]) == (7, 0)
    assert "more than the device" in refused(held, "eac.correct lot=a kwh=11", reason="meter")
    held.apply({"day": DAY, **entry("eac.claim lot=a claim=self")})
    assert "can no longer be corrected" in refused(held, "eac.correct lot=a kwh=6", reason="meter")


# ---------------------------------------------------------------------------------------------------- credits

PROJECT = entry(
    "credit.project project=p method=AMS-II.D",
    baseline="old boilers",
    additionality="no payback",
    mandated=False,
)
ISSUE = "credit.issue project=p first={0} last={1} baseline_t=1000 emitted_t=600 leaked_t=50 tonnes={2} owner=o batch={3}"


def test_a_credit_of_what_a_rule_demands_is_refused():
    told = refused(
        Registers(),
        "credit.project project=p method=AMS-II.D",
        baseline="b",
        additionality="a",
        mandated=True,
    )
    assert "earns no credit" in told
    assert "CDM Methodological Tool 01" in told
    assert "must be said" in refused(
        Registers(), "credit.project project=p method=m", baseline="b", additionality="a"
    )


def test_credits_are_issued_once_for_what_was_reduced():
    held = registers(PROJECT)
    assert "is more than was reduced" in refused(held, ISSUE.format("2025-01-01", "2025-12-31", 351, "b"))
    held.apply({"day": DAY, **entry(ISSUE.format("2025-01-01", "2025-12-31", 350, "b"))})
    assert "was issued for already" in refused(held, ISSUE.format("2025-06-01", "2026-05-31", 10, "c"))
    assert "is no period that has passed" in refused(held, ISSUE.format("2026-01-01", "2027-12-31", 10, "c"))
    held.apply({"day": DAY, **entry("credit.retire batch=b purpose=voluntary")})
    told = refused(held, "credit.transfer batch=b to=x")
    assert "art. 19(10)" in told
    assert "may not be traded again" in told


def test_own_methods_and_transfers_abroad_wait_for_their_rules():
    held = Registers()
    own = {"baseline": "b", "additionality": "a", "mandated": False}
    assert "20(5)h" in refused(held, "credit.project project=q method=vn:1", **own)
    held.apply({"day": "2028-01-01", **entry("credit.project project=q method=vn:1", **own)})
    held = registers(PROJECT, entry(ISSUE.format("2025-01-01", "2025-12-31", 350, "b")))
    assert "20a(4)c" in refused(held, "credit.transfer batch=b to=x", abroad=True)


# ---------------------------------------------------------------------------------------------- allowances


def facility(direct: int) -> Registers:
    """Worked example 30: 1,000,000 + 1,100,000 allocated; 400,000 of indirect emissions are told and not counted."""
    return registers(
        entry("ets.allocate facility=f year=2025 tonnes=1000000"),
        entry("ets.allocate facility=f year=2026 tonnes=1100000"),
        entry(f"ets.emissions facility=f year=2025 direct={direct} indirect=400000"),
        PROJECT,
    )


def credits_of(held: Registers, tonnes: int, first: str = "2025-01-01", name: str = "b") -> None:
    fields = {
        "baseline_t": tonnes,
        "emitted_t": 0,
        "leaked_t": 0,
        "tonnes": tonnes,
        "owner": "f",
        "batch": name,
    }
    held.apply({"day": DAY, "kind": "credit.issue", "project": "p", "first": first, "last": first, **fields})


def test_allowances_of_a_facility_that_is_short():
    """Worked example 30: gap 400,000; offsets at most 630,000, borrowing at most 315,000."""
    held = facility(2_500_000)
    account = held.ets.accounts["f"]
    assert account.due - account.held == 400_000
    credits_of(held, 630_001)
    told = refused(held, "ets.offset facility=f batch=b")
    assert "at most 630000" in told or "at most 630,000" in told or "6.3e+05" in told or "630000" in told
    assert "119/2025" in told
    assert "more than may be borrowed" in refused(held, "ets.borrow facility=f tonnes=315001")
    held.apply({"day": DAY, **entry("ets.borrow facility=f tonnes=315000")})
    told = refused(held, "ets.transfer facility=f to=g tonnes=2100001")
    assert "art. 19" in told
    held.apply({"day": DAY, **entry("ets.surrender facility=f tonnes=2415000")})
    assert (account.due, account.held, account.borrowed) == (85_000, 0, 0)
    assert "before the end of the period" in refused(held, "ets.close facility=f")
    held.apply({"day": "2028-01-31", **entry("ets.close facility=f")})
    assert held.ets.past[0][1].short == 85_000
    held.apply({"day": "2028-02-01", **entry("ets.allocate facility=f year=2027 tonnes=1000000")})
    assert held.ets.accounts["f"].held == 1_000_000 - 315_000 - 85_000
    assert held.lost()["ets"] == 0


def test_allowances_that_are_left_are_carried_over_or_cancelled():
    """Worked example 30: direct 1,900,000 leaves 200,000; cancelled 30 days after the deadline unless carried over."""
    for carried in (200_000, 50_000):
        held = facility(1_900_000)
        assert "is due first" in refused(held, "ets.carry_over facility=f tonnes=1")
        held.apply({"day": DAY, **entry("ets.surrender facility=f tonnes=1900000")})
        held.apply({"day": "2028-01-30", **entry(f"ets.carry_over facility=f tonnes={carried}")})
        assert "too late" in refused(held, "ets.carry_over facility=f tonnes=1", day="2028-01-31")
        held.apply({"day": "2028-01-31", **entry("ets.close facility=f")})
        assert held.ets.accounts["f"].held == carried
        assert held.ets.past[0][1].cancelled == 200_000 - carried
        assert held.lost()["ets"] == 0


def test_only_direct_emissions_and_allowed_vintages_count():
    held = facility(2_500_000)
    assert "art. 19(5)a" in refused(held, "ets.emissions facility=f year=2026 direct=1 scope=2")
    assert "is reported already" in refused(held, "ets.emissions facility=f year=2025 direct=1")
    credits_of(held, 100, "2020-12-31")
    assert "vintage" in refused(held, "ets.offset facility=f batch=b")
    credits_of(held, 100, "2021-01-01", "c")
    held.apply({"day": DAY, **entry("ets.offset facility=f batch=c")})
    assert held.credits.batches["c"].state == "retired"
    assert "is retired" in refused(held, "ets.offset facility=f batch=c")


# --------------------------------------------------------------------------------------------------- the chain


def test_one_altered_byte_is_found_anywhere(tmp_path):
    path = tmp_path / "book.jsonl"
    book = opened(path)
    book.add([{"day": DAY, **entry("eac.device device=d kw=10")}])
    for hour in range(10, 20):
        book.add(
            [{"day": DAY, **entry(f"eac.issue device=d hour=2026-05-01T{hour} kwh=8 owner=t lot=l{hour}")}]
        )
    content = path.read_bytes()
    assert len(opened(path).chain.entries) == 11
    for at in range(0, len(content), 7):
        changed = bytearray(content)
        changed[at] ^= 1
        path.write_bytes(bytes(changed))
        with pytest.raises(StudyError):
            opened(path)
    lines = content.splitlines(keepends=True)
    for wrong in (
        lines[1:],
        [*lines[:3], *lines[4:]],
        [*lines[:3], lines[4], lines[3], *lines[5:]],
        [content[:-1]],
    ):
        path.write_bytes(b"".join(wrong))
        with pytest.raises(StudyError):
            opened(path)


def test_a_book_that_has_grown_is_not_written_over(tmp_path):
    path = tmp_path / "book.jsonl"
    one, two = opened(path), opened(path)
    one.add([{"day": DAY, **entry("eac.device device=d kw=10")}])
    with pytest.raises(StudyError, match="has grown"):
        two.add([{"day": DAY, **entry("eac.device device=e kw=10")}])
    assert len(opened(path).chain.entries) == 1


def test_entries_are_added_together_or_not_at_all(tmp_path):
    path = tmp_path / "book.jsonl"
    book = opened(path)
    with pytest.raises(StudyError, match="line 2"):
        book.add(
            [
                {"day": DAY, **entry("eac.device device=d kw=10")},
                {"day": DAY, **entry("eac.claim lot=x claim=irec")},
            ]
        )
    assert not path.exists()
    assert book.registers.attributes.devices == {}


def test_entries_stand_in_order_of_their_days():
    held = registers(entry("eac.device device=d kw=10"))
    assert "is before the last entry" in refused(held, "eac.device device=e kw=10", day="2026-01-01")


def test_the_command_adds_verifies_and_shows(tmp_path, capsys):
    book = str(tmp_path / "book.jsonl")
    assert main(["register", book, "eac.device", "device=d", "kw=10", "--day", DAY, "--lang", "en"]) == 0
    many = tmp_path / "more.csv"
    many.write_text(f"kind,day,device,hour,kwh,owner,lot,claim\neac.issue,{DAY},d,2026-05-01T10,8,t,a,\n"
                    f"eac.claim,{DAY},,,,,a,irec\n", encoding="utf-8")  # fmt: skip
    assert main(["register", book, "--from", str(many), "--lang", "vi"]) == 0
    assert "3 bút toán" in capsys.readouterr().out
    assert main(["register", book, "eac.claim", "lot=a", "claim=credit", "--day", DAY, "--lang", "en"]) == 2
    assert "CDM" in capsys.readouterr().err
    assert main(["register", book, "--json", "--last", "1"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["entries"], told["lots"]["a"]["claim"], told["lost"]["eac"]) == (3, "irec", 0)


# ---------------------------------------------------------------------------------------- random operations


def hammer(count: int, seed: int) -> tuple[Registers, int]:
    """Random entries, most of them refused or not; what must hold is checked as they come."""
    rng, held, taken, lots = random.Random(seed), Registers(), 0, ["none"]
    for n in range(5):
        held.apply({"kind": "eac.device", "day": DAY, "device": f"d{n}", "kw": 100})
    held.apply({"kind": "eac.device", "day": DAY, "device": "s", "kw": 100, "efficiency": 850})
    claims: dict[str, str] = {}
    for n in range(count):
        lot = lots[int(rng.random() ** 0.3 * len(lots)) - 1]
        kind = rng.choice(
            [
                "issue",
                "issue",
                "split",
                "transfer",
                "claim",
                "claim",
                "retire",
                "charge",
                "discharge",
                "correct",
            ]
        )
        hour = (
            f"20{rng.randint(10, 99)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}"
        )
        one = {"kind": f"eac.{kind}", "day": DAY, "lot": lot, "kwh": rng.randint(1, 110), "hour": hour,
               "device": rng.choice(["d0", "d1", "d2", "d3", "d4", "s"]), "owner": "o", "to": "p", "beneficiary": "b",
               "claim": rng.choice(CLAIMS), "first": f"a{n}", "second": f"b{n}", "reason": "r"}  # fmt: skip
        if kind in ("issue", "discharge"):
            one["lot"] = f"l{n}" if rng.random() < 0.9 else lot
        try:
            held.apply(one)
        except StudyError:
            continue
        taken += 1
        if kind in ("issue", "discharge"):
            lots.append(one["lot"])
        if kind == "split":
            lots += [one["first"], one["second"]]
        if kind == "claim":
            assert lot not in claims, "claimed twice"
            claims[lot] = one["claim"]
    storage = held.attributes.devices["s"]
    assert storage.given <= storage.charged * 850 // 1000
    assert held.lost() == {"eac": 0, "credit": 0, "ets": 0}
    return held, taken


def test_random_operations_lose_nothing_and_claim_nothing_twice():
    held, taken = hammer(3_000, 1)
    assert taken > 1_000
    assert {lot.state for lot in held.attributes.lots.values()} == {"held", "split", "retired", "stored"}


@pytest.mark.slow
def test_one_million_random_operations():
    _, taken = hammer(1_000_000, 2)
    assert taken > 300_000


@pytest.mark.slow
def test_one_hundred_thousand_entries_are_verified(tmp_path: Path, capsys):
    import time

    path, before, lines = tmp_path / "book.jsonl", FIRST, []
    entries = [{"kind": "eac.device", "day": DAY, "device": f"d{n}", "kw": 100} for n in range(50)]
    entries += [{"kind": "eac.issue", "day": DAY, "device": f"d{n % 50}", "hour": f"2026-{n // 50 % 12 + 1:02}-"
                 f"{n // 600 % 28 + 1:02}T{n // 16800 % 24:02}", "kwh": 80, "owner": "t", "lot": f"l{n}"}
                for n in range(99_950)]  # fmt: skip
    for one in entries:
        line, before = line_of(before, one)
        lines.append(line)
    path.write_text("".join(lines), encoding="utf-8")
    start = time.process_time()
    chain = read(path)
    verified = time.process_time() - start
    held = replayed(chain.entries)
    with capsys.disabled():
        print(
            f"100,000 entries: {verified:.2f} s CPU verified, {time.process_time() - start:.2f} s with all rules"
        )
    assert len(chain.entries) == 100_000
    assert held.lost()["eac"] == 0
    assert date.fromisoformat(DAY) == held.day


def test_entries_cut_off_at_the_end_are_found_by_a_head_noted_before(tmp_path: Path, capsys):
    """The chain of what is left is whole; only who noted its head knows of more."""
    book = tmp_path / "b.jsonl"
    assert main(["register", str(book), "--lang", "en"]) == 2  # nothing to verify: a misspelt name, say
    assert not book.exists()
    for device in ("a", "b"):
        assert main(["register", str(book), "eac.device", f"device={device}", "kw=10", "--day", DAY]) == 0
    head = opened(book).chain.head
    capsys.readouterr()
    assert main(["register", str(book), "--head", head[:16]]) == 0
    book.write_bytes(book.read_bytes().splitlines(keepends=True)[0])
    assert main(["register", str(book)]) == 0
    assert main(["register", str(book), "--head", head[:16], "--lang", "en"]) == 2
    assert "cut off" in " ".join(capsys.readouterr().err.replace("│", " ").split())
