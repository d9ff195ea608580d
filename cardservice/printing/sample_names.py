"""People who are nowhere, for previews and proofs: the shortest and a very long name in six scripts.

The names are made of common parts; nobody is meant. A long one is as long as a name may be (128 characters) or near it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SampleName:
    """script: what people call it; language: ISO 639-3, for the forms of letters."""

    script: str
    name: str
    language: str


SHORTEST = (
    SampleName("Latin", "Y", "fra"),
    SampleName("Arabic", "لي", "ara"),
    SampleName("Ethiopic", "ሳባ", "amh"),
    SampleName("Devanagari", "ओम", "hin"),
    SampleName("Chinese", "李", "zho"),
    SampleName("Cyrillic", "Ія", "ukr"),
)
LONGEST = (
    SampleName(
        "Latin",
        "Maria da Conceição Wilhelmina Alexandrina Theodora Magdalena dos Santos van den Broek-Oosterhuis de la "
        "Fontaine y Echeverría Sá",
        "por",
    ),
    SampleName(
        "Arabic",
        "عبد الرحمن محمد عبد اللطيف بن إسماعيل بن عبد العزيز بن إبراهيم الأنصاري الخزرجي المعروف بأبي القاسم الحسيني "
        "العلوي",
        "ara",
    ),
    SampleName(
        "Ethiopic",
        "ወልደ ገብርኤል ኃይለ ማርያም ተስፋ ጽዮን ገብረ መድኅን ወልደ ሚካኤል ዘውዴ አስፋው ደምሴ ወርቅነህ እሸቴ በቀለ ጌታቸው ሥላሴ አበበ ታደሰ ኃይሉ መንግሥቱ ደስታ",
        "amh",
    ),
    SampleName(
        "Devanagari",
        "श्रीमती लक्ष्मीनारायणी वेंकटेश्वर कृष्णमूर्ति सुब्रह्मण्यम् चट्टोपाध्याय भट्टाचार्य विश्वनाथन् ज्ञानेश्वरी त्रिपाठी मिश्र",
        "hin",
    ),
    SampleName("Chinese", "歐陽司馬上官諸葛皇甫尉遲公孫長孫宇文慕容令狐鍾離東方南宮" * 2, "zho"),
    SampleName(
        "Cyrillic",
        "Олександра-Володимира Святославівна Перебийніс-Нечуй-Левицька Григорович-Барський Квітка-Основ’яненко "
        "Драй-Хмара Старицька",
        "ukr",
    ),
)
