package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.wal.WalReader;
import java.nio.ByteBuffer;

/// Memory for capturing, shared by all databases of a thread.
///
/// @param wal what is read of a WAL at once
/// @param batch what is written to a capture file at once
record HoldBuffers(ByteBuffer wal, ByteBuffer batch) {
    static HoldBuffers allocate() {
        return new HoldBuffers(
                WalReader.newBuffer(), ByteBuffer.allocateDirect(CaptureFormat.BATCH_BYTES_MAX));
    }
}
