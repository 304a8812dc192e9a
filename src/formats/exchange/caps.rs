//! Row counts at which an export of the message trace ends whatever the mails (exchange.md sections 1.2, 1.8 and 4).

/// The default of the cmdlets and of the extended report, a page of the cmdlets, the enhanced summary, the historical search.
const CAPS: &[usize] = &[1000, 5000, 50_000, 100_000];
/// Pages that were put together are multiples of this.
const PAGE: usize = 5000;

/// Whether an export with so many rows was probably cut off.
#[must_use]
pub fn probably_cut(rows: usize) -> bool {
    CAPS.contains(&rows) || (rows > 0 && rows.is_multiple_of(PAGE))
}

#[cfg(test)]
mod tests {
    use super::probably_cut;

    #[test]
    fn full_pages_are_suspicious() {
        let cut: Vec<usize> =
            [0, 1, 999, 1000, 1001, 2000, 5000, 15_000, 15_001, 50_000, 100_000].into_iter().filter(|n| probably_cut(*n)).collect();
        assert_eq!(cut, [1000, 5000, 15_000, 50_000, 100_000]);
    }
}
