//! Invented recipients, users and subjects.

use super::rng::Rng;

/// SAP users, at most 12 characters.
pub const USERS: &[&str] = &["BATCH_FI", "BATCH_MM", "WF-BATCH", "SD_OUTPUT", "HR_PAYROLL", "BI_LOAD", "PP_PLANNING"];

/// Mailboxes of the own company; some are longer than the 35 characters SAP shows.
const INTERNAL: &[&str] = &[
    "accounting@contoso.example",
    "basis.team@contoso.example",
    "controlling@contoso.example",
    "goods-receipt.north@contoso.example",
    "helpdesk@contoso.example",
    "payroll.office@contoso.example",
    "plant-1100.shift-planning.board@contoso.example",
    "plant-1200.shift-planning.board@contoso.example",
    "purchasing@contoso.example",
    "quality@contoso.example",
    "sales.backoffice@contoso.example",
    "treasury@contoso.example",
];

/// Customers and suppliers. The last two differ only after the 35th character.
const EXTERNAL: &[&str] = &[
    "ap@fabrikam.example",
    "billing@northwind.example",
    "dispatch.centre@adatum.example",
    "international.receivables.and.collections@tailspin.example",
    "invoices@adatum.example",
    "orders@northwind.example",
    "procurement.central.europe@northwind.example",
    "remittance@tailspin.example",
    "sales.orders@fabrikam.example",
    "accounts.payable.shared.services.east@fabrikam.example",
    "accounts.payable.shared.services.west@fabrikam.example",
];

/// Recipient and subject of an ordinary request.
pub fn request(rng: &mut Rng, internal: bool) -> (String, String) {
    if internal {
        ((*rng.pick(INTERNAL)).to_owned(), internal_subject(rng))
    } else {
        ((*rng.pick(EXTERNAL)).to_owned(), external_subject(rng))
    }
}

fn external_subject(rng: &mut Rng) -> String {
    let n = rng.range(1_000, 9_999);
    match rng.below(8) {
        0 | 1 => format!("Invoice 9000{n}"),
        2 => format!("Payment advice 200{n}"),
        3 => format!("Purchase order 450001{n} for your review and confirmation"),
        4 => format!("Order confirmation 12{n}"),
        5 => format!("Delivery note 8001{n}, {} packages", rng.range(2, 40)),
        6 => format!("Dunning notice 31{n} \"second reminder\""),
        _ => format!("Zahlungsavis über Beleg 1900{n}"),
    }
}

fn internal_subject(rng: &mut Rng) -> String {
    let n = rng.range(1_000, 9_999);
    match rng.below(8) {
        0 => "Job BI_LOAD_DAILY finished".to_owned(),
        1 => format!("Job MRP_RUN_{} finished", 1_000 + 100 * rng.range(1, 4)),
        2 => format!("Workflow: approve purchase requisition 1001{n} before the end of the month"),
        3 => format!("Goods receipt 500001{n} posted"),
        4 => format!("Spool list {n}: Bestände Lager Süd"),
        5 => format!("Leave request 00{n} approved"),
        6 => format!("Cost centre report 41{n}, plan/actual"),
        _ => format!("Inspection lot 0100{n} blocked"),
    }
}
