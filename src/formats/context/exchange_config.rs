//! Settings of Exchange Online as PowerShell shows them: `Get-AcceptedDomain`, `Get-InboundConnector`,
//! `Get-TransportConfig`, `Get-OrganizationConfig`, one or several in a file (names of the properties: Microsoft's
//! documentation of the cmdlets; rules.md section 3 on what they do).

use super::objects::{self, Object, Part};
use crate::error::ReadError;
use crate::evidence::{Connector, ContextFacts, Evidence, Hop, Kind, Network, Store, Sym};
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};

/// Properties that tell a cmdlet.
const TELLING: &[&str] =
    &["DomainType", "SenderIPAddresses", "TlsSenderCertificateName", "SmtpClientAuthenticationDisabled", "RejectDirectSend"];
/// Switches of the organisation that matter for mail of SAP.
const SWITCHES: &[&str] = &["SmtpClientAuthenticationDisabled", "RejectDirectSend"];

/// Accepted domains, inbound connectors and switches of the organisation.
pub struct ExchangeConfig;

impl Format for ExchangeConfig {
    fn id(&self) -> &'static str {
        "exchange-config"
    }

    fn title(&self) -> &'static str {
        "Exchange Online settings: accepted domains, inbound connectors, switches"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let known = |name: &str| TELLING.iter().find(|known| name.eq_ignore_ascii_case(known)).copied();
        let mut above = None;
        for (number, line) in lines(head).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with("#TYPE")) {
            let by_csv = || objects::csv_header(line, TELLING)?.1.iter().find_map(|name| known(name));
            // A word of prose is no column: dashes stand below a header.
            let by_table = |header: &str| header.split_whitespace().find_map(known).filter(|_| objects::dashes(line.trim()));
            let found = match above.replace(line) {
                None => by_csv(),
                Some(header) => by_table(header),
            };
            if let Some(name) = found.or_else(|| objects::list_field(line).and_then(|(name, _)| known(name))) {
                return Some(Claim { confidence: 90, why: format!("line {number}: the property {name} of Exchange Online") });
            }
        }
        None
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        sink.source.context = true;
        sink.source.utc = true;
        objects::read(text, TELLING, &mut |part| match part {
            Part::Object(object) => take(&object, sink),
            Part::Frame(at) => sink.source.ledger.mark(at, Class::Frame),
            Part::Stray(at, why) => sink.source.ledger.reject(at, why),
        });
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            include_str!("accepted_domains.sample.txt"),
            include_str!("accepted_domains.sample.csv"),
            include_str!("connectors.sample.txt"),
            include_str!("switches.sample.txt"),
        ]
    }
}

/// Keeps what an object tells; an object of another cmdlet is frame.
fn take(object: &Object, sink: &mut Sink<'_>) {
    let mut facts = Vec::new();
    if object.get("DomainType").is_some() {
        facts.extend(domain(object, sink));
    } else if object.get("SenderIPAddresses").or(object.get("TlsSenderCertificateName")).is_some() {
        facts.push(ContextFacts::Connector(connector(object, sink)));
    }
    let switch = |name: &&'static str| Some(ContextFacts::Switch { name, on: object.flag(name)? });
    facts.extend(SWITCHES.iter().filter_map(switch));
    let class = if facts.is_empty() { Class::Frame } else { Class::Evidence };
    sink.source.ledger.mark_run(object.line, object.lines, class);
    sink.source.rows += usize::from(!facts.is_empty());
    for fact in facts {
        let mut record = Evidence::at(sink.index, object.line, Hop::Exchange, Kind::Config);
        record.lines = object.lines;
        sink.store.push_context(record, fact);
    }
}

/// Domains of all types take part: mail for relay domains is accepted as well.
fn domain(object: &Object, sink: &mut Sink<'_>) -> Option<ContextFacts> {
    let name = object.get("DomainName").or(object.get("Name")).filter(|name| !name.is_empty())?;
    if name.ends_with("...") || name.ends_with('…') {
        sink.source.note(object.line, "a domain is cut off on the console and left out: export it with | Format-List or Export-Csv");
        return None;
    }
    let name = name.to_lowercase();
    let below = object.flag("MatchSubDomains") == Some(true) && !name.starts_with("*.");
    if below {
        let domain = sink.store.strings.intern(&format!("*.{name}"));
        let mut record = Evidence::at(sink.index, object.line, Hop::Exchange, Kind::Config);
        record.lines = object.lines;
        sink.store.push_context(record, ContextFacts::AcceptedDomain(domain));
    }
    Some(ContextFacts::AcceptedDomain(sink.store.strings.intern(&name)))
}

fn connector(object: &Object, sink: &mut Sink<'_>) -> Connector {
    let (addresses, whole) = addresses(object.get("SenderIPAddresses"), sink.store);
    if !whole {
        sink.source.note(
            object.line,
            "the sender addresses of a connector are cut off or left out; $FormatEnumerationLimit = -1 before | Format-List shows all",
        );
    }
    let strings = &mut sink.store.strings;
    let mut text = |name: &str| strings.intern(object.get(name).unwrap_or(""));
    Connector {
        name: text(if object.get("Name").is_some() { "Name" } else { "Identity" }),
        kind: text("ConnectorType"),
        certificate: text("TlsSenderCertificateName"),
        enabled: object.flag("Enabled"),
        require_tls: object.flag("RequireTls"),
        addresses,
        whole,
    }
}

/// `{192.0.2.1, 198.51.100.0/24}`, also without braces; the console cuts lists of more than four with `...`, and a plain
/// `Export-Csv` writes the name of the type instead of the list.
fn addresses(value: Option<&str>, store: &mut Store) -> (Vec<Sym>, bool) {
    let Some(value) = value else { return (Vec::new(), false) };
    let inner = value.trim().trim_start_matches('{').trim_end_matches('}');
    let cut = inner.ends_with("...") || inner.ends_with('…');
    let words = inner.split([',', ';', ' ', '|']).map(|word| word.trim().trim_end_matches(['.', '…'])).filter(|word| !word.is_empty());
    let (known, odd): (Vec<&str>, Vec<&str>) =
        words.partition(|word| word.contains(['.', ':']) && word.starts_with(|c: char| c.is_ascii_hexdigit()));
    let parsed = |word: &&str| Network::parse(word).is_some();
    let whole = !cut && odd.is_empty() && known.iter().all(parsed);
    (known.iter().filter(|word| parsed(word)).map(|word| store.strings.intern(word)).collect(), whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_that_names_a_property_is_no_export() {
        let rows = [
            ("Set RejectDirectSend and look at SenderIPAddresses, then\nwait half an hour.\n", false),
            ("Note: SmtpClientAuthenticationDisabled was on\n", false),
            ("Name DomainType\n---- ----------\n", true),
            ("RejectDirectSend : True\n", true),
            ("Name,DomainType\n", true),
        ];
        for (text, want) in rows {
            assert_eq!(ExchangeConfig.recognise(text).is_some(), want, "{text}");
        }
    }
}
