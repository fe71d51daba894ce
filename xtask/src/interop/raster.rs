//! Rasters, as GDAL reads them.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

/// Makes rasters of the example of the documentation, and checks layout, coordinate system, values and statistics with
/// rasterio and rio-cogeo.
pub(crate) fn check(python: &Path, ept: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let terrain = crate::workspace().join("testdata/terrain");
    let made: [(&str, &[&str]); 5] = [
        (
            "dtm.tif",
            &["dtm", "--mask", "mask.tif", "--distance", "distance.tif"],
        ),
        (
            "zstd.tif",
            &["dtm", "--compress", "zstd", "--resolution", "50cm"],
        ),
        ("albers.tif", &["dsm", "--out-crs", "EPSG:5070"]),
        (
            "bands.tif",
            &[
                "raster",
                "--stat",
                "min,max,mean,count",
                "--resolution",
                "4m",
            ],
        ),
        ("canopy.tif", &["chm", "--hillshade", "shade.tif"]),
    ];
    for (name, flags) in made {
        let mut command = Command::new(ept);
        command.current_dir(folder.path()).args(flags).arg(&terrain);
        let status = command.args(["--quiet", "--output", name]).status()?;
        ensure!(status.success(), "{command:?} failed");
    }
    let mut shade = Command::new(ept);
    shade.current_dir(folder.path());
    let status = shade
        .args(["hillshade", "dtm.tif", "-o", "shade.png"])
        .status()?;
    ensure!(status.success(), "{shade:?} failed");
    println!("rasters");
    let script = crate::workspace().join("xtask/interop/raster.py");
    let status = Command::new(python)
        .arg(script)
        .arg(folder.path())
        .status()?;
    ensure!(status.success(), "GDAL reads something else than ept wrote");
    Ok(())
}
