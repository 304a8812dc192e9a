//! What a line of the log says.

use super::text::{address, after, list, number, quoted, word};

/// A line's meaning; numbers are those of the gateway.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message<'a> {
    /// A client connected.
    Client {
        icid: u32,
        name: &'a str,
        ip: &'a str,
    },
    /// The gateway let no mail in.
    Refused {
        icid: u32,
        text: &'a str,
    },
    /// A client begins a mail.
    Start {
        mid: u32,
        icid: u32,
    },
    From {
        mid: u32,
        address: &'a str,
    },
    /// `rejected` holds why, where the gateway did not take the recipient.
    To {
        mid: u32,
        rid: u32,
        address: &'a str,
        rejected: &'a str,
    },
    Id {
        mid: u32,
        id: &'a str,
    },
    Subject {
        mid: u32,
        text: &'a str,
    },
    /// The whole mail is there.
    Ready {
        mid: u32,
        size: u32,
    },
    /// A connection to the next server.
    Server {
        dcid: u32,
        ip: &'a str,
        port: u16,
    },
    /// It took the mail for some recipients.
    Done {
        mid: u32,
        dcid: u32,
        rids: Vec<u32>,
    },
    /// What it said when it took it.
    Response {
        mid: u32,
        rids: Vec<u32>,
        text: &'a str,
    },
    /// A try that came to nothing.
    Failed {
        mid: u32,
        dcid: u32,
        rid: u32,
        final_: bool,
        text: &'a str,
    },
    /// It left the queue.
    Finished {
        mid: u32,
    },
    /// It was given up inside the gateway.
    Aborted {
        mid: u32,
        text: &'a str,
    },
    Quarantined {
        mid: u32,
        text: &'a str,
    },
    /// The gateway's own report on a mail.
    Report {
        mid: u32,
        parent: u32,
    },
    /// A copy that goes on in the place of the mail.
    Rewritten {
        mid: u32,
        into: u32,
    },
    /// A connection to a server failed.
    NoConnection {
        text: &'a str,
    },
    Nothing,
}

/// Reads what stands behind the level.
pub fn read(text: &str) -> Message<'_> {
    let rest = |begin: &str| text.strip_prefix(begin);
    let found = None
        .or_else(|| rest("MID ").and_then(of_mail))
        .or_else(|| rest("New SMTP ICID ").and_then(client))
        .or_else(|| rest("New SMTP DCID ").and_then(server))
        .or_else(|| rest("Start MID ").and_then(|rest| Some(Message::Start { mid: number(rest)?.0, icid: after(rest, "ICID ")?.0 })))
        .or_else(|| rest("Message done DCID ").and_then(done))
        .or_else(|| rest("Bounced: ").and_then(|rest| failed(rest, true)))
        .or_else(|| rest("Delayed: ").and_then(|rest| failed(rest, false)))
        .or_else(|| rest("Message finished MID ").and_then(|rest| Some(Message::Finished { mid: number(rest)?.0 })))
        .or_else(|| {
            rest("Message aborted MID ").and_then(|rest| number(rest).map(|(mid, text)| Message::Aborted { mid, text: text.trim() }))
        })
        .or_else(|| rest("EUQ: Quarantined MID ").and_then(|rest| Some(Message::Quarantined { mid: number(rest)?.0, text })))
        .or_else(|| rest("ICID ").and_then(refused))
        .or_else(|| rest("Connection Error: DCID ").map(|_| Message::NoConnection { text }))
        .or_else(|| rest("DCID ").filter(|rest| rest.contains(" TLS failed")).map(|_| Message::NoConnection { text }));
    found.unwrap_or(Message::Nothing)
}

/// `5 interface Management (192.0.2.1) address 192.0.2.11 reverse dns host sapprd01.contoso.example verified yes`.
fn client(rest: &str) -> Option<Message<'_>> {
    let (icid, rest) = number(rest)?;
    let (_, ip) = rest.split_once(" address ")?;
    let name = ip.split_once(" reverse dns host ").map_or("", |(_, name)| word(name));
    Some(Message::Client { icid, name: if name == "unknown" { "" } else { name }, ip: word(ip) })
}

/// `8 interface 192.0.2.42 address 198.51.100.21 port 25`.
fn server(rest: &str) -> Option<Message<'_>> {
    let (dcid, rest) = number(rest)?;
    let (_, ip) = rest.split_once(" address ")?;
    let port = ip.split_once(" port ").and_then(|(_, port)| port.trim().parse().ok()).unwrap_or(0);
    Some(Message::Server { dcid, ip: word(ip), port })
}

fn refused(rest: &str) -> Option<Message<'_>> {
    let (icid, text) = number(rest)?;
    text.starts_with(" REJECT ").then(|| Message::Refused { icid, text: text.trim() })
}

/// `8 MID 6 to RID [0, 1] [('from', 'x')]`: the headers that a setting adds are not read.
fn done(rest: &str) -> Option<Message<'_>> {
    let (dcid, rest) = number(rest)?;
    let (mid, rest) = number(rest.strip_prefix(" MID ")?)?;
    let (rids, _) = list(rest.strip_prefix(" to RID ")?)?;
    Some(Message::Done { mid, dcid, rids })
}

/// `DCID 8 MID 6 to RID 0 - 5.1.0 - Unknown address error ('550', ['5.1.1 no']) []`; bounce logs name both addresses.
fn failed(rest: &str, final_: bool) -> Option<Message<'_>> {
    let (dcid, rest) = after(rest, "DCID ")?;
    let (mid, rest) = number(rest.strip_prefix(" MID ")?)?;
    let (rid, rest) = after(rest, "RID ")?;
    Some(Message::Failed { mid, dcid, rid, final_, text: rest.trim_start_matches(" - ") })
}

fn of_mail(rest: &str) -> Option<Message<'_>> {
    let (mid, rest) = number(rest)?;
    let rest = rest.strip_prefix(' ')?;
    if let Some((_, behind)) = rest.strip_prefix("ICID ").and_then(number) {
        let behind = behind.trim_start();
        if let Some(from) = behind.strip_prefix("From: ") {
            return Some(Message::From { mid, address: address(from)?.0 });
        }
        let (rid, to) = number(behind.strip_prefix("RID ")?)?;
        let (address, rejected) = address(to.strip_prefix(" To: ")?)?;
        return Some(Message::To { mid, rid, address, rejected: rejected.trim() });
    }
    if let Some((rids, said)) = rest.strip_prefix("RID ").and_then(list) {
        return Some(Message::Response { mid, rids, text: quoted(said.strip_prefix(" Response ")?) });
    }
    Some(match rest {
        rest if rest.starts_with("Message-ID ") => Message::Id { mid, id: quoted(&rest[11..]) },
        rest if rest.starts_with("Subject ") => Message::Subject { mid, text: quoted(&rest[8..]) },
        rest if rest.starts_with("ready ") => Message::Ready { mid, size: number(&rest[6..])?.0 },
        rest if rest.starts_with("quarantined to ") => Message::Quarantined { mid, text: rest },
        rest if rest.starts_with("rewritten to MID ") => Message::Rewritten { mid, into: number(&rest[17..])?.0 },
        rest if rest.contains("generated for bounce of MID ") => Message::Report { mid, parent: after(rest, "bounce of MID ")?.0 },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_log() {
        let failed = |final_, text| Message::Failed { mid: 4, dcid: 3, rid: 1, final_, text };
        let rows = [
            (
                "New SMTP ICID 5 interface Management (192.0.2.1) address 192.0.2.11 reverse dns host sap.contoso.example verified yes",
                Message::Client { icid: 5, name: "sap.contoso.example", ip: "192.0.2.11" },
            ),
            ("Start MID 6 ICID 5", Message::Start { mid: 6, icid: 5 }),
            ("MID 6 ICID 5 From: <sap@contoso.example>", Message::From { mid: 6, address: "sap@contoso.example" }),
            ("MID 6 ICID 5 RID 0 To: <a@b.example>", Message::To { mid: 6, rid: 0, address: "a@b.example", rejected: "" }),
            (
                "MID 6 ICID 5 RID 0 To: <a@b.example> Rejected by RAT",
                Message::To { mid: 6, rid: 0, address: "a@b.example", rejected: "Rejected by RAT" },
            ),
            ("MID 6 Message-ID '<x@b>'", Message::Id { mid: 6, id: "<x@b>" }),
            ("MID 6 Subject \"It's\"", Message::Subject { mid: 6, text: "It's" }),
            ("MID 6 ready 100 bytes from <a@b>", Message::Ready { mid: 6, size: 100 }),
            (
                "New SMTP DCID 8 interface 192.0.2.42 address 198.51.100.21 port 25",
                Message::Server { dcid: 8, ip: "198.51.100.21", port: 25 },
            ),
            ("Message done DCID 8 MID 6 to RID [0, 1] [('from', 'x')]", Message::Done { mid: 6, dcid: 8, rids: vec![0, 1] }),
            (
                "MID 6 RID [0] Response '2.6.0 <x@b> Queued mail for delivery'",
                Message::Response { mid: 6, rids: vec![0], text: "2.6.0 <x@b> Queued mail for delivery" },
            ),
            (
                "Bounced: DCID 3 MID 4 to RID 1 - 5.1.0 - Unknown address error ('550', ['no']) []",
                failed(true, "5.1.0 - Unknown address error ('550', ['no']) []"),
            ),
            (
                "Delayed: DCID 3 MID 4 From: <a@b> To: <c@d> RID 1 - 4.3.2 - Not now ('421', ['later'])",
                failed(false, "4.3.2 - Not now ('421', ['later'])"),
            ),
            ("MID 7 was generated for bounce of MID 6", Message::Report { mid: 7, parent: 6 }),
            ("MID 6 antivirus negative", Message::Nothing),
            ("ICID 5 close", Message::Nothing),
        ];
        for (text, want) in rows {
            assert_eq!(read(text), want, "{text}");
        }
    }
}
