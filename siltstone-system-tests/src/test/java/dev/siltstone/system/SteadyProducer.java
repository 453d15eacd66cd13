package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A producer that never raises its epoch: after a kill it sends the same request again, with the same
/// sequence, until it is acknowledged. Every message must be there exactly once, for the whole test.
final class SteadyProducer implements Customer {
    private static final String EPOCH = "3";

    /// What the stream holds, and whether the producer also sends `Stream-Seq` (then it must be alone).
    enum Kind {
        TEXT,
        JSON,
        TEXT_WITH_STREAM_SEQ
    }

    private final String path;
    private final String id;
    private final Kind kind;
    private final Pattern mine;

    /// The request that is sent next, or again.
    private int sequence;

    private boolean sentBefore;
    private Progress progress = new Progress();
    private String checkedUpTo = "-1";
    private int checked;

    SteadyProducer(String path, String id, Kind kind) {
        this.path = path;
        this.id = id;
        this.kind = kind;
        this.mine = Pattern.compile(id + ":(\\d+)[;\"]");
    }

    /// Begins a round.
    void use(Progress newProgress) {
        progress = newProgress;
    }

    String path() {
        return path;
    }

    String contentType() {
        return kind == Kind.JSON ? "application/json" : "text/plain";
    }

    @Override
    public void step(HttpConnection connection) throws IOException {
        boolean again = sentBefore;
        sentBefore = true;
        HttpConnection.Answer answer = connection.post(path, message(), headers());
        if (again) {
            assertThat(answer.status()).as("a repeat: %s", answer).isIn(200, 204);
        } else {
            assertThat(answer.status()).as("a new request: %s", answer).isEqualTo(200);
        }
        assertThat(answer.header("Producer-Epoch")).isEqualTo(EPOCH);
        assertThat(answer.header("Producer-Seq")).isEqualTo(Integer.toString(sequence));
        sequence++;
        sentBefore = false;
        progress.acknowledged();
    }

    private String message() {
        return kind == Kind.JSON ? "\"" + id + ":" + sequence + "\"" : id + ":" + sequence + ";";
    }

    private String[] headers() {
        List<String> headers = new ArrayList<>(List.of("Content-Type", contentType()));
        headers.addAll(List.of("Producer-Id", id, "Producer-Epoch", EPOCH));
        headers.addAll(List.of("Producer-Seq", Integer.toString(sequence)));
        if (kind == Kind.TEXT_WITH_STREAM_SEQ) {
            headers.addAll(List.of("Stream-Seq", String.format(Locale.ROOT, "%09d", sequence)));
        }
        return headers.toArray(String[]::new);
    }

    @Override
    public void check(HttpConnection connection) throws IOException {
        Content content = Content.readFrom(connection, path, checkedUpTo);
        Matcher messages = mine.matcher(content.text());
        while (messages.find()) {
            assertThat(messages.group(1))
                    .as("next message of %s in %s", id, path)
                    .isEqualTo(Integer.toString(checked++));
        }
        assertThat(checked)
                .as("messages of %s in %s (one may be there without being acknowledged)", id, path)
                .isBetween(sequence, sentBefore ? sequence + 1 : sequence);
        checkedUpTo = content.next();
    }

    /// Checks the stream once more, from its beginning.
    void checkAll(HttpConnection connection) throws IOException {
        checkedUpTo = "-1";
        checked = 0;
        check(connection);
    }
}
