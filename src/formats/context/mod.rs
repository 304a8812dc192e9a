//! What else lies on the table: exports that speak of the settings and events around the mails.

mod exchange_config;
mod objects;

pub use exchange_config::ExchangeConfig;
