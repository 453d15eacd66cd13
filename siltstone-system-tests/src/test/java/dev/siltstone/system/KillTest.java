package dev.siltstone.system;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Kills the real process under load, many times over one data directory.
final class KillTest {
    private static final int ROUNDS =
            Integer.getInteger(
                    "siltstone.rounds", Boolean.getBoolean("siltstone.long") ? 2_000 : 6);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path data;

    @TempDir Path temporary;

    /// Its servers are niced: beside other work they get little of a busy machine, and still must get on, which
    /// each round checks for itself.
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    @Test
    void keepsWhatItAcknowledgedWhereverItIsKilled() throws Exception {
        Seed seed = Seed.choose();
        try {
            new KillRounds(data, temporary, seed).run(ROUNDS);
        } catch (AssertionError | Exception e) {
            throw new AssertionError(seed.howToRepeat(KillTest.class), e);
        }
    }
}
