//! Facts around the mails: settings of the tenant, runs of the send job, sign-ins. They decide nothing alone; they
//! confirm or contradict a cause.

use super::Sym;

/// One fact that is not about one mail.
#[derive(Clone, Debug)]
pub enum ContextFacts {
    /// A domain the organisation accepts mail for; a leading `*.` stands for its subdomains.
    AcceptedDomain(Sym),
    /// An inbound connector.
    Connector(Connector),
    /// A switch of the whole organisation.
    Switch {
        /// Name of the property.
        name: &'static str,
        /// Its value.
        on: bool,
    },
}

/// What an inbound connector matches by, and whether it may.
#[derive(Clone, Debug, Default)]
pub struct Connector {
    /// Name.
    pub name: Sym,
    /// `OnPremises` or `Partner`.
    pub kind: Sym,
    /// Switched on; `None` where the export does not say.
    pub enabled: Option<bool>,
    /// TLS is demanded.
    pub require_tls: Option<bool>,
    /// Name in the certificate of the sender.
    pub certificate: Sym,
    /// Addresses and ranges as written.
    pub addresses: Vec<Sym>,
    /// All addresses are known: the export has the list, and has it whole.
    pub whole: bool,
}
