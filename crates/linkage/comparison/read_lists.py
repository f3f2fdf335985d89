"""Reads person lists the way somebody who knows Chinese lists would prepare them for Splink: one form for names, dates,
numbers, telephones and addresses, and the sound of names in either order."""

import csv
import re
import unicodedata
from functools import lru_cache

import pandas as pd
from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

COMPOUND = set("欧阳 上官 诸葛 司马 皇甫 令狐 夏侯 尉迟 东方 慕容 司徒 公孙 宇文 长孙".split())
SIMPLIFIED = OpenCC("t2s")
MASKS = str.maketrans({"＊": "*", "某": "*", "×": "*", "●": "*"})
CHINESE_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0}


@lru_cache(maxsize=1 << 20)
def read_name(text):
    """Name in one form, its sound with the parts in order, surname, its sound."""
    text = unicodedata.normalize("NFKC", text).translate(MASKS)
    if not text.strip():
        return None, None, None, None
    if not re.search(r"[\u4e00-\u9fff]", text):
        words = sorted(re.findall(r"[a-z]+", text.lower()))
        sound = "".join(sorted("".join(words)))
        return " ".join(words), sound, None, None
    han = "".join(c for c in SIMPLIFIED.convert(text) if "\u4e00" <= c <= "\u9fff" or c == "*")
    length = 2 if han[:2] in COMPOUND and len(han) > 2 else 1
    surname = han[:length]
    letters = "".join(lazy_pinyin(han.replace("*", ""), style=Style.NORMAL, v_to_u=False))
    # The letters sorted: the same whichever end the surname is written at.
    sound = "".join(sorted(letters)) if "*" not in han else None
    return han, sound, surname, "".join(lazy_pinyin(surname))


@lru_cache(maxsize=1 << 18)
def read_birth(text):
    """ISO date, or the year alone."""
    numbers = re.findall(r"\d+", unicodedata.normalize("NFKC", text))
    if len(numbers) == 1 and len(numbers[0]) == 8:
        numbers = [numbers[0][:4], numbers[0][4:6], numbers[0][6:]]
    if len(numbers) >= 3:
        return f"{numbers[0]}-{int(numbers[1]):02}-{int(numbers[2]):02}"
    return numbers[0][:4] if numbers and len(numbers[0]) == 4 else None


def read_number(text):
    """Number without punctuation, the date of birth in it, sex in it."""
    text = re.sub(r"[^0-9A-Z*]", "", unicodedata.normalize("NFKC", text).upper())
    if not re.search(r"[0-9A-Z]", text):
        return None, None, None
    birth = sex = None
    if len(text) == 18 and re.fullmatch(r"(19|20)\d{6}", text[6:14]) and "01" <= text[10:12] <= "12":
        birth = f"{text[6:10]}-{text[10:12]}-{text[12:14]}"
        if text[16].isdigit():
            sex = "M" if int(text[16]) % 2 else "F"
    return text, birth, sex


def read_phone(text):
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    if digits.startswith("86") and len(digits) > 11:
        digits = digits[2:]
    return digits or None


def read_plate(text):
    plate = re.sub(r"[^0-9A-Z\u4e00-\u9fff]", "", unicodedata.normalize("NFKC", text).upper())
    return re.sub(r"^[\u4e00-\u9fff]", "", plate).translate(str.maketrans("OIQ", "010")) or None


def numerals(text):
    """Chinese numerals up to 99 as digits."""
    text = re.sub(r"([一二三四五六七八九])?十([一二三四五六七八九])?",
                  lambda m: str(CHINESE_DIGITS.get(m[1], 1) * 10 + CHINESE_DIGITS.get(m[2], 0)), text)
    return re.sub(r"[〇零一二三四五六七八九](?=号|栋|幢|单元|组|社|队)", lambda m: str(CHINESE_DIGITS[m[0]]), text)


ROOM = re.compile(r"(\d+)(?:号楼|栋|幢|座|-|#)(?:(\d+)(?:单元|-))?(\d+)?(?:室|号|户)?$")
HOUSE = re.compile(r"(?:第?(\d+)(?:村民小组|组|社|队))?(\d+)?号?$")
AREA = re.compile(
    r"^(?:.{2,3}?(?:省|自治区))?(?:.{2,9}?(?:市|自治州))?(?:(.{2,9}?)(?:自治县|区|县|市))?"
    r"(?:(.{2,6}?)(?:街道办事处|街道|镇|乡))?(?:(.{2,6}?)(?:社区居委会|社区))?(.*)$"
)


def read_address(text):
    """County, township, name of compound or village, and the room or house."""
    text = numerals(SIMPLIFIED.convert(unicodedata.normalize("NFKC", text)).replace(" ", ""))
    if not text:
        return None, None, None, None
    room = ROOM.search(text)
    if room:
        home, head = "-".join(part or "" for part in (room[1], room[3])), text[: room.start()]
    else:
        house = HOUSE.search(text)
        home = "-".join(part or "" for part in house.groups()) if house and house[0] else None
        head = text[: house.start()] if house else text
    county, township, _, rest = AREA.match(head).groups()
    # Behind the number of the road stands the compound; of what is left the last four characters are the name.
    spot = re.split(r"\d+号?", rest)[-1] or rest
    spot = re.sub(r"(?:村民委员会|村委会|村)$", "", spot)[-4:]
    return county, township, spot if len(spot) >= 2 else None, home


def read_list(path):
    rows = []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name, sound, surname, surname_sound = read_name(row["name"])
            idno, birth_by_id, sex_by_id = read_number(row["idno"])
            stated = read_birth(row["birth"])
            sex = {"男": "M", "女": "F", "1": "M", "2": "F"}.get(row["sex"], row["sex"][:1].upper()) or None
            county, township, spot, home = read_address(row["addr"])
            birth = stated if stated and len(stated) == 10 else birth_by_id or stated
            rows.append((
                row["id"], name, sound, surname, surname_sound, sex or sex_by_id, stated, birth,
                birth[:4] if birth else None, idno, read_phone(row["phone"]), read_plate(row["plate"]),
                county, township, spot, home,
            ))
    columns = "unique_id name sound surname surname_sound sex stated birth year idno phone plate county township spot home"
    return pd.DataFrame(rows, columns=columns.split(), dtype="object")
