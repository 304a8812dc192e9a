//! The ways of sending as dated facts: what the versions of the article say of each, and what is announced for it
//! (rules.md sections 1 and 2). A bare number is never printed: the same one means other things in other versions.

/// Day up to which announcements were looked for.
pub const WAYS_AS_OF: &str = "2026-11-23";

/// A way of sending.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Its id.
    pub id: &'static str,
    /// What the versions of the article say.
    pub article: &'static str,
    /// What holds and what is announced.
    pub today: &'static str,
}

/// All ways, in the order of the vocabulary.
pub const WAYS: &[Way] = &[
    Way {
        id: "smtp-auth-basic",
        article: "first option of V1 (with a warning about its security) and of V2 (\"retiring soon\", which recommends the relay connector instead); V3 does not describe it any more",
        today: "still works; end of December 2026 it is switched off by default for existing tenants, whose administrators can switch it on again; tenants created later have OAuth only; the day of its removal is to be announced in the second half of 2027",
    },
    Way {
        id: "smtp-auth-oauth",
        article: "first option of V3, which recommends it from SAP_BASIS 7.50 on; V1 and V2 do not know it",
        today: "no end is announced; the switch for SMTP AUTH blocks it as well",
    },
    Way {
        id: "direct-send",
        article: "second option of V1, V2 and V3, for own recipients only; none recommends it",
        today: "no end is announced; a tenant may refuse it (RejectDirectSend, off by default)",
    },
    Way {
        id: "relay-connector",
        article: "third option of V1, V2 and V3; recommended by V2 only, V3 means it for releases below 7.50",
        today: "no end is announced; since 2023-11-01 the domain of MAIL FROM or of the certificate must be an accepted domain; connectors know IPv4 addresses only",
    },
    Way {
        id: "relay-server",
        article: "fourth option of V1, V2 and V3; none recommends it",
        today: "no end is announced; Exchange servers that are far behind are throttled and blocked on the connector",
    },
    Way {
        id: "hve",
        article: "in no version of the article",
        today: "own recipients only since June 2025; billed since 2026-06-01, without a billing policy it stops; logon with a password until September 2028",
    },
    Way { id: "acs", article: "in no version of the article", today: "no end is announced; meant for bulk mail to outside" },
];

/// A way by its id.
#[must_use]
pub fn way(id: &str) -> Option<&'static Way> {
    WAYS.iter().find(|way| way.id == id)
}
