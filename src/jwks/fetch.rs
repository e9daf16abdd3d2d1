//! The fetch of a key set: one GET, bounded in time and in bytes.
#![forbid(unsafe_code)]

use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio::time::timeout;

use super::key_set::KeySet;

/// The largest response body that is read, in bytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The reason why a fetch gives no key set.
#[derive(Debug, Clone)]
pub struct FetchError {
    /// The cause, in words for server logs.
    pub reason: String,
    /// Whether the failure is an outage, during which older keys may still serve. Otherwise the endpoint has answered
    /// with a status that denies the key set, such as 404.
    pub is_outage: bool,
}

/// Fetches and parses a key set. Name resolution, connection and body together take at most `limit`.
///
/// Only status 200 is accepted, and redirects are not followed. A failed connection, a timeout, a status 5xx or 429,
/// and a body that is too large or no key set are outages.
pub async fn fetch(url: &Url, limit: Duration) -> Result<KeySet, FetchError> {
    let body = match timeout(limit, read_body(url)).await {
        Ok(result) => result?,
        Err(_) => return Err(outage(format!("no complete answer within {} ms", limit.as_millis()))),
    };
    KeySet::parse(&body).ok_or_else(|| outage("the answer is not a JSON Web Key Set".into()))
}

async fn read_body(url: &Url) -> Result<Vec<u8>, FetchError> {
    let client = client().map_err(outage)?;
    let mut response = client.get(url.clone()).send().await.map_err(|error| outage(explain(&error)))?;
    let status = response.status();
    if status != StatusCode::OK {
        let is_outage = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        return Err(FetchError { reason: format!("status {}", status.as_u16()), is_outage });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| outage(explain(&error)))? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(outage(format!("the answer is larger than {MAX_BODY_BYTES} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn outage(reason: String) -> FetchError {
    FetchError { reason, is_outage: true }
}

/// The text of the innermost cause. The outer errors only say that a request failed.
fn explain(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn client() -> Result<&'static Client, String> {
    static CLIENT: OnceLock<Result<Client, String>> = OnceLock::new();
    CLIENT.get_or_init(build_client).as_ref().map_err(Clone::clone)
}

fn build_client() -> Result<Client, String> {
    let provider = rustls::crypto::aws_lc_rs::default_provider().into();
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(root_certificates())
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        // Fetches are minutes apart, so an open connection would save nothing and could delay the endpoint's shutdown.
        .pool_max_idle_per_host(0)
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| explain(&error))
}

/// The trusted roots: the bundled public ones (slim container images have no system roots), the system's, and those of
/// `NODE_EXTRA_CA_CERTS`. An unreadable root is skipped, as Node.js skips it.
fn root_certificates() -> RootCertStore {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = std::env::var_os("NODE_EXTRA_CA_CERTS") {
        let extra = CertificateDer::pem_file_iter(path).into_iter().flatten().flatten();
        roots.add_parsable_certificates(extra);
    }
    roots
}
