"""The phrases in which conflicts are told, in English and Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

Lang = Literal["en", "vi"]
LANGS: tuple[Lang, ...] = ("en", "vi")

PHRASES: Mapping[str, tuple[str, str]] = {
    # heads
    "title_one": ("This cannot be kept, whatever is built:", "Điều này không thể đạt, dù xây gì:"),
    "title_smallest": (
        "These cannot hold together; without any one of them the others could:",
        "Những điều sau không thể cùng đúng; bỏ bất kỳ điều nào thì các điều còn lại đều được:",
    ),
    "title": ("These cannot hold together:", "Những điều sau không thể cùng đúng:"),
    # who
    "of_owner": (" of tenant {owner}", " của doanh nghiệp {owner}"),
    "or": (" or ", " hoặc "),
    "and": (" and ", " và "),
    # policies
    "cap": ("Emission cap '{asset}' allows {amount} in {year}{sources}",
            "Trần phát thải '{asset}' cho phép {amount} trong năm {year}{sources}"),
    "budget_year": ("Emission budget '{asset}' gives {year} its part{sources}",
                    "Ngân sách phát thải '{asset}' dành cho năm {year} một phần{sources}"),
    "budget": ("Emission budget '{asset}' allows {amount} over all years",
               "Ngân sách phát thải '{asset}' cho phép {amount} trong mọi năm cộng lại"),
    "share": ("Renewable share '{asset}' asks for {share} of the electricity consumed in {year}; {source}",
              "Tỷ lệ tái tạo '{asset}' đòi {share} lượng điện tiêu thụ năm {year}; {source}"),
    "share_from": ("it can only come from {made}", "chỉ có thể lấy từ {made}"),
    "share_none": ("nothing in the study generates any", "hồ sơ không có nguồn tái tạo nào"),
    "offset_share": ("Offset '{asset}' buys no more than its share of the gross emissions of {year}",
                     "Tín chỉ '{asset}' không vượt tỷ lệ cho phép của tổng phát thải năm {year}"),
    "emits": ("'{asset}' emits {factor} t/MWh", "'{asset}' phát thải {factor} t/MWh"),
    # buses
    "electricity_demand": ("the electricity demand '{name}'{who} of {amount}",
                           "nhu cầu điện '{name}'{who}: {amount}"),
    "heat_demand": ("the heat demand '{name}'{who} of {amount}", "nhu cầu nhiệt '{name}'{who}: {amount}"),
    "at_moment": ("{power} MW on {moment}", "{power} MW vào {moment}"),
    "in_year": ("{energy} in {year}, at most {power} MW", "{energy} trong năm {year}, cao nhất {power} MW"),
    "served": ("{must} at bus {bus} can only come from {only}",
               "{must}, tại nút {bus} chỉ có thể lấy từ {only}"),
    "unserved": ("{must} at bus {bus} has no supply at all", "{must}, tại nút {bus} không có nguồn cấp nào"),
    "passed_on": ("At bus {bus}, what {takers} takes must come from {only}",
                  "Tại nút {bus}, phần {takers} lấy phải đến từ {only}"),
    "nobody": ("nobody", "không ai"),
    "nowhere": ("nowhere", "không đâu"),
    # assets
    "rule": ("{who} {words} in {year}", "{who} {words} (năm {year})"),
    "at_most": ("at most {amount}", "không quá {amount}"),
    "its_limit": ("no more than its limit", "không quá giới hạn của nó"),
    # what may be built
    "none_built": ("Nothing of '{asset}' ({size}) may be built in {year}",
                   "Không được xây '{asset}' ({size}) trong năm {year}"),
    "most_built": ("At most {amount} of '{asset}' ({size}) may be built in {year}",
                   "Năm {year} chỉ được xây không quá {amount} của '{asset}' ({size})"),
    "most_standing": ("At most {amount} of '{asset}' ({size}) may stand in {year}",
                      "Năm {year} chỉ được có không quá {amount} của '{asset}' ({size})"),
    "other_limit": ("{name} is at most {amount}", "{name} không quá {amount}"),
}  # fmt: skip

RULES: Mapping[str, tuple[str, str]] = {
    "import_limit": ("imports {bound}", "mua vào {bound}"),
    "export_limit": ("exports {bound}", "bán ra {bound}"),
    "own_surplus": ("exports no more than its owner generates in the same step",
                    "không bán quá lượng chủ sở hữu tự phát trong cùng bước thời gian"),
    "export_share": ("exports no more than its share of its owner's yearly generation",
                     "không bán quá tỷ lệ cho phép của sản lượng năm"),
    "limit": ("supplies {bound}", "cung cấp {bound}"),
    "yearly": ("supplies {bound} a year", "cung cấp {bound} mỗi năm"),
    "weather": ("gives no more than the weather allows", "phát không quá mức thời tiết cho phép"),
    "capacity": ("gives no more than the power that stands", "không vượt công suất hiện có"),
    "conversion": ("turns its input into heat at its efficiency", "sinh nhiệt theo hiệu suất của nó"),
    "balance": ("holds only what was charged before", "chỉ chứa phần đã nạp trước đó"),
    "charging": ("charges no faster than the power that stands", "nạp không quá công suất hiện có"),
    "discharging": ("discharges no faster than the power that stands", "xả không quá công suất hiện có"),
    "filling": ("holds no more than the energy that stands", "chứa không quá dung lượng hiện có"),
    "forward": ("sends no more than the power that stands", "truyền đi không quá công suất hiện có"),
    "back": ("sends back no more than the power that stands", "truyền về không quá công suất hiện có"),
    "mass": ("buys {bound}", "mua {bound}"),
    "other_rule": ("keeps its rule '{rule}'", "giữ quy tắc '{rule}'"),
}  # fmt: skip
"""What a rule of an asset says, by its name; {bound} is its limit where it has one of its own."""

KINDS: Mapping[str, tuple[str, str]] = {
    "battery": ("battery", "pin lưu trữ"),
    "electric_boiler": ("electric boiler", "nồi hơi điện"),
    "feeder": ("feeder", "đường dây"),
    "fuel": ("fuel supply", "nguồn nhiên liệu"),
    "fuel_boiler": ("fuel boiler", "nồi hơi đốt nhiên liệu"),
    "grid": ("grid connection", "điểm đấu nối lưới"),
    "heat_pump": ("heat pump", "bơm nhiệt"),
    "offset": ("offset", "tín chỉ bù trừ"),
    "solar": ("photovoltaics", "điện mặt trời"),
    "thermal_store": ("thermal store", "bể trữ nhiệt"),
    "wind": ("wind", "điện gió"),
}


def say(lang: Lang, key: str, **given: object) -> str:
    """A phrase in a language."""
    return PHRASES[key][LANGS.index(lang)].format(**given)


def says(lang: Lang, rule: str, bound: str) -> str:
    """What a rule of an asset says; a rule that is not known is named."""
    return RULES.get(rule, RULES["other_rule"])[LANGS.index(lang)].format(bound=bound, rule=rule)


def kind(lang: Lang, word: str) -> str:
    """A kind of component in a language; kinds without a word of their own as they are written."""
    plain = word.replace("_", " ")
    return KINDS.get(word, (plain, plain))[LANGS.index(lang)]


def number(lang: Lang, value: float, figures: int = 6) -> str:
    """A number as the language writes it."""
    text = f"{value + 0.0:,.{figures}g}"
    return text.translate(str.maketrans(",.", ".,")) if lang == "vi" else text


def either(lang: Lang, parts: Iterable[str]) -> str:
    """Parts joined by "or"."""
    return say(lang, "or").join(parts)


def both(lang: Lang, parts: Iterable[str]) -> str:
    """Parts joined by "and"."""
    return say(lang, "and").join(parts)
