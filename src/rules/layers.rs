//! The nested replies of a text as layers, innermost first (rules.md 4.2).

use crate::smtp::{Enhanced, chain, squeeze};

/// One reply with the text up to the next, inner one.
#[derive(Debug)]
pub struct Layer<'t> {
    /// Three-digit code.
    pub code: Option<u16>,
    /// Enhanced code.
    pub enhanced: Option<Enhanced>,
    /// Codes and text of this reply alone.
    pub text: &'t str,
    /// The same, ready for comparison.
    pub squeezed: String,
    /// No reply was found in the whole text: codes cannot be asked for.
    pub bare: bool,
    /// The layer runs to the end of the text, where a cut would be.
    pub last: bool,
}

impl Layer<'_> {
    /// First digit of the reply, from either code.
    pub fn class(&self) -> Option<u8> {
        let of_code = self.code.and_then(|code| u8::try_from(code / 100).ok());
        of_code.or(self.enhanced.map(|enhanced| enhanced.class))
    }
}

/// Splits a text into its layers. A text without replies is one bare layer; words before the first
/// reply form the outermost layer, because wrappers put their own reason there.
pub fn layers(text: &str) -> Vec<Layer<'_>> {
    let replies = chain(text);
    let starts: Vec<usize> = replies.iter().map(|reply| offset(text, reply.whole)).collect();
    let mut out = Vec::with_capacity(starts.len() + 1);
    let mut end = text.len();
    for (reply, &start) in replies.iter().zip(&starts).rev() {
        let own = text.get(start..end).unwrap_or(reply.whole);
        let (code, enhanced) = (reply.code, reply.enhanced);
        out.push(Layer { code, enhanced, text: own.trim(), squeezed: squeeze(own), bare: false, last: out.is_empty() });
        end = start;
    }
    let before = text.get(..end).unwrap_or("");
    if replies.is_empty() || !before.trim().is_empty() {
        let bare = replies.is_empty();
        out.push(Layer { code: None, enhanced: None, text: before.trim(), squeezed: squeeze(before), bare, last: bare });
    }
    out
}

/// Where a slice begins in the text it was cut from; 0 when it was not cut from it.
fn offset(text: &str, part: &str) -> usize {
    let at = part.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
    if at <= text.len() { at } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_layers_come_first_and_do_not_overlap() {
        let text = "DSN: 5.7.57 Client not authenticated. Error: 535 5.7.139 Authentication unsuccessful";
        let texts: Vec<&str> = layers(text).iter().map(|layer| layer.text).collect();
        assert_eq!(texts, ["535 5.7.139 Authentication unsuccessful", "5.7.57 Client not authenticated. Error:", "DSN:"]);
        assert!(layers("no reply here")[0].bare);
    }
}
