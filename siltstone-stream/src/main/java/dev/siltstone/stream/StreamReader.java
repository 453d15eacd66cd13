package dev.siltstone.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// One incarnation of a stream, for reading. Cheap to get; holds nothing open. Everything it tells is
/// durable.
///
/// Thread-safe.
public interface StreamReader {
    /// Longest distance of two chunk boundaries, unless a single message is longer.
    int CHUNK_BYTES = 1 << 20;

    /// Returns the facts as of now.
    StreamInfo info();

    /// Counts as a use of the stream: the idle time of a TTL begins anew.
    void renew();

    /// Returns the stream's state as far as readers care; never `LIVE` again once it was another.
    State state();

    enum State {
        LIVE,
        SOFT_DELETED,
        GONE
    }

    /// Checks an offset against this incarnation and returns it with the stream's lineage; an offset past
    /// the tail is refused.
    ///
    /// @throws InvalidOffsetException if it belongs to another incarnation, or lies past the tail
    Offset resolve(Offset offset) throws InvalidOffsetException;

    /// Says whether [#read] from here would be short and out of memory or page cache: such a read may
    /// run on an event loop.
    boolean isHot(Offset start);

    /// Reads from an offset to the next chunk boundary or the tail, whichever comes first.
    ///
    /// @param start as [#resolve] returned it
    /// @param watermark an upper bound for the end, or `null` for the tail
    /// @throws InvalidOffsetException if it is no message boundary of a JSON stream
    /// @throws IOException if a file cannot be read, or is damaged: names file, position, expected, actual
    default Chunk read(Offset start, @Nullable Offset watermark)
            throws InvalidOffsetException, IOException {
        return read(start, watermark, ByteBuffer::allocate);
    }

    /// Reads as [#read(Offset, Offset)] does, into memory of the caller.
    ///
    /// @param memory asked once for a buffer with so many bytes remaining; all are read into it
    Chunk read(Offset start, @Nullable Offset watermark, IntFunction<ByteBuffer> memory)
            throws InvalidOffsetException, IOException;

    /// Does what [#read] does, up to the tail, if that is long and lies in few pieces of files that the system
    /// can send without this process reading them. What lies there is checked before.
    ///
    /// @return `null` if not, or if somebody must look at it: then [#read]. To be closed
    /// @throws InvalidOffsetException if the offset is no message boundary of a JSON stream
    /// @throws IOException if a file cannot be read, or is damaged
    @Nullable StoredChunk readStored(Offset start) throws InvalidOffsetException, IOException;

    /// Has `watcher` told of changes from now on. Register first, then look at the tail.
    void watch(Watcher watcher);

    /// Ends [#watch]. Without effect if it is not registered.
    void unwatch(Watcher watcher);
}
