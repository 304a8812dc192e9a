//! What the error codes of Entra mean for a logon by SMTP, in few words
//! (<https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>).

const CODES: &[(u32, &str)] = &[
    (50_034, "the account does not exist in this tenant"),
    (50_053, "the account is locked, or the address is blocked for malicious activity"),
    (50_055, "the password has expired"),
    (50_056, "there is no valid password for this account"),
    (50_057, "the account is disabled"),
    (50_074, "strong authentication is required"),
    (50_076, "multi-factor authentication is required"),
    (50_079, "multi-factor authentication must be set up first"),
    (50_126, "wrong user name or password"),
    (50_144, "the password in Active Directory has expired"),
    (53_000, "Conditional Access demands a compliant device"),
    (53_003, "blocked by Conditional Access"),
    (65_001, "the application has no consent"),
    (700_016, "the application is not found in this tenant"),
    (7_000_215, "wrong client secret"),
    (7_000_222, "the client secret has expired"),
];

/// Meaning of a code, where it is one that matters here.
pub fn meaning(code: u32) -> Option<&'static str> {
    CODES.iter().find(|(known, _)| *known == code).map(|(_, meaning)| *meaning)
}
