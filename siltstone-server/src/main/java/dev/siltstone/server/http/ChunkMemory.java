package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Memory that one chunk is read into and sent from.
///
/// Not thread-safe; used by one thread after the other.
interface ChunkMemory extends IntFunction<ByteBuffer> {
    /// Returns the body of an answer, once; the caller releases it.
    ///
    /// @param content as it was read into this memory; changed
    ByteBuf body(ByteBuffer content, boolean json);

    /// Gives the memory back, if there is any and no body was made of it.
    void drop();

    /// For what is short.
    final class OnHeap implements ChunkMemory {
        @Override
        public ByteBuffer apply(int bytes) {
            return ByteBuffer.allocate(bytes);
        }

        @Override
        public ByteBuf body(ByteBuffer content, boolean json) {
            return ChunkBodies.of(content, json);
        }

        @Override
        public void drop() {}
    }

    /// For what is long: memory outside the heap, which is used again and again and sent from where it is.
    /// There is a byte of room before the content, so that JSON messages become an array where they lie.
    final class Pooled implements ChunkMemory {
        private static final int PAGE_BYTES = 8192;

        /// Doubles a page so often: 4 MiB are had from the system at a time.
        private static final int PAGE_DOUBLINGS = 9;

        private static final ByteBufAllocator POOL =
                new PooledByteBufAllocator(true, 0, 1, PAGE_BYTES, PAGE_DOUBLINGS, 0, 0, false);

        private static final int ROOM = 1;

        private @Nullable ByteBuf memory;

        @Override
        public ByteBuffer apply(int bytes) {
            drop();
            ByteBuf taken = POOL.directBuffer(ROOM + bytes, ROOM + bytes);
            memory = taken;
            return taken.nioBuffer(ROOM, bytes);
        }

        @Override
        public ByteBuf body(ByteBuffer content, boolean json) {
            ByteBuf taken = memory;
            if (taken == null) {
                throw new IllegalStateException("nothing was read into this memory");
            }
            int length = content.remaining();
            memory = null;
            if (json && length == 0) {
                taken.release();
                return ChunkBodies.json(content);
            }
            if (json) {
                taken.setByte(0, '[').setByte(ROOM + length - 1, ']');
                return taken.setIndex(0, ROOM + length);
            }
            return taken.setIndex(ROOM, ROOM + length);
        }

        @Override
        public void drop() {
            ByteBuf taken = memory;
            memory = null;
            if (taken != null) {
                taken.release();
            }
        }
    }
}
