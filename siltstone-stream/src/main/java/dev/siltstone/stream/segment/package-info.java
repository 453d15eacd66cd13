/// How the bytes of many streams lie in one file. A *run* is what one stream has in one file; it belongs to
/// an opaque `long` key, for this package does not know streams.
///
/// - [dev.siltstone.stream.segment.EntryTable]: the entries of one run, in memory, while its file grows.
/// - [dev.siltstone.stream.segment.RunIndexFormat]: the same for all runs of a full journal file, beside
///   it on disk; written by `RunIndexWriter`, searched without being loaded by `RunIndexReader`.
///
/// Invariants: a run index never changes once it has its name; it holds nothing that the journal file does
/// not say, so a missing one is written again from the journal.
@NullMarked
package dev.siltstone.stream.segment;

import org.jspecify.annotations.NullMarked;
