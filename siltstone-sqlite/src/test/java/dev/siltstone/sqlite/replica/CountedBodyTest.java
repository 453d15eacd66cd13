package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.objectstore.ObjectBody;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CountedBodyTest {
    private final AtomicLong sent = new AtomicLong();
    private final ObjectBody body = new CountedBody(ObjectBody.of(new byte[100]), sent);

    @Test
    void whatIsSentAgainCountsOnce() throws IOException {
        ObjectBody part = body.region(20, 30);
        try (InputStream in = part.open()) {
            assertThat(in.readNBytes(10)).hasSize(10);
        }
        assertThat(sent).hasValue(10);
        for (int attempt = 0; attempt < 2; attempt++) {
            try (InputStream in = part.open()) {
                assertThat(in.readAllBytes()).hasSize(30);
            }
            assertThat(sent).hasValue(30);
        }
    }

    @Test
    void partsCountTogether() throws IOException {
        for (long start : new long[] {0, 50}) {
            try (InputStream in = body.region(start, 50).open()) {
                assertThat(in.readAllBytes()).hasSize(50);
            }
        }
        assertThat(sent).hasValue(100);
        assertThat(body.bytes()).isEqualTo(100);
    }
}
