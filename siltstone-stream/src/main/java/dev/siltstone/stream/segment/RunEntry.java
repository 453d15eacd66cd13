package dev.siltstone.stream.segment;

/// Where the bytes of one journal entry lie.
///
/// @param wireByte of the run's owner at which the entry's bytes begin
/// @param position of the entry in the log
/// @param length of its bytes
/// @param dataOffset where the bytes begin within the entry's payload
/// @param messages number of messages; 0 if the owner has none
/// @param time of the entry, milliseconds since 1970
public record RunEntry(
        long wireByte, long position, int length, int dataOffset, int messages, long time) {
    /// Returns the wire byte after the last.
    public long end() {
        return wireByte + length;
    }
}
