# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Words that Threat Dragon writes into files in the language of its user: types of threats, texts to be replaced."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_types import TYPES, folded, threat_type

#: A type in TMI -> its spellings in all languages and releases, except those that differ in case and signs alone.
_SPELLINGS: Mapping[str, str] = {
    "Spoofing": (
        "Falsificação|Penipuan|Spoofing / Spoofing|Spoofing التزييف|Usurpation d'identité|Παραπλάνηση (Spoofing)|"
        "Подмена|Підміна|התחזות|स्पूफिंग|การปลอมแปลง|なりすまし|欺骗|身份盗窃"
    ),
    "Tampering": (
        "Adultação|Adulteração|Falsification|Manipulation|Penyelewengan|Tampering / Manipulación|Tampering التلاعب|"
        "Παραποίηση (Tampering)|Искажение|Підробка|חבלה|छेड़छाड़|การแก้ไขข้อมูล|伪造|改竄|篡改"
    ),
    "Repudiation": (
        "Nichtanerkennung|Penafian|Repudiation / Repudiación|Repudiation رفض|Repúdio|Répudiation|Αποποίηση|"
        "Αποποίηση (Repudiation)|Відмова від авторства|Отказ от авторства|הכחשה|अस्वीकृति|การปฏิเสธ|否認|否认"
    ),
    "Information Disclosure": (
        "Divulgation d'information|Divulgação de informações|Information disclosure / Brecha de información|"
        "Information disclosure كشف المعلومات|Pendedahan maklumat|Veröffentlichung von Informationen|"
        "Αποκάλυψη Πληροφοριών|Αποκάλυψη Πληροφοριών (Information Disclosure)|Раскрытие информации|"
        "Розкриття інформації|חשיפת מידע|सूचना प्रकटीकरण|การเปิดเผยข้อมูล|信息披露|信息泄露|情報漏洩"
    ),
    "Denial of Service": (
        "Denial of service / Denegación de servicio|Denial of service إنكار الخدمة|Déni de service|"
        "Negação de serviço|Penafian Perkhidmatan|Άρνηση εκτέλεσης υπηρεσίας (Denial of service)|"
        "Відмова в обслуговуванні|Отказ в обслуживании|מניעת שירות|सेवा से इनकार|การปฏิเสธการให้บริการ|サービス拒否|拒绝服务"
    ),
    "Elevation of Privilege": (
        "Elevation of privilege / Elevación de privilegios|Elevation of privilege تسلق الامتياز|"
        "Elevação de privilégio|Erhöhung von Rechten|Kenaikan Hak|Élévation de privilège|"
        "Αναβάθμιση προνομίων (Elevation of Priviledge)|Повышение привилегий|Підвищення привілеїв|העלאת הרשאות|"
        "विशेषाधिकार का उन्नयन|การยกระดับสิทธิ์|权限提升|特権の昇格"
    ),
    "Linkability": (
        "Associabilidade|Capacité de liaison|Ligabilidade|Linkability / Facilidad de vinculación|"
        "Linkability القابلية للربط|Pautan|Vinculabilidade|Συνδεσιμότητα|Зв'язуваність|Связываемость|קישוריות|"
        "लिंक करने की क्षमता|ความสามารถในการเชื่อมโยง|可链接性|链接能力"
    ),
    "Identifiability": (
        "Identifiability / Identificabilidad|Identifiability التعرف|Identifiabilité|Identificabilidade|"
        "Pengenalpastian|Αναγνωρισιμότητα|Ідентифікованість|Идентифицируемость|זיהוי|पहचान|ความสามารถในการระบุตัวตน|"
        "可识别性"
    ),
    "Non-Repudiation": (
        "Non-repudiation / No-repudiación|Non-repudiation عدم الإنكار|Non-répudiation|Não repúdio|"
        "Tidak boleh menafikan|Μη αποποίηση|Незаперечність|Неотказуемость|אי-הכחשה|अप्रतिबंध|การไม่สามารถปฏิเสธได้|"
        "不可否认性"
    ),
    "Detectability": (
        "Detectabilidade|Detectability / Detectabilidad|Detectability الكشف|Detetabilidade|Détectabilité|Ketahuan|"
        "Ανιχνευσιμότητα|Виявленість|Обнаруживаемость|יכולת גילוי|डिटेक्टेबिलिटी|ความสามารถในการตรวจจับ|可检测性"
    ),
    "Disclosure of Information": (
        "Disclosure of information / Brecha de información|Disclosure of information كشف المعلومات|"
        "Divulgation d'information|Divulgação de informações|Pendedahan maklumat|Αποκάλυψη Πληροφοριών|"
        "Αποκάλυψη Πληροφοριών (Information Disclosure)|Раскрытие информации|Розкриття інформації|חשיפת מידע|"
        "सूचना का प्रकटीकरण|การเปิดเผยข้อมูล|信息披露|信息泄露"
    ),
    "Unawareness": (
        "Desconhecido|Desconhecimento|Falta de consciência|Inconscience|Inconsciência|Tanpa sedar|"
        "Unawareness / Falta de Conciencia|Unawareness عدم الوعي|Έλλειψη επίγνωσης (Unawareness)|Необізнаність|"
        "Неосведомленность|חוסר מודעות|अनजानी|अनभिज्ञता|การไม่ตระหนักรู้|不了解|不知情|无意识"
    ),
    "Non-Compliance": (
        "Non-compliance / Incumplimiento|Non-compliance عدم الامتثال|Non-conformité|Não conformidade|Pelanggaran|"
        "Tidak Mematuhi|Μη συμμόρφωση|Μη συμμόρφωση (Non-compliance)|Невідповідність|Несоответствие|אי-ציות|"
        "अनुपालन न करना|गैर-अनुपालन|การไม่ปฏิบัติตาม|不合格|不合规|不遵守规定"
    ),
    "Confidentiality": (
        "Confidencialidade|Confidentiality - Confidencialidad|Confidentiality السرية|Confidentialité|Kerahasiaan|"
        "Kerahsiaan|Luottamuksellisuus|Vertraulichkeit|Εμπιστευτικότητα|Конфиденциальность|Конфіденційність|סודיות|"
        "गोपनीयता|การรักษาความลับ|保密|机密性|機密性"
    ),
    "Integrity": (
        "Eheys|Integridade|Integritas|Integriti|Integrity - Integridad|Integrity النزاهة|Integrität|Intégrité|"
        "Ακεραιότητα|Целостность|Цілісність|שלמות|ईमानदारी|ความถูกต้องสมบูรณ์|完全性|完整性"
    ),
    "Availability": (
        "Availability - Disponibilidad|Availability التوفر|Disponibilidade|Disponibilité|Ketersediaan|Saatavuus|"
        "Verfügbarkeit|Διαθεσιμότητα|Доступность|Доступність|זמינות|उपलब्धता|ความพร้อมใช้งาน|可用性"
    ),
    "Distributed": (
        "Didistribusikan|Distributed موزع|Distribuído|Teragih|Κατανεμημένο (Distributed)|Распределенность|"
        "Розподіленість|מבוזר|वितरित|กระจาย|分布式|分散化"
    ),
    "Immutable": (
        "Immutable لا يمكن تغييره|Imutável|Tidak Berubah|Tidak dapat diubah|Αμετάβλητο (Immutable)|Незмінність|"
        "Неизменность|בלתי משתנה|अपरिवर्तनीय|ไม่เปลี่ยนแปลง|不可变性|不変"
    ),
    "Ephemeral": (
        "Efemeral|Efémero|Efêmero|Ephemeral زائل|Εφήμερο (Ephemeral)|Ефемерність|Эфемерность|זמני|क्षणिक|ชั่วคราว|"
        "一時的|短暂性"
    ),
    "Technique & Processes": (
        "Technique & Processes تقنية وعمليات|Teknik & Proses|Técnica & Processos|Técnica e Processos|"
        "Τεχνική & Διαδικασίες (Technique & Processes)|Техника и процессы|Техніка і процеси|טכניקה ותהליכים|"
        "तकनीक और प्रक्रियाएँ|เทคนิคและกระบวนการ|技术 & 过程"
    ),
    "Accessibility": (
        "Accessibility التوفر|Acessibilidade|Aksesibilitas|Aksesibiliti|Προσβασιμότητα (Accessibility)|Доступность|"
        "Доступність|נגישות|सुलभता|การเข้าถึง|可访问性"
    ),
    "Identifiability & Linkability": (
        "Identifiability & Linkability التعرف والربط|Identificabilidade & Vinculabilidade|"
        "Identificabilidade e Associabilidade|Identificabilidade e Ligabilidade|Pengenalpastian & Pautan|"
        "Αναγνωρισιμότητα & Συνδεσιμότητα (Identifiability & Linkability)|Ідентифікованість і зв'язуваність|"
        "Идентифицируемость и связываемость|זיהוי וקישוריות|पहचान योग्यता और संबंधनीयता|"
        "ความสามารถในการระบุตัวตนและการเชื่อมโยง|可识别性 & 可链接性"
    ),
    "Security": (
        "Keamanan|Keselamatan|Security الأمان|Segurança|Ασφάλεια (Security)|Безопасность|Безпека|אבטחה|सुरक्षा|"
        "ความปลอดภัย|信息安全"
    ),
    "Safety": (
        "Keselamatan|Proteção|Safety السلامة|Seguro|Ασφάλεια (Safety)|Надежность|Надійність|בטיחות|सुरक्षा|"
        "ความปลอดภัย|系统安全"
    ),
    "Ethics & Human Rights": (
        "Ethics & Human Rights الأخلاق وحقوق الإنسان|Etika & Hak Asasi Manusia|Ética & Direitos Humanos|"
        "Ética e Direitos Humanos|Ηθική και Ανθρώπινα Δικαιώματα (Ethics & Human Rights)|Етика і права людини|"
        "Этика и права человека|אתיקה וזכויות אדם|नैतिकता और मानवाधिकार|จริยธรรมและสิทธิมนุษยชน|伦理 & 人权"
    ),
}
#: Texts of a new threat: they ask for a description, or for a mitigation.
_REQUESTS = (
    "Anna kuvaus tälle uhkalle",
    "Anna uhkalle hallintakeino tai perustele miksi ei ole sovellettavissa (N/A)",
    "Berikan deskripsi untuk ancaman ini",
    "Berikan pemulihan untuk ancaman ini atau sebab jika status adalah T/A",
    "Berikan penerangan bagi ancaman ini",
    "Berikan remediasi untuk ancaman ini atau alasan jika status adalah N/A",
    "Fornecer mitigação ou prevenção para esta ameaça",
    "Forneça uma descrição para a ameaça",
    "Forneça uma descrição para esta ameaça",
    "Forneça uma mitigação para a ameaça ou uma razão se o estado for N/A",
    "Forneça uma mitigação para esta ameaça ou a ração para o status N/A",
    "Forneça uma mitigação para esta ameaça ou uma razão se o status for N/A",
    "Fournir des mesures de mitigation ou de prévention pour cette menace",
    "Fournissez une description de cette menace",
    "Geben Sie eine Beschreibung dieser Bedrohung an",
    "Geben Sie eine Korrekturmaßnahme für diese Bedrohung oder eine Begründung N/A an",
    "Introduzca la mitigación o prevención para esta amenaza",
    "Introduzca una descripción para esta amenaza",
    "Provide a description for this threat",
    "Provide mitigation or prevention for this threat",
    "Provide remediation for this threat or a reason if status is N/A",
    "Παρέχετε μετριασμό ή πρόληψη για αυτή την απειλή",
    "Παρέχετε μια περιγραφή για αυτή την απειλή",
    "Надайте заходи щодо усунення цієї загрози або причину, якщо статус N/A",
    "Надайте опис для цієї загрози",
    "Предоставьте меры по устранению этой угрозы или причину, если статус N/A",
    "Предоставьте описание для этой угрозы",
    "ספק פתרון לאיום זה או סיבה אם הסטטוס הוא N/A",
    "ספק תיאור לאיום זה",
    "اكتب طرق مواجهة وتخفيف هذا التهديد أو السبب إذا كانت الحالة N/A",
    "اكتب وصفًا لهذا التهديد",
    "इस खतरे के लिए एक विवरण प्रदान करें",
    "इस खतरे के लिए शमन या रोकथाम प्रदान करें",
    "ให้การบรรเทาสำหรับภัยคุกคามนี้หรือเหตุผลหากสถานะเป็น N/A",
    "ให้คำอธิบายสำหรับภัยคุกคามนี้",
    "为这种威胁提供一个描述",
    "为这种威胁提供缓解或预防措施",
    "脅威の解決策を指定するか、ステータスがN/Aの場合に理由を指定してください",
    "脅威の詳細を追記してください",
)

#: Statuses, folded and without blanks -> those of TMI; others are kept, because a status is free text.
_STATUSES = {
    "mitigated": "resolved",
    "eliminated": "resolved",
    **dict.fromkeys(("notapplicable", "na", "n/a"), "false_positive"),
}
#: Statuses of mitigated threats.
MITIGATED = ("mitigated", "eliminated")
SEVERITIES = {"tbd": "unknown", "tba": "unknown"}

_FRAMEWORKS = {**{name.upper(): words for name, words in TYPES.items()}, "CIADIE": (*TYPES["CIA"], *TYPES["DIE"])}
_PARTS = re.compile(r"[()/]|\s-\s")
_DESCRIBED_DIAGRAM = re.compile(r"new [\w-]+( games)? diagram description")


def _by_word() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for known, spellings in _SPELLINGS.items():
        for word in (known, *spellings.split("|")):
            found[folded(word)] = tuple(dict.fromkeys((*found.get(folded(word), ()), known)))
    return found


_TYPES = _by_word()
_TO_REPLACE = frozenset(map(folded, _REQUESTS))


def types_of(text: str, framework: str) -> list[str]:
    """Return the types of a threat in TMI's spelling; a text that is no known type is one type, as it is.

    Several types are separated by commas. A word that means two types is the one of the framework.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = [_type_of(part, framework) for part in parts]
    if len(found) > 1 and None not in found:
        return list(dict.fromkeys(filter(None, found)))
    only = _type_of(text, framework) or text.strip()
    return [only] if only else []


def _type_of(word: str, framework: str) -> str | None:
    for part in (word, *_PARTS.split(word)):
        known = _TYPES.get(folded(part)) or _TYPES.get(folded(threat_type(part)), ())
        here = [name for name in known if name in _FRAMEWORKS.get(framework, ())] or list(known)
        if len(here) == 1:
            return here[0]
    return None


def frameworks_of(text: str) -> set[str]:
    """Return the frameworks that have a type of this spelling; none if the text is not one known type."""
    known = _TYPES.get(folded(text), ())
    return {framework for framework, words in TYPES.items() for word in known if word in words}


def is_request(text: str) -> bool:
    """Whether a text is one of those that Threat Dragon asks to replace, so that a user has written nothing."""
    return folded(text) in _TO_REPLACE or bool(_DESCRIBED_DIAGRAM.fullmatch(text.strip().lower()))


def status_of(word: str) -> str:
    """Return the status in TMI of a status in lower case with ``_`` between its words."""
    return _STATUSES.get(word.replace("_", ""), word)
