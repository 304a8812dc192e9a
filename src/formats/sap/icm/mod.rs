//! ICM developer trace.
pub struct Icm;
