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
# An "and" of ours stands between numbers, or beside Vietnamese words; one in a foreign title stays.
_AND = re.compile(r" and (?=[0-9(]|vn_|Nghị|Quyết|Thông|Luật|báo|bảng|trang)")
# What the collection says of what has no document, and of places in one: whole phrases, before single words.
_PHRASES = (
    (
        "from memory of DOE/IAC, UNIDO RECP and VNEEP audits",
        "theo trí nhớ về rà soát năng lượng DOE/IAC, UNIDO RECP, VNEEP",
    ),
    ("from memory of EVN reports", "theo trí nhớ về báo cáo của EVN"),
    ("from memory of price boards", "theo trí nhớ về bảng giá niêm yết"),
    (
        "from memory of satellite atlases (+/-10 %), year about",
        "theo trí nhớ về bản đồ vệ tinh (±10 %), cả năm khoảng",
    ),
    ("from memory of station normals (+/-0.5)", "theo trí nhớ về số liệu trung bình của trạm (±0,5)"),
    ("from memory of the Global Solar Atlas", "theo trí nhớ về Global Solar Atlas"),
    (
        "from memory of the monthly shape; yearly mean at 65 m scaled to about 7.0-7.6",
        "theo trí nhớ về diễn biến theo tháng; trung bình năm ở 65 m quy về khoảng 7,0–7,6",
    ),
    ("to be confirmed with the list of HEZA", "cần xác nhận theo danh sách của HEZA"),
    ("Vietnamese field gas", "khí mỏ Việt Nam"),
    (
        "MOIT Circulars 20/2016 (steel), 19/2016 (beer), 02/2014 (chemicals), 24/2017 (paper) and "
        "38/2016 (plastics) exist",
        "có các Thông tư của Bộ Công Thương 20/2016 (thép), 19/2016 (bia), 02/2014 (hóa chất), "
        "24/2017 (giấy), 38/2016 (nhựa)",
    ),
    (
        "a Vietnamese cement study: 532 process, with fuel and electricity 897 kg/t clinker; 718 kg/t cement",
        "một khảo sát xi măng Việt Nam: 532 từ quá trình, kể cả nhiên liệu và điện 897 kg/t "
        "clinker; 718 kg/t xi măng",
    ),
    (
        "a decision of MOIT of 2025 whose number was not confirmed",
        "một quyết định năm 2025 của Bộ Công Thương chưa xác nhận được số",
    ),
    ("about 14 GJ/t, stated beside the price", "khoảng 14 GJ/t, nêu cạnh giá"),
    (
        "midpoint of the 5,500-6,000 kcal/kg stated beside the price",
        "giữa khoảng 5.500–6.000 kcal/kg nêu cạnh giá",
    ),
    (
        "analyst's estimate from the fall of LFP prices in 2024-2026 (BNEF turnkey about 117-165 USD/kWh)",
        "ước tính của chuyên gia từ đà giảm giá LFP 2024–2026 (BNEF trọn gói khoảng 117–165 USD/kWh)",
    ),
    ("analyst's estimate, uncertain by a factor of 2", "ước tính của chuyên gia, có thể sai gấp đôi"),
    ("analyst's estimate", "ước tính của chuyên gia"),
    ("analyst's stress case", "kịch bản bất lợi của chuyên gia"),
    ("atlas of the World Bank and others", "bản đồ của Ngân hàng Thế giới và các bên khác"),
    ("MPI and UNIDO", "Bộ Kế hoạch và Đầu tư, UNIDO"),
    ("UNIDO and MPI", "UNIDO, Bộ Kế hoạch và Đầu tư"),
    ("World Bank and EVN", "Ngân hàng Thế giới và EVN"),
    (
        "authors of HUST, anhsangvacuocsong.vn; not official; the same authors gave 0.6811 for 2024",
        "nhóm tác giả Đại học Bách khoa Hà Nội, anhsangvacuocsong.vn; không chính thức; cùng nhóm "
        "nêu 0,6811 cho năm 2024",
    ),
    ("computed from other rows", "tính từ các dòng khác"),
    ("coordinates on GitHub and in newspapers", "tọa độ trên GitHub và báo chí"),
    ("example in a newspaper", "ví dụ trên báo"),
    ("material of the European Commission on CBAM", "tài liệu của Ủy ban châu Âu về CBAM"),
    (
        "notes of EVN on the settlement of direct purchase",
        "ghi chú của EVN về thanh toán mua bán điện trực tiếp",
    ),
    (
        "one modeller's mean of settlement figures of EVN",
        "trung bình do một người lập mô hình tính từ số liệu thanh toán của EVN",
    ),
    (
        "placeholder until the tables of DCE report 441 (Aarhus University, 2021) are entered",
        "giá trị tạm cho đến khi nhập các bảng của báo cáo DCE 441 (Aarhus University, 2021)",
    ),
    ("stoichiometry", "tính theo phương trình phản ứng"),
    ("a third file of the collection", "tệp thứ ba của bộ sưu tập"),
    ("file not kept", "không giữ lại tệp"),
    ("market estimates after IRENA", "ước tính thị trường theo IRENA"),
    (
        "the circular on carrying out prices; its number was not seen (Circular 16/2014/TT-BCT and "
        "60/2025/TT-BCT regulate it)",
        "thông tư về thực hiện giá; chưa thấy số (Thông tư 16/2014/TT-BCT và 60/2025/TT-BCT quy định)",
    ),
    ("rule of thumb", "quy tắc kinh nghiệm"),
    ("pages of sellers", "trang của bên bán"),
    ("Vietnamese wind studies", "các khảo sát điện gió Việt Nam"),
    ("DEEP C statements", "công bố của DEEP C"),
    ("newspapers, June 2026", "báo chí, 6/2026"),
    ("private communications and IEA", "trao đổi riêng và IEA"),
    ("same as 'electricity distribution grid'", "như 'electricity distribution grid'"),
    ("original named only", "nguồn gốc chỉ ghi"),
    ("original not stated", "không nêu nguồn gốc"),
    ("no original:", "không có nguồn gốc:"),
    ("so named in the collection", "tên như trong bộ sưu tập"),
    (", so named in ", ", tên như trong "),
    ("named without title in the collection", "bộ sưu tập không nêu tựa"),
    (" in PyPSA/", " trong PyPSA/"),
    ("EUR of 2025", "EUR năm 2025"),
    ("USD of 2019", "USD năm 2019"),
    ("rows of Viet Nam", "các dòng của Việt Nam"),
    ("rows of other countries", "các dòng của nước khác"),
    ("list of transmission works", "danh mục công trình truyền tải"),
    ("unit rates of investment", "suất vốn đầu tư"),
    ("table of the price structure", "bảng cơ cấu giá"),
    ("table of blends", "bảng hỗn hợp"),
    ("table of rain intensity", "bảng cường độ mưa"),
    ("grades of commercial coal", "phân hạng than thương phẩm"),
    ("drainage and sewerage", "thoát nước"),
    (
        "notice of the costs of direct power purchase for 2025",
        "thông báo chi phí mua bán điện trực tiếp năm 2025",
    ),
    ("proposal of ceiling prices for 2026", "đề xuất giá trần năm 2026"),
    (
        "price of CBAM certificates, first quarter of 2026 (published",
        "giá chứng chỉ CBAM, quý I/2026 (công bố",
    ),
    ("European Commission", "Ủy ban châu Âu"),
    ("Ha Noi Stock Exchange, carbon session of", "Sở Giao dịch Chứng khoán Hà Nội, phiên các-bon"),
    (
        "Ha Noi University of Science and Technology and MAE, study of 2024 (coal 49.5 % of the mix)",
        "Đại học Bách khoa Hà Nội và Bộ Nông nghiệp và Môi trường, khảo sát 2024 (than chiếm 49,5 % cơ cấu)",
    ),
    ("votes of the CBAM committee; column A or B not stated", "phiếu của ủy ban CBAM; không nêu cột A hay B"),
    ("Labour force survey of the National Statistics Office", "Điều tra lao động việc làm của Cục Thống kê"),
    (
        "Statements of the Hai Phong Economic Zone Authority (HEZA)",
        "Công bố của Ban Quản lý Khu kinh tế Hải Phòng (HEZA)",
    ),
    ("MOIT, input of the price frame", "Bộ Công Thương, số liệu đầu vào của khung giá"),
    ("price board of", "bảng giá ngày"),
    ("EVN two-part pilot", "thí điểm giá hai thành phần của EVN"),
    ("summary of the eco-industrial park project", "tổng kết dự án khu công nghiệp sinh thái"),
    ("eco-industrial park project, result", "dự án khu công nghiệp sinh thái, kết quả"),
    ("conversion table", "bảng quy đổi"),
    ("as changed by", "sửa đổi bởi"),
    (", kept in the 2019 Refinement,", ", giữ nguyên trong 2019 Refinement,"),
    ("(kept in 2023)", "(giữ nguyên năm 2023)"),
    (", rows ", ", các dòng "),
    (", without climate-carbon feedback", ", không kể phản hồi khí hậu–các-bon"),
    (", 100 years", ", 100 năm"),
)
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
    ("Commission Implementing Regulations", "Các Quy định thực thi của Ủy ban châu Âu"),
    ("(benchmarks)", "(mức chuẩn)"),
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
    (", range ", ", khoảng "),
)


def in_vietnamese(source: str) -> str:
    """A document, or through what a value was seen, with its kinds and dates in Vietnamese."""
    for english, vietnamese in (*_PHRASES, *_WORDS):
        source = source.replace(english, vietnamese)
    source = _AND.sub(" và ", source)
    source = _DAY.sub(lambda m: f"{m[1]}/{_MONTHS[m[2]]}/{m[3]}", source)
    return _MONTH.sub(lambda m: f"{_MONTHS[m[1]]}/{m[2]}", source)


def cited(source: str) -> Both:
    """A document in both languages."""
    return Both(in_vietnamese(source), source)
