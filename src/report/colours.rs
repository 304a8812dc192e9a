//! The colours by which all reports tell verdicts apart; dark text is readable on each of them.

/// Colour of each verdict: green what arrived, red what failed, yellow what is not at its end, grey what nobody knows.
pub const COLOURS: [(&str, u32); 11] = [
    ("conflict", 0x00CE_93D8),
    ("delivered", 0x00A5_D6A7),
    ("diverted", 0x00FF_CC80),
    ("bounced", 0x00EF_9A9A),
    ("deferred", 0x00FF_F59D),
    ("rejected", 0x00E5_7373),
    ("waiting", 0x00FF_F9C4),
    ("unsent", 0x00FF_AB91),
    ("missing", 0x00F4_8FB1),
    ("handed-off", 0x00C5_E1A5),
    ("unknown", 0x00E0_E0E0),
];
