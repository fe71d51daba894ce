//! Points of every format.

use crate::common;

use std::io::Cursor;

use ept_points::{Decoder, Values};

use common::{File, RECORD, Storage, bytes, descriptor, laszip, names, only, records};

use super::{by_the_tables, columns, decode};

#[test]
fn every_point_format_reads_as_its_table_says() {
    for format in 0..=10 {
        for storage in [Storage::Uncompressed, Storage::Fixed(50_000)] {
            let file = File::new(format, 300).stored(storage);
            let batch = decode(&file);
            assert_eq!(
                columns(&batch),
                by_the_tables(&file),
                "{format} {:?}",
                file.storage
            );
            assert_eq!(batch.point_format(), Some(format));
            let scaling = batch.scaling().unwrap();
            assert_eq!((scaling.scale, scaling.offset), (file.scale, file.offset));
        }
    }
}

#[test]
fn files_of_the_las_crate_read_as_the_las_crate_reads_them() {
    for format in 0..=10 {
        let mut builder = las::Builder::from((1, if format < 4 { 2 } else { 4 }));
        builder.point_format = las::point::Format::new(format).unwrap();
        builder.point_format.is_compressed = true;
        let axis = |scale, offset| las::Transform { scale, offset };
        builder.transforms = las::Vector {
            x: axis(0.01, 500.0),
            y: axis(0.02, -3.5),
            z: axis(0.001, 0.1),
        };
        let header = builder.into_header().unwrap();
        let mut records = records(format, 0, 400);
        for record in records.chunks_mut(RECORD[usize::from(format)]) {
            // The writer wants return numbers that there are.
            let (bits, returns) = if format < 6 { (7, 5) } else { (15, 15) };
            record[14] = record[14] & !bits | (record[14] % returns + 1);
        }
        let points = las::PointDataBuilder::new()
            .for_header(&header)
            .build_from_bytes(records)
            .unwrap();
        let mut writer = las::Writer::new(Cursor::new(Vec::new()), header).unwrap();
        writer.write_points(&points).unwrap();
        let tile = writer.into_inner().unwrap().into_inner();

        let batch = Decoder::new(&laszip()).decode(400, &tile).unwrap();
        let mut reader = las::Reader::new(Cursor::new(tile)).unwrap();
        let theirs = reader.read_all().unwrap();
        assert!(
            batch.x().unwrap().iter().copied().eq(theirs.x()),
            "{format}"
        );
        assert!(
            batch.y().unwrap().iter().copied().eq(theirs.y()),
            "{format}"
        );
        assert!(
            batch.z().unwrap().iter().copied().eq(theirs.z()),
            "{format}"
        );
        let is = |name: &str, values: Values| {
            assert_eq!(
                batch.values(name),
                Some(&values),
                "{name} of format {format}"
            );
        };
        is("Intensity", Values::U16(theirs.intensity().collect()));
        is("ReturnNumber", Values::U8(theirs.return_number().collect()));
        is(
            "NumberOfReturns",
            Values::U8(theirs.number_of_returns().collect()),
        );
        is("UserData", Values::U8(theirs.user_data().collect()));
        is(
            "PointSourceId",
            Values::U16(theirs.point_source_id().collect()),
        );
        if let Some(times) = theirs.gps_time() {
            is("GpsTime", Values::F64(times.collect()));
        }
        if let Some(colours) = theirs.rgb() {
            let (mut red, mut green, mut blue) = (Vec::new(), Vec::new(), Vec::new());
            for (r, g, b) in colours {
                red.push(r);
                green.push(g);
                blue.push(b);
            }
            is("Red", Values::U16(red));
            is("Green", Values::U16(green));
            is("Blue", Values::U16(blue));
        }
        if let Some(infrared) = theirs.nir() {
            is("Infrared", Values::U16(infrared.collect()));
        }
    }
}

#[test]
fn a_layer_alone_reads_as_among_all() {
    let vlr = [
        descriptor(5, 0, "OriginId"),
        descriptor(10, 0, "Reflectance"),
    ]
    .concat();
    for format in 6..=10 {
        let file = File::new(format, 500)
            .with_extra(12, vlr.clone())
            .stored(Storage::Fixed(180));
        let tile = file.build();
        let all = decode(&file);
        for name in names(&all) {
            let alone = only(&laszip(), &[name]).decode(500, &tile).unwrap();
            assert_eq!(names(&alone), [name], "{format}");
            assert!(
                bytes(alone.values(name).unwrap()) == bytes(all.values(name).unwrap()),
                "{name} of format {format}"
            );
        }
    }
}
