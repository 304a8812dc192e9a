//! Character references of HTML and XML.

/// Names of U+00A0 to U+00FF, in order.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro \
para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc \
Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig \
agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc \
otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
/// Others that exports use.
const OTHERS: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("euro", '€'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("bdquo", '„'),
    ("ldquo", '“'),
    ("rdquo", '”'),
];
/// Longest reference between `&` and `;`.
const LONGEST: usize = 10;

/// The characters of a text, its references resolved; unknown ones stay as they are.
pub fn decoded(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let c = rest.chars().next()?;
        rest = &rest[c.len_utf8()..];
        if c != '&' {
            return Some(c);
        }
        let end = rest.bytes().take(LONGEST).position(|b| b == b';');
        if let Some((known, end)) = end.and_then(|end| Some((reference(rest.get(..end)?)?, end))) {
            rest = &rest[end + 1..];
            return Some(known);
        }
        Some(c)
    })
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = hex.map_or_else(|| number.parse().ok(), |digits| u32::from_str_radix(digits, 16).ok())?;
        return char::from_u32(code);
    }
    let other = OTHERS.iter().find(|(known, _)| *known == name).map(|(_, c)| *c);
    other.or_else(|| LATIN.split(' ').zip('\u{a0}'..='\u{ff}').find(|(known, _)| *known == name).map(|(_, c)| c))
}

#[cfg(test)]
mod tests {
    #[test]
    fn references() {
        let rows = [
            ("a &amp; b", "a & b"),
            ("Gr&uuml;&szlig;e &euro;", "Grüße €"),
            ("&#8364;&#x20AC;&#xD800;", "€€&#xD800;"),
            ("&nope; & &", "&nope; & &"),
            ("&yuml;&nbsp;", "ÿ\u{a0}"),
            ("&ü;&#", "&ü;&#"),
        ];
        for (text, want) in rows {
            assert_eq!(super::decoded(text).collect::<String>(), want, "{text}");
        }
    }
}
