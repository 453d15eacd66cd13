package dev.siltstone.stream;

import org.jspecify.annotations.Nullable;

/// Where a fork leaves its source, as the client asked for it.
///
/// @param sourcePath path of the stream to fork
/// @param offset the anchor in the source; `null` for its tail
/// @param subOffset bytes (JSON: messages) after the anchor that the fork inherits as well; at most up
///     to the end of the append that follows the anchor
/// @see <a href="https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md">Durable
///     Streams protocol, section 4.2, "Stream forking"</a>
public record ForkPoint(String sourcePath, @Nullable Offset offset, long subOffset) {
    public ForkPoint {
        if (subOffset < 0) {
            throw new IllegalArgumentException("sub-offset below 0: " + subOffset);
        }
    }
}
