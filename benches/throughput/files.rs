//! Files of some tens of megabytes in the shape of the main formats, every row another mail.

use std::fmt::Write as _;

/// Rows of each file.
pub const ROWS: u32 = 150_000;

fn clock(second: u32) -> (u32, u32, u32) {
    let second = second % 86_400;
    (second / 3600, second / 60 % 60, second % 60)
}

/// A SAP list saved "unconverted".
pub fn list() -> String {
    let mut out = String::from("10.03.2026                        Dynamic List Display                                  1\n");
    let rule = "-".repeat(190);
    let header = format!(
        "|{:<4}|{:<50}|{:<35}|{:<10}|{:<9}|{:<8}|{:<5}|{:<50}|",
        "St", "Document title", "Recipient", "Send Date", "Send Time", "MSGID", "MSGNO", "Text"
    );
    let _ = write!(out, "{rule}\n{header}\n{rule}\n");
    for n in 0..ROWS {
        let (h, m, s) = clock(n / 2);
        let to = format!("user{}@fabrikam.example", n % 7919);
        let _ = writeln!(
            out,
            "|@5B@|{:<50}|{to:<35}|10.03.2026|{h:02}:{m:02}:{s:02} |XS      |718  |{:<50}|",
            format!("Invoice {n} of the month"),
            ""
        );
    }
    out
}

/// A SAP table as text with tabs.
pub fn table() -> String {
    let mut out = String::from(
        "MANDT\tRECTP\tRECYR\tRECNO\tTITEL\tSENDER\tADDRESS\tSNDDAT\tSNDTIM\tSTAT_DATE\tSTAT_TIME\tSTATUS\tMSGTY\tMSGID\tMSGNO\tMSGV1\tMSGV2\tMSGV3\tMSGV4\n",
    );
    for n in 0..ROWS {
        let (h, m, s) = clock(n / 2);
        let _ = writeln!(
            out,
            "100\tADR\t51\t{n:012}\tInvoice {n} of the month\tsap@contoso.example\tuser{}@fabrikam.example\t20260310\t{h:02}{m:02}{s:02}\t20260310\t{h:02}{m:02}{s:02}\t718\tS\tXS\t718\t\tcontoso-example.mail.protection.outlook.com:25\t\t",
            n % 7919
        );
    }
    out
}

/// A trace of which one line in ten concerns mail.
pub fn icm() -> String {
    let rule = "-".repeat(51);
    let mut out = format!("{rule}\ntrc file: \"dev_icm\", trc level: 3, release: \"785\"\n{rule}\nsid        PRD\n");
    for n in 0..ROWS / 10 {
        let (h, m, s) = clock(n);
        let thread = format!("[Thr {}]", 140_339_535_062_784_u64 + u64::from(n % 16) * 8_392_704);
        let _ = writeln!(out, "{thread} Tue Mar 10 {h:02}:{m:02}:{s:02}:014 2026");
        for line in 0..53 {
            let _ =
                writeln!(out, "{thread} DpRqFree: freeing REQ_HANDLER_ICMAN_OPCODE_RESP request (rq_id {}, slot {line})", n * 53 + line);
        }
        let _ = write!(
            out,
            "{thread} role: Client, protocol: SMTP, local: 192.0.2.11:42510, peer: 192.0.2.25:25 {{{n:08x}}}\n\
             {thread} SMTP << 220 mx.contoso.example Microsoft ESMTP MAIL Service ready {{{n:08x}}}\n\
             {thread} SMTP >> MAIL FROM:<sap@contoso.example> SIZE=2048 {{{n:08x}}}\n\
             {thread} SMTP << 250 2.1.0 Sender OK {{{n:08x}}}\n\
             {thread} SMTP >> RCPT TO:<user{n}@fabrikam.example> {{{n:08x}}}\n\
             {thread} SMTP << 550 5.7.64 TenantAttribution; Relay Access Denied {{{n:08x}}}\n"
        );
    }
    out
}

/// The enhanced summary of the message trace.
pub fn summary() -> String {
    let mut out = String::from(
        "origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,message_id,network_message_id,original_client_ip,directionality,connector_id,delivery_priority\n",
    );
    for n in 0..ROWS {
        let (h, m, s) = clock(n / 2);
        let _ = writeln!(
            out,
            "2026-03-10T{h:02}:{m:02}:{s:02}.1200000Z,sap@contoso.example,\"user{}@fabrikam.example##Receive, Send\",Invoice {n} of the month,20480,<ADR51{n:012}@contoso.example>,9c92e718-8ee3-dfb7-93f0-08de7ed2b30f,203.0.113.10,Originating,SAP relay,Normal",
            n % 7919
        );
    }
    out
}

/// The log of a Postfix relay: five lines a mail.
pub fn postfix(mails: u32) -> String {
    let mut out = String::new();
    for n in 0..mails {
        let (h, m, s) = clock(n / 2);
        let (id, host) = (format!("4fVRHx{:04}z{:04}", n / 10_000, n % 10_000), "contoso-example.mail.protection.outlook.com");
        let at = format!("Mar 10 {h:02}:{m:02}:{s:02} relay01 postfix");
        let _ = write!(
            out,
            "{at}/smtpd[265]: {id}: client=sapprd01.contoso.example[192.0.2.11]\n\
             {at}/cleanup[268]: {id}: message-id=<ADR51{n:012}@contoso.example>\n\
             {at}/qmgr[221]: {id}: from=<sap@contoso.example>, size=6001, nrcpt=1 (queue active)\n\
             {at}/smtp[269]: {id}: to=<user{}@fabrikam.example>, relay={host}[198.51.100.21]:25, delay=1.3, delays=0.01/0/0.24/1.1, dsn=2.6.0, status=sent (250 2.6.0 <ADR51{n:012}@contoso.example> [InternalId=3857591100687, Hostname=AM0PR04MB0001.eurprd04.prod.outlook.com] 6001 bytes in 0.284, 20.618 KB/sec Queued mail for delivery)\n\
             {at}/qmgr[221]: {id}: removed\n",
            n % 7919
        );
    }
    out
}
