package dev.siltstone.server.http;

import dev.siltstone.stream.Lifetime;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.time.InstantSource;

/// How long caches may keep what was read.
///
/// A chunk that is full, or the last of a closed stream, never changes, so it may be kept as the protocol
/// proposes. Three things speak against it: what lies at the tail of an open stream may be more a moment
/// later (it is kept, but asked about each time, and the entity tag makes the answer short); a stream
/// with a TTL lives on reads, which must reach it; one with a fixed end must not outlive it in caches.
///
/// @see <a href="https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md">Durable
///     Streams protocol, section 10.1, "Catch-up and Long-poll Reads"</a>
final class CachePolicy {
    /// Never to be kept.
    static final AsciiString NO_STORE = AsciiString.cached("no-store");

    private static final long FRESH_SECONDS = 60;
    private static final long STALE_SECONDS = 300;

    private final InstantSource clock;
    private final String whose;

    /// @param shared whether caches that serve several people may keep replies
    CachePolicy(InstantSource clock, boolean shared) {
        this.clock = clock;
        this.whose = shared ? "public" : "private";
    }

    /// Returns the `Cache-Control` of a reply with content of a stream.
    ///
    /// @param settled whether the same request will give the same bytes for ever
    String of(Lifetime lifetime, boolean settled) {
        if (!settled) {
            return revalidated();
        }
        return switch (lifetime) {
            case Lifetime.Forever _ ->
                    whose
                            + ", max-age="
                            + FRESH_SECONDS
                            + ", stale-while-revalidate="
                            + STALE_SECONDS;
            case Lifetime.IdleFor _ -> revalidated();
            case Lifetime.Until until -> {
                long left = Duration.between(clock.instant(), until.time()).toSeconds();
                yield whose + ", max-age=" + Math.clamp(left, 0, FRESH_SECONDS);
            }
        };
    }

    private String revalidated() {
        return whose + ", no-cache";
    }
}
