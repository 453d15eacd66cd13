package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.sqlite.ltx.LtxDamagedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every bit of every file of a plan, and every length it could have been cut to: the file is named, nothing has
/// the output's name, nothing is left. (A compressed page that is another one and yet yields the same page is no
/// damage to the format.)
class RestoreDamageTest {
    private static final Path OUTPUT = Path.of("/data/app.db");
    private static final boolean LONG = Boolean.getBoolean("siltstone.long");
    private static final List<RangeId> FILES =
            List.of(new RangeId(9, 1, 3), new RangeId(1, 4, 6), new RangeId(0, 7, 7));

    private final MadeHistory history;

    RestoreDamageTest() throws IOException {
        this.history = new MadeHistory(5, 512, 8).upTo(7);
    }

    private MadeReplica replica() throws IOException {
        return new MadeReplica(history, LitestreamNames.FILES)
                .put(9, 1, 3)
                .put(1, 4, 6)
                .put(0, 7, 7);
    }

    @Test
    void namesAFileWithAFlippedBit() throws IOException {
        for (RangeId id : FILES) {
            byte[] right = replica().bytes(id.level(), (int) id.first(), (int) id.last());
            int step = LONG ? 1 : 23;
            for (int bit = 0; bit < right.length * 8; bit += step) {
                byte[] wrong = right.clone();
                wrong[bit / 8] ^= (byte) (1 << bit % 8);
                assertNamed(id, wrong, "bit " + bit);
            }
        }
    }

    @Test
    void namesAFileThatWasCut() throws IOException {
        for (RangeId id : FILES) {
            byte[] right = replica().bytes(id.level(), (int) id.first(), (int) id.last());
            int step = LONG ? 1 : 29;
            for (int length = 0; length < right.length; length += step) {
                assertNamed(id, Arrays.copyOf(right, length), "cut to " + length);
            }
        }
    }

    @Test
    void namesAFileWithMoreAtItsEnd() throws IOException {
        for (RangeId id : FILES) {
            byte[] right = replica().bytes(id.level(), (int) id.first(), (int) id.last());
            assertNamed(id, Arrays.copyOf(right, right.length + 1), "one byte more");
        }
    }

    private void assertNamed(RangeId id, byte[] bytes, String what) throws IOException {
        MadeReplica replica = replica();
        int first = (int) id.first();
        int last = (int) id.last();
        replica.put(id.level(), first, last, bytes, "");
        SimulatedDisk disk = new SimulatedDisk();
        disk.createDirectories(OUTPUT.getParent());
        RestoreSettings settings = RestoreSettings.DEFAULT.withRangeBytes(1024).withParallelism(1);
        Restore restore = new Restore(replica.open(), disk, settings, RestoredPosition.NONE);
        try {
            restore.run(
                    RestoreRequest.of(new RestoreTarget.Latest(), OUTPUT), RestoreListener.NONE);
            assertThat(disk.bytes(OUTPUT)).as("%s, %s", id, what).isEqualTo(history.state(7));
            assertThat(bytes)
                    .as("%s, %s", id, what)
                    .hasSize(replica().bytes(id.level(), first, last).length);
            return;
        } catch (LtxDamagedException | ReplicaDamagedException e) {
            String message = e.getMessage();
            String key = replica.key(id.level(), first, last).value();
            if (!message.contains(key)) {
                throw new AssertionError(id + ", " + what + ": " + message, e);
            }
        }
        assertThat(disk.files()).as("%s, %s", id, what).isEmpty();
    }
}
