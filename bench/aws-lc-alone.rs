//! The time of one signature verification without Node.js around it: `aws-lc-alone JWK TOKEN TIMES` prints nanoseconds.

use std::env::args;
use std::hint::black_box;
use std::time::Instant;

use logto_authkit::jwks::key_set::KeySet;
use logto_authkit::token::Jws;

fn main() {
    let [jwk, token, times] = args().skip(1).collect::<Vec<_>>().try_into().expect("JWK TOKEN TIMES");
    let times: u32 = times.parse().expect("a number of times");
    let keys = KeySet::parse(format!(r#"{{"keys":[{jwk}]}}"#).as_bytes()).expect("a JWK");
    let jws = Jws::parse(&token).unwrap_or_else(|refusal| panic!("{}", refusal.code()));
    let algorithm = jws.header.algorithm;
    let key = keys.select(jws.header.kid.as_deref(), algorithm).expect("the token's key");
    let start = Instant::now();
    for _ in 0..times {
        assert!(key.verifies(algorithm, black_box(jws.signing_input), &jws.signature));
    }
    println!("{}", start.elapsed().as_nanos() / u128::from(times));
}
