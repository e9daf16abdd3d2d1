use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, crypto};

use super::*;

const MESSAGE: &[u8] = b"header.payload";

/// Signs with another implementation of JWS, the crate jsonwebtoken.
fn sign_elsewhere(algorithm: Algorithm, key: &EncodingKey) -> Vec<u8> {
    let signature = crypto::sign(MESSAGE, key, algorithm.name().parse().unwrap()).unwrap();
    BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap()
}

fn assert_verifies_its_own_alone(key: &VerifyingKey, algorithm: Algorithm, signature: &[u8]) {
    assert!(key.verifies(algorithm, MESSAGE, signature), "{algorithm:?}");
    assert!(!key.verifies(algorithm, b"header.payloae", signature));
    assert!(!key.verifies(algorithm, MESSAGE, &signature[1..]));
    assert!(!key.verifies(algorithm, MESSAGE, &[]));
    for (_, other) in NAMES {
        assert!(other == algorithm || !key.verifies(other, MESSAGE, signature), "{algorithm:?} as {other:?}");
    }
    for index in [0, signature.len() / 2, signature.len() - 1] {
        let mut tampered = signature.to_vec();
        tampered[index] ^= 1;
        assert!(!key.verifies(algorithm, MESSAGE, &tampered), "{algorithm:?} with byte {index} changed");
    }
}

fn rsa_key() -> (VerifyingKey, EncodingKey, PublicKeyComponents<Vec<u8>>) {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = pair.public_key();
    let components = PublicKeyComponents {
        n: public.modulus().big_endian_without_leading_zero().to_vec(),
        e: public.exponent().big_endian_without_leading_zero().to_vec(),
    };
    let pkcs8: Pkcs8V1Der = pair.as_der().unwrap();
    let pem = pem_of("PRIVATE KEY", pkcs8.as_ref());
    let key = VerifyingKey::from_rsa_components(&components.n, &components.e, None).unwrap();
    (key, EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(), components)
}

fn pem_of(label: &str, der: &[u8]) -> String {
    let body = base64::prelude::BASE64_STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

fn ec_key(curve: Curve, signing: &'static EcdsaSigningAlgorithm) -> (VerifyingKey, EcdsaKeyPair) {
    let pair = EcdsaKeyPair::generate(signing).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(curve.coordinate_bytes());
    (VerifyingKey::from_ec_point(curve, x, y).unwrap(), pair)
}

#[test]
fn an_rsa_key_verifies_each_algorithm_of_its_family() {
    let (key, signing_key, _) = rsa_key();
    for algorithm in RSA_ALGORITHMS {
        assert_verifies_its_own_alone(&key, algorithm, &sign_elsewhere(algorithm, &signing_key));
    }
}

#[test]
fn an_rsa_key_for_one_algorithm_verifies_no_other() {
    let (_, signing_key, components) = rsa_key();
    let only = Some(Algorithm::Ps256);
    let key = VerifyingKey::from_rsa_components(&components.n, &components.e, only).unwrap();
    for algorithm in RSA_ALGORITHMS {
        let signature = sign_elsewhere(algorithm, &signing_key);
        assert_eq!(key.verifies(algorithm, MESSAGE, &signature), algorithm == Algorithm::Ps256);
    }
    assert!(
        VerifyingKey::from_rsa_components(&components.n, &components.e, Some(Algorithm::Es256)).is_none()
    );
}

#[test]
fn an_ec_key_verifies_the_algorithm_of_its_curve() {
    for (curve, signing, algorithm) in [
        (Curve::P256, &ECDSA_P256_SHA256_FIXED_SIGNING, Algorithm::Es256),
        (Curve::P384, &ECDSA_P384_SHA384_FIXED_SIGNING, Algorithm::Es384),
        (Curve::P521, &ECDSA_P521_SHA512_FIXED_SIGNING, Algorithm::Es512),
    ] {
        let (key, pair) = ec_key(curve, signing);
        let signature = pair.sign(&SystemRandom::new(), MESSAGE).unwrap();
        assert_verifies_its_own_alone(&key, algorithm, signature.as_ref());
    }
}

#[test]
fn an_ec_key_verifies_what_another_implementation_signed() {
    for (curve, signing, algorithm) in [
        (Curve::P256, &ECDSA_P256_SHA256_FIXED_SIGNING, Algorithm::Es256),
        (Curve::P384, &ECDSA_P384_SHA384_FIXED_SIGNING, Algorithm::Es384),
    ] {
        let (key, pair) = ec_key(curve, signing);
        let pkcs8 = pair.to_pkcs8v1().unwrap();
        let signature = sign_elsewhere(algorithm, &EncodingKey::from_ec_der(pkcs8.as_ref()));
        assert_verifies_its_own_alone(&key, algorithm, &signature);
    }
}

#[test]
fn an_ed25519_key_verifies_by_the_name_of_its_jwk_or_by_both() {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
    let signature = sign_elsewhere(Algorithm::EdDsa, &EncodingKey::from_ed_der(pkcs8.as_ref()));
    let key_for = |only| VerifyingKey::from_ed25519(pair.public_key().as_ref(), only);
    for algorithm in ED25519_ALGORITHMS {
        assert_verifies_its_own_alone(&key_for(Some(algorithm)).unwrap(), algorithm, &signature);
        assert!(key_for(None).unwrap().verifies(algorithm, MESSAGE, &signature), "{algorithm:?}");
    }
    assert!(key_for(Some(Algorithm::Es256)).is_none());
}

#[test]
fn unsafe_rsa_components_make_no_key() {
    let (_, _, PublicKeyComponents { n, e }) = rsa_key();
    let with_first = |byte: u8| [&[byte], &n[1..]].concat();
    let even = [&n[..255], &[n[255] & 0xfe]].concat();
    for (case, n, e) in [
        ("2040 bits", n[..255].to_vec(), e.clone()),
        ("2047 bits", with_first(0x7f), e.clone()),
        ("8200 bits", [&n[..], &[1; 769]].concat(), e.clone()),
        ("a leading zero", [&[0], &n[..]].concat(), e.clone()),
        ("an even modulus", even, e.clone()),
        ("no modulus", vec![], e.clone()),
        ("no exponent", n.clone(), vec![]),
        ("exponent 0", n.clone(), vec![0]),
        ("exponent 1", n.clone(), vec![1]),
        ("exponent 2", n.clone(), vec![2]),
        ("exponent 3 with a leading zero", n.clone(), vec![0, 3]),
        ("an exponent over 33 bits", n.clone(), vec![2, 0, 0, 0, 1]),
        ("an exponent as long as the modulus", n.clone(), n.clone()),
    ] {
        assert!(VerifyingKey::from_rsa_components(&n, &e, None).is_none(), "{case}");
    }
    assert!(VerifyingKey::from_rsa_components(&n, &[3], None).is_some());
}

#[test]
fn coordinates_off_the_curve_make_no_key() {
    for curve in [Curve::P256, Curve::P384, Curve::P521] {
        let length = curve.coordinate_bytes();
        for (x, y) in [
            (vec![0; length], vec![0; length]),
            (vec![1; length], vec![1; length]),
            (vec![0xff; length], vec![0xff; length]),
            (vec![1; length - 1], vec![1; length]),
            (vec![1; length + 1], vec![1; length]),
            (vec![], vec![]),
        ] {
            assert!(VerifyingKey::from_ec_point(curve, &x, &y).is_none(), "{curve:?}");
        }
    }
    assert!(VerifyingKey::from_ed25519(&[1; 31], None).is_none());
    assert!(VerifyingKey::from_ed25519(&[1; 33], None).is_none());
}

#[test]
fn an_ed25519_point_of_small_order_makes_no_key() {
    for encoded in SMALL_ORDER {
        let byte = |index: usize| u8::from_str_radix(&encoded[2 * index..2 * index + 2], 16).unwrap();
        let mut point: Vec<u8> = (0..32).map(byte).collect();
        assert!(VerifyingKey::from_ed25519(&point, None).is_none(), "{encoded}");
        point[31] |= 0x80;
        assert!(VerifyingKey::from_ed25519(&point, None).is_none(), "{encoded}, with the sign bit");
    }
}
