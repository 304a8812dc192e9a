//! Values as a workbook keeps them.

use crate::evidence::Millis;

/// Characters of a cell.
pub const CHARACTERS: usize = 32_767;
/// Days from the beginning of Excel's calendar to 1970.
const EPOCH: f64 = 25_569.0;
const DAY: Millis = 86_400_000;

/// A time as Excel's number of days; none outside its calendar.
pub fn date(at: Millis) -> Option<f64> {
    let (days, rest) = (i32::try_from(at.div_euclid(DAY)).ok()?, i32::try_from(at.rem_euclid(DAY)).ok()?);
    let serial = EPOCH + f64::from(days) + f64::from(rest) / 86_400_000.0;
    (1.0..2_958_466.0).contains(&serial).then_some(serial)
}

/// A whole number; beyond 15 digits Excel knows it no better.
pub fn whole(number: i64) -> f64 {
    let (high, low) = (i32::try_from(number >> 32).unwrap_or(0), u32::try_from(number & 0xffff_ffff).unwrap_or(0));
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// The part of a text that fits into a cell, and whether that is not all.
pub fn fitting(text: &str) -> (&str, bool) {
    // Excel counts in UTF-16.
    let (mut units, mut end) = (0, 0);
    if text.len() <= CHARACTERS {
        return (text, false);
    }
    for c in text.chars() {
        units += c.len_utf16();
        if units > CHARACTERS {
            return (&text[..end], true);
        }
        end += c.len_utf8();
    }
    (text, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_those_of_excel() {
        assert_eq!(date(0), Some(25_569.0));
        assert_eq!(date(1_773_136_800_000), Some(46_091.416_666_666_664));
        assert_eq!((date(-3_000_000_000_000), date(i64::MAX)), (None, None));
        for (number, want) in [(0, 0.0), (-3, -3.0), (9_876_543_210, 9_876_543_210.0), (-9_876_543_210, -9_876_543_210.0)] {
            assert!((whole(number) - want).abs() < f64::EPSILON, "{number}");
        }
        let long = "価".repeat(CHARACTERS + 1);
        assert_eq!(fitting(&long).0.chars().count(), CHARACTERS);
        assert!(fitting(&long).1 && !fitting(&long[..9]).1);
    }
}
