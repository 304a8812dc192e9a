//! Texts in which names stand between other words: replies, remarks, statuses.

use super::key::Key;
use super::tokens::Tokens;
use super::words::{Words, bounded};
use std::net::IpAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What ends a piece of a text.
const ENDS: &[char] =
    &['#', '!', '\u{201e}', '\u{ab}', '\u{bb}', '<', '>', '(', ')', '[', ']', '{', '}', '"', ',', ';', '|', '`', '\u{201c}', '\u{201d}'];
/// What may stand around a name without being a part of it.
const AROUND: &[char] = &['-', '.', ':', '!', '?', '*', '\'', '#', '='];
/// Exchange's own words for where it failed look like hosts.
const DIAGNOSIS: [&str; 8] = ["RESOLVER.", "STOREDRV.", "SMTPSEND.", "ROUTING.", "QUEUE.", "AGENT.", "CAT.", "TRANSPORT."];

/// The tokens of a run.
pub struct Pseudonyms {
    /// Tokens of values whose kind is known.
    pub(super) tokens: Tokens,
    words: Words,
}

impl Pseudonyms {
    /// Tokens of a key; `keep_domains` leaves the domains of addresses and hosts as they are.
    #[must_use]
    pub fn new(key: &Key, keep_domains: bool) -> Self {
        Self { tokens: Tokens::new(key, keep_domains), words: Words::default() }
    }

    /// Names that are replaced wherever they stand alone inside a text.
    pub(super) fn learn(&mut self, words: Words) {
        self.words = words;
    }

    /// A domain, or a host.
    #[must_use]
    pub fn host(&self, text: &str) -> String {
        self.tokens.host(text)
    }

    /// A mail address.
    #[must_use]
    pub fn address(&self, text: &str) -> String {
        self.tokens.address(text)
    }

    /// A file or the label of one.
    #[must_use]
    pub fn file(&self, text: &str) -> String {
        self.tokens.name("file", text)
    }

    /// A path as one token.
    #[must_use]
    pub fn path(&self, path: &Path) -> PathBuf {
        PathBuf::from(self.file(&path.display().to_string()))
    }

    /// A text in which names may stand.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        self.text_beside(text, &[])
    }

    /// The same, where other fields of the same record are known: what they hold is replaced here too.
    #[must_use]
    pub fn text_beside(&self, text: &str, fields: &[(&str, String)]) -> String {
        let mut places: Vec<(Range<usize>, &str)> = self.words.find(text).collect();
        let lower = text.to_ascii_lowercase();
        for (value, token) in fields.iter().filter(|(value, _)| !value.is_empty()) {
            let value = value.to_ascii_lowercase();
            let all = lower.match_indices(&value).map(|(at, _)| at..at + value.len());
            places.extend(all.filter(|place| bounded(text, place)).map(|place| (place, token.as_str())));
        }
        // Of names inside one another the longest counts.
        places.sort_by_key(|(place, _)| (place.start, std::cmp::Reverse(place.end)));
        let (mut out, mut done) = (String::with_capacity(text.len()), 0);
        for (place, token) in places {
            if place.start >= done {
                self.scan(text.get(done..place.start).unwrap_or(""), &mut out);
                out.push_str(token);
                done = place.end;
            }
        }
        self.scan(text.get(done..).unwrap_or(""), &mut out);
        out
    }

    /// The shape of a line that nobody understood: letters and digits alike, what stands between them as it is.
    #[must_use]
    pub fn shape(text: &str) -> String {
        let one = |c: char| match c {
            c if c.is_numeric() => '9',
            c if c.is_uppercase() => 'X',
            c if c.is_alphabetic() => 'x',
            c => c,
        };
        text.chars().map(one).collect()
    }

    /// Replaces what looks like an address, a host or a path.
    fn scan(&self, text: &str, out: &mut String) {
        for piece in text.split_inclusive(|c: char| c.is_whitespace() || ENDS.contains(&c)) {
            let bare = piece.trim_end_matches(|c: char| c.is_whitespace() || ENDS.contains(&c));
            let core = bare.trim_matches(AROUND);
            match self.core(core).filter(|_| !core.is_empty()) {
                Some(new) => out.push_str(&piece.replacen(core, &new, 1)),
                None => out.push_str(piece),
            }
        }
    }

    /// What stands for a piece; nothing where it names nobody.
    fn core(&self, piece: &str) -> Option<String> {
        if let Some(token) = self.words.whole(piece) {
            return Some(token.to_owned());
        }
        if let Some(token) = self.ip(piece) {
            return Some(token);
        }
        if let Some((scheme, rest)) = piece.split_once("://") {
            return self.url(scheme, rest);
        }
        if piece.contains("%40") {
            return Some(self.tokens.address(&piece.replace("%40", "@")));
        }
        if let Some(domain) = piece.strip_prefix('@') {
            return self.core(domain).map(|token| format!("@{token}"));
        }
        if let Some((local, domain)) = piece.rsplit_once('@') {
            let address = !local.is_empty() && !domain.is_empty();
            return if address { Some(self.labelled(piece)) } else { None };
        }
        if piece.contains('\\') {
            return Some(self.tokens.name(if piece.contains(":\\") || piece.starts_with('\\') { "file" } else { "user" }, piece));
        }
        if piece.strip_prefix('/').is_some_and(|name| name.starts_with(char::is_alphanumeric)) {
            return Some(self.tokens.name("file", piece));
        }
        if let Some(at) = piece.find(['=', ':', '/']) {
            return self.parts(piece, char::from(*piece.as_bytes().get(at)?));
        }
        let lower = piece.to_lowercase();
        if let Some(known) = self.tokens.microsoft(&lower) {
            return (known != lower).then_some(known);
        }
        is_host(piece).then(|| self.tokens.host(piece))
    }

    /// An address of the network, whole, in a range or with the length of a prefix; or as much of one as a cut has left.
    fn ip(&self, piece: &str) -> Option<String> {
        let label =
            ["ipv6:", "ip6:", "ip4:"].into_iter().find(|label| piece.get(..label.len()).is_some_and(|own| own.eq_ignore_ascii_case(label)));
        let bare = piece.get(label.map_or(0, str::len)..)?;
        let of = |text: &str| text.parse::<IpAddr>().ok().map(|address| self.tokens.ip(address));
        if let Some(token) = of(bare) {
            return Some(token);
        }
        if let Some(sign) = bare.find(['/', '-']) {
            let (first, rest) = (of(bare.get(..sign)?)?, bare.get(sign + 1..)?);
            return Some(format!("{first}{}{}", bare.get(sign..=sign)?, of(rest).unwrap_or_else(|| rest.to_owned())));
        }
        let parts: Vec<&str> = bare.split('.').collect();
        let is_part = |part: &&str| part.parse::<u8>().is_ok() && (*part == "0" || !part.starts_with('0'));
        // Codes of replies and versions have three numbers too, and begin with one digit.
        let is_cut = parts.len() == 3 && parts.iter().all(is_part) && parts.first()?.len() > 1;
        is_cut.then(|| self.tokens.name("ip", bare))
    }

    /// A link: the host alone; of Microsoft's pages all but what is asked of them.
    fn url(&self, scheme: &str, rest: &str) -> Option<String> {
        let host = rest.split(['/', '?']).next().unwrap_or("");
        let known = self.tokens.microsoft(&host.to_lowercase()).is_some_and(|known| known == host.to_lowercase());
        if known {
            return rest.split_once('?').map(|(page, _)| format!("{scheme}://{page}?..."));
        }
        Some(format!("{scheme}://{}", self.parts(host, ':').unwrap_or_else(|| self.tokens.host(host))))
    }

    /// The parts of a piece, each for itself.
    fn parts(&self, piece: &str, between: char) -> Option<String> {
        let parts: Vec<(&str, Option<String>)> = piece.split(between).map(|part| (part, self.core(part))).collect();
        let changed = parts.iter().any(|(_, new)| new.is_some());
        let parts: Vec<String> = parts.into_iter().map(|(part, new)| new.unwrap_or_else(|| part.to_owned())).collect();
        changed.then(|| parts.join(&between.to_string()))
    }

    /// An address, with the word before it that says whose it is: `to=`, `mailto:`.
    fn labelled(&self, piece: &str) -> String {
        let label = piece.find(['=', ':']).map(|at| piece.split_at(at + 1));
        // Some addresses hold such signs themselves, and behind them another address.
        match label.filter(|(label, rest)| is_label(label) && rest.contains('@')) {
            Some((label, rest)) => format!("{label}{}", self.tokens.address(rest)),
            None => self.tokens.address(piece),
        }
    }
}

/// A word that stands before an address, with its mark.
fn is_label(label: &str) -> bool {
    LABELS.iter().any(|known| label.get(..label.len() - 1).is_some_and(|own| own.eq_ignore_ascii_case(known)))
}

/// Words that stand before an address.
const LABELS: [&str; 15] = [
    "to",
    "from",
    "orig_to",
    "sender",
    "recipient",
    "rcpt",
    "user",
    "sasl_username",
    "sasl_sender",
    "for",
    "mailto",
    "smtp",
    "rfc822",
    "addr",
    "address",
];

/// Labels with dots between them, of which the last can be the end of a name on the network.
fn is_host(piece: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let last = piece.rsplit('.').next().unwrap_or("");
    let one_case = last.chars().all(char::is_lowercase) || last.chars().all(char::is_uppercase);
    let end = last.chars().count() > 1 && last.chars().all(char::is_alphabetic) && one_case;
    let diagnosis = DIAGNOSIS.iter().any(|word| piece.starts_with(word));
    piece.contains('.') && end && piece.split('.').all(label) && !diagnosis
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn names_inside_texts_are_replaced_and_the_diagnosis_stays() {
        let mut names = Pseudonyms::new(&Key::new([7; 32]), false);
        let known = [("SAPADM", "user-1"), ("mailgw1", "host-1"), ("SAP relay", "connector-1"), ("PRD", "system-1")];
        names.learn(Words::new(known.iter().map(|(name, token)| ((*name).to_owned(), (*token).to_owned())).collect::<BTreeMap<_, _>>()));
        let (jane, host) = (names.address("jane@contoso.example"), names.host("gw.contoso.example"));
        let ip = names.host("198.51.100.7");
        let tenant = names.host("contoso-com.mail.protection.outlook.com");
        let rows = [
            ("550 5.1.1 <jane@contoso.example>: Recipient address rejected", format!("550 5.1.1 <{jane}>: Recipient address rejected")),
            ("to=jane@contoso.example, relay=gw.contoso.example[198.51.100.7]:25", format!("to={jane}, relay={host}[{ip}]:25")),
            (
                "250 2.6.0 <x> [InternalId=1, Hostname=AM0PR04MB1.eurprd04.prod.outlook.com]",
                "250 2.6.0 <x> [InternalId=1, Hostname=AM0PR04MB1.eurprd04.prod.outlook.com]".to_owned(),
            ),
            ("contoso-com.mail.protection.outlook.com:25 refused", format!("{tenant}:25 refused")),
            ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found".to_owned()),
            ("554 5.2.252 SendAsDenied; SAPADM may not, PRDX may", "554 5.2.252 SendAsDenied; user-1 may not, PRDX may".to_owned()),
            ("via SAP relay on mailgw1, not mailgw10 or SAP relays.", "via connector-1 on host-1, not mailgw10 or SAP relays.".to_owned()),
            ("see https://aka.ms/smtp_auth_disabled.", "see https://aka.ms/smtp_auth_disabled.".to_owned()),
            ("15.20.6792.25 at 09:15:02, 127.0.0.1", "15.20.6792.25 at 09:15:02, 127.0.0.1".to_owned()),
            ("mailgw1/smtp on PRD/x and /usr/sap/PRD/x", format!("host-1/smtp on system-1/x and {}", names.file("/usr/sap/PRD/x"))),
            ("PSE of PRD: key", "PSE of system-1: key".to_owned()),
            ("release 7.53.100, code 5.7.64", "release 7.53.100, code 5.7.64".to_owned()),
            ("198.51.100.7-198.51.100.7", format!("{ip}-{ip}")),
        ];
        for (text, want) in rows {
            assert_eq!(names.text(text), want);
        }
        for (text, gone) in [
            ("CONTOSO\\svc-sap was refused", "svc-sap"),
            ("/usr/sap/QAS/D00/sec/SAPSSLC.pse", "QAS"),
            ("C:\\Users\\jane\\log.txt", "jane"),
            ("bounce+jane=fabrikam.example@contoso.example", "fabrikam"),
            ("[IPv6:2001:db8::17] 2001:db8::17", "db8"),
            ("https://portal.contoso.example/jane?x=1", "jane"),
            ("host gw.contoso.example said", "gw."),
            ("SRS0=ab=cd=fabrikam.example=jane@contoso.example", "jane"),
            ("sapadm, MAILGW1 and Sap Relay", "MAILGW1"),
            ("sapadm may not", "sapadm"),
            ("[ipv6:2001:db8:4444::17] ip6:2001:db8:5555::17 2001:db8:6666::17/64", "db8"),
            ("10.99.1.1-10.99.1.9, 10.99.2.0/24", "10.99"),
            ("198.51.100.7#53 refused", "198.51"),
            ("Access denied, banned sending IP is 198.51.100", "198.51"),
            ("mail to jane%40fabrikam.example", "jane"),
            ("\"jane doe\"@fabrikam.example", "fabrikam"),
            ("https://eur01.safelinks.protection.outlook.com/?url=x&data=jane%40fabrikam.example", "jane"),
            ("gw.contoso.example#550 gw.contoso.example->10.7.7.7 \u{201e}gw.contoso.example\u{201c}", "contoso"),
            ("\u{ab}gw.contoso.example\u{bb} gw.contoso.example!jane", "contoso"),
            ("the member \"/janes-files\" names a place outside", "jane"),
        ] {
            assert!(!names.text(text).contains(gone), "{}", names.text(text));
        }
        let beside = [("Invoice 4711 of May", "subject-1".to_owned()), ("jane.doe", "addr-1".to_owned())];
        assert_eq!(names.text_beside("'Invoice 4711 of May' to jane.doe: no jane.doe5", &beside), "'subject-1' to addr-1: no jane.doe5");
        for text in ["JANE.DOE", "user/jane.doe", "jane.doe_2 jane.doe-old", "invoice 4711 OF may"] {
            let told = names.text_beside(text, &beside).to_lowercase();
            assert!(!told.contains("jane") && !told.contains("4711"), "{told}");
        }
        let one = |text: &str| names.text(text).rsplit(['=', ':']).next().unwrap_or_default().to_owned();
        assert_eq!(one("TO:jane@contoso.example"), one("addr=jane@contoso.example"));
        assert_eq!(Pseudonyms::shape("Größe 3 | Ab-\u{661}"), "Xxxxx 9 | Xx-9");
    }
}
