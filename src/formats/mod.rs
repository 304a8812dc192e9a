//! One file per format. A new format implements [`Format`], joins [`REGISTRY`] and brings a sample;
//! `exchange/summary.rs` is the minimal example.

mod context;
mod exchange;
mod instant;
mod objects;
mod recognise;
mod records;
mod relay;
mod sap;
pub(crate) mod secret;
mod session;

pub use exchange::{TraceHeaders, probably_cut};
pub use recognise::{Recognised, recognise};
pub use relay::{set_year, settle_years};
pub use sap::{Headers, Unfinished};
pub(crate) use sap::{is_maximum, state_of};

use crate::error::ReadError;
use crate::evidence::{Hop, Store};
use crate::source::Source;

/// A claim of a format on a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// 0 to 100.
    pub confidence: u8,
    /// What in the file speaks for it.
    pub why: String,
}

/// What the user says about the files of a run.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Headers of own layouts of SAP's lists and tables.
    pub headers: Headers,
    /// Headers of own files of the message trace.
    pub trace_headers: TraceHeaders,
}

/// Where a format puts what it reads.
pub struct Sink<'a> {
    /// Evidence of the run.
    pub store: &'a mut Store,
    /// The source being read, with its ledger.
    pub source: &'a mut Source,
    /// Index of the source.
    pub index: u32,
    /// What the user says.
    pub settings: &'a Settings,
}

/// A file format.
pub trait Format: Sync {
    /// Stable id, `sap-list`.
    fn id(&self) -> &'static str;
    /// What a person calls it.
    fn title(&self) -> &'static str;
    /// System that writes it.
    fn hop(&self) -> Hop;
    /// Looks at the beginning of a file (at most [`HEAD`] bytes), never at its name.
    fn recognise(&self, head: &str) -> Option<Claim>;
    /// The same, knowing what the user says about the files.
    fn recognise_with(&self, head: &str, _settings: &Settings) -> Option<Claim> {
        self.recognise(head)
    }
    /// Reads the whole text: marks every line in the ledger, pushes evidence in order of lines.
    ///
    /// # Errors
    /// When nothing sensible can be read; what was read before the error stays.
    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError>;
    /// The same for a format of which a file may go on in another one: takes what the file before has left open where this
    /// one goes on with it, and leaves what this one does.
    ///
    /// # Errors
    /// Those of [`Format::read`].
    fn read_on(&self, text: &str, _left: &mut Option<Unfinished>, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        self.read(text, sink)
    }
    /// Samples that this format and no other must claim.
    fn samples(&self) -> &'static [&'static str];
}

/// How much of a file recognisers see.
pub const HEAD: usize = 64 * 1024;

/// All formats.
pub static REGISTRY: &[&dyn Format] = &[
    &sap::List,
    &sap::Table,
    &sap::Icm,
    &exchange::EnhancedSummary,
    &exchange::MessageTrace,
    &exchange::MessageTraceJson,
    &exchange::ExtendedReport,
    &exchange::ConnectorReport,
    &exchange::TraceDetail,
    &exchange::TraceDetailJson,
    &exchange::EmailEvents,
    &exchange::EmailEventsJson,
    &exchange::DeliveryReport,
    &exchange::Notice,
    &relay::Postfix,
    &relay::ExchangeTracking,
    &relay::ExchangeTrackingCsv,
    &relay::ExchangeProtocol,
    &relay::Exim,
    &relay::Sendmail,
    &relay::Iis,
    &relay::HMail,
    &relay::PostQueue,
    &relay::MailQueue,
    &relay::CiscoEsa,
    &relay::CiscoEsaEvents,
    &relay::Proofpoint,
    &relay::SendGrid,
    &relay::CommunicationServices,
    &context::ExchangeConfig,
    &context::Jobs,
    &context::JobLog,
    &context::SignIns,
    &context::Headers,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_claimed_by_its_own_format_alone() {
        for owner in REGISTRY {
            assert!(!owner.samples().is_empty(), "{} has no sample", owner.id());
            for sample in owner.samples() {
                let claimed: Vec<&str> = REGISTRY.iter().filter(|f| f.recognise(sample).is_some()).map(|f| f.id()).collect();
                assert_eq!(claimed, [owner.id()], "{sample}");
            }
        }
    }
}
