package dev.siltstone.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JournalInspectionTest {
    private static final Path DIRECTORY = Path.of("/journal");
    private static final JournalSettings SETTINGS =
            JournalSettings.ofFileBytes(4096).withoutBackground();
    private static final Path FIRST = DIRECTORY.resolve("00000000000000000000.journal");

    private final SimulatedDisk disk = new SimulatedDisk();
    private Journal journal;

    @BeforeEach
    void open() throws IOException {
        journal = Journal.open(disk, DIRECTORY, SETTINGS, new SplittableRandom(1), new Replayed());
    }

    @Test
    void tellsEverythingInAFile() throws IOException {
        append("one", "two");
        journal.mark();

        assertThat(inspectFile(FIRST))
                .containsExactly(
                        "Header start 0 last true",
                        "Batch at 0, file position 64, durable end 0, 2 entries",
                        "Entry at 28, file position 92: one",
                        "Entry at 39, file position 103: two",
                        "Batch at 64, file position 128, durable end 64, 0 entries",
                        "End at 96, after mark true");
    }

    @Test
    void tellsAllFilesOfADirectory() throws IOException {
        while (journal.fileStarts().size() < 3) {
            append("x".repeat(1000));
        }
        List<String> facts = new ArrayList<>();
        JournalInspection.inspectDirectory(disk, DIRECTORY, fact -> facts.add(text(fact)));

        assertThat(facts.stream().filter(fact -> fact.startsWith("Header")))
                .containsExactly(
                        "Header start 0 last false",
                        "Header start %d last false".formatted(journal.fileStarts().get(1)),
                        "Header start %d last true".formatted(journal.fileStarts().get(2)));
        assertThat(inspectFile(FIRST))
                .endsWith("End at %d, after mark false".formatted(journal.fileStarts().get(1)));
    }

    @Test
    void tellsATornBatch() throws IOException {
        append("one");
        long end = journal.durableEnd();
        disk.fail(Operation.WRITE, 1, "half");
        JournalTest.stage(journal, "torn".repeat(50));
        try {
            journal.commit();
        } catch (JournalFailedException e) {
            assertThat(e).hasMessageContaining("half");
        }

        assertThat(inspectFile(FIRST).getLast()).startsWith("Torn at %d, ".formatted(end));
    }

    @Test
    void tellsDamageAndGoesOnWithTheNextFile() throws IOException {
        while (journal.fileStarts().size() < 2) {
            append("x".repeat(1000));
        }
        disk.flipBit(FIRST, 8 * 500);
        List<String> facts = new ArrayList<>();
        JournalInspection.inspectDirectory(disk, DIRECTORY, fact -> facts.add(text(fact)));

        assertThat(facts)
                .contains(
                        "Damaged at 28, file position 92: the checksum of the entry does not match")
                .contains("Header start %d last true".formatted(journal.activeFileStart()));
    }

    @Test
    void tellsABadHeader() throws IOException {
        disk.flipBit(FIRST, 8 * 20);

        assertThat(inspectFile(FIRST))
                .containsExactly(
                        "Damaged at 0, file position 0: the checksum of the file header does not match");
    }

    @Test
    void inspectsACopyUnderAnotherName() throws IOException {
        append("one");
        Path copy = Path.of("/elsewhere/copy");
        disk.put(copy, disk.bytes(FIRST));

        assertThat(inspectFile(copy)).startsWith("Header start 0 last true").hasSize(4);
    }

    @Test
    void changesNothing() throws IOException {
        append("one");
        int operations = operations();
        inspectFile(FIRST);

        assertThat(operations()).isEqualTo(operations);
    }

    private int operations() {
        int operations = 0;
        for (Operation operation : Operation.values()) {
            operations += disk.count(operation);
        }
        return operations;
    }

    private void append(String... texts) throws IOException {
        for (String text : texts) {
            JournalTest.stage(journal, text);
        }
        journal.commit();
    }

    private List<String> inspectFile(Path file) throws IOException {
        List<String> facts = new ArrayList<>();
        JournalInspection.inspectFile(
                disk,
                file,
                fact -> {
                    assertThat((Object) fact.file()).isEqualTo(file);
                    facts.add(text(fact));
                });
        return facts;
    }

    private static String text(JournalFact fact) {
        return switch (fact) {
            case JournalFact.Header header ->
                    "Header start %d last %s".formatted(header.start(), header.last());
            case JournalFact.Batch batch ->
                    "Batch at %d, file position %d, durable end %d, %d entries"
                            .formatted(
                                    batch.position(),
                                    batch.filePosition(),
                                    batch.durableEnd(),
                                    batch.entries());
            case JournalFact.Entry entry ->
                    "Entry at %d, file position %d: %s"
                            .formatted(
                                    entry.position(),
                                    entry.filePosition(),
                                    StandardCharsets.UTF_8.decode(entry.payload()));
            case JournalFact.End end ->
                    "End at %d, after mark %s".formatted(end.position(), end.afterMark());
            case JournalFact.Torn torn ->
                    "Torn at %d, %d bytes: %s"
                            .formatted(torn.position(), torn.bytes(), torn.reason());
            case JournalFact.Damaged damaged ->
                    "Damaged at %d, file position %d: %s"
                            .formatted(
                                    damaged.position(), damaged.filePosition(), damaged.reason());
        };
    }
}
