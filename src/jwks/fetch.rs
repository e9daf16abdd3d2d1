//! The fetch of a key set: one GET, bounded in time and in bytes.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter::successors;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
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
    /// The pause that the endpoint asks for with `Retry-After` (RFC 9110 section 10.2.3).
    pub retry_after: Option<Duration>,
}

impl FetchError {
    pub fn outage(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_outage: true, retry_after: None }
    }
}

/// Fetches and parses a key set. Name resolution, connection and body together take at most `limit`.
///
/// Only status 200 is accepted, and redirects are not followed. A failed connection, a timeout, a status 5xx or 429, a body
/// that is too large or no key set, and a set without a usable key are outages. A connection that is lost before any answer
/// is tried once more, at once.
pub async fn fetch(url: &Url, limit: Duration) -> Result<KeySet, FetchError> {
    let body = match timeout(limit, read_body(url)).await {
        Ok(result) => result?,
        Err(_) => {
            return Err(FetchError::outage(format!("no complete answer within {} ms", limit.as_millis())));
        }
    };
    usable_keys(&body)
}

/// The key set that a body holds, if it has a usable key: a tenant without one is in trouble.
pub(super) fn usable_keys(body: &[u8]) -> Result<KeySet, FetchError> {
    match KeySet::parse(body) {
        Some(keys) if keys.count() > 0 => Ok(keys),
        Some(_) => Err(FetchError::outage("the key set has no usable key")),
        None => Err(FetchError::outage("the answer is not a JSON Web Key Set")),
    }
}

async fn read_body(url: &Url) -> Result<Vec<u8>, FetchError> {
    let client = client().map_err(FetchError::outage)?;
    let get = || client.get(url.clone()).send();
    let mut response = match get().await {
        Ok(response) => response,
        Err(error) if has_lost_connection(&error) => get().await.map_err(unreachable)?,
        Err(error) => return Err(unreachable(error)),
    };
    let status = response.status();
    if status != StatusCode::OK {
        return Err(FetchError {
            reason: format!("status {}", status.as_u16()),
            is_outage: status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS,
            retry_after: retry_after(&response),
        });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(FetchError::outage(format!("the answer is larger than {MAX_BODY_BYTES} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The pause that a 429 or 503 asks for; `Retry-After` is a number of seconds or a date.
fn retry_after(response: &Response) -> Option<Duration> {
    if !matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(value).ok()?.duration_since(SystemTime::now()).ok(),
    }
}

/// Whether the connection failed before the head of an answer had arrived.
fn has_lost_connection(error: &reqwest::Error) -> bool {
    use ErrorKind::*;
    causes(error).any(|cause| {
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            return matches!(
                error.kind(),
                ConnectionRefused | ConnectionReset | ConnectionAborted | BrokenPipe
            );
        }
        cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message)
    })
}

/// An error and its causes, the innermost cause last.
fn causes<'e>(error: &'e reqwest::Error) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    let first: &'e (dyn Error + 'static) = error;
    successors(Some(first), |error: &&'e (dyn Error + 'static)| (*error).source())
}

fn unreachable(error: reqwest::Error) -> FetchError {
    FetchError::outage(explain(&error))
}

/// The text of the innermost cause. The outer errors only say that a request failed.
fn explain(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(String::new, ToString::to_string)
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
