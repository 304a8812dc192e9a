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

/// What is said of a trace whose cmdlet warned.
pub const MORE_RESULTS: &str = "the cmdlet warned that there are more results than this file holds: absence proves nothing";

/// Whether a line is the warning of the cmdlets that there are more rows (exchange.md section 1.2), in any language.
pub fn says_more(line: &str) -> bool {
    line.contains("-StartingRecipientAddress") || line.contains("There are more results")
}

#[cfg(test)]
mod tests {
    use super::{probably_cut, says_more};

    #[test]
    fn the_warning_of_the_cmdlets() {
        let warning = "WARNING: There are more results, use the following command to get more. Get-MessageTraceV2 -StartDate \"x\"";
        assert!(says_more(warning));
        assert!(says_more("WARNUNG: ... Get-MessageTraceV2 -StartDate \"x\" -StartingRecipientAddress \"a@contoso.example\""));
        assert!(!says_more("WARNING: something else"));
    }

    #[test]
    fn full_pages_are_suspicious() {
        let cut: Vec<usize> =
            [0, 1, 999, 1000, 1001, 2000, 5000, 15_000, 15_001, 50_000, 100_000].into_iter().filter(|n| probably_cut(*n)).collect();
        assert_eq!(cut, [1000, 5000, 15_000, 50_000, 100_000]);
    }
}
