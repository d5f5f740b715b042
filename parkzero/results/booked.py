"""What is booked by the hour and between whom, from stored tables alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import xarray as xr

from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.results.stored import Stored, year_numbers
from parkzero.texts import Text, listed, say


def hourly(
    results: Stored,
    account: str,
    actor: str | None = None,
    *,
    made_from: str | Sequence[str] | None = None,
    years: Sequence[int] | None = None,
) -> xr.DataArray:
    """What is booked under an account in each step; see ``Results.hourly``."""
    known = results.tables["accounts"]["account"].to_list()
    if account not in known:
        raise _unknown(say("is no account of this run"), account, known)
    rows = results.tables["ledger"].filter(pl.col("account") == account)
    if actor is not None:
        actors = results.tables["actors"]["actor"].to_list()
        if actor not in actors:
            raise _unknown(say("is no actor of this run"), actor, actors)
        rows = rows.filter((pl.col("payer") == actor) | (pl.col("payee") == actor))
    if made_from is not None:
        wanted = [made_from] if isinstance(made_from, str) else list(made_from)
        origins = results.tables["origins"]
        families = origins.filter(pl.col("family").is_in(wanted))["origin"].to_list()
        if strange := set(wanted) - set(origins["origin"]) - set(origins["family"]):
            raise _unknown(
                say("is no origin of this run"), min(strange), [*origins["origin"], *set(origins["family"])]
            )
        rows = rows.filter(pl.col("made_from").is_in([*wanted, *families]))
    chosen = list(years or results.tables["years"]["year"])
    starts = results.frame("flows", chosen[0])["start"].to_numpy()
    values = np.array([_year(results, rows, year, actor, len(starts)) for year in chosen])
    return xr.DataArray(
        values, coords={"year": chosen, "start": starts}, dims=("year", "start"), name=account
    )


def _year(results: Stored, rows: pl.DataFrame, year: int, actor: str | None, steps: int) -> np.ndarray:
    """The steps of one year: what the actor pays, less what it is paid by those who stand outside."""
    own = rows.filter(pl.col("year") == year)
    signs = dict.fromkeys(own["entry"].to_list(), 1.0)
    if actor is not None and actor not in within(results):
        signs = dict.fromkeys(signs, -1.0)
    elif actor is not None:
        signs = dict.fromkeys(own.filter(pl.col("payer") == actor)["entry"].to_list(), 1.0)
    rates = results.tables["rates"].filter(
        (pl.col("year") == year) & pl.col("entry").is_in(list(signs)) & pl.col("of").is_in(["flow", "one"])
    )
    total = np.zeros(steps)
    if rates.is_empty():
        return total
    numbers = year_numbers(results, year)
    for row in rates.iter_rows(named=True):
        total += signs[row["entry"]] * np.broadcast_to(np.asarray(numbers.term(row)), (steps,))
    return total


def within(results: Stored) -> list[str]:
    """Actors whose costs the plan adds up."""
    actors = results.tables["actors"]
    return actors.filter(pl.col("within"))["actor"].to_list()


def by_actor(results: Stored) -> pl.DataFrame:
    """What each actor pays, less what it is paid; see ``Results.by_actor``."""
    accounts = results.tables["accounts"]
    costs = accounts.filter(pl.col("family") == "cost")["account"].to_list()
    money = results.tables["ledger"].filter(pl.col("account").is_in(costs))
    keys = ["year", "actor", "account"]
    payers = money.rename({"payer": "actor"}).group_by(keys).agg(pl.col("amount").sum())
    outside = money.filter(~pl.col("payee").is_in(within(results))).rename({"payee": "actor"})
    payees = outside.group_by(keys).agg(-pl.col("amount").sum())
    both = pl.concat([payers, payees]).group_by(keys).agg(pl.col("amount").sum())
    roles = results.tables["actors"].select("actor", "role")
    told = both.join(roles, on="actor", how="left").select("year", "actor", "role", "account", "amount")
    return told.sort("year", "actor", "account")


def _unknown(what: Text, got: str, known: Sequence[str]) -> StudyError:
    needs = listed(list(dict.fromkeys(known))[:30])
    return StudyError([Fault(Place(), what, got, needs, did_you_mean(got, known))])
