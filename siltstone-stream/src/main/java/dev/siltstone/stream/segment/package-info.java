/// How the bytes of many streams lie in one file. A *run* is what one stream has in one file; it belongs to
/// an opaque `long` key, for this package does not know streams.
///
/// ```
///   journal file + run index  ── JournalRun ──┐
///                                             ├─ RunSource, RunCursor ──> reads, SegmentMerger ──> SegmentWriter
///   segment ── SegmentReader ── SegmentRun ───┘
/// ```
///
/// - [dev.siltstone.stream.segment.EntryTable]: the entries of one run, in memory, while its file grows.
/// - [dev.siltstone.stream.segment.RunIndexFormat]: the same for all runs of a full journal file, beside
///   it on disk; written by `RunIndexWriter`, searched without being loaded by `RunIndexReader`.
/// - [dev.siltstone.stream.segment.SegmentFormat]: a file in which each run lies in one piece; written by
///   `SegmentWriter` and `SegmentMerger`, searched without being loaded by `SegmentReader`, read whole by
///   `SegmentInspection`.
/// - [dev.siltstone.stream.segment.RunSource]: one run for reading, whichever of both it lies in.
///
/// Invariants: run index and segment never change once they have their name. A run index holds nothing that
/// the journal file does not say, so a missing one is written again from the journal. The same runs make the
/// same segment, byte for byte. No byte of a segment is given out before its block's checksum was right.
@NullMarked
package dev.siltstone.stream.segment;

import org.jspecify.annotations.NullMarked;
