//! What becomes of mails in relays other than Postfix, from their log to the row of the result (relay.md sections 1.2 to 1.10).

#[path = "relay_fates/cisco.rs"]
mod cisco;
#[path = "relay_fates/clouds.rs"]
mod clouds;
#[path = "relay_fates/exchange.rs"]
mod exchange;
#[path = "relay_fates/hmail.rs"]
mod hmail;
mod support;
#[path = "relay_fates/unix.rs"]
mod unix;

/// Columns of the one journey to a recipient.
fn journey(all: &[std::collections::BTreeMap<&'static str, String>], to: &str, columns: &[&str]) -> Vec<String> {
    let rows: Vec<_> = all.iter().filter(|row| row["recipient"] == to).collect();
    assert_eq!(rows.len(), 1, "one journey to {to:?} in {:?}", all.iter().map(|row| &row["recipient"]).collect::<Vec<_>>());
    columns.iter().map(|column| rows[0][column].clone()).collect()
}

/// All journeys of one log.
fn of_log(name: &str, text: &str) -> Vec<std::collections::BTreeMap<&'static str, String>> {
    support::table(&support::analyse_files(&[(name, text.as_bytes())]))
}
