package dev.siltstone.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.RealDisk;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest extends ObjectStoreContract {
    @TempDir Path temporary;

    private final ManualClock clock = new ManualClock();
    private final Random random = new Random(1);

    @Override
    protected ObjectStore open() throws IOException {
        return DirectoryStore.open(new RealDisk(), root(), clock, random);
    }

    private Path root() {
        return temporary.resolve("new/store");
    }

    @Test
    void keepsObjectsAsFiles() throws IOException {
        store().put(key("a/b"), text("hello"), PutOptions.NONE);
        Files.writeString(root().resolve("a/foreign"), "by somebody else");

        assertThat(Files.readString(root().resolve("a/b"))).isEqualTo("hello");
        assertThat(list("", null)).containsExactly("a/b", "a/foreign");
        assertThat(read("a/foreign")).isEqualTo("by somebody else");
        try (var files = Files.list(root().resolve("a"))) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void anObjectThatIsDeletedWhileItIsPutWasPut() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        DirectoryStore store = DirectoryStore.open(disk, Path.of("/store"), clock, random);
        disk.observe((operation, path) -> {
            if (operation == Operation.LINK || operation == Operation.RENAME) {
                try {
                    disk.delete(path); // by a collector in another process
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });

        assertThat(store.putIfAbsent(key("a/b"), text("hello"), PutOptions.NONE))
                .isInstanceOf(PutOutcome.Created.class);
        assertThat(store.put(key("a/c"), text("hello"), PutOptions.NONE)).isNotEmpty();
        assertThat(store.list("", null).objects()).isEmpty();
    }

    @Test
    void sweepsStagingFilesThatAreOld() throws IOException {
        store().put(key("a/b"), text("hello"), PutOptions.NONE);
        String name = ".siltstone-%016x-0000000000000001.tmp";
        Path left = root().resolve("a").resolve(name.formatted(clock.millis()));
        Files.writeString(left, "half");
        clock.advance(Duration.ofMinutes(61));
        Path fresh = root().resolve("a").resolve(name.formatted(clock.millis()));
        Files.writeString(fresh, "half");

        assertThat(list("", null)).containsExactly("a/b");
        open().close();

        assertThat(left).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void refusesItsOwnNamesAsKeys() {
        for (String name : List.of(".siltstone-x", "a/.siltstone-uploads/b")) {
            assertThatThrownBy(() -> store().put(key(name), text("x"), PutOptions.NONE))
                    .isInstanceOf(StoreRefusedException.class)
                    .hasMessageContaining(name);
        }
    }

    @Test
    void saysWhenAFileIsInTheWay() throws IOException {
        store().put(key("a/b"), text("x"), PutOptions.NONE);

        assertThatThrownBy(() -> store().put(key("a"), text("x"), PutOptions.NONE))
                .isInstanceOf(StoreRefusedException.class)
                .hasMessageContaining("a is a directory");
        assertThatThrownBy(() -> store().put(key("a/b/c"), text("x"), PutOptions.NONE))
                .isInstanceOf(StoreRefusedException.class)
                .hasMessageContaining("a part of a/b/c is a file");
    }

    @Test
    void opensOnlyADirectoryForReading() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "x");
        RealDisk disk = new RealDisk();

        assertThatThrownBy(() ->
                        DirectoryStore.openForReading(
                                disk, temporary.resolve("none"), clock, random))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> DirectoryStore.openForReading(disk, file, clock, random))
                .isInstanceOf(NotDirectoryException.class);
        store().put(key("a"), text("x"), PutOptions.NONE);
        try (ObjectStore reading = DirectoryStore.openForReading(disk, root(), clock, random)) {
            assertThat(reading.list("", null).objects()).hasSize(1);
        }
    }

    @Test
    void goesOnWithAnUploadAfterARestart() throws IOException {
        UploadId upload =
                store().startUpload(
                                key("a"), PutOptions.NONE.and("name", "value").at(clock.instant()));
        UploadedPart one = store().putPart(upload, 1, text("one "));
        try (ObjectStore again = open()) {
            UploadedPart two = again.putPart(upload, 2, text("two"));
            assertThat(again.listParts(upload)).containsExactly(one, two);
            again.completeUpload(upload, List.of(one, two));
        }

        assertThat(read("a")).isEqualTo("one two");
        assertThat(store().head(key("a")).modified()).isEqualTo(clock.instant());
        try (var left = Files.list(root().resolve(".siltstone-uploads"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void doesNotFollowAnUploadIdOutOfItsFolder() {
        assertThatThrownBy(() -> store().listParts(new UploadId(key("a"), "../../etc", "")))
                .isInstanceOf(NoSuchUploadException.class);
    }
}
