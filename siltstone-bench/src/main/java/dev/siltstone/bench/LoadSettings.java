package dev.siltstone.bench;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What load is put on a server.
///
/// @param kind content of the streams
/// @param messageBytes size of a message
/// @param streams how many
/// @param writers connections that append, each with one request on its way
/// @param readers connections that read or tail
/// @param replays connections that read whole streams again and again, beside others
/// @param rate appends a second, of all writers together; 0 for as fast as answers come
/// @param producers whether writers are idempotent producers, which repeat what got no answer
/// @param fillBytes content that is there before reads are measured
/// @param lastOnly whether reads begin at the last message instead of the first
/// @param warmup not measured
/// @param duration measured
/// @param timeout for what is still on its way at the end, and for anything before
/// @param check whether streams are read back and compared to what was acknowledged
/// @param keep whether the streams stay when all is done
/// @param token bearer token
public record LoadSettings(
        ContentKind kind,
        int messageBytes,
        int streams,
        int writers,
        int readers,
        int replays,
        double rate,
        boolean producers,
        long fillBytes,
        boolean lastOnly,
        Duration warmup,
        Duration duration,
        Duration timeout,
        boolean check,
        boolean keep,
        @Nullable String token) {
    /// Most connections of one sort.
    public static final int CONNECTIONS_MAX = 100_000;

    /// Largest message, in bytes.
    public static final int MESSAGE_BYTES_MAX = 8 << 20;

    /// Most streams.
    public static final int STREAMS_MAX = MessageForm.LANES_MAX - 1;

    private static final double RATE_MAX = 10_000_000;
    private static final long FILL_BYTES_MAX = 100L << 30;

    /// @throws IllegalArgumentException if something is out of bounds; the message names it as the command
    ///     line does
    public LoadSettings {
        within("--size", messageBytes, MessageForm.bytesMin(kind), MESSAGE_BYTES_MAX);
        within("--streams", streams, 1, STREAMS_MAX);
        within("--connections", writers, 0, CONNECTIONS_MAX);
        within("--readers", readers, 0, CONNECTIONS_MAX);
        within("--replays", replays, 0, CONNECTIONS_MAX);
        within("--fill", fillBytes, 0, FILL_BYTES_MAX);
        within("--duration", duration.toSeconds(), 1, Duration.ofDays(7).toSeconds());
        within("--warmup", warmup.toSeconds(), 0, Duration.ofDays(1).toSeconds());
        within("--timeout", timeout.toSeconds(), 1, Duration.ofHours(1).toSeconds());
        if (!(rate >= 0 && rate <= RATE_MAX)) {
            throw new IllegalArgumentException(
                    "--rate must be from 0 to " + (long) RATE_MAX + " a second");
        }
    }

    private static void within(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    name + " must be from " + min + " to " + max + ", not " + value);
        }
    }
}
