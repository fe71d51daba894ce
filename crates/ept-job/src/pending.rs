//! Files that appear complete or not at all.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

/// A temporary file beside its final name, which is deleted unless it is completed. Devices are written to directly.
#[derive(Debug)]
pub(crate) struct Pending {
    /// The temporary file and its final name. `None` for a device.
    file: Option<(TempPath, PathBuf)>,
}

impl Pending {
    /// Creates a file that will be called `path`.
    pub(crate) fn create(path: &Path) -> io::Result<(File, Pending)> {
        let path = match std::fs::metadata(path) {
            Ok(existing) if existing.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(existing) if !existing.is_file() => {
                let device = File::options().write(true).open(path)?;
                return Ok((device, Pending { file: None }));
            }
            // If it is a link, the file that it points to is replaced.
            Ok(_) => path.canonicalize()?,
            Err(_) => path.to_owned(),
        };
        let (file, temporary) = create_beside(&path)?.into_parts();
        let pending = Pending {
            file: Some((temporary, path)),
        };
        Ok((file, pending))
    }

    /// Gives the file its name.
    pub(crate) fn keep(self) -> io::Result<()> {
        let Some((temporary, path)) = self.file else {
            return Ok(());
        };
        temporary.persist(path).map_err(|error| error.error)
    }
}

/// Creates a file in the folder of `path`, with the permissions of a new file.
fn create_beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ept-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The umask of the process applies, as for any new file.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let folder = folder_of(path);
    builder
        .tempfile_in(folder)
        .map_err(|error| in_words(error, folder))
}

/// Why a file can't be created in a folder, without mentioning the temporary name.
fn in_words(error: io::Error, folder: &Path) -> io::Error {
    let kind = error.kind();
    let folder = folder.display();
    io::Error::new(
        kind,
        match kind {
            ErrorKind::NotFound => format!("there is no folder {folder}; create it first"),
            ErrorKind::NotADirectory => format!("{folder} is not a folder"),
            ErrorKind::PermissionDenied => format!("no permission to create files in {folder}"),
            ErrorKind::ReadOnlyFilesystem => format!("{folder} is on a read-only file system"),
            ErrorKind::StorageFull => format!("{folder} is full"),
            _ => format!("a file in {folder}: {kind}"),
        },
    )
}

/// A folder for scratch files as large as the file at `path`: beside it, unless it is a device.
pub(crate) fn scratch_folder(path: &Path) -> PathBuf {
    let is_device = std::fs::metadata(path).is_ok_and(|found| !found.is_file());
    if is_device {
        std::env::temp_dir()
    } else {
        folder_of(path).to_owned()
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}
