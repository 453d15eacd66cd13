package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    @Test
    void keepsNothingOfStreamsThatWereRemoved() throws Exception {
        var state = new LogState(0, 0);
        var streams =
                new Streams(new Reads(Reads.Settled.NOTHING), InstantSource.system(), _ -> {});
        var recovery = new Recovery(state, streams);
        recovery.file(0);
        for (int i = 1; i <= 100; i++) {
            long position = 1000L * i;
            Entry created =
                    new Entry.Created(
                            i,
                            "same path",
                            "text/plain",
                            Lifetime.FOREVER,
                            false,
                            null,
                            Entry.Content.of(Payload.ofBytes(ByteBuffer.allocate(10))));
            recovery.entry(position, encoded(created));
            recovery.entry(position + 500, encoded(new Entry.Deleted(i, position)));
        }
        assertThat(state.streamCount()).isZero();
        assertThat(streams.count()).isZero();
    }

    private static ByteBuffer encoded(Entry entry) {
        ByteBuffer bytes = ByteBuffer.allocate(EntryFormat.bytesMax(entry));
        EntryFormat.encode(entry, bytes);
        return bytes.flip();
    }
}
