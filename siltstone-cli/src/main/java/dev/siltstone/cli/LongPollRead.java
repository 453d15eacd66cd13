package dev.siltstone.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;

/// Follows a stream by long polls: each answer is written once all of it is here.
final class LongPollRead implements LiveRead {
    /// Longer than any server should hold a poll.
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final StreamClient client;
    private final StreamUrl url;
    private final OutputStream out;

    LongPollRead(StreamClient client, StreamUrl url, OutputStream out) {
        this.client = client;
        this.url = url;
        this.out = out;
    }

    @Override
    public void follow(Place place) throws IOException, CommandFailure, InterruptedException {
        try (Reply reply =
                client.send(client.request("GET", poll(place)).timeout(TIMEOUT).build())) {
            byte[] content = StreamClient.small(reply);
            OutputStream sink = new Content(reply.contentType()).sink(out);
            sink.write(content);
            sink.flush();
            place.advance(
                    reply.nextOffset(), reply.header("Stream-Cursor").orElse(null), reply.closed());
        }
    }

    private URI poll(Place place) {
        String cursor = place.cursor();
        return cursor == null
                ? url.with("live", "long-poll", "offset", place.offset())
                : url.with("cursor", cursor, "live", "long-poll", "offset", place.offset());
    }
}
