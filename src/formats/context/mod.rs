//! What else lies on the table: exports that speak of the settings and events around the mails.

mod exchange_config;
mod job_log;
mod jobs;
mod objects;

pub use exchange_config::ExchangeConfig;
pub use job_log::JobLog;
pub use jobs::Jobs;
