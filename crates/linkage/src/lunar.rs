//! The Chinese lunar calendar for birthdays, 1900 to 2100: many older people know the lunar date, and a clerk writes it
//! down as if it were the civil one.

use crate::birth::Date;

const FIRST_YEAR: u16 = 1900;

/// One number a lunar year. Bits 17 and up: days from the first of January to the lunar new year; bit 16: the leap month
/// has 30 days; bits 15 to 4: months 1 to 12 have 30 days; bits 3 to 0: the month that a leap month follows, 0 for none.
const YEARS: [u32; 201] = [
    0x3c4bd8, 0x624ae0, 0x4ca570, 0x3854d5, 0x5cd260, 0x44d950, 0x316554, 0x5656a0, 0x409ad0, 0x2a55d2, 0x504ae0,
    0x3aa5b6, 0x60a4d0, 0x48d250, 0x33d255, 0x58b540, 0x42d6a0, 0x2cada2, 0x5295b0, 0x3f4977, 0x644970, 0x4ca4b0,
    0x36b4b5, 0x5c6a50, 0x466d40, 0x2fab54, 0x562b60, 0x409570, 0x2c52f2, 0x504970, 0x3a6566, 0x5ed4a0, 0x48ea50,
    0x336a95, 0x585ad0, 0x442b60, 0x2f86e3, 0x5292e0, 0x3dc8d7, 0x62c950, 0x4cd4a0, 0x35d8a6, 0x5ab550, 0x4656a0,
    0x31a5b4, 0x5625d0, 0x4092d0, 0x2ad2b2, 0x50a950, 0x38b557, 0x5e6ca0, 0x48b550, 0x355355, 0x584da0, 0x42a5b0,
    0x2f4573, 0x5452b0, 0x3ca9a8, 0x60e950, 0x4c6aa0, 0x36aea6, 0x5aab50, 0x464b60, 0x30aae4, 0x56a570, 0x405260,
    0x28f263, 0x4ed950, 0x3a5b57, 0x5e56a0, 0x4896d0, 0x344dd5, 0x5a4ad0, 0x42a4d0, 0x2cd4d4, 0x52d250, 0x3cd558,
    0x60b540, 0x4ab6a0, 0x3795a6, 0x5c95b0, 0x4649b0, 0x30a974, 0x56a4b0, 0x40b27a, 0x646a50, 0x4e6d40, 0x38af46,
    0x5eab60, 0x489570, 0x344af5, 0x5a4970, 0x4464b0, 0x2c74a3, 0x50ea50, 0x3c6b58, 0x625ac0, 0x4aab60, 0x3696d5,
    0x5c92e0, 0x46c960, 0x2ed954, 0x54d4a0, 0x3eda50, 0x2a7552, 0x4e56a0, 0x38abb7, 0x6025d0, 0x4a92d0, 0x32cab5,
    0x58a950, 0x42b4a0, 0x2cbaa4, 0x50ad50, 0x3c55d9, 0x624ba0, 0x4ca5b0, 0x375176, 0x5c52b0, 0x46a930, 0x307954,
    0x546aa0, 0x3ead50, 0x2a5b52, 0x504b60, 0x38a6e6, 0x5ea4e0, 0x48d260, 0x32ea65, 0x56d530, 0x425aa0, 0x2c76a3,
    0x5296d0, 0x3c4afb, 0x624ad0, 0x4ca4d0, 0x37d0b6, 0x5ad250, 0x44d520, 0x2edd45, 0x54b5a0, 0x3e56d0, 0x2a55b2,
    0x5049b0, 0x3aa577, 0x5ea4b0, 0x48aa50, 0x33b255, 0x586d20, 0x40ada0, 0x2d4b63, 0x529370, 0x3e49f8, 0x624970,
    0x4c64b0, 0x3768a6, 0x5aea50, 0x446aa0, 0x2fa6c4, 0x54aae0, 0x4092e0, 0x28d2e3, 0x4ec960, 0x38d557, 0x5ed4a0,
    0x46da50, 0x325d55, 0x5856a0, 0x42a6d0, 0x2c55d4, 0x5252d0, 0x3ca9b8, 0x62a950, 0x4ab4a0, 0x34b6a6, 0x5aad50,
    0x4655a0, 0x2eaba4, 0x54a5b0, 0x4052b0, 0x2ab273, 0x4e6930, 0x387337, 0x5e6aa0, 0x48ad50, 0x334b55, 0x584b60,
    0x42a570, 0x2e54e4, 0x50d160, 0x3ae968, 0x60d520, 0x4adaa0, 0x356aa6, 0x5a56d0, 0x464ae0, 0x30a9d4, 0x54a2d0,
    0x3ed150, 0x28f252, 0x4ed520,
];

/// The civil dates that a lunar year, month and day can mean: of the month, and of the leap month with the same number.
pub(crate) fn civil_dates(lunar: Date) -> [Option<Date>; 2] {
    let (year, month, day) = (lunar.year(), lunar.month(), lunar.day());
    let known = usize::from(year.wrapping_sub(FIRST_YEAR));
    let (Some(&code), 1..=12, 1..=30) = (YEARS.get(known), month, day) else {
        return [None, None];
    };
    let length = |m: u16| 29 + u32::from(code >> (16 - m) & 1 == 1);
    let leap = u16::try_from(code & 15).unwrap_or(0);
    let leap_length = 29 + (code >> 16 & 1);
    let mut before = code >> 17;
    for m in 1..month {
        before += length(m) + if m == leap { leap_length } else { 0 };
    }
    let plain = (u32::from(day) <= length(month)).then(|| after_january(year, before + u32::from(day)));
    let in_leap = (month == leap && u32::from(day) <= leap_length)
        .then(|| after_january(year, before + length(month) + u32::from(day)));
    [plain.flatten(), in_leap.flatten()]
}

/// The date that is the `nth` day of a year, counted from 1, running into the next year.
fn after_january(year: u16, nth: u32) -> Option<Date> {
    let (mut year, mut left) = (year, nth);
    loop {
        for month in 1..=12 {
            let days = u32::from(Date::month_length(year, month));
            if left <= days {
                return Date::new(year, month, u16::try_from(left).ok()?);
            }
            left -= days;
        }
        year += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lunar: (u16, u16, u16), civil: [Option<(u16, u16, u16)>; 2]) {
        let read = civil_dates(Date::new(lunar.0, lunar.1, lunar.2).unwrap());
        assert_eq!(
            read.map(|d| d.map(|d| (d.year(), d.month(), d.day()))),
            civil,
            "{lunar:?}"
        );
    }

    #[test]
    fn known_festivals_fall_on_their_days() {
        check((2020, 1, 1), [Some((2020, 1, 25)), None]);
        check((1949, 8, 10), [Some((1949, 10, 1)), None]);
        check((2019, 12, 30), [Some((2020, 1, 24)), None]);
        // 2020 had a second fourth month.
        check((2020, 4, 1), [Some((2020, 4, 23)), Some((2020, 5, 23))]);
    }

    #[test]
    fn years_outside_of_the_table_mean_nothing() {
        check((1899, 1, 1), [None, None]);
    }
}
