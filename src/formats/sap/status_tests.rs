use super::*;

#[test]
fn the_number_comes_first() {
    let rows = [
        (Cells { class: "XS", number: "718", status: "@5C@", ..Cells::default() }, SapState::Sent, "XS718"),
        (Cells { status: "806", ..Cells::default() }, SapState::Error, "XS806"),
        (Cells { status: "73", ..Cells::default() }, SapState::Transmitted, "SO073"),
        (Cells { status: "672", kind: "W", ..Cells::default() }, SapState::NoQueueEntry, "SO672"),
        (Cells { message: "XS 602", ..Cells::default() }, SapState::Retry, "XS602"),
        (Cells { status: "W", ..Cells::default() }, SapState::Waiting, ""),
        (Cells { status: "@5C\\QErrors@", ..Cells::default() }, SapState::Error, ""),
        (Cells { icon: "@5B@", ..Cells::default() }, SapState::Sent, ""),
        (Cells { status: "Waiting for Retry", ..Cells::default() }, SapState::Retry, ""),
        (Cells::default(), SapState::Unknown, ""),
    ];
    for (cells, state, message) in rows {
        assert_eq!(interpret(&cells), Status { state, message: message.to_owned() }, "{cells:?}");
    }
}

#[test]
fn words_are_whole_and_negations_turn_them() {
    let rows = [
        ("Not sent", SapState::Error),
        ("Message could not be sent", SapState::Error),
        ("Nicht gesendet", SapState::Error),
        ("@5C\\QNot sent@", SapState::Error),
        ("Not yet transmitted", SapState::Waiting),
        ("Dispatch time not yet reached", SapState::Future),
        ("Still no entry in queue", SapState::NoQueueEntry),
        ("No errors", SapState::Unknown),
        ("@5C\\QNot delivered@", SapState::Error),
        ("Resent", SapState::Unknown),
        ("Sent with errors", SapState::Error),
        ("With Errors", SapState::Error),
        ("In Transit", SapState::Sent),
        ("Transmitted", SapState::Transmitted),
        ("Completed", SapState::Transmitted),
        ("Übermittelt", SapState::Transmitted),
        ("Sent", SapState::Sent),
        ("En attente", SapState::Waiting),
        ("Attente d'une nouvelle tentative", SapState::Retry),
        ("Non envoyé", SapState::Error),
        ("Aún no enviado", SapState::Waiting),
        ("Transmitido", SapState::Transmitted),
        ("Enviado com erros", SapState::Error),
        ("Sin errores", SapState::Unknown),
    ];
    for (status, state) in rows {
        assert_eq!(interpret(&Cells { status, ..Cells::default() }).state, state, "{status}");
    }
}

#[test]
fn tooltips_of_the_icon_column_come_before_its_code() {
    let rows = [
        ("", "@08\\QErrors@", "", SapState::Error),
        ("", "@5D\\QWaiting for Retry@", "", SapState::Retry),
        ("", "@09\\QStill no entry in queue@", "", SapState::NoQueueEntry),
        ("@5B@", "@5B\\QErrors@", "", SapState::Error),
        ("Sent", "@5C\\QErrors@", "", SapState::Sent),
        ("", "@5B@", "E", SapState::Error),
        ("Sent", "", "E", SapState::Error),
        ("Waiting", "", "S", SapState::Waiting),
        ("", "@5C@", "S", SapState::Sent),
    ];
    for (status, icon, kind, state) in rows {
        assert_eq!(interpret(&Cells { status, icon, kind, ..Cells::default() }).state, state, "{status} {icon} {kind}");
    }
}

#[test]
fn ranges_hold_in_their_class_only() {
    let rows = [
        ("SO", "789", "E", SapState::Error, "SO789"),
        ("SO", "626", "E", SapState::Error, "SO626"),
        ("SO", "626", "", SapState::Unknown, "SO626"),
        ("SO", "073", "S", SapState::Transmitted, "SO073"),
        ("XS", "073", "E", SapState::Error, "XS073"),
        ("XS", "672", "E", SapState::NoQueueEntry, "XS672"),
        ("XS", "701", "S", SapState::Transmitted, "XS701"),
        ("XS", "602", "E", SapState::Retry, "XS602"),
        ("XS", "718", "", SapState::Sent, "XS718"),
        ("XS", "899", "", SapState::Error, "XS899"),
        ("XS", "085", "", SapState::Error, "XS085"),
        ("BCS_MAIL", "718", "E", SapState::Error, "BCS_MAIL718"),
        ("BCS_MAIL", "300", "E", SapState::Error, "BCS_MAIL300"),
    ];
    for (class, number, kind, state, message) in rows {
        let cells = Cells { kind, class, number, ..Cells::default() };
        assert_eq!(interpret(&cells), Status { state, message: message.to_owned() }, "{cells:?}");
    }
    for kind in ["S", "I", ""] {
        assert_eq!(interpret(&Cells { status: "W", kind, ..Cells::default() }).state, SapState::Waiting, "{kind}");
    }
}

#[test]
fn a_cell_may_hold_a_message_and_its_text() {
    let words = "550 5.1.1 no such user";
    let rows = [
        ("XS 806 550 5.1.1 no such user", Some(("XS", 806, words))),
        ("XS806: 550 5.1.1 no such user", Some(("XS", 806, words))),
        ("XS-806 550 5.1.1 no such user", Some(("XS", 806, words))),
        ("XS(806) 550 5.1.1 no such user", Some(("XS", 806, words))),
        ("E XS 806 550 5.1.1 no such user", Some(("XS", 806, words))),
        ("BCS_MAIL 201 Error when parsing SMTP response", Some(("BCS_MAIL", 201, "Error when parsing SMTP response"))),
        ("XS 806", None),
        ("XS 8061 x", None),
        ("SAP 100 users", None),
        ("550 5.1.1 no such user", None),
        ("XS only", None),
        ("", None),
    ];
    for (cell, want) in rows {
        assert_eq!(headed(cell), want, "{cell}");
    }
    let told = interpret(&Cells { message: "XS 806 550 5.1.1 no such user", ..Cells::default() });
    assert_eq!(told, Status { state: SapState::Error, message: "XS806".to_owned() });
}

#[test]
fn only_a_message_is_a_message() {
    let rows = [
        ("XS 806", Some(("XS", 806))),
        ("XS-816", Some(("XS", 816))),
        ("E XS 816", Some(("XS", 816))),
        ("XS(816)", Some(("XS", 816))),
        ("XS806", Some(("XS", 806))),
        ("806", Some(("", 806))),
        ("BCS_MAIL 201", Some(("BCS_MAIL", 201))),
        ("No connection to port 25", None),
        ("550 5.7.64 TenantAttribution; Relay Access Denied", None),
        ("XS", None),
        ("XS 8061", None),
        ("XS(806", None),
        ("XS 806)", None),
        ("000", None),
        ("", None),
    ];
    for (cell, want) in rows {
        assert_eq!(reference(cell), want, "{cell}");
    }
}
