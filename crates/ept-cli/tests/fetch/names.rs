//! What files are called.

use super::{answer, list, names_in, noise};
use crate::support::ept;
use crate::support::server::{Response, Server};

#[test]
fn files_of_one_name_get_their_folders_and_none_leads_out() {
    let file = noise(1_000, 70);
    let good = file.clone();
    let server = Server::start(move |request| match request.path.ends_with(".laz") {
        true => answer(request, &good),
        false => Response::new(404, "not here"),
    });
    let folder = tempfile::tempdir().unwrap();
    let paths = [
        "/bulk/north/1.laz",
        "/bulk/south/1.LAZ",
        "/bulk/south/2.laz",
        "/bulk/c%20d.laz",
        "/bulk/..%2f..%2fup.laz",
        "/set/ept.json",
        "/bulk/3.laz?of=1",
        "/bulk/3.laz?of=2",
    ];
    let urls = paths.map(|path| server.url(path));
    let served = file.clone();
    let server_of_large = Server::start(move |request| answer(request, &served));
    let mut urls: Vec<String> = urls.to_vec();
    urls[1] = server_of_large.url("/bulk/south/1.LAZ");
    let index = list(folder.path(), &urls);
    let to = folder.path().join("tiles");
    let run = ept(&["fetch", &index, "-d", to.to_str().unwrap()]).ends_with(3);
    assert_eq!(
        names_in(&to),
        [
            "2.laz",
            "3.laz",
            "_._.._up.laz",
            "c d.laz",
            "north/1.laz",
            "south/1.LAZ"
        ]
    );
    let told = run.stderr();
    assert!(told.contains("ept.json: an EPT dataset"), "{told}");
    assert!(
        told.contains("3.laz: another file of the index has the same name"),
        "{told}"
    );
    assert!(told.contains("incomplete: 2 of 8 files"), "{told}");
    assert_eq!(names_in(folder.path()).len(), 7);
}

#[test]
fn names_do_not_depend_on_the_area() {
    let folder = tempfile::tempdir().unwrap();
    let tile = |x: i32, url: &str| {
        let ring = [[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]];
        serde_json::json!({
            "type": "Feature", "properties": { "url": url },
            "geometry": { "type": "Polygon", "coordinates": [ring] },
        })
    };
    for (name, seed) in [("a", 71), ("b", 72)] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join("x.laz"), noise(1_000, seed)).unwrap();
    }
    let index = folder.path().join("index.geojson");
    let tiles = [tile(5, "a/x.laz"), tile(7, "b/x.laz")];
    let text = serde_json::json!({ "type": "FeatureCollection", "features": tiles });
    std::fs::write(&index, text.to_string()).unwrap();
    let to = folder.path().join("tiles");
    let args = ["fetch", index.to_str().unwrap(), "-d", to.to_str().unwrap()];
    ept(&[&args[..], &["--bounds", "5.2,0.2,5.3,0.3"]].concat()).ends_with(0);
    assert_eq!(names_in(&to), ["a/x.laz"]);
    let run = ept(&args).ends_with(0);
    assert_eq!(names_in(&to), ["a/x.laz", "b/x.laz"]);
    assert!(
        run.stderr().contains("1 file already there"),
        "{}",
        run.stderr()
    );
}
