//! The three clocks of an incident: UTC, the clock of ABAP, the clock of the kernel traces.
//!
//! Every instant is an `i64` of milliseconds since 1970 UTC. A wall clock reading is the same
//! number shifted by the offset, so that one formatting function serves all.

use chrono::{DateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

/// One second in milliseconds.
pub const SECOND: i64 = 1_000;
/// One minute in milliseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// Ticks of 100 ns between the year 1 (.NET) and 1970.
const DOTNET_EPOCH: i64 = 621_355_968_000_000_000;

/// Reads an RFC 3339 time of the story's script, for example `2026-03-10T09:17:30Z`.
pub fn utc(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).expect("the script holds valid times").timestamp_millis()
}

fn at(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).expect("the script stays within chrono's years")
}

/// Formats an instant, or a wall clock reading, with a `chrono` pattern.
pub fn show(ms: i64, pattern: &str) -> String {
    at(ms).format(pattern).to_string()
}

/// Offset of `zone` from UTC in milliseconds.
fn offset(zone: Tz, ms: i64) -> i64 {
    let there = zone.offset_from_utc_datetime(&at(ms).naive_utc());
    i64::from(there.fix().local_minus_utc()) * SECOND
}

/// Wall clock of the operating system: it repeats the hour in autumn.
pub fn os_wall(zone: Tz, ms: i64) -> i64 {
    ms + offset(zone, ms)
}

/// Wall clock of ABAP: it does not repeat the hour in autumn but runs at half speed through
/// the two real hours (`zdate/DSTswitch_contloctime = on`, the default).
pub fn sap_wall(zone: Tz, ms: i64) -> i64 {
    let (before, after) = (offset(zone, ms - HOUR), offset(zone, ms + HOUR));
    if before - after != HOUR {
        return os_wall(zone, ms);
    }
    let begin = change(zone, ms - HOUR, ms + HOUR) - HOUR;
    begin + before + (ms - begin) / 2
}

/// The instant in `low..high` at which the offset changes.
fn change(zone: Tz, mut low: i64, mut high: i64) -> i64 {
    let old = offset(zone, low);
    while high - low > 1 {
        let middle = i64::midpoint(low, high);
        if offset(zone, middle) == old {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The next run of the send job, which starts every five minutes, after `ms`.
pub fn next_run(ms: i64) -> i64 {
    (ms.div_euclid(5 * MINUTE) + 1) * 5 * MINUTE
}

/// .NET ticks (100 ns since the year 1) of an instant given in 100 ns since 1970.
pub fn dotnet_ticks(hundred_ns: i64) -> i64 {
    hundred_ns + DOTNET_EPOCH
}
