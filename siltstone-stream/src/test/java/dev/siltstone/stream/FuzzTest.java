package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.Mutants;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A short run of the fuzz targets of this module.
class FuzzTest {
    @Test
    void takesWhatIsJsonAndNothingElse() throws IOException {
        Mutants.feed(corpus("json"), 4_000, JsonFuzz::fuzzerTestOneInput);
    }

    @Test
    void takesWhatIsAnOffsetAndNothingElse() throws IOException {
        Mutants.feed(corpus("offset"), 10_000, OffsetFuzz::fuzzerTestOneInput);
    }

    @Test
    void decodesEntriesOrSaysWhatIsWrong() throws IOException {
        Mutants.feed(corpus("entry"), 10_000, EntryFuzz::fuzzerTestOneInput);
    }

    private static List<byte[]> corpus(String name) throws IOException {
        List<byte[]> corpus = Mutants.corpus(name);
        assertThat(corpus).isNotEmpty();
        return corpus;
    }
}
