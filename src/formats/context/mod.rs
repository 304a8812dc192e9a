//! What else lies on the table: exports that speak of the settings and events around the mails.

mod exchange_config;
mod headers;
mod job_log;
mod jobs;
mod objects;
mod sign_in_codes;
mod sign_ins;

pub use exchange_config::ExchangeConfig;
pub use headers::Headers;
pub use job_log::JobLog;
pub use jobs::Jobs;
pub use sign_ins::SignIns;
