//! Pictures as files.

use std::io::BufWriter;
use std::path::Path;

use ept_scene::Picture;

use crate::JobError;
use crate::pending::Pending;

/// Writes a picture as PNG to a file, which appears complete or not at all.
///
/// # Errors
/// If it can't be written.
pub fn save_picture(picture: &Picture, path: &Path) -> Result<(), JobError> {
    let failed = |source| JobError::File {
        output: path.display().to_string(),
        source,
    };
    let (file, pending) = Pending::create(path).map_err(failed)?;
    let mut file = BufWriter::new(file);
    picture.write_png(&mut file).map_err(failed)?;
    let file = file.into_inner();
    file.map_err(|error| failed(error.into_error()))?;
    pending.keep().map_err(failed)
}
