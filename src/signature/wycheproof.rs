//! Project Wycheproof's test vectors, run through the function that verifies tokens.
//!
//! Groups whose hash, curve or padding no JWS algorithm uses (SHA-224, SHA-512/256, SHA-3, SHAKE, secp256k1, brainpool,
//! Ed448, MGF1 with another hash) are left out, and so is DER-encoded ECDSA: a JWS signature is r and s side by side.

use ::wycheproof::{EllipticCurve, HashFunction, TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

use super::*;

/// The number of vectors of one test by their result.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    accepted: usize,
    refused: usize,
    /// Vectors that Wycheproof calls acceptable, which leaves the choice to us, and that we refuse.
    refused_by_policy: usize,
}

impl Tally {
    fn add(&mut self, expected: TestResult, verifies: bool, case: String) {
        match expected {
            TestResult::Valid => {
                assert!(verifies, "refused, though valid: {case}");
                self.accepted += 1;
            }
            TestResult::Invalid => {
                assert!(!verifies, "accepted, though invalid: {case}");
                self.refused += 1;
            }
            TestResult::Acceptable if verifies => self.accepted += 1,
            TestResult::Acceptable => self.refused_by_policy += 1,
        }
    }
}

#[test]
fn ecdsa_vectors_in_p1363_form() {
    use ecdsa::TestName::{EcdsaSecp256r1Sha256P1363, EcdsaSecp384r1Sha384P1363, EcdsaSecp521r1Sha512P1363};
    let mut tally = Tally::default();
    for (name, curve, algorithm) in [
        (EcdsaSecp256r1Sha256P1363, Curve::P256, Algorithm::Es256),
        (EcdsaSecp384r1Sha384P1363, Curve::P384, Algorithm::Es384),
        (EcdsaSecp521r1Sha512P1363, Curve::P521, Algorithm::Es512),
    ] {
        for group in ecdsa::TestSet::load(name).unwrap().test_groups {
            assert!(matches!(
                (group.key.curve, curve),
                (EllipticCurve::Secp256r1, Curve::P256)
                    | (EllipticCurve::Secp384r1, Curve::P384)
                    | (EllipticCurve::Secp521r1, Curve::P521)
            ));
            let (x, y) = group.key.key[1..].split_at(curve.coordinate_bytes());
            let key = VerifyingKey::from_ec_point(curve, x, y).unwrap();
            for test in &group.tests {
                let verifies = key.verifies(algorithm, &test.msg, &test.sig);
                tally.add(test.result, verifies, format!("{name:?} {} {}", test.tc_id, test.comment));
            }
        }
    }
    assert_eq!(tally, Tally { accepted: 597, refused: 263, refused_by_policy: 0 });
}

#[test]
fn ed25519_vectors() {
    let mut tally = Tally::default();
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        let key = VerifyingKey::from_ed25519(&group.key.pk, None).unwrap();
        for test in &group.tests {
            let verifies = key.verifies(Algorithm::EdDsa, &test.msg, &test.sig);
            tally.add(test.result, verifies, format!("{} {}", test.tc_id, test.comment));
        }
    }
    assert_eq!(tally, Tally { accepted: 88, refused: 63, refused_by_policy: 0 });
}

#[test]
fn rsa_pkcs1_vectors() {
    use rsa_pkcs1_verify::TestName::*;
    let mut tally = Tally::default();
    for (name, algorithm) in [
        (Rsa2048Sha256, Algorithm::Rs256),
        (Rsa2048Sha384, Algorithm::Rs384),
        (Rsa2048Sha512, Algorithm::Rs512),
        (Rsa3072Sha256, Algorithm::Rs256),
        (Rsa3072Sha384, Algorithm::Rs384),
        (Rsa3072Sha512, Algorithm::Rs512),
        (Rsa4096Sha256, Algorithm::Rs256),
        (Rsa4096Sha384, Algorithm::Rs384),
        (Rsa4096Sha512, Algorithm::Rs512),
        (Rsa8192Sha256, Algorithm::Rs256),
        (Rsa8192Sha384, Algorithm::Rs384),
        (Rsa8192Sha512, Algorithm::Rs512),
    ] {
        for group in rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
            let key = rsa_key(&group.key.n, &group.key.e);
            for test in &group.tests {
                let verifies = key.as_ref().is_some_and(|key| key.verifies(algorithm, &test.msg, &test.sig));
                tally.add(test.result, verifies, format!("{name:?} {} {}", test.tc_id, test.comment));
            }
        }
    }
    assert_eq!(tally, Tally { accepted: 89, refused: 3005, refused_by_policy: 12 });
}

#[test]
fn rsa_pss_vectors() {
    use rsa_pss_verify::TestName::*;
    let mut tally = Tally::default();
    for name in [
        RsaPss2048Sha256Mgf1SaltLen0,
        RsaPss2048Sha256Mgf1SaltLen32,
        RsaPss2048Sha384Mgf1SaltLen48,
        RsaPss3072Sha256Mgf1SaltLen32,
        RsaPss4096Sha256Mgf1SaltLen32,
        RsaPss4096Sha384Mgf1SaltLen48,
        RsaPss4096Sha512Mgf1SaltLen32,
        RsaPss4096Sha512Mgf1SaltLen64,
        RsaPssmisc,
    ] {
        for group in rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
            let (algorithm, hash_bytes) = match group.hash {
                HashFunction::Sha2_256 => (Algorithm::Ps256, 32),
                HashFunction::Sha2_384 => (Algorithm::Ps384, 48),
                HashFunction::Sha2_512 => (Algorithm::Ps512, 64),
                _ => continue,
            };
            // RFC 7518 section 3.5 requires MGF1 with the same hash, and a salt of the hash's length.
            let is_of_jws = group.mgf_hash == Some(group.hash) && group.salt_size == hash_bytes;
            let key = rsa_key(&group.key.n, &group.key.e);
            for test in &group.tests {
                // A signature that is invalid for the group's salt length may be valid for the JWS salt length.
                if !is_of_jws && test.result == TestResult::Invalid {
                    continue;
                }
                let verifies = key.as_ref().is_some_and(|key| key.verifies(algorithm, &test.msg, &test.sig));
                let expected = if is_of_jws && key.is_some() { test.result } else { TestResult::Invalid };
                tally.add(expected, verifies, format!("{name:?} {} {}", test.tc_id, test.comment));
            }
        }
    }
    assert_eq!(tally, Tally { accepted: 514, refused: 554, refused_by_policy: 0 });
}

/// The key from its components without leading zeros; `None` for the few keys under 2048 bits.
fn rsa_key(n: &[u8], e: &[u8]) -> Option<VerifyingKey> {
    let bare = |number: &[u8]| number.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>();
    let (n, e) = (bare(n), bare(e));
    let key = VerifyingKey::from_rsa_components(&n, &e, None);
    assert!(key.is_some() || n.len() < 256, "a key of {} bytes is refused", n.len());
    key
}
