"""The template of a file of terms: every field, none filled in; figures of the books are comments."""

from __future__ import annotations

from datetime import date

from parkzero.books import BookError, find
from parkzero.books.incentives import incentives
from parkzero.finance.terms import Known

_HINTS = (
    "finance.inflation_5y", "finance.discount_owner", "finance.loan_rate_vnd", "finance.loan_rate_usd",
    "finance.debt_share", "cit.standard", "depreciation.pv.low", "depreciation.pv.high", "depreciation.bess",
    "tariff.vat", "fx.vnd_per_usd",
)  # fmt: skip

_TEXT = """\
# Điều khoản tài chính / Finance terms of {name}
# Mọi con số là của bạn: bỏ dấu # và điền. Thiếu số nào, ParkZero hỏi số đó, không tự đặt.
# All figures are yours: take the # away and fill in. What is missing is asked for, never invented.
# Số tham khảo trong bộ dữ liệu tham chiếu, chưa được áp dụng / what the books hold, applied to nothing:
{hints}

format = 1

[money]
# inflation = "… %"          # lạm phát chung mỗi năm / of all prices, a year
# discount_rate = "… %"      # suất chiết khấu danh nghĩa của chủ sở hữu / nominal, of those who own

# [money.exchange.USD]       # chỉ khi vay hoặc ưu đãi bằng ngoại tệ / only for loans or incentives in it
# rate = "… {currency}"
# change = "… %"             # mỗi năm / a year

# ----- Bên vay, nộp thuế / who borrows and is taxed: {actors}
# [actors.{first}.debt.bank]
# share = "… %"              # của vốn đầu tư / of the investment
# rate = "… %"
# years = …
# grace = …                  # số năm ân hạn gốc / years without principal
# repayment = "annuity"      # annuity, equal, bullet, sculpted
# cover = …                  # DSCR, khi sculpted / with sculpted
# currency = "{currency}"

# [actors.{first}.tax]
# rate = "… %"
# losses = "carried"         # carried: chuyển lỗ / absorbed: trừ vào lợi nhuận khác cùng năm
# carry = …                  # số năm chuyển lỗ / years
# exempt = …                 # số năm miễn, rồi giảm / years without, then reduced
# reduced = …
# part = "… %"
# life = {{ {kinds}, other = … }}   # năm khấu hao / years of depreciation

# [actors.{first}.vat]
# rate = "… %"
# recovered = true           # được khấu trừ, hoàn / recovered

# ----- ESCO
# [services.roofs]
# provider = "investors"
# client = "{first}"
# assets = ["…"]
# fee = "… {currency}"       # mỗi năm, giá năm gốc / a year, in money of the base year
# share = "… %"              # phần tiết kiệm trả cho ESCO / of what is saved
# first = …
# last = …

# ----- Ưu đãi / incentives: quy định có hạn trong bộ dữ liệu tham chiếu / dated rules of the books
{rules}
# [incentives.own]
# actor = "{first}"
# rule = "…"                 # hoặc form = "grant" | "unit" | "fee", share/value, first, last, citation
# amounts = {{ 2030 = 1000 }}  # sản phẩm mỗi năm: xe, kWh pin / products a year: vehicles, kWh of batteries

# ----- Độ nhạy / tornado
# [tornado.electricity]
# account = "energy"         # {accounts}
# low = "-… %"
# high = "… %"
# [tornado.interest]
# term = "actors.{first}.debt.bank.rate"
# low = "… %"
# high = "… %"

# ----- Chia công bằng / a fair split
# [split]
# players = ["a", "b"]
# worth = {{ a = 0, b = 0, "a+b" = … }}
"""


def template(name: str, known: Known) -> str:
    """A file of terms for a run, all of it commented out but the headings."""
    first = next((a for a in known.actors if a not in _OUTSIDE), "park")
    rules = "\n".join(f"#   {rule.rule}: {rule.en}" for rule in incentives().values())
    plain = " ".join(name.split())
    return _TEXT.format(
        name=plain, hints="\n".join(_hints()), currency=known.currency, first=first, rules=rules,
        actors=", ".join(a for a in known.actors if a not in _OUTSIDE)[:200],
        kinds=", ".join(f"{kind} = …" for kind in known.kinds[:3]),
        accounts=", ".join(("investment", *known.accounts)),
    )  # fmt: skip


_OUTSIDE = frozenset({"utility", "supplier", "state", "world"})


def _hints() -> list[str]:
    found = []
    for key in _HINTS:
        for day in (date.today(), date(2026, 6, 15), date(2024, 6, 1)):
            try:
                entry = find(key, day)
            except BookError:
                continue
            found.append(f"#   {key} = {entry.value:g} {entry.unit} ({entry.validity}; {entry.confidence})")
            break
    return found
