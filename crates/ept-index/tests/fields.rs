//! Where the location of a tile is: the rules for fields, lists and CSV.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use ept_index::{Index, IndexError, IndexFile, Reading};
use support::{locations, message, read};

fn read_with(reading: &Reading, text: &str) -> Result<Index, IndexError> {
    reading.read(&IndexFile::new(
        "https://example.com/s/index.csv",
        text.as_bytes(),
    ))
}

#[test]
fn fields_are_found_by_the_names_that_indexes_have() {
    for header in [
        "URL",
        "url",
        "Location",
        "LOCATION",
        "href",
        "downloadURL",
        "url_telech",
        "Filename",
        "FileName",
        "file_name",
        "FILE_NAME",
        "nom_pkk",
    ] {
        let text = format!("id,{header},year\n7, tile 7.laz ,2020\n");
        let index = read(text.as_bytes()).unwrap();
        assert_eq!(locations(&index), ["/survey/tile 7.laz"], "{header}");
        assert_eq!(index.rows[0].attributes.len(), 3);
    }
}

#[test]
fn a_location_comes_before_a_name_and_a_file_before_a_page() {
    let both = "Filename,URL\na.laz,https://h/x/a.laz\n";
    assert_eq!(
        locations(&read(both.as_bytes()).unwrap()),
        ["https://h/x/a.laz"]
    );
    let page = "url,href\nhttps://h/about.html,https://h/a.laz\n";
    assert_eq!(
        locations(&read(page.as_bytes()).unwrap()),
        ["https://h/a.laz"]
    );
    // A name that is not one of a file of points is not a location.
    let names = "name,sheet\nAuckland,1\n";
    let text = message(read(names.as_bytes()));
    assert!(
        text.contains("by a template") && text.contains("name, sheet"),
        "{text}"
    );
}

#[test]
fn fields_can_be_named_and_composed() {
    let text = "Name,Sheet,Other page\n1503,BB32,a.laz\n";
    let field = Reading::new().with_url_field("other_page");
    let index = read_with(&field, text).unwrap();
    assert_eq!(locations(&index), ["https://example.com/s/a.laz"]);
    let template = |template: &str| {
        let reading = Reading::new().with_url_template(template)?;
        read_with(&reading.with_base("https://host/tiles"), text)
    };
    let index = template("{Sheet}/CL2_{name}.laz").unwrap();
    assert_eq!(locations(&index), ["https://host/tiles/BB32/CL2_1503.laz"]);
    let index = template("http://other/{{x}}/{Name}.laz").unwrap();
    assert_eq!(locations(&index), ["http://other/%7Bx%7D/1503.laz"]);
    for (bad, problem) in [
        (
            "{Nam}.laz",
            "no field Nam; the fields are Name, Sheet, Other page",
        ),
        ("tile.laz", "contains no field"),
        ("{Name.laz", "brace"),
        ("Name}.laz", "brace"),
        ("{}.laz", "field name"),
    ] {
        let text = message(template(bad));
        assert!(text.contains(problem), "{bad}: {text}");
    }
    let text = message(read_with(&Reading::new().with_url_field("Nam"), text));
    assert!(text.contains("no field Nam"), "{text}");
}

#[test]
fn each_location_is_listed_once_and_none_is_lost_without_a_word() {
    let text = "url,n\na.laz,1\n,2\n./a.laz,3\nhttps://example.com/s/a.laz,4\n  ,5\nb c.laz,6\nb%20c.laz,7\n";
    let index = read_with(&Reading::new(), text).unwrap();
    let expected = [
        "https://example.com/s/a.laz",
        "https://example.com/s/b%20c.laz",
    ];
    assert_eq!(locations(&index), expected);
    assert_eq!((index.repeated, &*index.unlocated), (3, &[2, 5][..]));
}

#[test]
fn lists_are_lines() {
    let text = "\u{feff}# tiles\r\nhttps://h/a,b.laz\r\n\r\n  c d.laz  \n/data/e.laz\nset/ept.json";
    let index = read(text.as_bytes()).unwrap();
    let expected = [
        "https://h/a,b.laz",
        "/survey/c d.laz",
        "/data/e.laz",
        "/survey/set/ept.json",
    ];
    assert_eq!(locations(&index), expected);
    assert!(index.crs.is_none() && index.rows.iter().all(|row| row.bounds.is_none()));
    // A dataset is a folder; prose is no list.
    assert_eq!(read(b"set\n").unwrap().rows.len(), 1);
    let text = message(read(b"# tiles\nThe tiles\nof a survey.\n"));
    assert!(
        text.contains("line 2 is not a location: \"The tiles\""),
        "{text}"
    );
    // The first line has a delimiter and is no header.
    let text = "tiles/a,b.laz\ntiles/c.laz\n";
    assert_eq!(read(text.as_bytes()).unwrap().rows.len(), 2);
}

#[test]
fn csv_is_read_as_rfc_4180_and_spreadsheets_write_it() {
    let text =
        "\"url\";\"note\";count\r\n\"a;\"\"b\"\".laz\";\"two\r\nlines\";1200\r\n\r\nc.laz\r\n";
    let index = read(text.as_bytes()).unwrap();
    assert_eq!(locations(&index), ["/survey/a;\"b\".laz", "/survey/c.laz"]);
    assert_eq!(
        index.rows[0].attribute("note").unwrap().to_text(),
        "two\r\nlines"
    );
    assert_eq!(index.rows[0].points, Some(1200));
    let text = message(read(b"url\tn\na.laz\t1\t2\n"));
    assert!(
        text.contains("line 2 has 3 cells, but the header has 2"),
        "{text}"
    );
    let text = message(read(b"url,n\na.laz,\"1\nb.laz,2\n"));
    assert!(text.contains("quote in line 2"), "{text}");
}
