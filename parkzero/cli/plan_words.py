"""What the commands plan, explain and report say in the terminal, in both languages."""

from __future__ import annotations

from typing import Literal

Lang = Literal["vi", "en"]

WORDS: dict[str, tuple[str, str]] = {
    "reading": ("Đang đọc hồ sơ {study}", "Reading {study}"),
    "optimal": ("Phương án tối ưu trong dung sai {tolerance}", "Optimal within the tolerance of {tolerance}"),
    "stopped": (
        "Dừng sớm: phương án tốt nhất đến nay, CHƯA chứng minh đạt dung sai {tolerance}",
        "Stopped: the best plan so far, NOT proven to the tolerance of {tolerance}",
    ),
    "infeasible": (
        "Không có phương án: còn thiếu hoặc vượt giới hạn",
        "No plan: something is short or in excess",
    ),
    "gap": ("đắt hơn phương án tốt nhất không quá {gap}", "at most {gap} dearer than the best"),
    "objective": ("Tổng chi phí chiết khấu {cost}", "Discounted cost of {cost}"),
    "took": ("{seconds} giây, {memory} MB, {solver}", "{seconds} s, {memory} MB, {solver}"),
    "year": ("Năm", "Year"),
    "built": ("Xây mới MW", "Built MW"),
    "largest": ("Lớn nhất", "Largest"),
    "cost": ("Chi phí mỗi năm", "Cost a year"),
    "emissions": ("tCO2e", "tCO2e"),
    "renewable": ("Tái tạo", "Renewable"),
    "binds": (
        "Giới hạn đang ràng buộc; nới một đơn vị tiết kiệm mỗi năm",
        "What binds; saving a year for one unit more",
    ),
    "marginal": (
        "Giá trị biên: tính cho đơn vị đầu tiên, với quy mô của phương án.",
        "Marginal values: those of the first unit at the plan's sizes.",
    ),
    "nothing": ("không có", "nothing"),
    "missing": ("Còn thiếu", "What is missing"),
    "more": ("và {count} mục nữa trong summary.json", "and {count} more in summary.json"),
    "synthetic": ("Số liệu giả lập: {notes}", "Synthetic data: {notes}"),
    "warning": ("Lưu ý: {text}", "Note: {text}"),
    "audit": (
        "Kiểm toán các bảng đã lưu, {count} phép kiểm: đạt; nút lệch {balance} MW, chi phí lệch {money}",
        "Audit of the stored tables, {count} checks: passed; buses off by {balance} MW, money by {money}",
    ),
    "report": ("Báo cáo: {path}", "Report: {path}"),
    "folder": ("Kết quả: {path}", "Results: {path}"),
    "lower": ("cận dưới", "lower bound"),
    "upper": ("tốt nhất", "best plan"),
    "gap_word": ("khoảng cách", "gap"),
    "searching": ("Đang tìm nguyên nhân", "Looking for the smallest conflict"),
    "no_conflict": (
        "Không thấy mâu thuẫn trên các ngày trung bình; parkzero plan tìm ra thiếu hụt của từng giờ.",
        "No conflict was found on mean days; parkzero plan finds shortages of single hours.",
    ),
    "damaged_search": (
        "Tệp tìm kiếm {path} bị hỏng hoặc thuộc phiên bản khác: bỏ qua, cất thành {aside}; tìm lại từ đầu.",
        "The search file {path} is damaged or of another version: it is ignored and kept as {aside}; "
        "the search begins anew.",
    ),
    "writing": ("Đang ghi và kiểm toán", "Writing and auditing"),
}


def say(key: str, lang: Lang, **given: object) -> str:
    """A phrase in a language."""
    return WORDS[key][0 if lang == "vi" else 1].format(**given)


def number(value: float, lang: Lang, decimals: int = 0) -> str:
    """A number as the language writes it: 1.234,5 in Vietnamese, 1,234.5 in English."""
    text = f"{value:,.{decimals}f}"
    if text.strip("-0.") == "":
        text = text.lstrip("-")
    return text.translate(str.maketrans(",.", ".,")) if lang == "vi" else text


def share(value: float, lang: Lang, decimals: int = 1) -> str:
    """A share in percent."""
    return number(value * 100, lang, decimals) + (" %" if lang == "vi" else "%")


def small(value: float, lang: Lang) -> str:
    """A residual: 0, or a power of ten as the language writes it."""
    text = f"{value:.1e}" if value else "0"
    return text.replace(".", ",") if lang == "vi" else text


def gap_text(gap: float | None, lang: Lang) -> str:
    """A proven gap, never shown as nothing; an infinite one is a dash."""
    if gap is None or not gap < float("inf"):
        return "–"
    return share(max(gap, 1e-5), lang, 3)
