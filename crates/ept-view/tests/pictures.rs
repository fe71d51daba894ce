//! Pictures of a view, drawn by the server.

use std::io::Cursor;

use ept_reader::{PointBatch, Query};
use futures::TryStreamExt;
use reqwest::StatusCode;

use crate::support::{Page, fixture, matrix_from_above, open};

const SIDE: usize = 400;
const BACKGROUND: [u8; 3] = [1, 2, 3];

/// The path of a picture of everything from above.
fn path(page: &Page, more: &str) -> String {
    let matrix = matrix_from_above(&page.dataset.frame().bounds);
    let matrix: Vec<String> = matrix.iter().map(f64::to_string).collect();
    format!(
        "picture.png?matrix={}&viewport={SIDE},{SIDE}&budget=1000000&minPixels=0&background=010203{more}",
        matrix.join(",")
    )
}

async fn pixels(page: &Page, path: &str) -> Vec<[u8; 3]> {
    let response = page.get(path).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "image/png");
    let bytes = response.bytes().await.unwrap();
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut data).unwrap();
    assert_eq!((info.width, info.height), (SIDE as u32, SIDE as u32));
    assert_eq!(info.color_type, png::ColorType::Rgb);
    data.chunks_exact(3)
        .map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect()
}

/// The pixel of a place, by the matrix.
fn pixel(page: &Page, place: [f64; 3]) -> [usize; 2] {
    let bounds = page.dataset.frame().bounds;
    [0, 1].map(|i| {
        let half = (bounds.max()[i] - bounds.min()[i]) * 0.51;
        let clip = (place[i] - (bounds.min()[i] + bounds.max()[i]) / 2.0) / half;
        let down = if i == 0 { clip } else { -clip };
        ((down + 1.0) / 2.0 * SIDE as f64) as usize
    })
}

/// Each selected point is in the picture, and nothing is where no selected point is near.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_shows_the_selected_points() {
    let dataset = open(&fixture("terrain")).await;
    let bounds = dataset.frame().bounds;
    let (min, max) = (bounds.min(), bounds.max());
    // The village is in the east, and reaches to both sides of this line.
    let half = min[0] + (max[0] - min[0]) * 0.7;
    let filter = "Classification == 6";
    let west = format!("&box={},{},{half},{}", min[0], min[1], max[1]);
    for (own, more, told) in [
        ("X > 0", "&color=rgb", "X > 0".to_owned()),
        (filter, "&color=class", filter.to_owned()),
        (
            filter,
            &format!("&color=height{west}"),
            format!("{filter} && X <= {half}"),
        ),
    ] {
        let page = Page::open(&dataset, &Query::new().with_filter(own.parse().unwrap())).await;
        let picture = pixels(&page, &path(&page, more)).await;
        let query = Query::new().with_filter(told.parse().unwrap());
        let tiles = dataset.select(&query).unwrap().points();
        let tiles: Vec<_> = tiles.try_collect().await.unwrap();
        let places = tiles
            .iter()
            .flat_map(|tile| PointBatch::places(&tile.points));
        let mut is_near = vec![false; SIDE * SIDE];
        let mut points = 0;
        for place in places {
            points += 1;
            let [x, y] = pixel(&page, place);
            assert_ne!(picture[y * SIDE + x], BACKGROUND, "{told}: {place:?}");
            // Points have at most 24 pixels, and small holes between them are closed.
            for row in y.saturating_sub(16)..(y + 17).min(SIDE) {
                for column in x.saturating_sub(16)..(x + 17).min(SIDE) {
                    is_near[row * SIDE + column] = true;
                }
            }
        }
        assert!(points > 0, "{told}");
        let wrong = picture
            .iter()
            .zip(is_near)
            .filter(|(color, is_near)| **color != BACKGROUND && !is_near);
        assert_eq!(wrong.count(), 0, "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_that_cannot_be_are_refused() {
    let page = Page::open(&open(&fixture("terrain")).await, &Query::new()).await;
    let good = path(&page, "&color=rgb");
    assert_eq!(page.get(&good).await.status(), StatusCode::OK);
    let viewport = format!("viewport={SIDE},{SIDE}");
    for bad in [
        good.replace("color=rgb", "color=heat"),
        good.replace("&color=rgb", ""),
        good.replace(&viewport, "viewport=0,100"),
        good.replace(&viewport, "viewport=100"),
        good.replace(&viewport, "viewport=16000,16000"),
        good.replace(&viewport, "viewport=NaN,100"),
        good.replace("matrix=", "matrix=1,"),
        good.replace("background=010203", "background=red"),
        good.replace("background=010203", "background=+10203"),
        good.replace("minPixels=0", "minPixels=inf"),
        format!("{good}&box=1,1,0,0"),
        format!("{good}&more=1"),
    ] {
        let response = page.get(&bad).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{bad}");
    }
}
