package dev.siltstone.journal;

/// Sizes and bounds of a journal.
///
/// @param fileBytes of each new file, a multiple of 4096; files that exist keep theirs
/// @param batchBytesMax bound of one batch, all overhead included: what one write and one force carry
/// @param entryBytesMax bound of an entry's payload
/// @param freeBytesReserve bytes of the file system that preparing a file must leave free
/// @param recycledFilesMax how many dropped files are kept to be written again, instead of new ones
/// @param openFilesMax bound of full files kept open for reading
/// @param preparesInBackground whether a thread of the journal prepares the next file ahead; otherwise
///     [Journal#prepareNext()] does, or whoever needs the file
/// @param prepareWaitNanos how long the leader waits for a file that is being prepared
public record JournalSettings(
        long fileBytes,
        int batchBytesMax,
        int entryBytesMax,
        long freeBytesReserve,
        int recycledFilesMax,
        int openFilesMax,
        boolean preparesInBackground,
        long prepareWaitNanos) {

    /// As many as may wait to be settled before that is done without rest.
    private static final int RECYCLED_FILES_MAX = 4;

    private static final long FILE_BYTES = 64L << 20;
    private static final long BATCH_BYTES_MAX = 24L << 20;
    private static final long ENTRY_BYTES_MAX = (16L << 20) + (64L << 10);
    private static final long PREPARE_WAIT_NANOS = 5_000_000_000L;

    public JournalSettings {
        if (fileBytes < JournalFormat.FILE_BYTES_UNIT
                || fileBytes % JournalFormat.FILE_BYTES_UNIT != 0) {
            throw new IllegalArgumentException(
                    "file size " + fileBytes + " is not a multiple of 4096");
        }
        if (batchBytesMax > batchBytesMax(fileBytes)) {
            throw new IllegalArgumentException(
                    "a batch of " + batchBytesMax + " bytes does not fit in a file");
        }
        if (entryBytesMax < 1 || entryBytesMax > entryBytesMax(batchBytesMax)) {
            throw new IllegalArgumentException(
                    "an entry of " + entryBytesMax + " bytes does not fit in a batch");
        }
        if (freeBytesReserve < 0
                || recycledFilesMax < 0
                || openFilesMax < 1
                || prepareWaitNanos < 0) {
            throw new IllegalArgumentException("negative bound");
        }
    }

    /// Returns files of 64 MiB and entries of a little more than 16 MiB.
    public static JournalSettings defaults() {
        return ofFileBytes(FILE_BYTES);
    }

    /// Returns the defaults for files of another size: the bounds of batch and entry shrink with it.
    public static JournalSettings ofFileBytes(long fileBytes) {
        int batchBytesMax = (int) Math.min(BATCH_BYTES_MAX, batchBytesMax(fileBytes));
        int entryBytesMax = (int) Math.min(ENTRY_BYTES_MAX, entryBytesMax(batchBytesMax));
        return new JournalSettings(
                fileBytes,
                batchBytesMax,
                entryBytesMax,
                fileBytes,
                RECYCLED_FILES_MAX,
                256,
                true,
                PREPARE_WAIT_NANOS);
    }

    public JournalSettings withBatchBytesMax(int bytes) {
        return new JournalSettings(
                fileBytes,
                bytes,
                (int) Math.min(entryBytesMax, entryBytesMax(bytes)),
                freeBytesReserve,
                recycledFilesMax,
                openFilesMax,
                preparesInBackground,
                prepareWaitNanos);
    }

    public JournalSettings withEntryBytesMax(int bytes) {
        return new JournalSettings(
                fileBytes,
                batchBytesMax,
                bytes,
                freeBytesReserve,
                recycledFilesMax,
                openFilesMax,
                preparesInBackground,
                prepareWaitNanos);
    }

    public JournalSettings withFreeBytesReserve(long bytes) {
        return new JournalSettings(
                fileBytes,
                batchBytesMax,
                entryBytesMax,
                bytes,
                recycledFilesMax,
                openFilesMax,
                preparesInBackground,
                prepareWaitNanos);
    }

    public JournalSettings withRecycledFilesMax(int files) {
        return new JournalSettings(
                fileBytes,
                batchBytesMax,
                entryBytesMax,
                freeBytesReserve,
                files,
                openFilesMax,
                preparesInBackground,
                prepareWaitNanos);
    }

    public JournalSettings withOpenFilesMax(int files) {
        return new JournalSettings(
                fileBytes,
                batchBytesMax,
                entryBytesMax,
                freeBytesReserve,
                recycledFilesMax,
                files,
                preparesInBackground,
                prepareWaitNanos);
    }

    /// Returns settings under which no thread is started: what happens depends on the calls alone.
    public JournalSettings withoutBackground() {
        return new JournalSettings(
                fileBytes,
                batchBytesMax,
                entryBytesMax,
                freeBytesReserve,
                recycledFilesMax,
                openFilesMax,
                false,
                prepareWaitNanos);
    }

    private static long batchBytesMax(long fileBytes) {
        return fileBytes - JournalFormat.HEADER_BYTES - JournalFormat.MARK_BYTES;
    }

    private static long entryBytesMax(long batchBytesMax) {
        long whole = batchBytesMax / JournalFormat.BATCH_ALIGNMENT * JournalFormat.BATCH_ALIGNMENT;
        return whole
                - JournalFormat.BATCH_HEADER_BYTES
                - JournalFormat.FILL_BYTES_MIN
                - JournalFormat.ENTRY_HEADER_BYTES;
    }
}
