//! The worlds that are measured.

use super::world::Scenario;
use chrono_tz::Tz;

/// 2026-03-10 05:00 UTC, a day without a change of clocks.
const DAY: i64 = 1_773_118_800_000;
/// 2025-10-25 20:00 UTC, the evening before the clocks go back in Europe.
const AUTUMN: i64 = 1_761_422_400_000;

/// One working day, keys shown, nothing wrong.
pub const PLAIN: Scenario = Scenario {
    name: "keys",
    keys: true,
    zone: Tz::Europe__Berlin,
    ahead: 0,
    begin: DAY,
    hours: 10,
    twins: 0,
    recipients: 300,
    cut: None,
    refused: 4,
    vanished: 1,
    clients: 1,
    copied: 0,
    stretched: false,
    several: 0,
    outage: None,
    cap: None,
};

pub const KEYLESS: Scenario = Scenario { name: "no keys", keys: false, ..PLAIN };

/// All scenarios.
pub const ALL: &[Scenario] = &[
    PLAIN,
    Scenario { name: "keys, clock +187 s", ahead: 187, ..PLAIN },
    Scenario { name: "keys, twins", twins: 30, ..PLAIN },
    Scenario { name: "keys, three clients", clients: 3, ..PLAIN },
    Scenario { name: "keys, a system copy", copied: 20, ..PLAIN },
    KEYLESS,
    Scenario { name: "a system copy", copied: 20, ..KEYLESS },
    Scenario { name: "clock -300 s", ahead: -300, ..KEYLESS },
    Scenario { name: "clock +300 s", ahead: 300, ..KEYLESS },
    Scenario { name: "zone without summer time", zone: Tz::Asia__Kolkata, ..KEYLESS },
    Scenario { name: "autumn night", begin: AUTUMN, ..KEYLESS },
    Scenario { name: "autumn night, stretched", begin: AUTUMN, stretched: true, ..KEYLESS },
    Scenario { name: "cut subject and address", cut: Some((30, 24)), ..KEYLESS },
    Scenario { name: "twins", twins: 30, ..KEYLESS },
    Scenario { name: "twins, clock +120 s", twins: 30, ahead: 120, ..KEYLESS },
    Scenario { name: "few recipients, burst", recipients: 10, hours: 1, ..KEYLESS },
    Scenario { name: "burst, cut, clock -90 s", recipients: 10, hours: 1, cut: Some((30, 24)), ahead: -90, ..KEYLESS },
    Scenario { name: "many lost", refused: 30, vanished: 10, ..KEYLESS },
    Scenario { name: "several recipients", several: 30, ..KEYLESS },
    Scenario { name: "outage of three hours", outage: Some((2, 5)), ..KEYLESS },
    Scenario { name: "trace cut at 1000 rows", cap: Some(1000), ..KEYLESS },
];
