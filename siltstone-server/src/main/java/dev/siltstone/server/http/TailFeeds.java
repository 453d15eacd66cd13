package dev.siltstone.server.http;

import dev.siltstone.stream.InvalidOffsetException;
import dev.siltstone.stream.Offset;
import dev.siltstone.stream.StreamReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lets the loops share what they read at the tail of a stream: whoever comes first reads and encodes,
/// the others get the same bytes.
///
/// Thread-safe.
final class TailFeeds {
    private final Map<Long, Feed> feeds = new HashMap<>();

    /// Returns the feed of a stream, for one more group. Must be given back with [#leave].
    synchronized Feed join(long streamId) {
        Feed feed = feeds.computeIfAbsent(streamId, Feed::new);
        feed.groups++;
        return feed;
    }

    synchronized void leave(Feed feed) {
        feed.groups--;
        if (feed.groups == 0) {
            feeds.remove(feed.streamId);
            feed.dropLast();
        }
    }

    /// What was last read at the tail of one stream.
    static final class Feed {
        private final long streamId;
        private int groups; // guarded by the feeds
        private @Nullable SharedChunk last;

        private Feed(long streamId) {
            this.streamId = streamId;
        }

        /// Returns what lies at `start`; the caller releases it.
        synchronized SharedChunk read(StreamReader reader, Offset start, Encoder encoder)
                throws InvalidOffsetException, IOException {
            SharedChunk known = last;
            if (known == null || !known.start().equals(start) || !known.hasEvent()) {
                dropLast();
                known = encoder.share(reader.read(start, null));
                last = known;
            }
            known.retain();
            return known;
        }

        private synchronized void dropLast() {
            if (last != null) {
                last.release();
                last = null;
            }
        }
    }

    /// Makes a chunk fit to be shared.
    @FunctionalInterface
    interface Encoder {
        SharedChunk share(dev.siltstone.stream.Chunk chunk);
    }
}
