package dev.siltstone.system;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Kills the real process under load, many times over one data directory.
final class KillTest {
    private static final int ROUNDS =
            Integer.getInteger(
                    "siltstone.rounds", Boolean.getBoolean("siltstone.long") ? 2_000 : 50);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path data;

    @Test
    void keepsWhatItAcknowledgedWhereverItIsKilled() throws Exception {
        Seed seed = Seed.choose();
        try {
            new KillRounds(data, seed).run(ROUNDS);
        } catch (AssertionError | Exception e) {
            throw new AssertionError(seed.howToRepeat(KillTest.class), e);
        }
    }
}
