package dev.siltstone.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [Disk] does.
abstract class DiskContract {
    private static final int BLOCK = 4096;

    private Disk disk;
    private Path directory;

    abstract Disk disk();

    abstract Path directory();

    /// Takes a file's name away behind the disk's back.
    abstract void removeBehindItsBack(Path path) throws IOException;

    @BeforeEach
    void open() throws IOException {
        disk = disk();
        directory = directory();
        disk.createDirectories(directory);
    }

    @Test
    void readsBackWhatWasWritten() throws IOException {
        try (DiskFile file = disk.create(directory.resolve("a"))) {
            file.write(text("hello world"), 0);
            file.write(text("there"), 6);
            file.force();

            assertThat(read(file, 0, 100)).isEqualTo("hello there");
            assertThat(read(file, 6, 3)).isEqualTo("the");
            assertThat(file.size()).isEqualTo(11);
        }
        try (DiskFile file = disk.open(directory.resolve("a"))) {
            assertThat(read(file, 0, 100)).isEqualTo("hello there");
        }
    }

    @Test
    void readsBackWhatWasWrittenPastTheCache() throws IOException {
        Path path = directory.resolve("a");
        disk.create(path).close();
        ByteBuffer blocks = ByteBuffer.allocateDirect(3 * BLOCK).alignedSlice(BLOCK);
        for (int i = 0; i < 2 * BLOCK; i++) {
            blocks.put(i, (byte) (i % 251));
        }
        try (DiskFile file = disk.openPastCache(path)) {
            file.truncate(4 * BLOCK);
            file.write(text("under the blocks"), BLOCK);
            file.write(blocks.slice(0, 2 * BLOCK), BLOCK); // whole blocks
            file.write(text("over them"), 2 * BLOCK - 4); // not whole
            file.write(blocks.slice(0, BLOCK), 3 * BLOCK + 1); // nor at a block's place
            file.write(blocks.slice(1, BLOCK), 0); // nor as it lies in memory
            file.force();

            assertThat(file.path()).isEqualTo(path);
            assertThat(file.size()).isEqualTo(4 * BLOCK + 1);
            ByteBuffer found = ByteBuffer.allocate(5 * BLOCK);
            assertThat(file.read(found, 0)).isEqualTo(4 * BLOCK + 1);
            assertThat(found.get(0)).isEqualTo((byte) 1);
            assertThat(found.get(BLOCK + 250)).isEqualTo((byte) 250);
            assertThat(read(file, 2 * BLOCK - 4, 9)).isEqualTo("over them");
            assertThat(found.get(2 * BLOCK + 5)).isEqualTo((byte) ((BLOCK + 5) % 251));
            assertThat(found.get(3 * BLOCK + 1)).isZero();
            assertThat(found.get(4 * BLOCK)).isEqualTo((byte) ((BLOCK - 1) % 251));
        }
    }

    @Test
    void readsNothingPastTheEnd() throws IOException {
        try (DiskFile file = disk.create(directory.resolve("a"))) {
            file.write(text("hello"), 0);

            assertThat(file.read(ByteBuffer.allocate(4), 5)).isZero();
            assertThat(file.read(ByteBuffer.allocate(4), 500)).isZero();
            assertThat(file.read(ByteBuffer.allocate(4), 3)).isEqualTo(2);
        }
    }

    @Test
    void fillsGapsWithZeros() throws IOException {
        try (DiskFile file = disk.create(directory.resolve("a"))) {
            file.write(text("x"), 1000);
            file.force();

            assertThat(read(file, 0, 1000)).isEqualTo("\0".repeat(1000));
        }
    }

    @Test
    void reservesRoomThatReadsAsZeros() throws IOException {
        try (DiskFile file = disk.create(directory.resolve("a"))) {
            boolean can = file.reserve(100_000);

            assertThat(file.size()).isEqualTo(can ? 100_000 : 0);
            file.write(text("x"), 99_999);
            file.force();
            assertThat(read(file, 0, 100_000)).isEqualTo("\0".repeat(99_999) + "x");
        }
    }

    @Test
    void pushingChangesNothingThatCanBeRead() throws IOException {
        try (DiskFile file = disk.create(directory.resolve("a"))) {
            file.write(text("hello"), 10_000);
            boolean can = file.push(0, 10_005);

            assertThat(file.size()).as("pushed: " + can).isEqualTo(10_005);
            assertThat(read(file, 10_000, 100)).isEqualTo("hello");
        }
    }

    @Test
    void cutsAndExtends() throws IOException {
        try (DiskFile file = disk.create(directory.resolve("a"))) {
            file.write(text("hello"), 0);
            file.truncate(2);
            assertThat(read(file, 0, 100)).isEqualTo("he");
            file.truncate(4);
            assertThat(read(file, 0, 100)).isEqualTo("he\0\0");
            file.truncate(4);
            assertThat(file.size()).isEqualTo(4);
        }
    }

    @Test
    void createsOnlyWhatIsNotThere() throws IOException {
        disk.create(directory.resolve("a")).close();

        assertThatThrownBy(() -> disk.create(directory.resolve("a")))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("a");
    }

    @Test
    void opensOnlyWhatIsThere() {
        assertThatThrownBy(() -> disk.open(directory.resolve("a")))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.openForReading(directory.resolve("a")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void doesNotWriteWhatWasOpenedForReading() throws IOException {
        disk.create(directory.resolve("a")).close();
        try (DiskFile file = disk.openForReading(directory.resolve("a"))) {
            assertThatThrownBy(() -> file.write(text("x"), 0))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThat(file.size()).isZero();
        }
    }

    @Test
    void listsInTheOrderOfNames() throws IOException {
        for (String name : new String[] {"c", "a", "b"}) {
            disk.create(directory.resolve(name)).close();
        }
        disk.createDirectories(directory.resolve("d/e"));

        assertThat(disk.list(directory))
                .containsExactly(
                        directory.resolve("a"),
                        directory.resolve("b"),
                        directory.resolve("c"),
                        directory.resolve("d"));
        assertThat(disk.exists(directory.resolve("d/e"))).isTrue();
        assertThat(disk.exists(directory.resolve("e"))).isFalse();
    }

    @Test
    void renamesOverAFileAndFollowsItsIdentity() throws IOException {
        disk.create(directory.resolve("old")).close();
        try (DiskFile file = disk.create(directory.resolve("new"));
                DiskFile replaced = disk.open(directory.resolve("old"))) {
            file.write(text("new"), 0);
            disk.rename(directory.resolve("new"), directory.resolve("old"));
            disk.forceDirectory(directory);

            assertThat(disk.list(directory)).containsExactly(directory.resolve("old"));
            assertThat(file.isLinkedAt(directory.resolve("old"))).isTrue();
            assertThat(file.isLinkedAt(directory.resolve("new"))).isFalse();
            assertThat(replaced.isLinkedAt(directory.resolve("old"))).isFalse();
            assertThat(read(file, 0, 9)).isEqualTo("new");
        }
    }

    @Test
    void linksOnlyToANameThatIsFree() throws IOException {
        Path path = directory.resolve("a");
        Path second = directory.resolve("b");
        try (DiskFile file = disk.create(path)) {
            file.write(text("hello"), 0);
            disk.link(path, second);
            disk.delete(path);

            assertThat(file.isLinkedAt(second)).isTrue();
        }
        try (DiskFile file = disk.openForReading(second)) {
            assertThat(read(file, 0, 9)).isEqualTo("hello");
        }
        disk.create(path).close();
        assertThatThrownBy(() -> disk.link(path, second))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> disk.link(directory.resolve("none"), directory.resolve("c")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void knowsWhatANameLeadsTo() throws IOException {
        Path path = directory.resolve("a");
        try (DiskFile file = disk.create(path)) {
            file.write(text("hello"), 0);
        }
        disk.setModified(path, Instant.parse("2020-02-03T04:05:06.789Z"));

        assertThat(disk.facts(path))
                .isEqualTo(
                        new PathFacts(
                                true, false, 5, Instant.parse("2020-02-03T04:05:06.789Z"), 1));
        assertThat(disk.facts(directory).isDirectory()).isTrue();
        assertThatThrownBy(() -> disk.facts(directory.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void keepsAttributesWhereItSaysSo() throws IOException {
        Path path = directory.resolve("a");
        disk.create(path).close();
        assumeThat(disk.keepsAttributes(directory)).isTrue();
        assertThat(disk.attributes(path, "")).isEmpty();

        disk.setAttribute(path, "mine.one", "1");
        disk.setAttribute(path, "mine.one", "zwölf");
        disk.setAttribute(path, "other", "3");

        assertThat(disk.attributes(path, "mine.")).containsExactly(entry("mine.one", "zwölf"));
    }

    @Test
    void deletes() throws IOException {
        disk.create(directory.resolve("a")).close();
        disk.delete(directory.resolve("a"));
        disk.forceDirectory(directory);

        assertThat(disk.exists(directory.resolve("a"))).isFalse();
        assertThatThrownBy(() -> disk.delete(directory.resolve("a")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void readsARemovedFileThatIsStillOpen() throws IOException {
        Path path = directory.resolve("a");
        try (DiskFile file = disk.create(path)) {
            file.write(text("hello"), 0);
            assertThat(file.isLinkedAt(path)).isTrue();
            removeBehindItsBack(path);

            assertThat(file.isLinkedAt(path)).isFalse();
            assertThat(read(file, 0, 9)).isEqualTo("hello");
            disk.create(path).close();
            assertThat(file.isLinkedAt(path)).isFalse();
        }
    }

    @Test
    void locksOnce() throws IOException {
        Path path = directory.resolve("lock");
        try (DiskLock first = disk.lock(path)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> disk.lock(path))
                    .isInstanceOf(DiskLockedException.class)
                    .hasMessageContaining(path.toString());
        }
        disk.lock(path).close();
    }

    @Test
    void knowsHowMuchRoomThereIs() throws IOException {
        assertThat(disk.usableBytes(directory)).isPositive();
    }

    @Test
    void worksOnAnInterruptedThread() throws IOException {
        Thread.currentThread().interrupt();
        try (DiskFile file = disk.create(directory.resolve("a"))) {
            file.write(text("hello"), 0);
            file.force();
            disk.forceDirectory(directory);

            assertThat(read(file, 0, 9)).isEqualTo("hello");
        } finally {
            assertThat(Thread.interrupted()).as("the interrupt is still there").isTrue();
        }
    }

    @Test
    void refusesAClosedFile() throws IOException {
        DiskFile file = disk.create(directory.resolve("a"));
        file.close();
        file.close();

        assertThatThrownBy(() -> file.write(text("x"), 0)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0))
                .isInstanceOf(IOException.class);
    }

    static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    static String read(DiskFile file, long filePosition, int bytesMax) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytesMax);
        int read = file.read(target, filePosition);
        assertThat(target.position()).isEqualTo(read);
        return UTF_8.decode(target.flip()).toString();
    }
}
