/// Reads SQLite's write-ahead log, as it lies in the `-wal` file.
///
/// ```
///   DiskFile (-wal) --> WalReader --> FrameSink (the caller's)
///                          |
///                      WalFormat: header, frames, checksums
/// ```
///
/// Entry class: [WalReader]. The bytes: [WalFormat].
///
/// Invariants: only the `-wal` file is ever read here, never the database or the `-shm` file (closing those
/// would drop SQLite's locks); a frame is handed on only after its salts and its place in the checksum chain
/// were checked; no frame past the one that the caller knows to be committed is handed on, because a valid
/// checksum does not make a commit (a writer that was killed leaves valid frames that the next one overwrites).
@NullMarked
package dev.siltstone.sqlite.wal;

import org.jspecify.annotations.NullMarked;
