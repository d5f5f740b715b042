"""What ``reasons`` says, in English and Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Lang = Literal["en", "vi"]

PHRASES: Mapping[str, tuple[str, str]] = {
    "optimal": ("The plan is optimal within its tolerance", "Phương án tối ưu trong dung sai"),
    "stopped": (
        "The search was stopped: this is the best plan so far, not proven to its tolerance",
        "Tìm kiếm bị dừng: đây là phương án tốt nhất đến nay, chưa chứng minh đạt dung sai",
    ),
    "infeasible": (
        "There is no plan: something stays unserved or in excess",
        "Không có phương án: còn thiếu hoặc vượt giới hạn",
    ),
    "gap": (
        "{status}: at most {share} ({amount}) dearer than the best.",
        "{status}: đắt hơn phương án tốt nhất không quá {share} ({amount}).",
    ),
    "savings": (
        "Savings are those of the first unit at the plan's sizes.",
        "Khoản tiết kiệm tính cho đơn vị đầu tiên, với quy mô của phương án.",
    ),
    "binds": ("What binds", "Điều đang ràng buộc"),
    "costs": (
        "What costs most (over the whole plan, discounted)",
        "Chi phí lớn nhất (cả lộ trình, đã chiết khấu)",
    ),
    "built": ("What is built", "Những gì được xây"),
    "unbuilt": ("What is not built", "Những gì không được xây"),
    "nothing": ("nothing", "không có"),
    "missing": ("What is missing", "Còn thiếu"),
    "more": ("and {count} more in summary.json", "và {count} mục nữa trong summary.json"),
    "policy": (
        "{policy} in {year}: limit {limit} {unit}; one {unit} more would save {amount} a year",
        "{policy} năm {year}: giới hạn {limit} {unit}; nới 1 {unit} tiết kiệm {amount} mỗi năm",
    ),
    "rule": (
        "{name} in {year}{steps}: one {unit} more would save {amount} a year",
        "{name} năm {year}{steps}: nới 1 {unit} tiết kiệm {amount} mỗi năm",
    ),
    "steps": (" in {count} steps", " ở {count} bước"),
    "amount_in": ("{amount} {unit} in {year}", "{amount} {unit} năm {year}"),
    "held": (
        "; held by its limit, one {unit} more in {year} would save {amount}",
        "; bị giới hạn chặn, thêm 1 {unit} năm {year} tiết kiệm {amount}",
    ),
    "not_priced": (
        "may not be built in any year, or was not priced",
        "không được phép xây năm nào, hoặc chưa được định giá",
    ),
    "never": ("would not be built even if it cost nothing", "không xây dù chi phí bằng không"),
    "equal": ("is as good as what is built instead", "ngang với phương án được xây thay nó"),
    "cheaper": ("needs to be {share} cheaper", "cần rẻ hơn {share}"),
}


def say(lang: Lang, key: str, **given: object) -> str:
    """A phrase in a language."""
    return PHRASES[key][0 if lang == "en" else 1].format(**given)


def number(lang: Lang, text: str) -> str:
    """A number, written in the English way, as the language writes it."""
    return text if lang == "en" else text.translate(str.maketrans(",.", ".,"))
