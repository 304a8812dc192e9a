//! Memory does not grow with the length of one line beyond that line: whatever a format does with a line, it keeps a
//! bounded number of copies of it.

use peak_alloc::PeakAlloc;
use sostrace::evidence::Store;
use sostrace::formats::{Format, REGISTRY, Settings, Sink};
use sostrace::source::{Source, lines};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Bytes that a byte of a line may cost at most: a cell of one character has a place of sixteen bytes, in a list of which
/// the old half lives on while it doubles. Whatever grew faster than the line would pass it at once.
const COPIES: usize = 48;

/// Bytes of the heap at their most while a format reads a text.
fn peak(format: &dyn Format, text: &str) -> usize {
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let (mut store, mut source) = (Store::default(), Source::new("x".into(), "x".into(), lines(text).count()));
    // That a damaged file is refused is fine as well.
    let _ = format.read(text, &mut Sink { store: &mut store, source: &mut source, index: 0, settings: &Settings::default() });
    HEAP.peak_usage().saturating_sub(before)
}

#[test]
fn a_long_line_costs_itself() {
    const SHORT: usize = 64 << 10;
    const LONG: usize = 256 << 10;
    let mut worst: Vec<(usize, String)> = Vec::new();
    for format in REGISTRY {
        for sample in format.samples() {
            for filler in ["x", "a b ", "|x", "a,", "\";\"", "[Thr 1] ", "550 5.1.1 ", "{\"a\":", "<a@b.example> "] {
                let with = |length: usize| peak(*format, &format!("{}\n{}\n", sample.trim_end(), filler.repeat(length / filler.len())));
                let grown = with(LONG).saturating_sub(with(SHORT));
                worst.push((grown / ((LONG - SHORT) / 100), format!("{} {filler:?}", format.id())));
            }
        }
    }
    worst.sort();
    let (percent, what) = worst.pop().unwrap();
    assert!(percent <= COPIES * 100, "{what}: {percent} % of the line");
}
