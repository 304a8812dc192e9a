//! The message trace of Exchange Online, in the shape of the enhanced summary.

use super::clock::show;
use super::encode::{Encoding, encode};

const HEADER: &str = "origin_timestamp_utc,sender_address,recipient_status,message_subject,\
total_bytes,message_id,network_message_id,original_client_ip,directionality,connector_id,\
delivery_priority";

/// One row of the trace.
pub struct TraceRow {
    /// Origin time, 100 ns since 1970 UTC.
    pub origin: i64,
    /// Sender address.
    pub sender: String,
    /// Address and events of every recipient.
    pub recipients: Vec<(String, &'static str)>,
    /// Full subject.
    pub subject: String,
    /// Size in bytes.
    pub bytes: i64,
    /// Message-ID with angle brackets.
    pub message_id: String,
    /// Network message id with dashes.
    pub network_id: String,
    /// Empty if Exchange does not tell it.
    pub client_ip: String,
    /// `Originating` or `Incoming`.
    pub directionality: &'static str,
    /// Empty if no connector took part.
    pub connector: &'static str,
}

/// Writes the rows, youngest first, with CRLF. `quote_all` puts every field in quotes.
pub fn write(mut rows: Vec<&TraceRow>, encoding: Encoding, quote_all: bool) -> Vec<u8> {
    rows.sort_by_key(|row| std::cmp::Reverse(row.origin));
    let mut text = line(HEADER.split(',').map(str::to_owned), quote_all);
    for row in rows {
        text.push_str(&line(fields(row).into_iter(), quote_all));
    }
    encode(&text, encoding)
}

fn fields(row: &TraceRow) -> [String; 11] {
    let status: Vec<String> = row.recipients.iter().map(|(address, events)| format!("{address}##{events}")).collect();
    let second = show(row.origin.div_euclid(10_000), "%Y-%m-%dT%H:%M:%S");
    [
        format!("{second}.{:07}Z", row.origin.rem_euclid(10_000_000)),
        row.sender.clone(),
        status.join(";"),
        row.subject.clone(),
        row.bytes.to_string(),
        row.message_id.clone(),
        row.network_id.clone(),
        row.client_ip.clone(),
        row.directionality.to_owned(),
        row.connector.to_owned(),
        "Normal".to_owned(),
    ]
}

fn line(fields: impl Iterator<Item = String>, quote_all: bool) -> String {
    let quote = |field: String| {
        if quote_all || field.contains([',', '"', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
    };
    fields.map(quote).collect::<Vec<_>>().join(",") + "\r\n"
}
