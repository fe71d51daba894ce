//! A web server on loopback whose certificate nobody trusts.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};

/// Of `localhost`, signed by itself: `openssl req -x509 -newkey ec`.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUT/BsGP1TdDZJjPYSFPoBEM/G4HIwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzA2NTAzNVoYDzIxMjYxMTAz
MDY1MDM1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQjqLCBPvBjV98hPqlg2TjrxmaaW35DDoSVIwn19ppX0jy+ngWJiugR
ksbac2N/hBytQzvVk3apwUuTBNg6oT7Go28wbTAdBgNVHQ4EFgQUCoZlunOSrJKf
YpjNIg0Icsoj8L4wHwYDVR0jBBgwFoAUCoZlunOSrJKfYpjNIg0Icsoj8L4wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAPFSoyRccVWI95rOqQN984P3eqzIjG42okPTWAAWW2JGAiAQ
TYcefGQbSfXTxDn8ko6MttreTkRiCKgZy/tSPO0tfw==
-----END CERTIFICATE-----";
/// Protects nothing.
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBnFKzu07FVnMhrBQ
moqxc+cKAujD9K1h4JSyyhwGh6ehRANCAAQjqLCBPvBjV98hPqlg2TjrxmaaW35D
DoSVIwn19ppX0jy+ngWJiugRksbac2N/hBytQzvVk3apwUuTBNg6oT7G
-----END PRIVATE KEY-----";

/// Starts it, and gives its URL and the number of connections that were made.
pub(crate) fn self_signed() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![certificate], key).unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            // Until the client refuses the certificate.
            while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
        }
    });
    (url, connections)
}
