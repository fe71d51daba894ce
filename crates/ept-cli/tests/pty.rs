//! `ept` on a terminal of 80 columns, where there is a `script` that makes one.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![cfg(target_os = "linux")]

use crate::support;

use std::process::{Command, Stdio};
use std::time::Duration;

use support::fixture;
use support::server::{Response, Server, file};
use support::testdata;

/// What a terminal gets to see of a command, and how the command ended. `None` if there is no `script`.
fn on_terminal(args: &[&str]) -> Option<(String, i32)> {
    let quoted = args.iter().map(|arg| format!("'{arg}'"));
    let quoted: Vec<String> = quoted.collect();
    let ept = env!("CARGO_BIN_EXE_ept");
    let line = format!("stty cols 80 rows 24; '{ept}' {}", quoted.join(" "));
    let output = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .env("TERM", "xterm")
        .env("COLORTERM", "truecolor")
        .env_remove("TERM_PROGRAM")
        .env_remove("KITTY_WINDOW_ID")
        .env_remove("LC_TERMINAL")
        .env_remove("EPT_CACHE")
        .stdin(Stdio::null())
        .output();
    let Ok(output) = output else {
        println!("no `script` here: skipped");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some((text, output.status.code().unwrap()))
}

/// The lines and states of lines, without what moves the cursor and colours.
fn lines(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain += before;
        let end = after.find(|c: char| c.is_ascii_alphabetic()).unwrap();
        rest = &after[end + 1..];
        plain.push('\n');
    }
    plain += rest;
    let lines = plain.split(['\r', '\n']).map(str::trim_end);
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A server that takes its time.
fn slow() -> Server {
    Server::start(|request| {
        std::thread::sleep(Duration::from_millis(20));
        file(&testdata(), request)
    })
}

#[test]
fn binary_formats_are_not_written_to_a_terminal() {
    for format in ["arrow", "parquet"] {
        let Some((text, code)) = on_terminal(&["query", &fixture("laz-pf0"), "-f", format]) else {
            return;
        };
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("is binary") && text.contains("-o"), "{text}");
    }
}

#[test]
fn a_query_without_an_output_shows_the_first_rows_and_says_so() {
    let terrain = fixture("terrain");
    let rows = |text: &str| {
        let lines = lines(text).into_iter();
        lines.filter(|line| line.starts_with("50")).count()
    };
    let Some((text, code)) = on_terminal(&["query", &terrain]) else {
        return;
    };
    assert_eq!((code, rows(&text)), (0, 20), "{text}");
    assert!(text.contains("the first 20 points: -o FILE"), "{text}");
    // As many as there are, if they are asked for or few.
    let few = [
        "query",
        &terrain,
        "--bounds",
        "500010,4650010,500030,4650040",
    ];
    let all = support::ept(&few).stdout().lines().count() - 1;
    assert!(all > 20, "{all}");
    let (text, _) = on_terminal(&[&few[..], &["-o", "-"]].concat()).unwrap();
    assert_eq!(rows(&text), all, "{text}");
    assert!(!text.contains("the first"), "{text}");
    let (text, _) = on_terminal(&[&few[..], &["--depth", "1"]].concat()).unwrap();
    assert!(
        (1..20).contains(&rows(&text)) && !text.contains("the first"),
        "{text}"
    );
}

/// A server that is always busy, and counts how often it is asked.
#[test]
fn each_wait_is_said() {
    let server = Server::start(|_| Response::new(503, "busy"));
    let url = server.url("/set");
    let info = ["info", &url, "--retries", "2"];
    let Some((text, code)) = on_terminal(&info) else {
        return;
    };
    assert_eq!((code, server.requests().len()), (1, 3), "{text}");
    for attempt in [1, 2] {
        let line = format!("asked {attempt} of 3 times: the server answers 503");
        assert_eq!(text.matches(&line).count(), 1, "{text}");
    }
    assert_eq!(text.matches("again in 0.").count(), 2, "{text}");
    // Where nobody watches, the end is enough.
    let text = support::ept(&info).ends_with(1).stderr();
    assert!(
        text.contains("tried 3 times") && !text.contains("again in"),
        "{text}"
    );
}

#[test]
fn progress_fits_the_terminal_and_counts_what_a_thinned_query_reads() {
    let server = slow();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    let url = server.url("/terrain");
    let query = [
        "query",
        &url,
        "--thin",
        "40",
        "--requests",
        "2",
        "-o",
        out.to_str().unwrap(),
    ];
    let Some((text, code)) = on_terminal(&query) else {
        return;
    };
    assert_eq!(code, 0, "{text}");
    let states: Vec<String> = lines(&text)
        .into_iter()
        .filter(|line| line.contains(" left"))
        .collect();
    assert!(states.len() > 3, "{text}");
    for state in &states {
        assert!(state.chars().count() <= 80, "{state}");
    }
    // Some tiles were read, but not all.
    let is_between = |line: &String| {
        let tiles = line.split(", ").find(|part| part.ends_with(" tiles"));
        let read = tiles
            .and_then(|tiles| tiles.split_once('/'))
            .map(|(read, _)| read.to_owned());
        read.is_some_and(|read| (1..98).contains(&read.parse::<u32>().unwrap()))
    };
    assert!(states.iter().any(is_between), "{states:?}");
}

/// The pixels of a picture of half blocks, by rows.
fn blocks(text: &str) -> Vec<Vec<[u8; 3]>> {
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| line.contains('\u{2580}')) {
        let cells = line.split("\u{1b}[38;2;").skip(1);
        let numbers = cells.map(|cell| {
            let (numbers, _) = cell.split_once('m').unwrap();
            let numbers = numbers.replace(";48;2;", ";");
            let numbers = numbers.split(';').map(|number| number.parse().unwrap());
            <[u8; 6]>::try_from(numbers.collect::<Vec<u8>>()).unwrap()
        });
        let (upper, lower) = numbers
            .map(|[r, g, b, r2, g2, b2]| ([r, g, b], [r2, g2, b2]))
            .unzip();
        rows.extend([upper, lower]);
    }
    rows
}

/// The area is a degree wide, three times that is shown around it, as far as there are surveys.
#[test]
fn find_ends_with_a_map_of_the_surveys() {
    let survey = |name: &str, [west, south, east, north]: [f64; 4]| {
        let ring = [
            [west, south],
            [east, south],
            [east, north],
            [west, north],
            [west, south],
        ];
        serde_json::json!({
            "type": "Feature",
            "properties": { "name": name, "url": format!("https://example.com/{name}/ept.json") },
            "geometry": { "type": "Polygon", "coordinates": [ring] },
        })
    };
    // The smaller one is listed first, and drawn over the larger.
    let surveys = [
        survey("small", [0.6, -0.5, 3.0, 2.0]),
        survey("large", [-10.0, -10.0, 10.0, 2.5]),
    ];
    let list = serde_json::json!({ "type": "FeatureCollection", "features": surveys });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.geojson");
    std::fs::write(&path, list.to_string()).unwrap();
    let find = |area: &[&'static str]| -> Vec<String> {
        let flags = ["--source", path.to_str().unwrap(), "--picture"];
        let all = [&["find"][..], area, &flags].concat();
        all.into_iter().map(str::to_owned).collect()
    };
    // The buffer is half a degree within two hundredths.
    for area in [&["0,0,1,1"][..], &["POINT (0.5 0.5)", "--buffer", "55.5km"]] {
        let find = find(area);
        let find: Vec<&str> = find.iter().map(String::as_str).collect();
        let Some((text, code)) = on_terminal(&find) else {
            return;
        };
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("large"), "{text}");
        check_map(&blocks(&text));
        // In a file it is a list as before.
        let plain = support::ept(&find).ends_with(0);
        assert!(!plain.stdout().contains('\u{1b}'), "{}", plain.stdout());
        assert!(plain.stderr().contains("no picture"), "{}", plain.stderr());
    }
}

/// Checks the map of the surveys around the area.
fn check_map(rows: &[Vec<[u8; 3]>]) {
    assert_eq!((rows.len(), rows[0].len()), (48, 72));
    // From 3 degrees south and west of the area to the edge of the large survey and 3 degrees east.
    let pixel = |lon: f64, lat: f64| {
        let size = f64::max(7.0 / 72.0, 5.5 / 48.0);
        let x = 36.0 + (lon - 0.5) / size;
        let y = 24.0 - (lat - -0.25) / size;
        rows[y as usize][x as usize]
    };
    let [small, large] = [0, 1].map(ept_scene::code_color);
    for (lon, lat, color) in [
        (2.0, 1.0, small),
        (2.0, -0.2, small),
        (-2.0, 1.0, large),
        (0.3, 0.5, large),
        (2.0, -2.0, large),
        // The edge of the area.
        (0.001, 0.5, [40; 3]),
        (0.3, 0.001, [40; 3]),
    ] {
        assert_eq!(pixel(lon, lat), color, "{lon} {lat}");
    }
}
