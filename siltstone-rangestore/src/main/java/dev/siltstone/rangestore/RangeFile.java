package dev.siltstone.rangestore;

import java.time.Instant;

/// An immutable file that is there.
///
/// @param bytes size of the file
/// @param created when its content came to be, as its writer said; [RemoteRanges#exact(RangeId)] tells when
///     a remote one is only an approximation
public record RangeFile(RangeId id, long bytes, Instant created) {}
