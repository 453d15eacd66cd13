/// The group-commit log: append, force, scan, cut a torn tail, drop a prefix, recycle files.
///
/// ```
///   submit --> GroupCommit --> BatchHandler --> Journal --> files
///   (many)     (one leads)     (the caller's)   (staging, one write and one force per batch)
///
///   open:  JournalRecovery --> JournalScan --> JournalReplay (the caller's)
/// ```
///
/// Entry classes: [Journal], [GroupCommit]. The bytes: [JournalFormat]. How a torn tail and damage are told
/// apart: [JournalScan].
///
/// Invariants: nothing is acknowledged that was not forced; a failed force is final; a refused open changes
/// nothing; only bytes beyond the last known durable end are ever cut; nothing here knows what an entry means.
@NullMarked
package dev.siltstone.journal;

import org.jspecify.annotations.NullMarked;
