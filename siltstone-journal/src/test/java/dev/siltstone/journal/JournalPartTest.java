package dev.siltstone.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.SimulatedDisk;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Parts of the log are shown again, and full files live on under another name.
class JournalPartTest {
    private static final Path DIRECTORY = Path.of("/data/journal");
    private static final Path ELSEWHERE = Path.of("/data/elsewhere");
    private static final JournalSettings SMALL =
            JournalSettings.ofFileBytes(4096).withoutBackground().withRecycledFilesMax(2);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final List<String> shown = new ArrayList<>();
    private Journal journal;

    @BeforeEach
    void open() throws IOException {
        disk.createDirectories(ELSEWHERE);
        journal = Journal.open(disk, DIRECTORY, SMALL, new SplittableRandom(1), new Replayed());
    }

    @AfterEach
    void close() throws IOException {
        journal.close();
    }

    @Test
    void showsTheEntriesBetweenTwoBatches() throws IOException {
        append("one");
        long from = journal.durableEnd();
        append("two");
        append("three");
        long to = journal.durableEnd();
        append("four");

        journal.scan(from, to, this::show);
        assertThat(shown).containsExactly("two", "three");
    }

    @Test
    void showsNothingBetweenAPlaceAndItself() throws IOException {
        append("one");
        journal.scan(journal.durableEnd(), journal.durableEnd(), this::show);
        assertThat(shown).isEmpty();
    }

    @Test
    void showsTheRestOfAFullFileUpToItsEnd() throws IOException {
        append("one");
        long from = journal.durableEnd();
        fillOneFile();

        journal.scan(from, journal.fileEnd(from), this::show);
        assertThat(shown).isNotEmpty().doesNotContain("one");
        assertThat(journal.fileEnd(from)).isEqualTo(journal.activeFileStart());
    }

    @Test
    void refusesAPartThatIsNotDurableOrSpansFiles() throws IOException {
        append("one");
        assertThatThrownBy(() -> journal.scan(0, journal.durableEnd() + 32, this::show))
                .isInstanceOf(EOFException.class);
        fillOneFile();
        assertThatThrownBy(() -> journal.scan(0, journal.activeFileStart() + 32, this::show))
                .isInstanceOf(EOFException.class);
    }

    @Test
    void namesDamageInAPartAndShowsNothingOfItsBatch() throws IOException {
        append("one");
        long from = journal.durableEnd();
        append("two");
        disk.flipBit(journal.fileOf(0), 8 * (JournalFormat.HEADER_BYTES + from + 36));

        assertThatThrownBy(() -> journal.scan(from, journal.durableEnd(), this::show))
                .isInstanceOf(JournalDamagedException.class)
                .hasMessageContaining("00000000000000000000.journal")
                .hasMessageContaining("checksum");
        assertThat(shown).isEmpty();
    }

    @Test
    void aLinkedFileIsNeverWrittenAgain() throws IOException {
        fillOneFile();
        long end = journal.activeFileStart();
        Path linked = ELSEWHERE.resolve("linked");
        journal.link(0, linked);
        byte[] bytes = disk.bytes(linked);
        journal.dropBefore(end);
        for (int i = 0; i < 20; i++) {
            fillOneFile();
            journal.dropBefore(journal.activeFileStart());
        }

        assertThat(Arrays.equals(disk.bytes(linked), bytes)).isTrue();
        try (FullJournalFile file = FullJournalFile.open(disk, linked, 0, end)) {
            file.scan(0, end, this::show);
            assertThat(file.logId()).isEqualTo(journal.logId());
            assertThat(UTF_8.decode(file.readEntry(JournalFormat.BATCH_HEADER_BYTES)).toString())
                    .isEqualTo(shown.getFirst());
            ByteBuffer raw = ByteBuffer.allocate(4);
            file.read(raw, JournalFormat.BATCH_HEADER_BYTES + (long) Journal.ENTRY_HEADER_BYTES);
            assertThat(shown.getFirst()).startsWith(UTF_8.decode(raw.flip()).toString());
        }
    }

    @Test
    void filesAfterOneThatIsKeptAreNotFilledWithZeros() throws IOException {
        fillOneFile();
        journal.link(0, ELSEWHERE.resolve("linked"));
        journal.dropBefore(journal.activeFileStart());
        assertThat(disk.count(SimulatedDisk.Operation.RESERVE)).isZero();
        fillOneFile();
        fillOneFile();
        int reserved = disk.count(SimulatedDisk.Operation.RESERVE);
        assertThat(reserved).isPositive();

        journal.dropBefore(journal.activeFileStart());
        fillOneFile();
        fillOneFile();
        fillOneFile();
        fillOneFile();
        assertThat(disk.count(SimulatedDisk.Operation.RESERVE)).isEqualTo(reserved);
    }

    @Test
    void onlyFullFilesGetASecondNameAndOnlyAFreeOne() throws IOException {
        fillOneFile();
        Path taken = ELSEWHERE.resolve("taken");
        journal.link(0, taken);
        assertThatThrownBy(() -> journal.link(0, taken))
                .isInstanceOf(FileAlreadyExistsException.class);
        Path free = ELSEWHERE.resolve("free");
        assertThatThrownBy(() -> journal.link(journal.activeFileStart(), free))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(disk.exists(free)).isFalse();
    }

    private void fillOneFile() throws IOException {
        long active = journal.activeFileStart();
        for (int i = 0; journal.activeFileStart() == active; i++) {
            append("%d ".formatted(i).repeat(100));
        }
    }

    private void append(String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        assertThat(journal.room(bytes.length)).isEqualTo(Journal.Room.FITS);
        journal.beginEntry(bytes.length).put(bytes);
        journal.endEntry();
        journal.commit();
    }

    private void show(long position, ByteBuffer payload) {
        shown.add(UTF_8.decode(payload).toString());
    }
}
