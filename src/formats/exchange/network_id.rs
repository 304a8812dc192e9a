//! The time inside Exchange's network message id: its last twelve hex digits are the high 48 bits of the UTC time in
//! ticks of 100 ns since year 1 (exchange.md section 3.2, ten ids checked).

use crate::evidence::Millis;
use crate::formats::instant::SENSIBLE;

/// Ticks between year 1 and 1970.
const EPOCH_TICKS: i64 = 621_355_968_000_000_000;

/// UTC milliseconds, exact to about seven, with or without hyphens (exchange.md section 1.4); `None` when the id is of another form or make.
pub fn utc(id: &str) -> Option<Millis> {
    let digits = id.bytes().filter(|b| *b != b'-').count();
    let tail = id.get(id.len().checked_sub(12)?..).filter(|_| digits == 32)?;
    let ticks = i64::from_str_radix(tail, 16).ok()?.checked_mul(1 << 16)?;
    let millis = (ticks - EPOCH_TICKS) / 10_000;
    SENSIBLE.contains(&millis).then_some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_tells_the_time() {
        let at = utc("9c92e718-8ee3-dfb7-93f0-08de7ed2b30f").unwrap();
        assert_eq!(crate::evidence::day_time(at), "2026-03-10 18:27:34");
        assert_eq!(utc("9c92e7188ee3dfb793f008de7ed2b30f"), Some(at));
        assert_eq!(utc("9c92e718-8ee3-dfb7-93f0-ffffffffffff"), None);
        assert_eq!(utc("none"), None);
    }
}
