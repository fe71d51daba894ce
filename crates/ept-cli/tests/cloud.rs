//! `ept` on object stores: credentials, requester pays, endpoints, regions.

#![cfg(feature = "cloud")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use futures::FutureExt;
use futures::future::BoxFuture;
use s3s::auth::SimpleAuth;
use s3s::dto::{GetObjectInput, GetObjectOutput, RequestPayer};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use support::server::{Request, Response, Server};
use support::{Run, ept, ept_within, fixture, testdata};

const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "the/SECRET+key";
const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", KEY),
    ("AWS_SECRET_ACCESS_KEY", SECRET),
];

/// The fixtures as the objects of every bucket: of `paid` for those who agree to pay.
struct Fixtures;

impl S3 for Fixtures {
    fn get_object<'a, 'b>(
        &'a self,
        request: S3Request<GetObjectInput>,
    ) -> BoxFuture<'b, S3Result<S3Response<GetObjectOutput>>>
    where
        'a: 'b,
        Self: 'b,
    {
        async move {
            let GetObjectInput {
                bucket,
                key,
                request_payer: payer,
                ..
            } = request.input;
            if bucket == "paid"
                && payer.is_none_or(|payer| payer.as_str() != RequestPayer::REQUESTER)
            {
                return Err(S3Error::new(S3ErrorCode::AccessDenied));
            }
            let body = std::fs::read(testdata().join(key));
            let body = body.map_err(|_| S3Error::new(S3ErrorCode::NoSuchKey))?;
            Ok(S3Response::new(GetObjectOutput {
                content_length: Some(body.len().try_into().unwrap()),
                body: Some(Body::from(body).into()),
                ..GetObjectOutput::default()
            }))
        }
        .boxed()
    }
}

/// A server that speaks the protocol of S3 and checks signatures: who signs with the key may read, and everybody
/// the bucket `public`.
fn s3() -> Server {
    let mut builder = S3ServiceBuilder::new(Fixtures);
    builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
    let signed = builder.build();
    let public = S3ServiceBuilder::new(Fixtures).build();
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    Server::start(move |request| {
        let service = match request.path.starts_with("/public/") {
            true => &public,
            false => &signed,
        };
        runtime.block_on(answer(service, request))
    })
}

async fn answer(service: &S3Service, request: &Request) -> Response {
    let mut asked = http::Request::new(Body::empty());
    *asked.uri_mut() = format!("{}?{}", request.path, request.query)
        .trim_end_matches('?')
        .parse()
        .unwrap();
    *asked.headers_mut() = (&request.headers).try_into().unwrap();
    let mut answer = service.call(asked).await.unwrap();
    let body = answer.body_mut().store_all_unlimited().await.unwrap();
    Response::new(answer.status().as_u16(), body)
}

/// The object that a request for `/bucket/key` asks for.
fn object(request: &Request) -> Response {
    let key = request.path.strip_prefix("/bucket/").unwrap_or_default();
    // Google's names come with all but letters and digits escaped.
    let key = key
        .replace("%2F", "/")
        .replace("%2D", "-")
        .replace("%2E", ".");
    match std::fs::read(testdata().join(key)) {
        Ok(body) => Response::new(200, body)
            .with_header("ETag", "\"1\"")
            .with_header("Last-Modified", "Wed, 21 Oct 2026 07:28:00 GMT"),
        Err(_) => Response::new(404, "<Error><Code>NoSuchKey</Code></Error>"),
    }
}

/// Reads the dataset `laz-pf1` of a bucket.
fn query(server: &Server, variables: &[(&str, &str)], url: &str, flags: &[&str]) -> Run {
    let endpoint = server.url("");
    let args = ["query", url, "--endpoint", &endpoint, "-q"];
    ept_within(variables, &[&args, flags].concat())
}

fn local() -> String {
    ept(&["query", &fixture("laz-pf1"), "-q"]).stdout()
}

fn signatures(server: &Server) -> Vec<Option<String>> {
    let requests = server.requests().into_iter();
    requests
        .map(|request| request.headers.get("authorization").cloned())
        .collect()
}

#[test]
fn signed_requests_are_understood_by_s3() {
    let server = s3();
    let run = query(&server, &KEYS, "s3://bucket/laz-pf1", &[]).ends_with(0);
    assert_eq!(run.stdout(), local());

    let endpoint = server.url("");
    let by_variable = [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL", &endpoint)];
    let run = ept_within(&by_variable, &["query", "s3://bucket/laz-pf1", "-q"]).ends_with(0);
    assert_eq!(run.stdout(), local());
}

#[test]
fn keys_of_a_profile_are_found() {
    let server = s3();
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".aws")).unwrap();
    let text = format!(
        "# keys\n[default]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = other\n\n\
         [ work ]\naws_access_key_id={KEY}\naws_secret_access_key = {SECRET}\n[last]\nregion = x\n"
    );
    std::fs::write(home.path().join(".aws/credentials"), text).unwrap();
    let home = home.path().to_str().unwrap();
    let read = |variables: &[(&str, &str)]| query(&server, variables, "s3://bucket/laz-pf1", &[]);

    // A token of the environment does not belong to the keys of a profile.
    let work = [
        ("HOME", home),
        ("AWS_PROFILE", "work"),
        ("AWS_SESSION_TOKEN", "other"),
    ];
    assert_eq!(read(&work).ends_with(0).stdout(), local());

    let text = read(&[("HOME", home)]).ends_with(1).stderr();
    assert!(text.contains("access denied ("), "{text}");

    let last = [("HOME", home), ("AWS_PROFILE", "last")];
    let text = read(&last).ends_with(1).stderr();
    assert!(text.contains("requested without credentials"), "{text}");
    assert!(text.contains("profile \"last\" has no keys"), "{text}");

    // Variables come before profiles.
    let both = [KEYS[0], KEYS[1], ("HOME", home), ("AWS_PROFILE", "last")];
    read(&both).ends_with(0);
}

#[test]
fn wrong_keys_are_told_without_showing_them() {
    let server = s3();
    let wrong = [KEYS[0], ("AWS_SECRET_ACCESS_KEY", "wrong/KEY")];
    let text = query(&server, &wrong, "s3://bucket/laz-pf1", &[])
        .ends_with(1)
        .stderr();
    assert!(text.contains("(SignatureDoesNotMatch)"), "{text}");
    assert!(!text.contains("wrong/KEY") && !text.contains(KEY), "{text}");

    let half = [("AWS_ACCESS_KEY_ID", KEY)];
    let text = query(&server, &half, "s3://bucket/laz-pf1", &[])
        .ends_with(1)
        .stderr();
    assert!(text.contains("Missing SecretAccessKey"), "{text}");

    let text = query(&server, &[], "s3://bucket/laz-pf1", &[])
        .ends_with(1)
        .stderr();
    let told =
        "no such file (this store does not tell the two apart); requested without credentials";
    assert!(text.contains(told), "{text}");
}

#[test]
fn a_public_bucket_of_s3_needs_no_credentials() {
    let server = s3();
    let run = query(&server, &[], "s3://public/laz-pf1", &[]).ends_with(0);
    assert_eq!(run.stdout(), local());
    query(&server, &[], "s3://bucket/laz-pf1", &[]).ends_with(1);
}

#[test]
fn without_credentials_requests_are_anonymous() {
    for url in ["s3://bucket/laz-pf1", "gs://bucket/laz-pf1/ept.json"] {
        let server = Server::start(object);
        let run = query(&server, &[], url, &[]).ends_with(0);
        assert_eq!(run.stdout(), local(), "{url}");
        assert!(signatures(&server).iter().all(Option::is_none), "{url}");
    }

    let server = Server::start(object);
    let skip = [KEYS[0], KEYS[1], ("AWS_SKIP_SIGNATURE", "true")];
    query(&server, &skip, "s3://bucket/laz-pf1", &[]).ends_with(0);
    assert!(signatures(&server).iter().all(Option::is_none));

    let server = Server::start(object);
    query(&server, &KEYS, "s3://bucket/laz-pf1", &[]).ends_with(0);
    assert!(signatures(&server).iter().all(Option::is_some));
}

#[test]
fn a_bucket_that_demands_payment_is_read_by_who_agrees() {
    let server = s3();
    let read = |flags: &[&str]| query(&server, &KEYS, "s3://paid/laz-pf1", flags);
    let run = read(&["--requester-pays"]).ends_with(0);
    assert_eq!(run.stdout(), local());
    let text = read(&[]).ends_with(1).stderr();
    assert!(text.contains("access denied"), "{text}");
}

#[test]
fn who_agrees_to_pay_says_so_in_every_request() {
    let server = Server::start(object);
    let pays =
        |variables: &[(&str, &str)], url| query(&server, variables, url, &["--requester-pays"]);
    pays(&KEYS, "s3://bucket/laz-pf1").ends_with(0);
    let requests = server.requests();
    assert!(!requests.is_empty());
    for request in &requests {
        let header = request.headers.get("x-amz-request-payer");
        assert_eq!(header.map(String::as_str), Some("requester"));
        let signature = &request.headers["authorization"];
        assert!(signature.contains("x-amz-request-payer"), "{signature}");
    }
    let text = pays(&[], "s3://bucket/laz-pf1").ends_with(1).stderr();
    assert!(text.contains("requester pays needs credentials"), "{text}");
    let text = pays(&[], "gs://bucket/laz-pf1").ends_with(1).stderr();
    assert!(text.contains("requester pays is for s3://"), "{text}");
}

#[test]
fn a_bucket_in_another_region_is_found() {
    let server = Server::start(|request| {
        let signature = &request.headers["authorization"];
        match signature.contains("/eu-test-1/s3/") {
            true => object(request),
            false => Response::new(301, "").with_header("x-amz-bucket-region", "eu-test-1"),
        }
    });
    let run = query(&server, &KEYS, "s3://bucket/laz-pf1", &[]).ends_with(0);
    assert_eq!(run.stdout(), local());
    let misdirected = signatures(&server).into_iter().flatten();
    let misdirected = misdirected.filter(|signature| signature.contains("/us-east-1/s3/"));
    assert_eq!(misdirected.count(), 1);

    // One that names the region in use leads nowhere, and not around in circles.
    let server =
        Server::start(|_| Response::new(301, "").with_header("x-amz-bucket-region", "us-east-1"));
    let text = query(&server, &KEYS, "s3://bucket/laz-pf1", &[])
        .ends_with(1)
        .stderr();
    assert!(text.contains("301 Moved Permanently"), "{text}");
}

#[test]
fn a_container_is_read_with_a_signature_in_the_url() {
    let server = Server::start(object);
    let anonymous = [("AZURE_STORAGE_ACCOUNT", "account")];
    for url in [
        "az://bucket/laz-pf1",
        "abfss://bucket@account.dfs.core.windows.net/laz-pf1",
    ] {
        let run = query(&server, &anonymous, url, &[]).ends_with(0);
        assert_eq!(run.stdout(), local(), "{url}");
    }
    assert!(server.requests().iter().all(|r| r.query.is_empty()));

    let server = Server::start(|request| match request.path.ends_with("/1-0-0-0.laz") {
        true => Response::new(403, "<Error><Code>AuthorizationFailure</Code></Error>"),
        false => object(request),
    });
    let sas = [
        anonymous[0],
        ("AZURE_STORAGE_SAS_TOKEN", "sv=2024&sig=SIGNATURE"),
    ];
    let skip = ["--on-error", "skip"];
    let run = query(&server, &sas, "az://bucket/laz-pf1", &skip).ends_with(3);
    assert!(
        server
            .requests()
            .iter()
            .all(|r| r.query.contains("sig=SIGNATURE"))
    );
    let text = run.stderr();
    assert!(
        text.contains("access denied (AuthorizationFailure)"),
        "{text}"
    );
    assert!(!text.contains("SIGNATURE"), "{text}");
    let lines = |text: String| text.lines().count();
    assert!(lines(run.stdout()) < lines(local()));

    let text = query(&server, &[], "az://bucket/laz-pf1", &[])
        .ends_with(1)
        .stderr();
    assert!(text.contains("Account must be specified"), "{text}");
}
