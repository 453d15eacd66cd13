package dev.siltstone.sqlite.ltx;

/// What a decoded [PageRange] adds to the file checksum.
///
/// @param range what was decoded
/// @param crc state, begun with 0, of a CRC over its frames with their pages decompressed
/// @param contentBytes how many bytes those are
public record RangeSum(PageRange range, long crc, long contentBytes) {}
