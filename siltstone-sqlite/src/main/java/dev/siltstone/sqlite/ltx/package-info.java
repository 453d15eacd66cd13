/// Reads, writes and merges LTX files: what changed in a SQLite database between two transactions, or all of
/// it at one.
///
/// ```
///   pages --> LtxWriter --> LtxSink            InputStream --> LtxReader --> pages
///                                              LtxReader... --> LtxMerger --> pages, or a LtxWriter
///   LtxSource --> LtxIndex  --> where a page lies
///             --> LtxRanges --> pieces of a file, each decoded by a PageRangeReader, all checked together
///
///   ChecksumFile: the checksum of every page of a database, so that the checksum of all is never recomputed
/// ```
///
/// The bytes: [LtxFormat].
///
/// Invariants: nothing is handed on as right before it was checked as far as the format allows, and whoever
/// reads to the end has had every byte checked; memory does not grow with the database; no length in a file
/// allocates more than a page takes; what is wrong is named with file, file position, what was expected and
/// what was found.
@NullMarked
package dev.siltstone.sqlite.ltx;

import org.jspecify.annotations.NullMarked;
