//! Decompression.

use std::io::Read;

use super::GeoTiffError;

/// How chunks of a file are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    None,
    Lzw,
    Deflate,
    #[cfg(feature = "zstd")]
    Zstd,
}

impl Codec {
    /// The one with this value of the tag `Compression`.
    pub(super) fn from_number(number: u64) -> Result<Codec, GeoTiffError> {
        let name = match number {
            1 => return Ok(Codec::None),
            5 => return Ok(Codec::Lzw),
            8 | 32946 => return Ok(Codec::Deflate),
            #[cfg(feature = "zstd")]
            50000 => return Ok(Codec::Zstd),
            #[cfg(not(feature = "zstd"))]
            50000 => "ZSTD",
            7 => "JPEG",
            32773 => "PackBits",
            34887 => "LERC",
            34925 => "LZMA",
            50001 => "WebP",
            _ => "an unknown method",
        };
        Err(GeoTiffError::Unsupported(format!(
            "is compressed with {name} ({number}): convert it with gdal_translate -co COMPRESS=DEFLATE"
        )))
    }

    /// Decompresses a chunk to `size` bytes.
    pub(super) fn decompress(
        self,
        compressed: Vec<u8>,
        size: usize,
    ) -> Result<Vec<u8>, GeoTiffError> {
        let mut bytes = match self {
            Codec::None => compressed,
            Codec::Lzw => lzw(&compressed, size)?,
            Codec::Deflate => read(flate2::bufread::ZlibDecoder::new(&*compressed), size)?,
            #[cfg(feature = "zstd")]
            Codec::Zstd => {
                let decoder = zstd::stream::read::Decoder::with_buffer(&*compressed);
                read(decoder.map_err(bad)?, size)?
            }
        };
        if bytes.len() < size {
            return Err(GeoTiffError::damaged("a chunk ends too early"));
        }
        bytes.truncate(size);
        Ok(bytes)
    }
}

fn bad(error: impl std::fmt::Display) -> GeoTiffError {
    GeoTiffError::damaged(format!("a chunk can't be decompressed: {error}"))
}

/// Memory grows with what comes, not with what the file claims.
fn read(decoder: impl Read, size: usize) -> Result<Vec<u8>, GeoTiffError> {
    let mut bytes = Vec::new();
    decoder
        .take(size as u64)
        .read_to_end(&mut bytes)
        .map_err(bad)?;
    Ok(bytes)
}

fn lzw(compressed: &[u8], size: usize) -> Result<Vec<u8>, GeoTiffError> {
    const PIECE: usize = 1 << 16;
    let mut decoder = weezl::decode::Decoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
    let (mut bytes, mut rest) = (Vec::new(), compressed);
    while bytes.len() < size {
        let start = bytes.len();
        bytes.resize(size.min(start + PIECE), 0);
        let made = decoder.decode_bytes(rest, &mut bytes[start..]);
        rest = &rest[made.consumed_in..];
        bytes.truncate(start + made.consumed_out);
        let status = made.status.map_err(bad)?;
        let is_stuck = made.consumed_in == 0 && made.consumed_out == 0;
        if !matches!(status, weezl::LzwStatus::Ok) || is_stuck {
            break;
        }
    }
    Ok(bytes)
}
