package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
    @TempDir Path directory;

    @Test
    void keepsNothingOfStreamsThatWereRemovedOnceThatIsSettled() throws Exception {
        var state = new LogState();
        var streams =
                new Streams(
                        new Reads(Reads.Settled.NOTHING), InstantSource.system(), _ -> {}, true);
        var residents =
                new Residents(state, streams, 0, ResidencySettings.defaults(), Long.MAX_VALUE);
        var catalog = new LazyCatalog(directory, CatalogSettings.defaults().unforced());
        var lookUp = new StreamLookUp(streams, catalog, () -> {});
        var recovery = new Recovery(state, streams, residents, lookUp, 0);
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

        residents.settled(100_501);
        assertThat(residents.tidy()).isFalse();
        assertThat(streams.count()).isZero();
    }

    private static ByteBuffer encoded(Entry entry) {
        ByteBuffer bytes = ByteBuffer.allocate(EntryFormat.bytesMax(entry));
        EntryFormat.encode(entry, bytes);
        return bytes.flip();
    }
}
