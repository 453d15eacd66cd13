/// Immutable files named by level and range of positions, in a directory and in an object store. Knows names,
/// sizes and times; what the bytes mean, its callers know. How files are named they say too ([RangeNames]).
///
/// ```
///   stage, finish --> LocalRanges --> UploadBacklog --> RemoteRanges --> ObjectStore
///                          |         (in order, if absent)     |
///                          '------------ KnownRanges ----------'   find by position, level, time: no request
/// ```
///
/// Entry classes: [LocalRanges], [RemoteRanges], [UploadBacklog] with [Uploader].
///
/// Invariants: a file is there whole or not at all; it never changes; nothing is confirmed that is not in the
/// store; of one backlog there is one put at a time, and after a conflict none; what is pinned is not deleted;
/// no request is made but to move bytes, once the listings are read.
@NullMarked
package dev.siltstone.rangestore;

import org.jspecify.annotations.NullMarked;
