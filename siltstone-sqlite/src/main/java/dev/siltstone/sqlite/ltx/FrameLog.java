package dev.siltstone.sqlite.ltx;

import dev.siltstone.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Page numbers and sizes of frames, in their order: two varints each (how far the page number went on, and
/// the size), usually 3 bytes. Beyond 4 MiB they go to a file.
///
/// Not thread-safe.
final class FrameLog implements Closeable {
    /// Takes the frames in their order.
    interface Visitor {
        void frame(long pgno, long frameBytes) throws IOException;
    }

    static final int MEMORY_BYTES_MAX = 4 << 20;
    private static final int FIRST_BYTES = 4096;

    private final IndexSpill spill;
    private final int memoryBytesMax;
    private ByteBuffer memory;
    private @Nullable DiskFile file;
    private long fileBytes;
    private long lastPgno;

    FrameLog(IndexSpill spill, int memoryBytesMax) {
        this.spill = spill;
        this.memoryBytesMax = memoryBytesMax;
        this.memory = ByteBuffer.allocate(Math.min(FIRST_BYTES, memoryBytesMax));
    }

    void add(long pgno, long frameBytes) throws IOException {
        if (memory.remaining() < 2 * LtxFormat.VARINT_BYTES_MAX) {
            makeRoom();
        }
        LtxFormat.putVarint(memory, pgno - lastPgno);
        LtxFormat.putVarint(memory, frameBytes);
        lastPgno = pgno;
    }

    private void makeRoom() throws IOException {
        if (memory.capacity() < memoryBytesMax) {
            int capacity = Math.min(memoryBytesMax, memory.capacity() * 2);
            memory = ByteBuffer.allocate(capacity).put(memory.flip());
            return;
        }
        if (file == null) {
            if (spill.disk().exists(spill.file())) {
                spill.disk().delete(spill.file());
            }
            file = spill.disk().create(spill.file());
        }
        int bytes = memory.flip().remaining();
        file.write(memory, fileBytes);
        fileBytes += bytes;
        memory.clear();
    }

    /// Hands on all frames; none can be added after it.
    void forEach(Visitor visitor) throws IOException {
        Replay replay = new Replay(visitor);
        ByteBuffer tail = memory.flip();
        if (file != null) {
            ByteBuffer piece = ByteBuffer.allocate(64 << 10);
            for (long at = 0; at < fileBytes; ) {
                piece.clear().limit((int) Math.min(piece.capacity(), fileBytes - at));
                int read = file.read(piece, at);
                if (read == 0) {
                    throw new IOException(
                            "%s ends at %d; %d bytes were written".formatted(file, at, fileBytes));
                }
                replay.take(piece.flip());
                at += read;
            }
        }
        replay.take(tail);
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
            file = null;
            spill.disk().delete(spill.file());
        }
    }

    /// Puts varints together, which may straddle two pieces.
    private static final class Replay {
        private final Visitor visitor;
        private long pgno;
        private boolean sizeIsNext;
        private long number;
        private int shift;

        Replay(Visitor visitor) {
            this.visitor = visitor;
        }

        void take(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                byte b = bytes.get();
                number |= (long) (b & 0x7F) << shift;
                shift += 7;
                if (b >= 0) {
                    take(number);
                    number = 0;
                    shift = 0;
                }
            }
        }

        private void take(long whole) throws IOException {
            if (sizeIsNext) {
                visitor.frame(pgno, whole);
            } else {
                pgno += whole;
            }
            sizeIsNext = !sizeIsNext;
        }
    }
}
