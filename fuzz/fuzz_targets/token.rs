//! Fuzzes the text of a compact JWS. An accepted text must be the only encoding of its parts.
#![no_main]

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use libfuzzer_sys::fuzz_target;
use logto_authkit::token::{Jws, MAX_TOKEN_BYTES};

/// Decodes also the texts that the crate must refuse: those with padding, or with unused bits that are not zero.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fuzz_target!(|bytes: &[u8]| {
    let Ok(token) = str::from_utf8(bytes) else { return };
    let Ok(jws) = Jws::parse(token) else { return };
    assert!(token.len() <= MAX_TOKEN_BYTES);

    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("not three parts: {token}") };
    assert_eq!(jws.signing_input, [header, payload].join(".").as_bytes());
    assert_eq!(LENIENT.encode(LENIENT.decode(header).unwrap()), header);
    assert_eq!(LENIENT.encode(jws.payload), payload);
    assert_eq!(LENIENT.encode(jws.signature), signature);
});
