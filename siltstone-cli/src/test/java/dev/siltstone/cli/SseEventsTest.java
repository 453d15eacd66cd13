package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SseEventsTest {
    @Test
    void readsTypeAndData() throws IOException {
        assertThat(events("event: data\ndata:a\n\nevent:control\ndata: {}\n\n"))
                .containsExactly(
                        new SseEvents.Event("data", "a"), new SseEvents.Event("control", "{}"));
    }

    @Test
    void joinsLinesByNewlines() throws IOException {
        assertThat(events("event: data\r\ndata: a\r\ndata:  b\rdata:\n\n"))
                .containsExactly(new SseEvents.Event("data", "a\n b\n"));
    }

    @Test
    void skipsCommentsAndEventsWithoutData() throws IOException {
        assertThat(events(": hello\n\nevent: empty\n\nid: 7\ndata: x\n\n"))
                .containsExactly(new SseEvents.Event("message", "x"));
    }

    @Test
    void forgetsEventThatIsCutShort() throws IOException {
        assertThat(events("data: whole\n\nevent: data\ndata: half\n"))
                .containsExactly(new SseEvents.Event("message", "whole"));
    }

    private static List<SseEvents.Event> events(String text) throws IOException {
        SseEvents events = new SseEvents(new ByteArrayInputStream(text.getBytes(UTF_8)));
        List<SseEvents.Event> all = new ArrayList<>();
        for (SseEvents.Event event = events.next(); event != null; event = events.next()) {
            all.add(event);
        }
        return all;
    }
}
