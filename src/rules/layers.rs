//! The nested replies of a text as layers, innermost first (rules.md 4.2).

use crate::smtp::{Enhanced, chain, squeeze_onto};
use std::ops::Range;

/// One reply with the text up to the next, inner one.
#[derive(Debug)]
pub struct Layer {
    /// Three-digit code; without both codes these are words beside the replies.
    pub code: Option<u16>,
    /// Enhanced code.
    pub enhanced: Option<Enhanced>,
    /// Where codes and text of this reply alone stand in the squeezed text.
    pub span: Range<usize>,
    /// The layer runs to the end of the text, where a cut would be.
    pub last: bool,
}

impl Layer {
    /// First digit of the reply, from either code.
    pub fn class(&self) -> Option<u8> {
        let of_code = self.code.and_then(|code| u8::try_from(code / 100).ok());
        of_code.or(self.enhanced.map(|enhanced| enhanced.class))
    }

    /// The reply refuses, for now or for good.
    pub fn refuses(&self) -> bool {
        self.class().is_some_and(|class| class >= 4)
    }
}

/// Splits a text into its layers, and squeezes it for comparison. A text without replies is one layer without codes; words
/// before the first reply form the outermost layer, because wrappers put their own reason there.
pub fn layers(text: &str) -> (String, Vec<Layer>) {
    let replies = chain(text);
    let starts: Vec<usize> = replies.iter().map(|reply| offset(text, reply.whole)).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let before = text.get(..starts.first().copied().unwrap_or(text.len())).unwrap_or("");
    let (mut squeezed, mut out) = (String::with_capacity(text.len()), Vec::with_capacity(starts.len() + 1));
    squeeze_onto(&mut squeezed, before);
    if replies.is_empty() || !squeezed.is_empty() {
        out.push(Layer { code: None, enhanced: None, span: 0..squeezed.len(), last: false });
    }
    for ((reply, start), end) in replies.iter().zip(&starts).zip(ends) {
        let begin = squeezed.len();
        squeeze_onto(&mut squeezed, text.get(*start..end).unwrap_or(reply.whole));
        out.push(Layer { code: reply.code, enhanced: reply.enhanced, span: begin..squeezed.len(), last: false });
    }
    out.reverse();
    if let Some(innermost) = out.first_mut() {
        innermost.last = true;
    }
    (squeezed, out)
}

/// Where a slice begins in the text it was cut from; 0 when it was not cut from it.
fn offset(text: &str, part: &str) -> usize {
    let at = part.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
    if at <= text.len() { at } else { 0 }
}

/// How mails begin that answer or pass on another mail, in the languages of SAP's users.
const QUOTING: &[&str] = &["subject:", "betreff:", "objet:", "asunto:", "re:", "fw:", "fwd:", "aw:", "wg:", "tr:", "rv:", "sv:", "enc:"];

/// The text is the subject of a mail: a reply in it is somebody's quotation, not a server's word.
pub fn quotes(text: &str) -> bool {
    let text = text.trim_start();
    QUOTING.iter().any(|mark| text.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_layers_come_first_and_do_not_overlap() {
        let text = "DSN: 5.7.57 Client not authenticated. Error: 535 5.7.139 Authentication unsuccessful";
        let (squeezed, all) = layers(text);
        let texts: Vec<&str> = all.iter().map(|layer| &squeezed[layer.span.clone()]).collect();
        assert_eq!(texts, ["5355.7.139authenticationunsuccessful", "5.7.57clientnotauthenticated.error:", "dsn:"]);
        assert_eq!(all.iter().map(|layer| layer.last).collect::<Vec<_>>(), [true, false, false]);
        assert!(layers("no reply here").1[0].last);
    }

    #[test]
    fn subjects_quote() {
        for (text, want) in [("RE: 550 5.7.64 x", true), (" Subject: x", true), ("Reason: 550", false), ("é", false), ("", false)] {
            assert_eq!(quotes(text), want, "{text}");
        }
    }
}
