package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Creates streams, appends to them and closes each with a last message in the same request, every other
/// time as a producer. The last message and the closure must be there together or not at all.
final class Closer implements Customer {
    private static final String CLOSING = "end;";
    private static final int APPENDS = 3;

    private static final class Closing {
        final String path;
        final boolean producer;
        boolean created;
        int attempted;
        int acknowledged;
        boolean closingAttempted;
        boolean closed;

        Closing(String path, boolean producer) {
            this.path = path;
            this.producer = producer;
        }

        String[] headers(boolean close) {
            List<String> headers = new ArrayList<>(List.of("Content-Type", "text/plain"));
            if (producer) {
                headers.addAll(List.of("Producer-Id", "closer", "Producer-Epoch", "0"));
                int sequence = close ? APPENDS : attempted - 1;
                headers.addAll(List.of("Producer-Seq", Integer.toString(sequence)));
            }
            if (close) {
                headers.addAll(List.of("Stream-Closed", "true"));
            }
            return headers.toArray(String[]::new);
        }
    }

    private final String prefix;
    private final Progress progress;
    private final List<Closing> closings = new ArrayList<>();

    Closer(String prefix, Progress progress) {
        this.prefix = prefix;
        this.progress = progress;
    }

    @Override
    public void step(HttpConnection connection) throws IOException {
        int number = closings.size();
        Closing closing = new Closing(prefix + number, number % 2 == 0);
        closings.add(closing);
        expect(201, connection.put(closing.path, "", "Content-Type", "text/plain"));
        closing.created = true;
        while (closing.acknowledged < APPENDS) {
            closing.attempted++;
            expect(appended(closing), connection.post(closing.path, "m;", closing.headers(false)));
            closing.acknowledged++;
            progress.acknowledged();
        }
        closing.closingAttempted = true;
        HttpConnection.Answer answer =
                connection.post(closing.path, CLOSING, closing.headers(true));
        expect(appended(closing), answer);
        assertThat(answer.closed()).as("the closing answer: %s", answer).isTrue();
        closing.closed = true;
        progress.acknowledged();
    }

    private static int appended(Closing closing) {
        return closing.producer ? 200 : 204;
    }

    private static void expect(int status, HttpConnection.Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    }

    @Override
    public void check(HttpConnection connection) throws IOException {
        for (Closing closing : closings) {
            HttpConnection.Answer head = connection.head(closing.path);
            if (head.status() == 404) {
                assertThat(closing.created).as("%s is not there", closing.path).isFalse();
            } else {
                check(connection, closing, head.closed());
            }
        }
    }

    private static void check(HttpConnection connection, Closing closing, boolean closed)
            throws IOException {
        String text = Content.read(connection, closing.path).text();
        boolean ended = text.endsWith(CLOSING);
        assertThat(closed)
                .as("%s holds '%s': closed as its closing message is there", closing.path, text)
                .isEqualTo(ended);
        if (closing.closed) {
            assertThat(closed).as("%s was closed and acknowledged", closing.path).isTrue();
        }
        if (closed) {
            assertThat(closing.closingAttempted).as("%s is closed", closing.path).isTrue();
        }
        String messages = ended ? text.substring(0, text.length() - CLOSING.length()) : text;
        assertThat(messages).matches("(m;)*");
        assertThat(messages.length() / 2)
                .as("messages of %s", closing.path)
                .isBetween(closing.acknowledged, closing.attempted);
        if (closing.closingAttempted && !closing.closed && (closing.producer || !closed)) {
            closeAgain(connection, closing, closed);
        }
    }

    /// What a client does that got no answer: the same again, which has no second effect.
    private static void closeAgain(HttpConnection connection, Closing closing, boolean wasClosed)
            throws IOException {
        HttpConnection.Answer answer =
                connection.post(closing.path, CLOSING, closing.headers(true));
        expect(wasClosed ? 204 : appended(closing), answer);
        assertThat(answer.closed()).isTrue();
        closing.closed = true;
        assertThat(Content.read(connection, closing.path).text())
                .isEqualTo("m;".repeat(closing.acknowledged) + CLOSING);
    }
}
