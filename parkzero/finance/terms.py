"""Terms of a finance case: what a user gives as a TOML file. What is missing is asked for, never invented.

All faults are told at once, each with its line. Shares are written as ``"8.5 %"`` or ``0.085``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from parkzero.cash.tax import Holiday, IncomeTax
from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.study import values
from parkzero.study.desk import Desk
from parkzero.study.document import Document, Tree, parse_toml
from parkzero.study.document import Path as Keys
from parkzero.texts import Text, listed, say
from parkzero.units import CURRENCIES, MONEY, ONE, YEAR

REPAYMENTS = ("annuity", "equal", "bullet", "sculpted")
LOSSES = ("carried", "absorbed")
FORMS = ("grant", "unit", "holiday", "fee")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A currency: its worth in the study's money at the start, and how that changes a year."""

    rate: float
    change: float

    def at(self, time: int) -> float:
        """Worth of one unit so many years after the start [money]."""
        return self.rate * (1 + self.change) ** time


@dataclass(frozen=True, slots=True)
class Loan:
    """A tranche of debt; each year of building draws one of its own.

    Attributes:
        name: who lends.
        share: of the investment, 0 to 1.
        rate: interest a year, in the loan's currency.
        years: until paid back, grace included.
        grace: years without principal.
        repayment: annuity, equal, bullet or sculpted.
        cover: debt service cover ratio of a sculpted loan.
        capitalised: whether interest in grace raises the balance.
        currency: in which it is owed; the study's where empty.
    """

    name: str
    share: float
    rate: float
    years: int
    grace: int = 0
    repayment: str = "annuity"
    cover: float = 0.0
    capitalised: bool = False
    currency: str = ""


@dataclass(frozen=True, slots=True)
class TaxTerms:
    """Corporate income tax of an actor.

    Attributes:
        income: rate, years of carrying losses, holiday.
        lives: years of straight-line depreciation by kind; ``other`` for those not named.
        absorbed: whether a loss lowers the tax on the actor's other profit in the same year.
    """

    income: IncomeTax
    lives: Mapping[str, int]
    absorbed: bool = False

    def life(self, kind: str) -> int:
        """Tax life of a kind [years]."""
        return self.lives.get(kind, self.lives[OTHER])


@dataclass(frozen=True, slots=True)
class Vat:
    """Value added tax on purchases; where it is recovered, that of an investment comes back a year later."""

    rate: float
    recovered: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of an actor's financing."""

    loans: tuple[Loan, ...] = ()
    tax: TaxTerms | None = None
    vat: Vat | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """An energy service company (ESCO) that invests in place of the owner.

    Attributes:
        name: of the contract.
        provider, client: who serves whom.
        assets: what the provider pays for: investment, fixed and variable operation.
        fee: paid a year, in money of the base year [money].
        share: of what the client saves in the year before the fee, where above zero.
        first, last: calendar years in which it is paid.
    """

    name: str
    provider: str
    client: str
    assets: tuple[str, ...]
    fee: float
    share: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Claim:
    """An incentive that an actor claims: a rule of the books, or one of the user's own.

    Attributes:
        name: of the claim.
        actor: who claims it.
        rule: id of a dated rule of the books; empty for one of the user's own.
        form: grant (share of an investment), unit (money a unit), fee (a fee not paid).
        share: of the investment.
        value: of a unit [money of the currency].
        currency: of ``value``; the study's where empty.
        kinds: of the assets that it concerns; all where empty.
        amounts: units by calendar year, where they are not the plan's own megawatt-hours.
        first, last: calendar years in which it holds.
        citation: where it is written.
        taxed: whether it counts as income.
    """

    name: str
    actor: str
    rule: str = ""
    form: str = ""
    share: float = 0.0
    value: float = 0.0
    currency: str = ""
    kinds: tuple[str, ...] = ()
    amounts: Mapping[int, float] = field(default_factory=dict)
    first: int = 0
    last: int = 9999
    citation: str = ""
    taxed: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """An input of the tornado: an account of cost that is scaled, or a term that takes another value."""

    name: str
    account: str
    term: tuple[str, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Game:
    """What each coalition gains together, to be shared [money]; asked of plans where ``worth`` is empty."""

    players: tuple[str, ...]
    worth: Mapping[frozenset[str], float]

    @property
    def planned(self) -> bool:
        """Whether plans say what each coalition gains."""
        return not self.worth


@dataclass(frozen=True, slots=True)
class Case:
    """All terms of a finance case.

    Attributes:
        inflation: of all prices, a year.
        discount: nominal discount rate of those who own, a year.
        exchange: by currency.
        actors: by id.
        services, claims, inputs: see their records.
        game: what is to be shared; None where nothing is.
        document: as it was written.
    """

    inflation: float
    discount: float
    exchange: Mapping[str, Exchange]
    actors: Mapping[str, Terms]
    services: tuple[Service, ...]
    claims: tuple[Claim, ...]
    inputs: tuple[Input, ...]
    game: Game | None
    document: Document


@dataclass(frozen=True, slots=True)
class Known:
    """What of a run terms may name."""

    currency: str
    actors: tuple[str, ...]
    assets: tuple[str, ...]
    kinds: tuple[str, ...]
    accounts: tuple[str, ...]
    rules: tuple[str, ...]


def read(path: Path, known: Known) -> Case:
    """Read a file of terms.

    Raises:
        StudyError: with all faults.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault(Place(str(path)), say("cannot be read"), str(error)[:120])
        raise StudyError([fault], say("The finance terms")) from None
    return of_document(parse_toml(text, path.name), known)


def of_document(document: Document, known: Known) -> Case:
    """The terms of a document.

    Raises:
        StudyError: with all faults.
    """
    reader = _Reader(Desk(document), known)
    case = reader.case()
    if reader.desk.faults:
        raise StudyError(reader.desk.faults, say("The finance terms"))
    return case


@dataclass(slots=True)
class _Reader:
    """Reads one document; faults gather at its desk."""

    desk: Desk
    known: Known

    def case(self) -> Case:
        tree = self.desk.document.tree
        sections = ("format", "money", "actors", "services", "incentives", "tornado", "split")
        self.desk.known((), tree, sections)
        money = self.desk.table(("money",), tree.get("money"))
        self.desk.known(("money",), money, ("inflation", "discount_rate", "exchange"))
        return Case(
            self.share(("money",), money, "inflation", least=-0.5),
            self.share(("money",), money, "discount_rate"),
            self._exchange(money),
            {name: self._actor(name, table) for name, table in self._each(tree, "actors", self.known.actors)},
            tuple(self._service(name, table) for name, table in self._each(tree, "services")),
            tuple(self._claim(name, table) for name, table in self._each(tree, "incentives")),
            tuple(self._input(name, table) for name, table in self._each(tree, "tornado")),
            self._game(tree.get("split")),
            self.desk.document,
        )

    def _each(self, tree: Tree, section: str, names: tuple[str, ...] = ()) -> list[tuple[str, Tree]]:
        """Tables of a section by name; names that the run does not know are faults."""
        table = self.desk.table((section,), tree.get(section), required=False)
        for name in table:
            if names and name not in names:
                self._unknown((section, name), name, names)
        return [(name, self.desk.table((section, name), inner)) for name, inner in table.items()]

    def _unknown(self, path: Keys, got: str, names: tuple[str, ...]) -> None:
        hint = did_you_mean(got, names)
        self.desk.fault(path, say("is not known to the run"), got, listed(names[:30]), hint)

    def _missing(self, path: Keys, needs: Text) -> None:
        self.desk.fault(path, say("is missing, and is not invented"), needs=needs)

    def share(
        self, path: Keys, table: Tree, name: str, *, least: float = 0.0, most: float = 1.0,
        default: float | None = None,
    ) -> float:  # fmt: skip
        """A share such as a rate a year; missing ones are asked for."""
        if name not in table:
            if default is None:
                self._missing((*path, name), say("a share such as '8 %'"))
            return default or 0.0
        read = values.quantity(self.desk, (*path, name), table[name], ONE, values.Money())
        if read is not None and not least <= read <= most:
            self.desk.fault((*path, name), say("is no share"), table[name],
                            say("{low:.0%} to {high:.0%}", low=least, high=most))  # fmt: skip
        return read or 0.0

    def whole(
        self, path: Keys, table: Tree, name: str, low: int, high: int, default: int | None = None
    ) -> int:
        """A whole number, bare or as so many years."""
        if name not in table:
            if default is None:
                self._missing((*path, name), say("a whole number from {low} to {high}", low=low, high=high))
            return low if default is None else default
        given = table[name]
        if isinstance(given, str):
            read = values.quantity(self.desk, (*path, name), given, YEAR, values.Money())
        else:
            read = values.number(given)
            if read is None:
                self.desk.fault((*path, name), say("is no number"), given)
        if read is not None and not (low <= read <= high and float(read).is_integer()):
            self.desk.fault((*path, name), say("is out of range"), given,
                            say("a whole number from {low} to {high}", low=low, high=high))  # fmt: skip
            return low
        return int(read or low)

    def money(self, path: Keys, table: Tree, name: str, currency: str = "") -> float:
        """An amount of money, in the study's currency or in another."""
        if name not in table:
            return 0.0
        own = currency or self.known.currency
        money = values.Money(own, {own: 1.0})
        return values.quantity(self.desk, (*path, name), table[name], MONEY, money) or 0.0

    def choice(self, path: Keys, table: Tree, name: str, among: tuple[str, ...], default: str = "") -> str:
        """One of some words."""
        if name not in table:
            if not default:
                self._missing((*path, name), listed(among))
            return default
        return values.word(self.desk, (*path, name), table[name], among) or among[0]

    def names(self, path: Keys, table: Tree, name: str, among: tuple[str, ...]) -> tuple[str, ...]:
        """A list of names that the run knows."""
        given = table.get(name, [])
        if not isinstance(given, list) or not all(isinstance(v, str) for v in given):
            self.desk.fault((*path, name), say("is no list of names"), given)
            return ()
        for one in given:
            if one not in among:
                self._unknown((*path, name), one, among)
        return tuple(given)

    def _exchange(self, money: Tree) -> dict[str, Exchange]:
        path: Keys = ("money", "exchange")
        found = {}
        for name, inner in self.desk.table(path, money.get("exchange"), required=False).items():
            here = (*path, name)
            table = self.desk.table(here, inner)
            self.desk.known(here, table, ("rate", "change"))
            if name not in CURRENCIES:
                self._unknown(here, name, tuple(CURRENCIES))
            if "rate" not in table:
                self._missing((*here, "rate"), say("what one {currency} is worth", currency=name))
            found[name] = Exchange(
                self.money(here, table, "rate"), self.share(here, table, "change", least=-0.5)
            )
        return found

    def _actor(self, name: str, table: Tree) -> Terms:
        path: Keys = ("actors", name)
        self.desk.known(path, table, ("debt", "tax", "vat"))
        debts = self.desk.table((*path, "debt"), table.get("debt"), required=False)
        loans = tuple(
            self._loan((*path, "debt", lender), lender, self.desk.table((*path, "debt", lender), inner))
            for lender, inner in debts.items()
        )
        if sum(loan.share for loan in loans) > 1 + 1e-12:
            self.desk.fault((*path, "debt"), say("lends more than is invested"), needs=say("100 % at most"))
        tax = self._tax((*path, "tax"), table["tax"]) if "tax" in table else None
        return Terms(loans, tax, self._vat((*path, "vat"), table["vat"]) if "vat" in table else None)

    def _loan(self, path: Keys, lender: str, table: Tree) -> Loan:
        fields = ("share", "rate", "years", "grace", "repayment", "cover", "capitalised", "currency")
        self.desk.known(path, table, fields)
        repayment = self.choice(path, table, "repayment", REPAYMENTS)
        sculpt = repayment == "sculpted"
        years = self.whole(path, table, "years", 1, 60)
        grace = self.whole(path, table, "grace", 0, 30, 0)
        if grace >= years:
            self.desk.fault((*path, "grace"), say("leaves no year to pay in"), grace,
                            say("fewer than {years} years", years=years))  # fmt: skip
        if sculpt and "grace" in table:
            self.desk.fault((*path, "grace"), say("is not for sculpted debt: its service follows the cash"))
        cover = self._cover(path, table, sculpt)
        currency = str(table.get("currency", ""))
        self._require_rate((*path, "currency"), currency)
        capitalised = "capitalised" in table and bool(
            values.flag(self.desk, (*path, "capitalised"), table["capitalised"])
        )
        if sculpt and currency not in ("", self.known.currency):
            self.desk.fault((*path, "currency"), say("is not the study's: sculpted debt follows its cash"),
                            currency, say("a loan in {currency}", currency=self.known.currency))  # fmt: skip
        return Loan(
            lender, self.share(path, table, "share", default=1.0 if sculpt else None),
            self.share(path, table, "rate"), years, grace, repayment, cover, capitalised, currency,
        )  # fmt: skip

    def _cover(self, path: Keys, table: Tree, sculpt: bool) -> float:
        if not sculpt:
            return 0.0
        if "cover" not in table:
            self._missing((*path, "cover"), say("a cover ratio such as 1.3"))
            return 1.0
        read = values.number(table["cover"])
        if read is None or not 1 <= read <= 10:
            self.desk.fault((*path, "cover"), say("is no cover ratio"), table["cover"], say("1 to 10"))
            return 1.0
        return read

    def _require_rate(self, path: Keys, currency: str) -> None:
        if currency in ("", self.known.currency):
            return
        tree = self.desk.document.tree.get("money")
        rates = tree.get("exchange") if isinstance(tree, dict) else None
        if not isinstance(rates, dict) or currency not in rates:
            self.desk.fault(path, say("has no exchange rate"), currency,
                            say("a table [money.exchange.{currency}]", currency=currency))  # fmt: skip

    def _tax(self, path: Keys, value: object) -> TaxTerms:
        table = self.desk.table(path, value)
        fields = (
            "rate",
            "losses",
            "carry",
            "exempt",
            "reduced",
            "part",
            "preferred",
            "preferred_rate",
            "life",
        )
        self.desk.known(path, table, fields)
        rate, losses = self.share(path, table, "rate"), self.choice(path, table, "losses", LOSSES)
        carry = self.whole(path, table, "carry", 0, 40, 0 if losses == "absorbed" else None)
        favoured = self.whole(path, table, "preferred", 0, 60, 0)
        ratio = self.share(path, table, "preferred_rate") / rate if favoured and rate else 1.0
        holiday = Holiday(
            self.whole(path, table, "exempt", 0, 60, 0), self.whole(path, table, "reduced", 0, 60, 0),
            self.share(path, table, "part", default=None if "reduced" in table else 1.0), favoured, ratio,
        )  # fmt: skip
        lives = self._lives((*path, "life"), table.get("life"))
        if not rate < 1:
            rate = 0.0  # told above
        return TaxTerms(IncomeTax(rate, carry, holiday), lives, losses == "absorbed")

    def _lives(self, path: Keys, value: object) -> dict[str, int]:
        table = self.desk.table(path, value)
        for kind in table:
            if kind not in (*self.known.kinds, OTHER):
                self._unknown((*path, kind), kind, (*self.known.kinds, OTHER))
        found = {kind: self.whole(path, table, kind, 1, 60) for kind in table}
        if OTHER not in found:
            found[OTHER] = self.whole(path, table, OTHER, 1, 60)
        return found

    def _vat(self, path: Keys, value: object) -> Vat:
        table = self.desk.table(path, value)
        self.desk.known(path, table, ("rate", "recovered"))
        if "recovered" not in table:
            self._missing((*path, "recovered"), say("true or false"))
        back = values.flag(self.desk, (*path, "recovered"), table.get("recovered", False))
        return Vat(self.share(path, table, "rate"), bool(back))

    def _service(self, name: str, table: Tree) -> Service:
        path: Keys = ("services", name)
        self.desk.known(path, table, ("provider", "client", "assets", "fee", "share", "first", "last"))
        provider, client = (self._who(path, table, side) for side in ("provider", "client"))
        if not {"fee", "share"} & set(table):
            self._missing((*path, "fee"), say("a fee a year, or a share of what the client saves"))
        return Service(
            name, provider, client, self.names(path, table, "assets", self.known.assets),
            self.money(path, table, "fee"), self.share(path, table, "share", default=0.0),
            self.whole(path, table, "first", 1900, 2300), self.whole(path, table, "last", 1900, 2300),
        )  # fmt: skip

    def _who(self, path: Keys, table: Tree, name: str) -> str:
        given = table.get(name)
        if not isinstance(given, str):
            self._missing((*path, name), listed(self.known.actors[:30]))
            return ""
        if given not in self.known.actors:
            self._unknown((*path, name), given, self.known.actors)
        return given

    def _claim(self, name: str, table: Tree) -> Claim:
        path: Keys = ("incentives", name)
        fields = ("actor", "rule", "form", "share", "value", "currency", "kinds", "amounts", "first", "last",
                  "citation", "taxed")  # fmt: skip
        self.desk.known(path, table, fields)
        rule = str(table.get("rule", ""))
        if rule and rule not in self.known.rules:
            self._unknown((*path, "rule"), rule, self.known.rules)
        form = "" if rule else self.choice(path, table, "form", ("grant", "unit", "fee"))
        if not rule and not table.get("citation"):
            self._missing((*path, "citation"), say("the document that grants it, with its date"))
        currency = str(table.get("currency", ""))
        self._require_rate((*path, "currency"), currency)
        if form == "grant" and "share" not in table:
            self._missing((*path, "share"), say("a share of the investment"))
        if form in ("unit", "fee") and "value" not in table:
            self._missing((*path, "value"), say("money for a unit"))
        own = not rule
        return Claim(
            name, self._who(path, table, "actor"), rule, form, self.share(path, table, "share", default=0.0),
            self.money(path, table, "value", currency), currency,
            self.names(path, table, "kinds", self.known.kinds), self._amounts(path, table),
            self.whole(path, table, "first", 1900, 2300, None if own else 1900),
            self.whole(path, table, "last", 1900, 2300, None if own else 2300),
            str(table.get("citation", "")),
            "taxed" in table and bool(values.flag(self.desk, (*path, "taxed"), table["taxed"])),
        )  # fmt: skip

    def _amounts(self, path: Keys, table: Tree) -> dict[int, float]:
        found: dict[int, float] = {}
        given = self.desk.table((*path, "amounts"), table.get("amounts"), required=False)
        for key, value in given.items():
            year, read = values.year_number(key), values.number(value)
            if year is None or read is None or read < 0:
                self.desk.fault((*path, "amounts", key), say("is no amount of a year"), value,
                                say("a calendar year and a number of zero or more"))  # fmt: skip
            else:
                found[year] = read
        return found

    def _input(self, name: str, table: Tree) -> Input:
        path: Keys = ("tornado", name)
        self.desk.known(path, table, ("account", "term", "low", "high"))
        account, term = str(table.get("account", "")), str(table.get("term", ""))
        if bool(account) == bool(term):
            self.desk.fault(path, say("names neither an account nor a term, or both"),
                            needs=say("account = '…' or term = 'money.inflation'"))  # fmt: skip
        if account and account not in (*self.known.accounts, "investment"):
            self._unknown((*path, "account"), account, (*self.known.accounts, "investment"))
        keys = tuple(term.split(".")) if term else ()
        if keys and _at(self.desk.document.tree, keys) is None:
            self.desk.fault((*path, "term"), say("is no value of these terms"), term)
        low, high = (self.share(path, table, end, least=-1.0, most=60.0) for end in ("low", "high"))
        return Input(name, account, keys, low, high)

    def _game(self, value: object) -> Game | None:
        if value is None:
            return None
        table = self.desk.table(("split",), value)
        self.desk.known(("split",), table, ("players", "worth", "plans"))
        players = table.get("players")
        if (
            not isinstance(players, list)
            or not 2 <= len(players) <= 12
            or len(set(map(str, players))) < len(players)
        ):
            self.desk.fault(("split", "players"), say("is no list of 2 to 12 different names"), players)
            return None
        names = tuple(str(p) for p in players)
        if "plans" in table and values.flag(self.desk, ("split", "plans"), table["plans"]):
            for name in names:
                if name not in self.known.actors:
                    self._unknown(("split", "players"), name, self.known.actors)
            return Game(names, {})
        worth: dict[frozenset[str], float] = {frozenset(): 0.0}
        given = self.desk.table(("split", "worth"), table.get("worth"))
        for key, amount in given.items():
            members, read = frozenset(part.strip() for part in key.split("+")), values.number(amount)
            if not members <= set(names) or read is None:
                self.desk.fault(("split", "worth", key), say("is no worth of a coalition"), amount,
                                say("players joined by + and a number"))  # fmt: skip
            else:
                worth[members] = read
        self._complete(names, worth)
        return Game(names, worth)

    def _complete(self, names: tuple[str, ...], worth: Mapping[frozenset[str], float]) -> None:
        from parkzero.cash.split import coalitions

        missing = ["+".join(sorted(c)) for c in coalitions(names) if c not in worth]
        if missing:
            self._missing(
                ("split", "worth"), say("what these gain together: {names}", names=listed(missing[:20]))
            )


def _at(tree: Tree, keys: tuple[str, ...]) -> object:
    node: object = tree
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node if isinstance(node, (int, float, str)) and not isinstance(node, bool) else None


def with_term(document: Document, keys: tuple[str, ...], value: float) -> Document:
    """The document with another value of one term."""

    def changed(node: Any, rest: tuple[str, ...]) -> Any:  # noqa: ANN401  a TOML tree
        if not rest:
            return value
        return {k: changed(v, rest[1:]) if k == rest[0] else v for k, v in cast(Tree, node).items()}

    return Document(changed(document.tree, keys), document.file, document.places)
