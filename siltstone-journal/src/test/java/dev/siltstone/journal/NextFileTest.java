package dev.siltstone.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// The next file is prepared by a thread of its own while the leader takes the one before.
class NextFileTest {
    private static final Path DIRECTORY = Path.of("/data/journal");
    private static final JournalSettings SETTINGS =
            JournalSettings.ofFileBytes(4096).withFreeBytesReserve(0);

    private final SimulatedDisk disk = new SimulatedDisk();
    private int appended;
    private int replayed;

    /// Once the file under preparation had the name that the taken one still had, and replaced it.
    @Test
    void keepsTheTakenFileApartFromTheOneThatIsPreparedMeanwhile() throws Exception {
        Journal journal = open();
        SimulatedDisk.Stall rename = disk.stall(Operation.RENAME, 1);
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Thread leader =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                appendUntilTheNextFile(journal);
                            } catch (Throwable e) {
                                failed.set(e);
                            }
                        });
        rename.awaitReached();
        while (disk.count(Operation.CREATE) < 3) { // the first, the taken, the one after
            Thread.onSpinWait();
        }
        rename.release();
        leader.join();

        assertThat(failed.get()).isNull();
        assertThat(journal.fileStarts()).hasSize(2);
        journal.close();
        open().close();
        assertThat(replayed).isEqualTo(appended);
    }

    private void appendUntilTheNextFile(Journal journal) throws JournalFailedException {
        long first = journal.activeFileStart();
        while (journal.activeFileStart() == first) {
            assertThat(journal.room(100)).isEqualTo(Journal.Room.FITS);
            journal.beginEntry(100).put(new byte[100]);
            journal.endEntry();
            journal.commit();
            appended++;
        }
    }

    private Journal open() throws Exception {
        replayed = 0;
        return Journal.open(
                disk,
                DIRECTORY,
                SETTINGS,
                new Random(1),
                new JournalReplay() {
                    @Override
                    public void file(long start) {}

                    @Override
                    public void entry(long position, ByteBuffer payload) {
                        replayed++;
                    }
                });
    }
}
