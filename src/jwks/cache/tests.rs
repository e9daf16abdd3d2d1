use super::*;

#[cfg(feature = "shuttle")]
mod interleavings;
#[cfg(not(feature = "shuttle"))]
mod waiting;

fn url(name: &str) -> Url {
    Url::parse(&format!("https://{name}.example/oidc/jwks")).unwrap()
}
