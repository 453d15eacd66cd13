package dev.siltstone.journal;

import java.nio.ByteBuffer;

/// The batch that is being put together, in memory that grows up to the bound of a batch.
///
/// Not thread-safe; owned by the journal's leader.
final class BatchStaging {
    private static final int BYTES_MIN = 1 << 16;

    private final int bytesMax;
    private ByteBuffer buffer;
    private SaltedChecksum entryChecksum = new SaltedChecksum(0);
    private SaltedChecksum bodyChecksum = new SaltedChecksum(0);
    private long position;
    private int entries;
    private int end = JournalFormat.BATCH_HEADER_BYTES;
    private int begun = -1;
    private ByteBuffer payload = ByteBuffer.allocate(0);

    BatchStaging(int bytesMax) {
        this.bytesMax = bytesMax;
        this.buffer = ByteBuffer.allocateDirect(Math.min(BYTES_MIN, bytesMax));
    }

    /// From now on batches go to the file with this salt.
    void seed(long salt) {
        assert entries == 0;
        entryChecksum = new SaltedChecksum(salt);
        bodyChecksum = new SaltedChecksum(salt);
    }

    boolean isEmpty() {
        return entries == 0;
    }

    /// Returns the bytes of the batch if one more entry came to it.
    long batchBytesWith(int payloadBytes) {
        long body = (long) end - JournalFormat.BATCH_HEADER_BYTES;
        return JournalFormat.batchBytes(body + JournalFormat.ENTRY_HEADER_BYTES + payloadBytes);
    }

    /// Begins an entry.
    ///
    /// @param batchPosition where the batch will lie
    /// @return room for its payload; the payload is what lies before its position at [#endEntry]
    ByteBuffer beginEntry(long batchPosition, int payloadBytesMax) {
        if (begun >= 0) {
            throw new IllegalStateException("the entry before was not ended");
        }
        if (entries == 0) {
            position = batchPosition;
            bodyChecksum.begin(batchPosition);
        }
        grow(Math.toIntExact(batchBytesWith(payloadBytesMax)));
        begun = end;
        payload = buffer.slice(end + JournalFormat.ENTRY_HEADER_BYTES, payloadBytesMax);
        return payload;
    }

    /// Ends the entry that was begun.
    ///
    /// @return its position
    long endEntry() {
        int length = payload.position();
        if (begun < 0 || length == 0) {
            throw new IllegalStateException(
                    begun < 0 ? "no entry was begun" : "an entry must not be empty");
        }
        buffer.putInt(begun + 4, length);
        long entryPosition = position + begun;
        buffer.putInt(begun, entryChecksum.of(entryPosition, buffer.slice(begun + 4, 4 + length)));
        bodyChecksum.add(buffer.slice(begun, JournalFormat.ENTRY_HEADER_BYTES));
        end = begun + JournalFormat.ENTRY_HEADER_BYTES + length;
        begun = -1;
        entries++;
        return entryPosition;
    }

    /// Completes the batch. It stays staged until [#clear].
    ByteBuffer seal(long durableEnd) {
        if (begun >= 0) {
            throw new IllegalStateException("the entry begun last was not ended");
        }
        int bodyBytes = end - JournalFormat.BATCH_HEADER_BYTES;
        BatchHeader header =
                new BatchHeader(position, durableEnd, bodyBytes, entries, bodyChecksum.value());
        ByteBuffer batch = buffer.slice(0, Math.toIntExact(header.batchBytes()));
        JournalFormat.encode(header, entryChecksum, batch);
        return batch;
    }

    ByteBuffer tailMark(long markPosition) {
        return JournalFormat.tailMark(markPosition, entryChecksum);
    }

    void clear() {
        entries = 0;
        end = JournalFormat.BATCH_HEADER_BYTES;
        begun = -1;
    }

    private void grow(int bytes) {
        if (bytes <= buffer.capacity()) {
            return;
        }
        if (bytes > bytesMax) {
            throw new IllegalArgumentException(
                    "a batch of " + bytes + " bytes; at most " + bytesMax);
        }
        int capacity = (int) Math.min(bytesMax, Math.max(bytes, 2L * buffer.capacity()));
        ByteBuffer grown = ByteBuffer.allocateDirect(capacity);
        grown.put(0, buffer, 0, end);
        buffer = grown;
    }
}
