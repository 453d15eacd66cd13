package dev.siltstone.journal;

/// The header of a batch; its bytes are in [JournalFormat].
///
/// @param position of the batch
/// @param durableEnd position before which everything was forced before this batch was written
/// @param bodyBytes bytes of all entries
/// @param entries number of entries; 0 makes it a tail mark
/// @param bodyCrc ties the entries to each other
record BatchHeader(long position, long durableEnd, int bodyBytes, int entries, int bodyCrc) {
    BatchHeader {
        assert isPlausible(position, durableEnd, bodyBytes, entries)
                : "%d, %d, %d, %d".formatted(position, durableEnd, bodyBytes, entries);
    }

    static BatchHeader tailMark(long position, SaltedChecksum checksum) {
        return new BatchHeader(position, position, 0, 0, checksum.ofNothing(position));
    }

    static boolean isPlausible(long position, long durableEnd, int bodyBytes, int entries) {
        return position % JournalFormat.BATCH_ALIGNMENT == 0
                && durableEnd >= 0
                && durableEnd <= position
                && entries >= 0
                && bodyBytes >= 0
                && (entries == 0) == (bodyBytes == 0)
                && (long) entries * (JournalFormat.ENTRY_HEADER_BYTES + 1) <= bodyBytes
                && (entries > 0 || durableEnd == position);
    }

    boolean isTailMark() {
        return entries == 0;
    }

    long batchBytes() {
        return JournalFormat.batchBytes(bodyBytes);
    }

    /// Returns the position one past the batch.
    long end() {
        return position + batchBytes();
    }
}
