"""Documents of the books as a Vietnamese reader cites them: Quyết định 1279/QĐ-BCT (9/5/2025)."""

from __future__ import annotations

import re

from parkzero.texts import Both

_MONTHS = {
    name: i + 1
    for i, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    )
}
_DAY = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})\b")
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{4}})\b")
# Kinds of document and the words between them, as they stand in the columns document and article.
_WORDS = (
    (
        "Global Renewables and Energy Efficiency Pledge",
        "Cam kết toàn cầu về năng lượng tái tạo và hiệu quả năng lượng",
    ),
    ("Nationally Determined Contribution of Viet Nam", "Đóng góp do quốc gia tự quyết định của Việt Nam"),
    (", updated ", ", cập nhật "),
    ("the city's green-growth statement", "công bố tăng trưởng xanh của thành phố"),
    ("COP26 statement", "tuyên bố tại COP26"),
    ("Official letter", "Công văn"),
    ("Decision", "Quyết định"),
    ("Decree", "Nghị định"),
    ("Circular", "Thông tư"),
    ("Resolution", "Nghị quyết"),
    ("Law ", "Luật "),
    ("Letter ", "Công văn "),
    ("letter ", "công văn "),
    ("grid emission factor of", "hệ số phát thải lưới điện"),
    ("of the Department of Climate Change", "của Cục Biến đổi khí hậu"),
    ("(number not kept)", "(chưa ghi được số)"),
    ("Commission Implementing Regulation", "Quy định thực thi của Ủy ban châu Âu"),
    ("Regulation (EU)", "Quy định (EU)"),
    ("Directive", "Chỉ thị"),
    ("as amended by", "sửa đổi bởi"),
    ("as corrected by", "đính chính bởi"),
    ("amending", "sửa đổi"),
    ("in force", "hiệu lực từ"),
    ("under Thông tư", "theo Thông tư"),
    (", with ", ", cùng "),
    ("no document known", "chưa rõ văn bản"),
    ("from memory", "theo trí nhớ"),
    ("full text", "toàn văn"),
    ("newspapers", "báo chí"),
    ("art. ", "Điều "),
    ("annex", "phụ lục"),
    ("tables ", "bảng "),
    ("table ", "bảng "),
    ("vol. ", "tập "),
    ("ch. ", "chương "),
    (" and ", " và "),
    (", range ", ", khoảng "),
)


def in_vietnamese(source: str) -> str:
    """A document, or through what a value was seen, with its kinds and dates in Vietnamese."""
    for english, vietnamese in _WORDS:
        source = source.replace(english, vietnamese)
    source = _DAY.sub(lambda m: f"{m[1]}/{_MONTHS[m[2]]}/{m[3]}", source)
    return _MONTH.sub(lambda m: f"{_MONTHS[m[1]]}/{m[2]}", source)


def cited(source: str) -> Both:
    """A document in both languages."""
    return Both(in_vietnamese(source), source)
