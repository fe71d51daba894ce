//! The source files of a dataset.

use ept_format::{SourceDetail, SourceFile};
use ept_select::Origin;

use super::{Ept, parsed};
use crate::Error;
use crate::store::StoreError;

impl Ept {
    /// The source files of the dataset, in the order of their `OriginId`. Empty if the dataset does not list them.
    ///
    /// # Errors
    /// If the list exists and can't be read.
    pub async fn source_files(&self) -> Result<Vec<SourceFile>, Error> {
        for path in [SourceFile::MANIFEST_PATH, SourceFile::LIST_PATH] {
            let most = self.fetcher.engine().limits().sources_bytes;
            match parsed(&self.fetcher, path, most, SourceFile::list_from_json).await {
                // Some object stores deny access to missing files.
                Err(Error::Store(StoreError::NotFound { .. } | StoreError::Denied { .. })) => {}
                list => return list,
            }
        }
        Ok(Vec::new())
    }

    /// The detailed metadata of a source file. `None` if it has none.
    ///
    /// # Errors
    /// If the source file names a file that can't be read.
    pub async fn source_detail(&self, source: &SourceFile) -> Result<Option<SourceDetail>, Error> {
        let path = source.detail_path().map_err(|fault| Error::Format {
            location: self.location("ept-sources"),
            fault,
        })?;
        let Some(path) = path else {
            return Ok(None);
        };
        let source = source.clone();
        let detail = move |text: &[u8]| source.detail_from_json(text);
        // Several sources may share a file.
        let most = self.fetcher.engine().limits().sources_bytes;
        parsed(&self.fetcher, &path, most, detail).await.map(Some)
    }

    /// Finds a source file by its index in the list, its path, its file name with or without extension, or a part of
    /// its path.
    ///
    /// # Errors
    /// If the list can't be read, or no source file matches, or several do. The message lists candidates.
    pub async fn origin(&self, text: &str) -> Result<Origin, Error> {
        Ok(Origin::find(&self.source_files().await?, text)?)
    }
}
