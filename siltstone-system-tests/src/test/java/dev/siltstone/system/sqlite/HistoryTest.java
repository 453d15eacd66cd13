package dev.siltstone.system.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryTest {
    @TempDir Path directory;

    private History history;

    @BeforeEach
    void begins() throws IOException {
        history = History.create(directory.resolve("history"));
        history.add(0, "empty");
    }

    @AfterEach
    void closes() throws IOException {
        history.close();
    }

    @Test
    void knowsAnUnfinishedTransactionAsTriedOnly() {
        history.add(1, "a");

        assertThat(history.committed()).isZero();
        assertThat(history.hashAt(1)).contains("a");
        assertThat(history.hashAt(2)).isEmpty();
    }

    @Test
    void takesTheLastOfSeveralTriesForWhatHappened() {
        history.add(1, "rolled back");
        history.add(1, "killed");
        history.add(1, "committed");
        history.add(2, "b");

        assertThat(history.committed()).isEqualTo(1);
        assertThat(history.hashAt(1)).contains("committed");
        assertThat(history.wasGivenUp(1, "killed")).isTrue();
        assertThat(history.wasGivenUp(1, "committed")).isFalse();
        assertThat(history.wasGivenUp(1, "something else")).isFalse();
        assertThat(history.givenUp()).isEqualTo(2);
    }

    @Test
    void refusesACounterThatLeapsOrFalls() {
        history.add(1, "a");

        assertThatThrownBy(() -> history.add(3, "c"))
                .hasMessageContaining("3 came after counter 1");
        assertThatThrownBy(() -> history.add(0, "z"))
                .hasMessageContaining("0 came after counter 1");
    }

    @Test
    void waitsForACounterOnlySoLong() throws Exception {
        history.add(1, "a");
        history.add(2, "b");

        assertThat(history.awaitCommitted(1, Duration.ofMinutes(1))).isTrue();
        assertThat(history.awaitCommitted(2, Duration.ofMillis(1))).isFalse();
    }

    @Test
    void isInAFileAtOnce() throws Exception {
        history.add(1, "a");

        assertThat(Files.readAllLines(directory.resolve("history")))
                .containsExactly("0 empty", "1 a");
    }
}
