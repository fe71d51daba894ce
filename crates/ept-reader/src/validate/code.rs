//! The kinds of findings: what can be wrong with a dataset, and what would mend it.

use std::fmt;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Against the specification, and some or all of the data cannot be read for it.
    Error,
    /// Against the specification, unusual or contradictory, but readers take it: the data can be read.
    Warning,
}

/// Makes the kinds and their table out of one list: name, code, meaning, fix.
macro_rules! codes {
    ($($name:ident $id:literal $meaning:literal $fix:literal)*) => {
        /// A kind of finding, with a code that stays: `E012` for an error, `W003` for a warning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $name,)*
        }

        impl Code {
            /// All kinds, errors first, in the order of their codes.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The code, such as `E012`.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self {
                    $(Code::$name => $id,)*
                }
            }

            /// What it means, a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Code::$name => $meaning,)*
                }
            }

            /// What would mend it, a sentence.
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
    NotEpt "E001" "`ept.json` is no JSON object, or one of another format."
        "Restore `ept.json`, or build the dataset anew with Entwine 2 or later."
    Bounds "E002" "`bounds` is missing or impossible."
        "Give the cube of the octree as six finite numbers, minima first."
    BoundsConforming "E003" "`boundsConforming` is impossible."
        "Give the extent of the points as six finite numbers, minima first, or leave it out."
    Span "E004" "`span` is missing or impossible."
        "Give the `span` that the dataset was built with, a power of 2."
    Points "E005" "`points` is not a number of points."
        "Give the number of points as a whole number of 0 or more."
    DataType "E006" "`dataType` is missing or unknown."
        "Say how the tiles are stored: `laszip`, `binary` or `zstandard`."
    HierarchyType "E007" "`hierarchyType` is unknown."
        "Say how the pages are stored: `json` or `gzip`."
    Schema "E008" "`schema` is missing, or a dimension in it is impossible or stands there twice."
        "Give each dimension a name of its own, a type and a size, and a scale that is not 0."
    SchemaAxes "E009" "The schema of a binary or zstandard dataset lacks X, Y or Z as numbers."
        "List X, Y and Z as they are stored in the tiles."
    Srs "E010" "`srs` is neither an object nor a text."
        "Give an object with `authority`, `horizontal` and `wkt`, or an empty one."
    PageMissing "E020" "A page of the hierarchy is missing or cannot be fetched."
        "Copy the page from the origin of the dataset: all nodes below it are lost."
    PageText "E021" "A page of the hierarchy is no JSON object."
        "Copy the page from the origin of the dataset: all nodes below it are lost."
    PageKey "E022" "A page of the hierarchy lists a node that cannot be."
        "Keys are D-X-Y-Z with indices below 2^D and a depth of at most 31; write the page anew."
    PageCount "E023" "A page of the hierarchy lists a node with an invalid count."
        "Counts are whole numbers of 1 or more, or -1 for a page; write the page anew."
    PageForeign "E024" "A page of the hierarchy lists a node that is not below the page's root."
        "Move the node to the page of its own subtree: readers refuse this one."
    PageLoop "E025" "A page of the hierarchy points to itself."
        "Give the page's root its number of points: readers refuse the page."
    CountsDiffer "E026" "Two pages of the hierarchy give a node different counts."
        "Keep the count that its tile has, in one page."
    TooManyNodes "E027" "The hierarchy has more nodes than the limit of the reader."
        "Raise the limit if the dataset is as large as that; else its hierarchy is broken."
    TileMissing "E030" "A tile that the hierarchy lists is missing or may not be read."
        "Copy the tile from the origin of the dataset, or allow reading it."
    TileFetch "E031" "A tile cannot be fetched."
        "See the cause: the network, the server or the file system."
    TileEmpty "E032" "A tile has no bytes."
        "Copy the tile from the origin of the dataset."
    TileCorrupt "E033" "A tile is corrupt, or not of the dataset's type."
        "Copy the tile from the origin of the dataset, or build the dataset anew."
    TileCount "E034" "A tile has another number of points than the hierarchy says."
        "Copy tile and page from the same build, or correct the count in the page."
    TileTooLarge "E035" "A node has more points than the limit of the reader for one tile."
        "Correct the count if the tile has fewer; else build with smaller nodes."
    SourcesText "E040" "The list of sources is not a list of objects, or cannot be fetched."
        "Restore the list, or remove it: sources are optional."
    SourcePath "E041" "A source's metadata lie outside of `ept-sources`."
        "Give the path of a file below `ept-sources`."
    OriginBeyond "E042" "Points have an `OriginId` beyond the list of sources."
        "Restore the list as it was when the dataset was built."
    PointOutside "E050" "Points lie outside of their node's cell by more than one step of their storage."
        "Build the dataset anew: queries by area miss these points."
    FileHeader "E060" "A file is not a LAS or LAZ file, or its header and records contradict themselves."
        "Copy the file from its origin, or write it anew."
    ChunkTable "E061" "The chunk table of a LAZ file is missing, damaged, or has other points than the header."
        "Copy the file from its origin: it may be cut off."
    CopcInfo "E062" "The info record of a COPC file is impossible, or names a root page outside of the file."
        "Write the file anew."
    CopcPage "E063" "A page of a COPC hierarchy is damaged, lies outside of the file, or overlaps another."
        "Copy the file from its origin, or write it anew: all nodes below the page are lost."
    ChunkOverlap "E064" "Two nodes of a COPC hierarchy have bytes of the file in common."
        "Write the file anew: points come twice, or are those of another node."
    HeaderCount "E065" "The header of a file has another number of points than its nodes."
        "Write the file anew, or correct the header."
    OldNames "W001" "`ept.json` uses a name from before EPT 1.0: `ticks` or `numPoints`."
        "Rename it to `span` or `points`."
    Version "W002" "`version` is missing or no version of EPT."
        "Give the version as `1.0.0` or `1.1.0`."
    NoConforming "W003" "`boundsConforming` is missing."
        "Add the extent of the points."
    NoHierarchyType "W004" "`hierarchyType` is missing."
        "Add `\"hierarchyType\": \"json\"`."
    NoPoints "W005" "`points` is missing."
        "Add the number of points."
    NoSrs "W006" "The coordinate system is unknown: `srs` is missing or empty."
        "Add the `srs`, if it is known."
    SrsParts "W007" "`srs` is not as the specification has it: codes are texts, and none stands alone."
        "Give `authority`, `horizontal` and `vertical` as texts, each with those before it."
    SrsUnknown "W008" "The coordinate system cannot be understood."
        "Give an EPSG code or well-known text; areas in other coordinate systems cannot be asked for until then."
    NoCube "W009" "`bounds` is not a cube."
        "Build the dataset with a cube; spacing differs between the axes until then."
    SpanPower "W010" "`span` is not a power of 2."
        "Build the dataset with a power of 2."
    ConformingOutside "W011" "`boundsConforming` reaches out of `bounds`."
        "Give the extent of the points, which lies within the cube."
    Spelling "W012" "A name in `ept.json` is spelt in a way that only some readers take."
        "Spell it as the specification does: `signed`, `unsigned`, `float`, `laszip`, `bounds` as a list, and dimensions as PDAL does."
    Statistics "W013" "The statistics of a dimension contradict themselves or `points`."
        "Count them anew, or leave them out."
    LaszipAxes "W014" "The schema lacks X, Y or Z, which the laszip tiles have."
        "List X, Y and Z."
    ZeroCount "W020" "The hierarchy lists nodes of 0 points."
        "Leave them out, unless nodes below them have points."
    ParentMissing "W021" "A node's parent is not listed in the hierarchy."
        "List the parent too, with its number of points: some readers do not find the node."
    PointSum "W022" "The nodes of the hierarchy do not add up to `points`."
        "Correct `points`, or find out which nodes are missing."
    PageOrphan "W023" "There is a page that no other page points to."
        "Remove it, or restore the pages that led to it."
    TileOrphan "W024" "There is a tile that the hierarchy does not list: its points are not read."
        "Remove it, or restore the page that listed it."
    Unmerged "W025" "There are files of a build in parts that were not merged."
        "Merge the parts with `entwine merge`."
    PageLarge "W026" "A page of the hierarchy has more than 100,000 nodes."
        "Build with a hierarchy of several pages: viewers load this one whole."
    PageRoot "W027" "A page does not list the node that it is rooted at, to which another page points."
        "List it, with its number of points."
    TileScaling "W030" "The scale or offset of tiles is not the schema's."
        "None is needed: that of the tile counts. Readers that trust the schema misplace the points."
    DimensionLacking "W031" "Tiles lack a dimension of the schema."
        "Remove the dimension from the schema, or build with a format that holds it."
    DimensionExtra "W032" "Tiles have a dimension that the schema lacks."
        "Add the dimension to the schema."
    PointFormats "W033" "Tiles are of different point formats."
        "None is needed to read the points; some tools expect one format."
    SizesUnknown "W034" "The server tells no sizes of files, so only a sample of the tiles was looked for."
        "Allow HEAD requests, or validate with `--deep`."
    NoSources "W040" "Points have an `OriginId`, but there is no list of sources."
        "Restore `ept-sources`."
    SourcesDiffer "W041" "There are two lists of sources, of different length."
        "Remove the one that is not of this build: readers take `manifest.json`."
    SourceDetail "W042" "The metadata of a source are missing or cannot be read."
        "Restore the file, or remove the path to it."
    SourceBounds "W043" "The bounds of a source can't be read, or reach out of those of the dataset."
        "Give six numbers. Points beyond the dataset's bounds were left out: build with larger bounds if they are wanted."
    SourcePoints "W044" "The points of the sources do not add up to `points`."
        "Find out which source is not all in the dataset."
    SourceErrors "W045" "A source was not inserted, or with errors."
        "Read its error, and insert it again."
    OriginCounts "W046" "The dataset has another number of points of a source than the list says."
        "Find out whether the source is all in the dataset."
    StatisticsRange "W050" "Values lie outside of the range in the statistics of their dimension."
        "Count the statistics anew: readers may leave out what they exclude."
    ConformingPoints "W051" "Points lie outside of `boundsConforming`."
        "Widen it: readers that go by it miss these points."
    HeaderBox "W060" "The header of a file gives no extent of its points."
        "Write the least and greatest coordinates to the header: queries by area have to read the file without."
    HeaderBoxPoints "W061" "Points lie outside of the extent in the header of their file."
        "Correct the extent: queries by area and indexes go by it, and miss these points."
    HeaderReturns "W062" "The header of a file has other numbers of points by return than the points."
        "Correct the numbers in the header."
}

impl Code {
    /// Error or warning, as the code's letter says.
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
