//! What two fields can look like beside each other: one enum a field. A pair is a vector of levels, packed in one word.
//!
//! Every level states what the lists are expected to hold before anything was learnt from them: how many in ten thousand
//! pairs of one person, of one household, and of strangers stand there. The last two columns start the estimation, and
//! steady it on short lists.

/// Shares before learning, of 10,000: same person, same household, unrelated.
pub(crate) type Prior = [f64; 3];

macro_rules! levels {
    ($(#[$doc:meta])* $name:ident { $($level:ident = $prior:expr, $zh:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $name {
            $(
                #[doc = $en]
                $level,
            )*
        }

        impl $name {
            /// Expected shares by level, the missing one first.
            pub(crate) const PRIORS: &'static [Prior] = &[$($prior),*];
            /// What a level is called, in Chinese and English.
            pub(crate) const WORDS: &'static [(&'static str, &'static str)] = &[$(($zh, $en)),*];
        }
    };
}

levels! {
    /// Names. Exact and like-sounding ones stand by how common the name is, so that a rare name counts for more.
    Name {
        Missing = [100.0, 100.0, 100.0], "缺", "missing";
        Exact0 = [300.0, 0.05, 0.02], "相同（极罕见）", "same, one of a kind";
        Exact1 = [700.0, 0.1, 0.05], "相同（罕见）", "same, very rare";
        Exact2 = [1200.0, 0.2, 0.1], "相同（少见）", "same, rare";
        Exact3 = [1800.0, 0.4, 0.3], "相同（较少）", "same, seldom";
        Exact4 = [1700.0, 0.6, 0.5], "相同（一般）", "same, middling";
        Exact5 = [1300.0, 0.8, 0.8], "相同（较多）", "same, often";
        Exact6 = [900.0, 1.0, 1.0], "相同（常见）", "same, common";
        Exact7 = [500.0, 1.0, 1.2], "相同（很常见）", "same, very common";
        SoundRare = [250.0, 4.0, 0.5], "同音（少见）", "same sound, rare";
        Sound = [250.0, 8.0, 4.0], "同音", "same sound";
        NearSound = [60.0, 15.0, 6.0], "近音", "near sound";
        OneCharacter = [300.0, 900.0, 90.0], "一字不同", "one character differs";
        Turned = [20.0, 5.0, 1.0], "字序颠倒", "characters turned round";
        LostCharacter = [80.0, 60.0, 30.0], "少一字", "a character lost";
        MaskedMore = [150.0, 30.0, 5.0], "掩码相符（多字）", "fits the mask, more than the surname";
        MaskedSurname = [150.0, 400.0, 30.0], "掩码相符（仅姓）", "fits the mask, surname only";
        GivenOnly = [60.0, 15.0, 30.0], "名同姓不同", "given name same, surname differs";
        ShortSurname = [60.0, 600.0, 100.0], "姓同名不同（单名）", "surname same, short given name differs";
        SurnameOnly = [60.0, 2800.0, 400.0], "姓同名不同", "surname same, given name differs";
        LatinClose = [150.0, 5.0, 0.5], "拼写相近", "spelt nearly alike";
        LatinFair = [60.0, 20.0, 3.0], "拼写略近", "spelt somewhat alike";
        LatinPart = [60.0, 2000.0, 60.0], "一部分相同", "one part of the name same";
        Different = [80.0, 4800.0, 9000.0], "不同", "different";
    }
}

levels! {
    /// Sex, stated or from the identity number.
    Sex {
        Missing = [2000.0, 2000.0, 2000.0], "缺", "missing";
        Same = [7950.0, 3500.0, 4000.0], "相同", "same";
        Different = [50.0, 4500.0, 4000.0], "不同", "different";
    }
}

levels! {
    /// Dates of birth, stated or from the identity number.
    Birth {
        Missing = [2000.0, 2000.0, 2000.0], "缺", "missing";
        Exact = [6300.0, 80.0, 0.4], "相同", "same";
        ExactFirstOfJanuary = [40.0, 1.0, 0.1], "相同（1月1日）", "same, first of January";
        YearOnly = [500.0, 30.0, 8.0], "仅年份相符", "same year, one has no day";
        FirstOfJanuary = [350.0, 15.0, 6.0], "同年，一为1月1日", "same year, one says first of January";
        Lunar = [250.0, 2.0, 0.4], "农历公历相符", "one is the lunar date of the other";
        Swapped = [80.0, 1.0, 0.1], "月日颠倒", "day and month swapped";
        DayDiffers = [120.0, 15.0, 8.0], "日不同", "day differs";
        MonthDiffers = [90.0, 12.0, 3.0], "月不同", "month differs";
        YearDigitDiffers = [100.0, 8.0, 3.0], "年份错一位", "year differs by one or in one digit";
        YearDiffers = [10.0, 18.0, 18.0], "年不同", "only the year differs";
        SameYear = [30.0, 130.0, 90.0], "仅同年", "same year only";
        FewYears = [30.0, 900.0, 400.0], "差一两年", "one or two years apart";
        SomeYears = [30.0, 1700.0, 2200.0], "差三至十五年", "three to fifteen years apart";
        Generation = [30.0, 3800.0, 3600.0], "差一代", "a generation apart";
        FarApart = [10.0, 800.0, 1700.0], "差四十年以上", "more than forty years apart";
    }
}

levels! {
    /// Identity numbers and other documents.
    Idno {
        Missing = [6000.0, 6000.0, 6000.0], "缺", "missing";
        Exact = [3300.0, 15.0, 0.01], "相同", "same";
        OneDigit = [200.0, 4.0, 0.02], "错一位", "one digit differs";
        Swapped = [60.0, 0.5, 0.01], "两位颠倒", "two digits swapped";
        Cut = [30.0, 1.0, 0.05], "缺位相符", "a digit lost or added";
        MaskedStrong = [280.0, 10.0, 0.1], "掩码相符（多位）", "fits the mask, many digits";
        MaskedWeak = [150.0, 20.0, 1.0], "掩码相符（少位）", "fits the mask, few digits";
        TwoDigits = [15.0, 3.0, 0.1], "错两位", "two digits differ";
        SameBirthAndRegion = [10.0, 15.0, 0.2], "地区、生日同，序号不同", "same region and birthday, other sequence";
        SameBirth = [15.0, 25.0, 1.0], "仅生日同", "same birthday only";
        SameRegion = [20.0, 2500.0, 500.0], "仅地区同", "same region only";
        Different = [30.0, 1400.0, 3400.0], "不同", "different";
    }
}

levels! {
    /// Telephones. The same number stands by how many people share it.
    Phone {
        Missing = [2400.0, 2400.0, 2400.0], "缺", "missing";
        SamePair = [4000.0, 60.0, 0.01], "相同（仅此二人）", "same, held by these two only";
        SameFew = [1000.0, 1500.0, 0.1], "相同（几人共用）", "same, shared by a few";
        SameMany = [80.0, 60.0, 0.5], "相同（多人共用）", "same, shared by many";
        OneDigit = [250.0, 100.0, 0.1], "错一位", "one digit differs";
        Swapped = [80.0, 20.0, 0.05], "两位颠倒", "two digits swapped";
        Cut = [100.0, 20.0, 0.1], "缺位相符", "a digit lost or added";
        Masked = [30.0, 30.0, 1.0], "掩码相符", "fits the mask";
        Different = [2060.0, 5900.0, 7600.0], "不同", "different";
    }
}

levels! {
    /// Number plates.
    Plate {
        Missing = [9000.0, 9000.0, 9000.0], "缺", "missing";
        Same = [700.0, 650.0, 0.05], "相同", "same";
        Near = [100.0, 90.0, 0.05], "相近", "nearly the same";
        Different = [200.0, 260.0, 1000.0], "不同", "different";
    }
}

levels! {
    /// Addresses, by the finest part on which they agree or disagree.
    Address {
        Missing = [1900.0, 1900.0, 1900.0], "缺", "missing";
        SameRoom = [3600.0, 4200.0, 0.1], "同户室", "same room of the same building";
        SameRoomOnly = [300.0, 350.0, 0.5], "楼栋室号相同，小区缺", "same building and room, compound not given";
        SameHouse = [400.0, 450.0, 0.5], "同村同门牌", "same house of the same village";
        SameGroup = [120.0, 130.0, 1.0], "同村同组", "same group of the same village";
        SamePlace = [1500.0, 1400.0, 5.0], "同小区，户室缺", "same compound or road number, no room";
        SameVillage = [250.0, 260.0, 3.0], "同村，门牌缺", "same village, no house";
        SameRoad = [250.0, 250.0, 20.0], "同路", "same road";
        SameCommunity = [250.0, 250.0, 40.0], "同社区", "same community";
        SameTownship = [250.0, 250.0, 150.0], "同街道乡镇", "same township";
        SameCounty = [200.0, 200.0, 500.0], "同区县", "same county";
        Coarse = [100.0, 100.0, 900.0], "只有更粗的部分可比", "only coarser parts can be compared";
        Neighbours = [80.0, 60.0, 8.0], "同小区不同户", "same compound, another room";
        OtherPlace = [150.0, 120.0, 200.0], "同街道，不同处", "same township, another place";
        OtherTownship = [150.0, 120.0, 900.0], "同区县，不同街道", "same county, another township";
        OtherCounty = [400.0, 260.0, 5000.0], "区县不同", "another county";
        WordsSame = [300.0, 300.0, 0.3], "词语相同", "same words";
        WordsMost = [300.0, 300.0, 1.0], "词语大多相同", "most words the same";
        WordsHalf = [150.0, 100.0, 10.0], "词语一半相同", "half of the words the same";
        WordsFew = [60.0, 40.0, 200.0], "词语少数相同", "few words the same";
        WordsNone = [100.0, 60.0, 1000.0], "词语不同", "other words";
    }
}
