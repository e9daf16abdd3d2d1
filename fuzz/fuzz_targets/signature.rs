//! Fuzzes key material and signature of one message. Only the signatures of `SIGNED` may verify, each with its key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logto_authkit::signature::{Algorithm, Curve, VerifyingKey};

const MESSAGE: &[u8] = b"header.payload";

const ALGORITHMS: [&str; 10] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/// The inputs whose signature is valid for the message. The seed corpus contains them.
const SIGNED: [&[u8]; 10] = [
    include_bytes!("../corpus/signature/rs256"),
    include_bytes!("../corpus/signature/rs384"),
    include_bytes!("../corpus/signature/rs512"),
    include_bytes!("../corpus/signature/ps256"),
    include_bytes!("../corpus/signature/ps384"),
    include_bytes!("../corpus/signature/ps512"),
    include_bytes!("../corpus/signature/es256"),
    include_bytes!("../corpus/signature/es384"),
    include_bytes!("../corpus/signature/es512"),
    include_bytes!("../corpus/signature/eddsa"),
];

/// The parts of an input. It consists of one byte for the algorithm, one for the kind of key, one for the algorithm
/// that an RSA key is limited to; the two parts of the key, each after its length in two bytes; and the signature.
#[derive(PartialEq)]
struct Input<'a> {
    algorithm: &'static str,
    kind: u8,
    first: &'a [u8],
    second: &'a [u8],
    signature: &'a [u8],
}

fuzz_target!(|bytes: &[u8]| {
    let Some((input, only)) = Input::read(bytes) else { return };
    let Some(key) = input.key(only) else { return };
    let algorithm = Algorithm::from_name(input.algorithm).expect("a name of the list");
    let verified = key.verifies(algorithm, MESSAGE, input.signature);
    let signed = SIGNED.iter().filter_map(|signed| Input::read(signed)).any(|(signed, _)| signed == input);
    assert_eq!(verified, signed && key.fits(algorithm), "{}", input.algorithm);
});

impl<'a> Input<'a> {
    /// The input, and the algorithm that its RSA key is limited to.
    fn read(bytes: &'a [u8]) -> Option<(Self, Option<Algorithm>)> {
        let ([algorithm, kind, only], rest) = bytes.split_first_chunk()?;
        let (first, rest) = part(rest)?;
        let (second, signature) = part(rest)?;
        let algorithm = ALGORITHMS[usize::from(*algorithm) % ALGORITHMS.len()];
        let only = ALGORITHMS.get(usize::from(*only)).and_then(|name| Algorithm::from_name(name));
        Some((Self { algorithm, kind: kind % 5, first, second, signature }, only))
    }

    fn key(&self, only: Option<Algorithm>) -> Option<VerifyingKey> {
        match self.kind {
            0 => VerifyingKey::from_ec_point(Curve::P256, self.first, self.second),
            1 => VerifyingKey::from_ec_point(Curve::P384, self.first, self.second),
            2 => VerifyingKey::from_ec_point(Curve::P521, self.first, self.second),
            3 if self.second.is_empty() => VerifyingKey::from_ed25519(self.first),
            3 => None,
            _ => VerifyingKey::from_rsa_components(self.first, self.second, only),
        }
    }
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}
