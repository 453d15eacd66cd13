package dev.siltstone.layer.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.layer.Digest;
import dev.siltstone.layer.PullSettings;
import dev.siltstone.layer.Pushed;
import dev.siltstone.layer.TarPath;
import dev.siltstone.layer.tree.ExtractionSettings;
import dev.siltstone.layer.tree.SpecialTree;
import dev.siltstone.layer.tree.TreeArchive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class TreePushPullTest {
    private static final int LARGE_BYTES = 12 << 20;

    @TempDir Path directory;
    private Path tree;
    private Path copy;
    private DirectoryFixture fixture;

    @BeforeEach
    void prepare() throws IOException {
        tree = Files.createDirectory(directory.resolve("tree"));
        copy = directory.resolve("copy");
        fixture = new DirectoryFixture(directory.resolve("memory"));
    }

    private void makeFiles() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 300; i++) {
            Path parent = Files.createDirectories(tree.resolve("d" + i % 7));
            byte[] bytes = new byte[random.nextInt(20_000)];
            random.nextBytes(bytes);
            Files.write(parent.resolve("f" + i), bytes);
        }
        byte[] large = new byte[LARGE_BYTES];
        random.nextBytes(large);
        Files.write(tree.resolve("large"), large);
        try (RandomAccessFile sparse =
                new RandomAccessFile(tree.resolve("sparse").toFile(), "rw")) {
            sparse.write(1);
            sparse.seek(9 << 20);
            sparse.write(1);
            sparse.setLength(24 << 20);
        }
    }

    @Test
    void aTreeOfEveryOddKindComesBack() throws IOException {
        SpecialTree.make(tree);
        fixture.push(tree, "special");

        fixture.pull("special", copy, ExtractionSettings.DEFAULT);

        assertThat(TreeArchive.bytes(copy)).isEqualTo(TreeArchive.bytes(tree));
        assertThat(fixture.layers().verify().findings()).isEmpty();
        assertThat(fixture.push(copy, "again").identity())
                .isEqualTo(fixture.layers().open("special").info().identity());
    }

    @Test
    void holesComeBackAndKeepTheIdentity() throws IOException {
        makeFiles();
        Pushed pushed = fixture.push(tree, "a");
        fixture.pull("a", copy, ExtractionSettings.DEFAULT);

        assertThat(TreeArchive.bytes(copy)).isEqualTo(TreeArchive.bytes(tree));
        Pushed again = fixture.push(copy, "b");
        assertThat(again.identity()).isEqualTo(pushed.identity());
        assertThat(fixture.progress.readBytes()).isLessThan(20 << 20);
    }

    @Test
    void anUnchangedPushReadsNothingAndAsksAtMostThreeTimes() throws IOException {
        makeFiles();
        Pushed first = fixture.push(tree, "a");
        long before = fixture.requests();

        Pushed second = fixture.push(tree, "a");

        assertThat(fixture.requests() - before).isLessThanOrEqualTo(3);
        assertThat(second.isNew()).isFalse();
        assertThat(second.identity()).isEqualTo(first.identity());
        assertThat(fixture.progress.readBytes()).isZero();
        assertThat(fixture.warnings).isEmpty();
    }

    private Map<String, Object> memoryInodes() throws IOException {
        Map<String, Object> inodes = new TreeMap<>();
        try (var files = Files.list(directory.resolve("memory"))) {
            for (Path file : files.filter(f -> f.toString().endsWith("s")).toList()) {
                inodes.put("" + file.getFileName(), Files.getAttribute(file, "unix:ino"));
            }
        }
        return inodes;
    }

    @Test
    void aMemoryThatToldAllStaysAndOneThatDidNotIsReplaced() throws IOException {
        makeFiles();
        fixture.push(tree, "a");
        Map<String, Object> first = memoryInodes();
        fixture.push(tree, "a");
        assertThat(memoryInodes()).hasSize(2).isEqualTo(first);

        for (String damaged : first.keySet()) {
            Path file = directory.resolve("memory").resolve(damaged);
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
            Map<String, Object> before = memoryInodes();
            fixture.push(tree, "a");
            assertThat(memoryInodes()).doesNotContainEntry(damaged, before.get(damaged));
            fixture.push(tree, "a");
            assertThat(fixture.progress.readBytes()).as("after %s was damaged", damaged).isZero();
        }
    }

    @Test
    void aChangeSendsLittle() throws IOException {
        makeFiles();
        fixture.push(tree, "a");
        Files.writeString(tree.resolve("d3/f3"), "changed");
        try (RandomAccessFile large = new RandomAccessFile(tree.resolve("large").toFile(), "rw")) {
            large.seek(LARGE_BYTES / 2);
            large.write(new byte[4096]);
        }
        Files.delete(tree.resolve("d2/f2"));
        Files.writeString(tree.resolve("d1/new"), "new");

        Pushed pushed = fixture.push(tree, "a");

        assertThat(pushed.isNew()).isTrue();
        assertThat(pushed.sentBytes()).isLessThan(6 << 20);
        assertThat(fixture.progress.readBytes()).isLessThan(16 << 20);
        fixture.pull("a", copy, ExtractionSettings.DEFAULT);
        assertThat(TreeArchive.bytes(copy)).isEqualTo(TreeArchive.bytes(tree));
        assertThat(fixture.push(tree, "fresh", directory.resolve("other")).identity())
                .isEqualTo(pushed.identity());
    }

    @Test
    void anEditWhoseTimeIsSetBackIsSeen() throws IOException {
        makeFiles();
        Path file = tree.resolve("d0/f0");
        Files.writeString(file, "one");
        FileTime time = Files.getLastModifiedTime(file);
        fixture.push(tree, "a");
        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, time);

        fixture.push(tree, "a");

        assertThat(cat("a", "d0/f0")).isEqualTo("two");
    }

    @Test
    void aLostOrDamagedMemoryCostsReadsOnly() throws IOException {
        makeFiles();
        Digest identity = fixture.push(tree, "a").identity();
        try (var files = Files.list(directory.resolve("memory"))) {
            for (Path file : files.filter(f -> f.toString().endsWith("s")).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            }
        }
        Pushed damaged = fixture.push(tree, "a");
        assertThat(damaged.identity()).isEqualTo(identity);
        assertThat(damaged.newFrames()).isZero();

        Pushed lost = fixture.push(tree, "a", directory.resolve("other"));
        assertThat(lost.identity()).isEqualTo(identity);
        assertThat(lost.newFrames()).isZero();
    }

    @Test
    void replacesATreeOnlyIfAsked() throws IOException {
        Files.writeString(tree.resolve("file"), "new");
        fixture.push(tree, "a");
        Files.createDirectory(copy);
        Files.writeString(copy.resolve("old"), "old");

        assertThatThrownBy(() -> fixture.pull("a", copy, ExtractionSettings.DEFAULT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("copy");
        fixture.pull("a", copy, ExtractionSettings.DEFAULT.replacing());

        assertThat(copy.resolve("old")).doesNotExist();
        assertThat(copy.resolve("file")).hasContent("new");
    }

    @Test
    void printsOneFileAndFollowsHardLinks() throws IOException {
        makeFiles();
        Files.writeString(tree.resolve("a"), "linked");
        Files.createLink(tree.resolve("b"), tree.resolve("a"));
        Files.writeString(tree.resolve(" before the root"), "sorted");
        fixture.push(tree, "a");

        long before = fixture.requests();
        assertThat(cat("a", "b")).isEqualTo("linked");
        assertThat(fixture.requests() - before).isLessThanOrEqualTo(6);
        assertThat(cat("a", " before the root")).isEqualTo("sorted");
        assertThat(fixture.layers().open("a").isSorted()).isTrue();
        assertThatThrownBy(() -> cat("a", "none")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> cat("a", "d1")).hasMessageContaining("no content");
    }

    private String cat(String name, String path) throws IOException {
        var out = new ByteArrayOutputStream();
        LayerFile.copy(fixture.layers().open(name), TarPath.of(path), out);
        return out.toString(UTF_8);
    }

    @Test
    void theTarGoesOnFromAnyByte() throws IOException {
        makeFiles();
        fixture.push(tree, "a");
        byte[] whole = TreeArchive.bytes(tree);
        for (int start : new int[] {0, 512, 1_000_448, 30 << 20, whole.length}) {
            try (var tar = fixture.layers().open("a").tarAt(start, PullSettings.defaults())) {
                assertThat(tar.position()).isZero();
                byte[] bytes = tar.readNBytes(4096);
                assertThat(bytes)
                        .isEqualTo(
                                java.util.Arrays.copyOfRange(
                                        whole, start, Math.min(whole.length, start + 4096)));
                assertThat(tar.position()).isEqualTo(bytes.length);
            }
        }
    }
}
