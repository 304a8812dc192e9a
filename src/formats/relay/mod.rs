//! Logs of the relays between SAP and Exchange Online (relay.md). What all of them share: the shapes of syslog, the
//! missing year, and the fold that puts what is known of a mail on every record of it.

mod acs;
mod esa;
mod exchange_protocol;
mod exchange_tracking;
mod exim;
mod fields;
mod hmail;
mod iis;
mod mail;
mod mailq;
mod output;
mod postfix;
mod postqueue;
mod proofpoint;
mod queue;
mod sendgrid;
mod sendmail;
mod sheet;
mod steps;
mod syslog;
mod talk;
mod tries;
mod year;

pub use acs::CommunicationServices;
pub use esa::{CiscoEsa, CiscoEsaEvents};
pub use exchange_protocol::ExchangeProtocol;
pub use exchange_tracking::{ExchangeTracking, ExchangeTrackingCsv};
pub use exim::Exim;
pub use hmail::HMail;
pub use iis::Iis;
pub use mailq::MailQueue;
pub use postfix::Postfix;
pub use postqueue::PostQueue;
pub use proofpoint::Proofpoint;
pub use sendgrid::SendGrid;
pub use sendmail::Sendmail;
pub use year::{set_year, settle_years};
