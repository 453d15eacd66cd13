package dev.siltstone.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/// Notices that a client takes no bytes, though some wait for it.
///
/// Not thread-safe; owned by an event loop.
final class StalledWrites {
    private final int ticksMax;
    private long lastPending;
    private long lastProgress;
    private int since;

    StalledWrites(int ticksMax) {
        this.ticksMax = ticksMax;
    }

    /// Looks at `channel` and says whether it has stood still for too long.
    boolean areOverdue(Channel channel, int tick) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        // A stream of HTTP/2 has no buffer of its own to look into, only a level.
        long pending =
                buffer == null
                        ? (channel.isWritable() ? 0 : channel.bytesBeforeWritable())
                        : buffer.totalPendingWriteBytes();
        long progress = buffer == null ? 0 : buffer.currentProgress();
        if (pending == 0 || pending != lastPending || progress != lastProgress) {
            lastPending = pending;
            lastProgress = progress;
            since = tick;
            return false;
        }
        return tick - since > ticksMax;
    }
}
