//! Dialogues that stand in hex dumps only.

#![allow(clippy::format_collect)] // a dump is put together as it reads

use super::*;

/// A dump of a block of data, sixteen bytes in a line.
fn dump(data: &str) -> String {
    let line = |(at, chunk): (usize, &[u8])| {
        let hex: String = chunk.chunks(4).map(|group| group.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + " ").collect();
        let shown: String = chunk.iter().map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { '.' }).collect();
        format!("        {:06x}  {hex} |{shown}|\n", at * 16)
    };
    data.as_bytes().chunks(16).enumerate().map(line).collect()
}

fn session(auth: &str) -> String {
    let blocks = [
        "220 mx1.contoso.example ready\r\n",
        "EHLO sap.contoso.example\r\n",
        "250-mx1.contoso.example Hello [203.0.113.77]\r\n250 AUTH LOGIN\r\n",
        auth,
        "MAIL FROM:<erp@contoso.example>\r\n",
        "250 2.1.0 OK\r\n",
        "RCPT TO:<a@fabrikam.example>\r\n",
        "250 2.1.5 OK\r\n",
        "DATA\r\n",
        "354 go\r\n",
        "Subject: SECRET\r\n\r\nDear SECRET, 550 5.7.1 is no reply\r\n.\r\n",
        "250 2.6.0 <ADR51000000000001@contoso.example> [InternalId=1] Queued mail for delivery\r\n",
    ];
    blocks
        .iter()
        .filter(|block| !block.is_empty())
        .fold("\n".to_owned(), |out, block| out + "        IcmWriteToConn: data\n" + &dump(block))
}

#[test]
fn a_dumped_session_is_heard() {
    let rows: [(&str, String, &[&str]); 3] = [
        ("a whole session", session(""), &["Accept eod erp>a 250"]),
        (
            "with a logon",
            session("AUTH LOGIN\r\n").replacen(
                "        IcmWriteToConn: data\n        000000  4d41494c",
                &format!(
                    "        x\n{}        y\n{}        z\n{}        x\n        000000  4d41494c",
                    dump("334 VXNlcm5hbWU6\r\n"),
                    dump("U0VDUkVUU0VDUkVU\r\n"),
                    dump("235 2.7.0 ok\r\n")
                ),
                1,
            ),
            &["Accept eod erp>a 250"],
        ),
        (
            "written out as well",
            format!("{}{}", after_354("\n        SMTP >> .\n        SMTP << 250 2.6.0 <x@y> [Hostname=a] Queued mail\n"), session("")),
            &["Accept eod erp>a 250"],
        ),
    ];
    for (what, body, want) in rows {
        let (store, source) = read(&trace(&body));
        assert_eq!(told(&store), want, "{what}");
        let all = format!("{store:?}{source:?}");
        assert!(!all.contains("SECRET") && !all.contains("U0VDUk"), "{what}");
        assert_eq!(source.ledger.count(Class::NotUnderstood), 0, "{what}");
    }
    let (store, _) = read(&trace(&session("")));
    assert_eq!(store.text(store.records[0].message_id), "<ADR51000000000001@contoso.example>");
    assert_eq!(store.text(store.smtp_of(&store.records[0]).unwrap().egress), "203.0.113.77");
}

#[test]
fn a_dump_of_a_strange_shape_is_told() {
    let (known, strange) =
        ("00000000  32323020 6d782e63 6f6e746f 736f2e65  |220 mx.contoso.e|", "0x0000: 32 32 30 20 6d 78 2e 63 6f 6e 74 6f 73 6f 2e 65");
    for (line, told) in [(known, false), (strange, true), ("DpRqFree: freeing REQ_HANDLER (rq_id 12, slot 3)", false)] {
        let (_, source) = read(&trace(&format!("\n        {line}")));
        assert_eq!(source.notes.iter().any(|note| note.text.contains("a shape that is not known")), told, "{line}: {:?}", source.notes);
    }
}

/// What it is, the lines above the dumps with what is dumped, and the events.
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

#[test]
fn a_dump_needs_no_beginning_of_the_dialogue() {
    let refused = "535 5.7.3 Authentication unsuccessful [AM0PR01CA0001.eurprd01.prod.outlook.com]\r\n";
    let logon = "AUTH PLAIN AGVycABTRUNSRVQ=\r\n";
    let quoted = format!("Dear all,\r\n{refused}");
    let rows: [Row<'_>; 8] = [
        ("a reply", &[("SMTP data", refused)], &["Reply  > 535"]),
        ("a logon and its reply", &[("SMTP: send", logon), ("SMTP: received", refused)], &["Auth auth > 535"]),
        ("a logon that nothing names", &[("data", logon), ("data", refused)], &["Reply  > 535"]),
        ("a reply that is signed", &[("IcmReadFromConn: data", refused)], &["Reply  > 535"]),
        ("a reply that is not", &[("data", "535 5.7.3 Authentication unsuccessful\r\n")], &[]),
        ("... under a caption", &[("SMTP data", "535 5.7.3 Authentication unsuccessful\r\n")], &["Reply  > 535"]),
        ("content of a mail", &[("SMTP data", &quoted)], &[]),
        ("HTTP", &[("HTTP data", "HTTP/1.1 250 x\r\n550 5.1.1 y\r\n")], &[]),
    ];
    for (what, blocks, want) in rows {
        let body = blocks.iter().fold("\n".to_owned(), |out, (caption, data)| format!("{out}        {caption}\n{}", dump(data)));
        let (store, source) = read(&trace(&body));
        assert_eq!(told(&store), want, "{what}");
        assert!(!format!("{store:?}{source:?}").contains("SECRET"), "{what}");
    }
}
