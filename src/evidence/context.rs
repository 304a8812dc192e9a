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
    /// A failed sign-in; its record has the time and the words.
    SignIn {
        /// Account or application, lower case.
        user: Sym,
        /// Address it came from.
        address: Sym,
        /// Error code of Entra.
        code: u32,
    },
    /// A run of the send job; its record has the time of its start.
    Job {
        /// How it ended.
        status: JobStatus,
        /// How long it ran.
        seconds: i64,
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

/// How a background job ended (domain BTCSTATUS, and the words of SM37).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JobStatus {
    /// Ran to its end.
    Finished,
    /// Broke off.
    Cancelled,
    /// Still ran when the list was exported.
    Active,
    /// The list does not say.
    Unknown,
}

impl JobStatus {
    /// From a letter of TBTCO or a word of the list.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text.trim().to_lowercase().as_str() {
            "f" | "finished" | "fertig" | "completed" | "terminé" | "terminado" | "finalizado" | "concluído" => Self::Finished,
            "a" | "canceled" | "cancelled" | "abgebrochen" | "abgebr." | "interrompu" | "annulé" | "cancelado" | "interrumpido" => {
                Self::Cancelled
            }
            "r" | "active" | "aktiv" | "running" | "actif" | "activo" | "ativo" => Self::Active,
            _ => Self::Unknown,
        }
    }

    /// The word of the reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
            Self::Active => "active",
            Self::Unknown => "ran",
        }
    }
}
