package dev.siltstone.journal;

/// The header of a journal file; its bytes are in [JournalFormat].
///
/// @param start position of the first batch
/// @param salt seed of all checksums of the file
/// @param logId which log the file belongs to
/// @param capacity bytes of the file
/// @param recycled whether the unused rest of the file may hold old bytes
record FileHeader(long start, long salt, long logId, long capacity, boolean recycled) {
    FileHeader {
        assert isPlausible(start, capacity) : "start " + start + ", capacity " + capacity;
    }

    static boolean isPlausible(long start, long capacity) {
        return start >= 0
                && start % JournalFormat.BATCH_ALIGNMENT == 0
                && capacity >= JournalFormat.FILE_BYTES_UNIT
                && capacity % JournalFormat.FILE_BYTES_UNIT == 0;
    }

    long filePosition(long position) {
        return position - start + JournalFormat.HEADER_BYTES;
    }

    long position(long filePosition) {
        return filePosition - JournalFormat.HEADER_BYTES + start;
    }

    /// Returns the position one past the last byte the file can hold.
    long positionMax() {
        return position(capacity);
    }
}
