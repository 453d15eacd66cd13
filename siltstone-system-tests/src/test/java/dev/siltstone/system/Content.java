package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// What a stream holds, read chunk by chunk to its end.
///
/// @param text of all chunks from the offset on, put together
/// @param next offset at the end
/// @param closed whether the stream ends there
record Content(String text, String next, boolean closed) {
    private static final int CHUNKS_MAX = 100_000;

    static Content read(HttpConnection connection, String path) throws IOException {
        return readFrom(connection, path, "-1");
    }

    static Content readFrom(HttpConnection connection, String path, String offset)
            throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        String at = offset;
        for (int i = 0; i < CHUNKS_MAX; i++) {
            HttpConnection.Answer answer = connection.get(path + "?offset=" + at);
            assertThat(answer.status()).as("GET %s at %s: %s", path, at, answer).isEqualTo(200);
            all.writeBytes(answer.body());
            at = answer.nextOffset();
            if (answer.upToDate() || answer.closed()) {
                return new Content(all.toString(StandardCharsets.UTF_8), at, answer.closed());
            }
        }
        throw new AssertionError(path + " does not end");
    }
}
