//! The files of the page are part of the program.

use ept_reader::Query;
use reqwest::StatusCode;

use crate::support::{Page, fixture, open};

#[tokio::test(flavor = "multi_thread")]
async fn all_files_of_the_page_are_served() {
    let page = Page::open(&open(&fixture("terrain")).await, &Query::new()).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let (address, kind) = match name.rsplit_once('.') {
            Some((_, "js")) => (format!("page/{name}"), "text/javascript; charset=utf-8"),
            Some((_, "css")) => (format!("page/{name}"), "text/css; charset=utf-8"),
            Some((_, "html")) => (String::new(), "text/html; charset=utf-8"),
            _ => continue,
        };
        let response = page.get(&address).await;
        assert_eq!(response.status(), StatusCode::OK, "{name}");
        assert_eq!(response.headers()["content-type"], kind, "{name}");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(response.text().await.unwrap(), text, "{name}");
    }
}
