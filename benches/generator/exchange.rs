//! Names, ids and replies of the invented Exchange Online servers.

use super::clock::{dotnet_ticks, show};
use super::rng::Rng;

/// The two services that answer SAP.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The MX endpoint of the tenant, port 25.
    Endpoint,
    /// `smtp.office365.com`, port 587.
    Submission,
}

/// First label of a server name.
fn label(rng: &mut Rng) -> String {
    format!("FR2PEPF{:08X}", rng.range(0x100, 0xFFF))
}

/// Full name of a back end server.
pub fn host(rng: &mut Rng) -> String {
    format!("{}.DEUP281.PROD.OUTLOOK.COM", label(rng))
}

/// Name a server gives in its banner.
pub fn front(service: Service, rng: &mut Rng) -> String {
    match service {
        Service::Endpoint => format!("{}.mail.protection.outlook.com", label(rng)),
        Service::Submission => format!("{}.outlook.office365.com", label(rng)),
    }
}

/// Session id: 16 hexadecimal digits that decode to some days before the session.
pub fn session_id(at: i64, rng: &mut Rng) -> String {
    let started = (at - rng.range(1, 20 * 86_400_000)) * 10_000 + rng.range(0, 9_999);
    format!("{:016X}", dotnet_ticks(started))
}

/// The bracket at the end of a refusal: server, UTC time, session id.
fn trailer(at: i64, rng: &mut Rng) -> String {
    let time = show(at, "%Y-%m-%dT%H:%M:%S%.3fZ");
    format!("[{} {time} {}]", host(rng), session_id(at, rng))
}

/// Refusal `text` with its bracket; the server answers a moment after `at`.
pub fn refusal(text: &str, at: i64, rng: &mut Rng) -> String {
    let when = at + rng.range(150, 400);
    format!("{text} {}", trailer(when, rng))
}

/// Final reply of an accepted mail.
pub fn accepted(service: Service, id: &str, size: i64, rng: &mut Rng) -> String {
    let host = host(rng);
    match service {
        Service::Submission => format!("250 2.0.0 OK {id} [Hostname={host}]"),
        Service::Endpoint => {
            let internal = rng.range(10_000_000_000_000, 90_000_000_000_000);
            let ms = rng.range(80, 400);
            // Thousandths of KB/sec in whole numbers, so that no float enters the bytes.
            let rate = size * 1_000_000 / 1_024 / ms;
            format!(
                "250 2.6.0 {id} [InternalId={internal}, Hostname={host}] {size} bytes in 0.{ms:03}, \
                 {}.{:03} KB/sec Queued mail for delivery",
                rate / 1_000,
                rate % 1_000
            )
        }
    }
}

/// Network message id with dashes; its last twelve digits are the time of `origin` (100 ns
/// since 1970) less a few milliseconds.
pub fn network_id(origin: i64, rng: &mut Rng) -> String {
    let created = dotnet_ticks(origin - rng.range(0, 40_000));
    let head = rng.hex(20);
    format!("{}-{}-{}-{}-{:012x}", &head[..8], &head[8..12], &head[12..16], &head[16..], created >> 16)
}
