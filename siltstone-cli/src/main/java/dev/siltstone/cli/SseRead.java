package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Follows a stream by server-sent events. Data is held back until the control event after it says where
/// it ends, so that nothing is written twice when the connection breaks in between.
final class SseRead implements LiveRead {
    private final StreamClient client;
    private final StreamUrl url;
    private final OutputStream sink;

    /// @param sink takes arrays, if the stream is JSON
    SseRead(StreamClient client, StreamUrl url, OutputStream sink) {
        this.client = client;
        this.url = url;
        this.sink = sink;
    }

    @Override
    public void follow(Place place) throws IOException, CommandFailure, InterruptedException {
        try (Reply reply = client.send(client.request("GET", events(place)).build())) {
            boolean base64 =
                    reply.header("Stream-SSE-Data-Encoding")
                            .filter("base64"::equalsIgnoreCase)
                            .isPresent();
            follow(new SseEvents(reply.body()), base64, place);
        }
    }

    private URI events(Place place) {
        String cursor = place.cursor();
        return cursor == null
                ? url.with("live", "sse", "offset", place.offset())
                : url.with("cursor", cursor, "live", "sse", "offset", place.offset());
    }

    private void follow(SseEvents events, boolean base64, Place place)
            throws IOException, CommandFailure {
        ByteArrayOutputStream held = new ByteArrayOutputStream();
        for (SseEvents.Event event = events.next(); event != null; event = events.next()) {
            switch (event.type()) {
                case "data" -> held.write(bytes(event.data(), base64));
                case "control" -> {
                    held.writeTo(sink);
                    sink.flush();
                    held.reset();
                    advance(place, event.data());
                    if (place.closed()) {
                        return;
                    }
                }
                default -> {}
            }
        }
    }

    private byte[] bytes(String data, boolean base64) throws CommandFailure {
        if (!base64) {
            return data.getBytes(UTF_8);
        }
        try {
            return Base64.getDecoder().decode(data.replace("\n", ""));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.FAILURE, url + ": a data event is not base64: " + e.getMessage(), e);
        }
    }

    private void advance(Place place, String control) throws CommandFailure {
        if (Json.read(control.getBytes(UTF_8)) instanceof Map<?, ?> facts
                && facts.get("streamNextOffset") instanceof String offset) {
            @Nullable String cursor =
                    facts.get("streamCursor") instanceof String text ? text : null;
            place.advance(offset, cursor, Boolean.TRUE.equals(facts.get("streamClosed")));
        } else {
            throw new CommandFailure(
                    ExitCode.FAILURE, url + ": a control event without an offset: " + control);
        }
    }
}
