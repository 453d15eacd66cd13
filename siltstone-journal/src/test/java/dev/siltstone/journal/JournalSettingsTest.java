package dev.siltstone.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalSettingsTest {
    @Test
    void takesBodiesOf16MebibytesByDefault() {
        JournalSettings settings = JournalSettings.defaults();

        assertThat(settings.fileBytes()).isEqualTo(64L << 20);
        assertThat(settings.entryBytesMax()).isGreaterThan(16 << 20);
        assertThat(settings.freeBytesReserve()).isEqualTo(settings.fileBytes());
    }

    @ParameterizedTest
    @ValueSource(longs = {4096, 8192, 12 << 10, 1 << 20})
    void letsTheLargestEntryIntoAnEmptyFile(long fileBytes) throws IOException {
        JournalSettings settings = JournalSettings.ofFileBytes(fileBytes).withoutBackground();
        try (Journal journal =
                Journal.open(
                        new SimulatedDisk(),
                        Path.of("/journal"),
                        settings,
                        new SplittableRandom(1),
                        new Replayed())) {
            JournalTest.stage(journal, "x".repeat(settings.entryBytesMax()));
            journal.commit();
            journal.mark();

            assertThat(journal.fileStarts()).hasSize(1);
            assertThat(journal.durableEnd())
                    .isLessThanOrEqualTo(fileBytes - JournalFormat.HEADER_BYTES);
        }
    }

    @Test
    void refusesSizesThatCannotWork() {
        assertThatThrownBy(() -> JournalSettings.ofFileBytes(4095))
                .isInstanceOf(IllegalArgumentException.class);
        JournalSettings small = JournalSettings.ofFileBytes(4096);
        assertThatThrownBy(() -> small.withBatchBytesMax(4096))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> small.withEntryBytesMax(small.entryBytesMax() + 32))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> small.withOpenFilesMax(0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
