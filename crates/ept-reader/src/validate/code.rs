//! The kinds of findings: what can be wrong with a dataset, and how to fix it.

use std::fmt;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Violates the specification, so that data can't be read.
    Error,
    /// Violates the specification, or is unusual or contradictory, but readers accept it: data can be read.
    Warning,
}

/// Defines the kinds and their table from one list: name, code, meaning, fix.
macro_rules! codes {
    ($($name:ident $id:literal $meaning:literal $fix:literal)*) => {
        /// A kind of finding, with a stable code: `E012` for an error, `W003` for a warning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $name,)*
        }

        impl Code {
            /// All kinds, errors first, in the order of their codes.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The code, for example `E012`.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self {
                    $(Code::$name => $id,)*
                }
            }

            /// What it means, as a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Code::$name => $meaning,)*
                }
            }

            /// How to fix it, as a sentence.
            #[must_use]
            pub fn fix(self) -> &'static str {
                match self {
                    $(Code::$name => $fix,)*
                }
            }
        }
    };
}

codes! {
    NotEpt "E001" "`ept.json` is not a JSON object, or has another format."
        "Restore `ept.json`, or rebuild the dataset with Entwine 2 or later."
    Bounds "E002" "`bounds` is missing or invalid."
        "Give the cube of the octree as six finite numbers, minima first."
    BoundsConforming "E003" "`boundsConforming` is invalid."
        "Give the bounds of the points as six finite numbers, minima first, or leave it out."
    Span "E004" "`span` is missing or invalid."
        "Give the `span` that the dataset was built with, a power of 2."
    Points "E005" "`points` is not a number of points."
        "Give the number of points as an integer of 0 or more."
    DataType "E006" "`dataType` is missing or unknown."
        "Say how the tiles are stored: `laszip`, `binary` or `zstandard`."
    HierarchyType "E007" "`hierarchyType` is unknown."
        "Say how the pages are stored: `json` or `gzip`."
    Schema "E008" "`schema` is missing, or a dimension in it is invalid or repeated."
        "Give each dimension a unique name, a type and a size, and a scale that is not 0."
    SchemaAxes "E009" "The schema of a binary or zstandard dataset lacks X, Y or Z as numbers."
        "List X, Y and Z as they are stored in the tiles."
    Srs "E010" "`srs` is neither an object nor a string."
        "Give an object with `authority`, `horizontal` and `wkt`, or an empty one."
    PageMissing "E020" "A page of the hierarchy is missing or can't be fetched."
        "Copy the page from the original dataset: all nodes below it are lost."
    PageText "E021" "A page of the hierarchy is not a JSON object."
        "Copy the page from the original dataset: all nodes below it are lost."
    PageKey "E022" "A page of the hierarchy contains an invalid key."
        "Keys are D-X-Y-Z with indices below 2^D and a depth of at most 31; rewrite the page."
    PageCount "E023" "A page of the hierarchy lists a node with an invalid count."
        "Counts are integers of 1 or more, or -1 for a page; rewrite the page."
    PageForeign "E024" "A page of the hierarchy lists a node that is not below the page's root."
        "Move the node to the page of its own subtree: readers refuse this one."
    PageLoop "E025" "A page of the hierarchy points to itself."
        "Give the page's root its number of points: readers refuse the page."
    CountsDiffer "E026" "Two pages of the hierarchy give a node different counts."
        "Keep the count that its tile has, in one page."
    TooManyNodes "E027" "The hierarchy has more nodes than the reader's limit."
        "Raise the limit if the dataset really is that large; otherwise its hierarchy is broken."
    TileMissing "E030" "A tile that the hierarchy lists is missing or access to it is denied."
        "Copy the tile from the original dataset, or allow access to it."
    TileFetch "E031" "A tile can't be fetched."
        "See the cause: the network, the server or the file system."
    TileEmpty "E032" "A tile has no bytes."
        "Copy the tile from the original dataset."
    TileCorrupt "E033" "A tile is corrupt, or not of the dataset's type."
        "Copy the tile from the original dataset, or rebuild the dataset."
    TileCount "E034" "A tile has a different number of points than the hierarchy says."
        "Copy tile and page from the same build, or correct the count in the page."
    TileTooLarge "E035" "A node has more points than the reader's limit for one tile."
        "Correct the count if the tile has fewer; otherwise rebuild with smaller nodes."
    SourcesText "E040" "The list of sources is not a list of objects, or can't be fetched."
        "Restore the list, or remove it: sources are optional."
    SourcePath "E041" "A source's metadata are outside `ept-sources`."
        "Give the path of a file in `ept-sources`."
    OriginBeyond "E042" "Points have an `OriginId` beyond the list of sources."
        "Restore the list as it was when the dataset was built."
    PointOutside "E050" "Points are outside their node's cell by more than one step of their storage."
        "Rebuild the dataset: queries by area miss these points."
    FileHeader "E060" "A file is not a LAS or LAZ file, or its header or VLRs are invalid."
        "Copy the original file, or rewrite it."
    ChunkTable "E061" "The chunk table of a LAZ file is missing, damaged, or has a different number of points than the header."
        "Copy the original file: this one may be truncated."
    CopcInfo "E062" "The info record of a COPC file is invalid, or its root page is outside the file."
        "Rewrite the file."
    CopcPage "E063" "A page of a COPC hierarchy is damaged, is outside the file, or overlaps another."
        "Copy the original file, or rewrite it: all nodes below the page are lost."
    ChunkOverlap "E064" "The chunks of two nodes of a COPC hierarchy overlap."
        "Rewrite the file: points are repeated, or belong to another node."
    HeaderCount "E065" "The header of a file has a different number of points than its nodes."
        "Rewrite the file, or correct the header."
    OldNames "W001" "`ept.json` uses a name from before EPT 1.0: `ticks` or `numPoints`."
        "Rename it to `span` or `points`."
    Version "W002" "`version` is missing or not a version of EPT."
        "Give the version as `1.0.0` or `1.1.0`."
    NoConforming "W003" "`boundsConforming` is missing."
        "Add the bounds of the points."
    NoHierarchyType "W004" "`hierarchyType` is missing."
        "Add `\"hierarchyType\": \"json\"`."
    NoPoints "W005" "`points` is missing."
        "Add the number of points."
    NoSrs "W006" "The coordinate system is unknown: `srs` is missing or empty."
        "Add the `srs`, if it is known."
    SrsParts "W007" "`srs` does not match the specification: codes must be strings, and each needs those before it."
        "Give `authority`, `horizontal` and `vertical` as strings, each with those before it."
    SrsUnknown "W008" "The coordinate system is not understood."
        "Give an EPSG code or well-known text; until then, areas in other coordinate systems can't be queried."
    NoCube "W009" "`bounds` is not a cube."
        "Rebuild the dataset with a cube; until then, spacing differs between the axes."
    SpanPower "W010" "`span` is not a power of 2."
        "Rebuild the dataset with a power of 2."
    ConformingOutside "W011" "`boundsConforming` extends beyond `bounds`."
        "Give the bounds of the points, which are inside the cube."
    Spelling "W012" "A name in `ept.json` is spelled in a way that only some readers accept."
        "Spell it as the specification does: `signed`, `unsigned`, `float`, `laszip`, `bounds` as a list, and dimensions as PDAL does."
    Statistics "W013" "The statistics of a dimension contradict themselves or `points`."
        "Recompute them, or leave them out."
    LaszipAxes "W014" "The schema lacks X, Y or Z, which the laszip tiles have."
        "List X, Y and Z."
    ZeroCount "W020" "The hierarchy lists nodes of 0 points."
        "Leave them out, unless nodes below them have points."
    ParentMissing "W021" "A node's parent is not listed in the hierarchy."
        "List the parent too, with its number of points: some readers don't find the node."
    PointSum "W022" "The nodes of the hierarchy do not add up to `points`."
        "Correct `points`, or find out which nodes are missing."
    PageOrphan "W023" "There is a page that no other page points to."
        "Remove it, or restore the page that pointed to it."
    TileOrphan "W024" "There is a tile that the hierarchy does not list: its points are not read."
        "Remove it, or restore the page that listed it."
    Unmerged "W025" "There are files of a partial build that was not merged."
        "Merge the parts with `entwine merge`."
    PageLarge "W026" "A page of the hierarchy has more than 100,000 nodes."
        "Build with a hierarchy of several pages: viewers load this one whole."
    PageRoot "W027" "A page does not list the node that it is rooted at, to which another page points."
        "List it, with its number of points."
    TileScaling "W030" "The scale or offset of tiles differs from the schema."
        "None is needed: readers should use those of the tile. Readers that use the schema misplace the points."
    DimensionLacking "W031" "Tiles lack a dimension of the schema."
        "Remove the dimension from the schema, or rebuild with a format that has it."
    DimensionExtra "W032" "Tiles have a dimension that the schema lacks."
        "Add the dimension to the schema."
    PointFormats "W033" "Tiles have different point formats."
        "None is needed to read the points; some tools expect one format."
    SizesUnknown "W034" "The server does not tell the sizes of files, so only a sample of the tiles was checked."
        "Allow HEAD requests, or validate with `--deep`."
    NoSources "W040" "Points have an `OriginId`, but there is no list of sources."
        "Restore `ept-sources`."
    SourcesDiffer "W041" "There are two lists of sources, of different length."
        "Remove the one that is not of this build: readers use `manifest.json`."
    SourceDetail "W042" "The metadata of a source are missing or can't be read."
        "Restore the file, or remove the path to it."
    SourceBounds "W043" "The bounds of a source can't be read, or extend beyond those of the dataset."
        "Give six numbers. Points beyond the dataset's bounds were left out: rebuild with larger bounds to include them."
    SourcePoints "W044" "The points of the sources do not add up to `points`."
        "Find out which source is not completely in the dataset."
    SourceErrors "W045" "A source was not inserted, or only with errors."
        "Read its error, and insert it again."
    OriginCounts "W046" "The dataset has a different number of points of a source than the list says."
        "Find out whether the source is completely in the dataset."
    StatisticsRange "W050" "Values are outside the range in the statistics of their dimension."
        "Recompute the statistics: readers may skip what they exclude."
    ConformingPoints "W051" "Points are outside `boundsConforming`."
        "Widen it: readers that rely on it miss these points."
    HeaderBox "W060" "The header of a file has no bounds of its points."
        "Write the minimum and maximum coordinates to the header: without them, queries by area have to read the whole file."
    HeaderBoxPoints "W061" "Points are outside the bounds in the header of their file."
        "Correct the bounds: queries by area and indexes rely on them, and miss these points."
    HeaderReturns "W062" "The header of a file has wrong numbers of points by return."
        "Correct the numbers in the header."
}

impl Code {
    /// The severity, according to the code's letter.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.id().starts_with('E') {
            Severity::Error
        } else {
            Severity::Warning
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}
