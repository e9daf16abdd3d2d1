//! Signature algorithms (RFC 7518 section 3, RFC 8037, RFC 9864), and public keys that are prepared once for many verifications.
#![forbid(unsafe_code)]

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    VerificationAlgorithm,
};

/// The number of signatures verified, in debug builds. It shows tests that a remembered token is not verified again.
#[cfg(debug_assertions)]
pub static CHECKS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

/// The algorithms that can verify a token. All are asymmetric, so that a public key is never used as an HMAC secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
    EdDsa,
    /// What Ed25519 keys do as `EdDsa`, by the name of RFC 9864 section 2.2.
    Ed25519,
}

const RSA_ALGORITHMS: [Algorithm; 6] = [
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
];

const ED25519_ALGORITHMS: [Algorithm; 2] = [Algorithm::EdDsa, Algorithm::Ed25519];

const NAMES: [(&str, Algorithm); 11] = [
    ("RS256", Algorithm::Rs256),
    ("RS384", Algorithm::Rs384),
    ("RS512", Algorithm::Rs512),
    ("PS256", Algorithm::Ps256),
    ("PS384", Algorithm::Ps384),
    ("PS512", Algorithm::Ps512),
    ("ES256", Algorithm::Es256),
    ("ES384", Algorithm::Es384),
    ("ES512", Algorithm::Es512),
    ("EdDSA", Algorithm::EdDsa),
    ("Ed25519", Algorithm::Ed25519),
];

impl Algorithm {
    /// The algorithm with this `alg` name; the comparison is case-sensitive (RFC 7515 section 4.1.1).
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
    }

    /// The `alg` name of the algorithm.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, algorithm)| *algorithm == self).map_or("", |(name, _)| name)
    }

    fn rsa_parameters(self) -> Option<&'static RsaParameters> {
        Some(match self {
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
            Self::Ps256 => &RSA_PSS_2048_8192_SHA256,
            Self::Ps384 => &RSA_PSS_2048_8192_SHA384,
            Self::Ps512 => &RSA_PSS_2048_8192_SHA512,
            _ => return None,
        })
    }
}

/// An elliptic curve of RFC 7518 section 6.2.1.1. Each curve has one signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    /// The curve with this `crv` name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "P-256" => Self::P256,
            "P-384" => Self::P384,
            "P-521" => Self::P521,
            _ => return None,
        })
    }

    fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    fn algorithm(self) -> (Algorithm, &'static dyn VerificationAlgorithm) {
        match self {
            Self::P256 => (Algorithm::Es256, &ECDSA_P256_SHA256_FIXED),
            Self::P384 => (Algorithm::Es384, &ECDSA_P384_SHA384_FIXED),
            Self::P521 => (Algorithm::Es512, &ECDSA_P521_SHA512_FIXED),
        }
    }
}

/// A public key, checked and prepared for each algorithm that it may verify.
pub struct VerifyingKey {
    prepared: Vec<(Algorithm, ParsedPublicKey)>,
}

impl VerifyingKey {
    /// An EC key from its big-endian coordinates. `None` if the coordinates are not of the curve's full length, or not
    /// those of a point on the curve.
    pub fn from_ec_point(curve: Curve, x: &[u8], y: &[u8]) -> Option<Self> {
        if x.len() != curve.coordinate_bytes() || y.len() != curve.coordinate_bytes() {
            return None;
        }
        let uncompressed = [&[0x04], x, y].concat();
        let (algorithm, verification) = curve.algorithm();
        let key = ParsedPublicKey::new(verification, uncompressed).ok()?;
        Some(Self { prepared: vec![(algorithm, key)] })
    }

    /// An Ed25519 key from its 32 bytes (RFC 8037 section 2). The key verifies the algorithm `only`, or both names of its
    /// algorithm if the JWK has none.
    ///
    /// `None` if the bytes are not a point of the curve, or a point of small order, under which anybody can sign, or if `only` is not
    /// an algorithm of such keys.
    pub fn from_ed25519(x: &[u8], only: Option<Algorithm>) -> Option<Self> {
        if x.len() != 32 || has_small_order(x) {
            return None;
        }
        Self::preparing(&ED25519_ALGORITHMS, only, |_| ParsedPublicKey::new(&ED25519, x).ok())
    }

    /// An RSA key from its big-endian modulus `n` and exponent `e` (RFC 7518 section 6.3.1). The key verifies the
    /// algorithm `only`, or all six RSA algorithms if the JWK names none.
    ///
    /// `None` if the modulus has fewer than 2048 or more than 8192 bits, if either number is even or has a leading zero
    /// byte, if the exponent is below 3 or longer than 33 bits, or if `only` is not an RSA algorithm.
    pub fn from_rsa_components(n: &[u8], e: &[u8], only: Option<Algorithm>) -> Option<Self> {
        let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
        let odd = n.last()? & 1 == 1 && e.last()? & 1 == 1;
        if !(2048..=8192).contains(&bits) || n[0] == 0 || !odd || !is_safe_exponent(e) {
            return None;
        }
        let components = PublicKeyComponents { n, e };
        Self::preparing(&RSA_ALGORITHMS, only, |algorithm| {
            components.to_parsed_public_key(algorithm.rsa_parameters()?).ok()
        })
    }

    /// A key prepared for the one of these algorithms, or for all. `None` if it is not one of them, or cannot be prepared.
    fn preparing(
        algorithms: &[Algorithm],
        only: Option<Algorithm>,
        prepare: impl Fn(Algorithm) -> Option<ParsedPublicKey>,
    ) -> Option<Self> {
        let wanted =
            algorithms.iter().copied().filter(|algorithm| only.is_none_or(|only| only == *algorithm));
        let prepared =
            wanted.map(|algorithm| Some((algorithm, prepare(algorithm)?))).collect::<Option<Vec<_>>>()?;
        (!prepared.is_empty()).then_some(Self { prepared })
    }

    /// Whether the key may verify signatures of this algorithm.
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        self.prepared.iter().any(|(prepared, _)| *prepared == algorithm)
    }

    /// Whether `signature` is this key's signature of `message`, encoded as RFC 7518 section 3 and RFC 8037 section 3.1
    /// say. Always false for an algorithm that does not fit the key.
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        #[cfg(debug_assertions)]
        CHECKS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.prepared
            .iter()
            .find(|(prepared, _)| *prepared == algorithm)
            .is_some_and(|(_, key)| key.verify_sig(message, signature).is_ok())
    }
}

/// The y coordinates of the points whose order divides 8, little-endian and in hexadecimal. The last two are 0 and 1
/// again, in their encodings that are not reduced modulo p.
const SMALL_ORDER: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// Whether an Ed25519 point has a small order. The highest bit, the sign of x, does not matter.
fn has_small_order(point: &[u8]) -> bool {
    let mut y: String = point[..31].iter().map(|byte| format!("{byte:02x}")).collect();
    y += &format!("{:02x}", point[31] & 0x7f);
    SMALL_ORDER.contains(&y.as_str())
}

fn is_safe_exponent(e: &[u8]) -> bool {
    e.len() <= 5 && e[0] != 0 && {
        let value = e.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
        (3..1 << 33).contains(&value)
    }
}

#[cfg(test)]
mod rfc_examples;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wycheproof;
