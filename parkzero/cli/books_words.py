"""What the command ``parkzero books`` says in the terminal, in both languages."""

from __future__ import annotations

from typing import Literal

Lang = Literal["vi", "en"]

WORDS: dict[str, tuple[str, str]] = {
    "table": ("Bảng", "Table"),
    "rows": ("Số dòng", "Rows"),
    "key": ("Khóa", "Key"),
    "value": ("Giá trị", "Value"),
    "holds": ("Hiệu lực", "Holds"),
    "state": ("Tình trạng", "State"),
    "sure": ("Tin", "Mark"),
    "change": ("Thay đổi", "Change"),
    "source": ("Văn bản", "Document"),
    "field": ("Trường", "Field"),
    "first": ("–", "–"),
    "unchanged": ("không đổi", "unchanged"),
    "hint": ("Có phải ý bạn là {word}?", "Did you mean {word}?"),
    "gap": ("sau khoảng trống", "after a gap"),
    "same": ("cùng văn bản", "same document"),
    "seen": ("xem qua: {text}", "seen in: {text}"),
    "note": ("Ghi chú: {text}", "Note: {text}"),
    "formula": ("Công thức: {text}", "Formula: {text}"),
    "upcoming": ("chưa có hiệu lực", "not yet in force"),
    "in_force": ("còn hiệu lực", "in force"),
    "ended": ("hết hiệu lực", "ended"),
    "pilot": ("thí điểm", "pilot"),
    "draft": ("dự thảo", "draft"),
    "issued": ("đã ban hành, chưa áp dụng", "issued, not yet applied"),
    "analyst": ("ước tính", "estimate"),
    "any": ("mọi ngày", "any day"),
    "from": ("từ {day}", "from {day}"),
    "until": ("đến {day}", "to {day}"),
    "between": ("{first} đến {last}", "{first} to {last}"),
    "P": ("đã đọc trong chính văn bản", "seen in the document itself"),
    "S": ("đọc ở nguồn thứ cấp", "seen in a secondary source"),
    "D": ("suy ra từ số liệu đã đọc", "derived from seen values"),
    "M": ("theo trí nhớ, phải kiểm tra", "from memory, to be checked"),
    "legend": (
        "P: đọc trong văn bản; S: nguồn thứ cấp; D: suy ra; M: theo trí nhớ, phải kiểm tra. "
        "Tình trạng tính cho ngày {day}.",
        "P: seen in the document; S: secondary source; D: derived; M: from memory, to be checked. "
        "State on {day}.",
    ),
    "found": ("{count} dòng", "{count} rows"),
    "more": ("và {count} dòng nữa; --limit 0 cho tất cả", "and {count} more; --limit 0 shows all"),
    "nothing": ("không có dòng nào chứa {words}. {hint}", "no row holds {words}. {hint}"),
    "none_on": (
        "{count} dòng chứa {words}, nhưng không dòng nào có hiệu lực ngày {day}; có cho {held}",
        "{count} rows hold {words}, but none of them on {day}; there are rows for {held}",
    ),
    "study": (
        "{memory} trong {all} số liệu lấy từ sổ là theo trí nhớ (M)",
        "{memory} of {all} values taken from the books rest on memory (M)",
    ),
    "study_none": (
        "Không có số liệu nào của hồ sơ dựa vào trí nhớ.",
        "No value of the study rests on memory.",
    ),
    "study_then": (
        "Sau khi lập phương án, mục «Cần xác nhận trước khi quyết định chi tiền» của báo cáo xếp chúng "
        "theo mức làm thay đổi phương án.",
        "Once the study is planned, “What to confirm before money depends on it” in the report orders them "
        "by how much the plan would change.",
    ),
    "own": ("Tệp {file}: {count} dòng, không có lỗi", "{file}: {count} rows, no faults"),
}  # fmt: skip


def say(key: str, lang: Lang, **given: object) -> str:
    """A phrase in a language."""
    return WORDS[key][0 if lang == "vi" else 1].format(**given)


def figure(value: float, lang: Lang) -> str:
    """A number as the language writes it, with all its digits: 2.204,0655 in Vietnamese."""
    text = f"{value:,.10g}"
    return text.translate(str.maketrans(",.", ".,")) if lang == "vi" else text
