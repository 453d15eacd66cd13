package dev.siltstone.journal;

import dev.siltstone.io.Mutants;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A short run of [JournalFuzz].
class JournalFuzzTest {
    @Test
    void namesDamageOrReplaysAPrefix() {
        byte[] last = JournalFuzz.lastFile();
        List<byte[]> corpus =
                List.of(
                        last,
                        JournalFuzz.fullFile(),
                        Arrays.copyOf(last, JournalFormat.HEADER_BYTES),
                        new byte[last.length]);
        Mutants.feed(corpus, 2_000, JournalFuzz::fuzzerTestOneInput);
    }
}
