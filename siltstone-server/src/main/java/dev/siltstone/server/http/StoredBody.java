package dev.siltstone.server.http;

import dev.siltstone.stream.StoredChunk;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;
import java.util.ArrayList;
import java.util.List;

/// A body that the system sends from files. JSON messages get brackets around them, as [ChunkBodies] gives them.
///
/// Not thread-safe; owned by an event loop, which nothing interrupts.
@SuppressWarnings(
        "FutureReturnValueIgnored") // a write that fails closes the channel, and that is seen
final class StoredBody {
    private static final byte[] OPEN = {'['};
    private static final byte[] CLOSE = {']'};

    private static final MessageSizeEstimator.Handle USUAL =
            DefaultMessageSizeEstimator.DEFAULT.newHandle();

    /// A region counts like a buffer, so that a client who takes nothing is noticed, and is not read on.
    static final MessageSizeEstimator SIZES =
            () ->
                    message ->
                            message instanceof FileRegion region
                                    ? Math.toIntExact(region.count())
                                    : USUAL.size(message);

    private final List<FileRegion> regions = new ArrayList<>(2);
    private final long length;
    private final boolean json;

    /// Takes over the files of a chunk.
    StoredBody(StoredChunk chunk, boolean json) {
        int left = json ? chunk.length() - 1 : chunk.length(); // without the last comma
        this.length = left;
        this.json = json;
        for (StoredChunk.Piece piece : chunk.pieces()) {
            int bytes = Math.min(left, piece.length());
            regions.add(new DefaultFileRegion(piece.file(), piece.filePosition(), bytes));
            left -= bytes;
        }
    }

    long length() {
        return length + (json ? OPEN.length + CLOSE.length : 0);
    }

    /// Writes all of it behind a head of HTTP/1.1.
    ///
    /// @param sent done when the client's side of the machine has taken all of it
    void write(ChannelHandlerContext channel, ChannelPromise sent) {
        if (json) {
            channel.write(Unpooled.wrappedBuffer(OPEN), channel.voidPromise());
        }
        int last = regions.size() - 1;
        for (int i = 0; i <= last; i++) {
            boolean ends = i == last && !json;
            channel.write(regions.get(i), ends ? sent : channel.voidPromise());
        }
        if (json) {
            channel.write(Unpooled.wrappedBuffer(CLOSE), sent);
        }
    }

    void drop() {
        regions.forEach(FileRegion::release);
    }
}
