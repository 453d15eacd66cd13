package dev.siltstone.layer.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.siltstone.io.DiskLockedException;
import dev.siltstone.io.RealDisk;
import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.FileOwnership;
import dev.siltstone.io.posix.FileStatus;
import dev.siltstone.io.posix.Identity;
import dev.siltstone.io.posix.PosixException;
import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattrs;
import dev.siltstone.layer.tar.EntryType;
import dev.siltstone.layer.tar.TarEntry;
import dev.siltstone.layer.tar.TarException;
import dev.siltstone.layer.tar.TarFormat;
import dev.siltstone.layer.tar.TarLimits;
import dev.siltstone.layer.tar.TarReader;
import dev.siltstone.layer.tar.Whiteouts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class TreeExtractionTest {
    private static final ExtractionSettings CANONICAL = ExtractionSettings.DEFAULT;
    private static final ExtractionSettings ANY_ORDER = CANONICAL.inAnyOrder();

    @TempDir Path directory;
    private Path destination;
    private Path outside;

    @BeforeEach
    void prepare() throws IOException {
        destination = directory.resolve("out");
        outside = Files.writeString(directory.resolve("outside"), "untouched");
    }

    private static TarEntry directory(String path) {
        return TarEntry.of(RawName.of(path), EntryType.DIRECTORY);
    }

    private static TarEntry file(String path, int bytes) {
        TarEntry one = TarEntry.of(RawName.of(path), EntryType.FILE);
        return new TarEntry(
                one.path(),
                one.type(),
                0644,
                Identity.user(),
                Identity.group(),
                bytes,
                1,
                0,
                new byte[0],
                0,
                0,
                List.of());
    }

    private static TarEntry symlink(String path, String target) {
        return new TarEntry(
                RawName.of(path),
                EntryType.SYMLINK,
                0777,
                0,
                0,
                0,
                1,
                0,
                RawName.of(target),
                0,
                0,
                List.of());
    }

    private static TarEntry hardLink(String path, String target) {
        return file(path, 0).asHardLinkTo(RawName.of(target));
    }

    private TreeExtraction open(ExtractionSettings settings) throws IOException {
        return TreeExtraction.open(
                new RealDisk(),
                destination,
                TreeArchive.IDENTITY,
                settings.withOwnership(Ownership.NONE),
                w -> {});
    }

    private void extract(ExtractionSettings settings, TarEntry... entries) throws IOException {
        try (TreeExtraction extraction = open(settings)) {
            try {
                for (TarEntry entry : entries) {
                    extraction.begin(entry);
                    extraction.write(new byte[(int) entry.bytes()], 0, (int) entry.bytes());
                }
                extraction.publish();
            } catch (IOException e) {
                extraction.abandon();
                throw e;
            }
        }
    }

    private void assertRefused(ExtractionSettings settings, String why, TarEntry... entries)
            throws IOException {
        assertThatThrownBy(() -> extract(settings, entries))
                .isInstanceOf(TarException.class)
                .hasMessageContaining(why);
        assertThat(destination).doesNotExist();
        assertThat(outside).hasContent("untouched");
        assertThat(names()).containsExactly("outside");
    }

    private List<String> names() throws IOException {
        try (var all = Files.list(directory)) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void writesThroughNoSymbolicLink() throws IOException {
        String up = directory.toString();
        for (ExtractionSettings settings : List.of(CANONICAL, ANY_ORDER)) {
            assertRefused(
                    settings,
                    "a/outside lies below a, which is no directory",
                    directory(""),
                    symlink("a", up),
                    file("a/outside", 3));
            assertRefused(
                    settings,
                    "a comes twice",
                    directory(""),
                    symlink("a", up + "/outside"),
                    file("a", 3));
            assertRefused(
                    settings, "a comes twice", directory(""), symlink("a", up), directory("a"));
        }
    }

    @Test
    void linksToNothingOutsideOfTheTree() throws IOException {
        assertRefused(
                CANONICAL,
                "b is a hard link to a/outside, which lies below what is no directory",
                directory(""),
                symlink("a", directory.toString()),
                hardLink("b", "a/outside"));
        assertRefused(
                CANONICAL, "which does not come before it", directory(""), hardLink("b", "c"));
        assertRefused(CANONICAL, "a directory", directory(""), directory("a"), hardLink("b", "a"));
    }

    @Test
    void takesNothingTwiceOrOutOfOrderOrBelowAFile() throws IOException {
        assertRefused(CANONICAL, "a comes twice", directory(""), file("a", 1), file("a", 1));
        assertRefused(CANONICAL, "a comes out of order", directory(""), file("b", 1), file("a", 1));
        assertRefused(CANONICAL, "before the root", file("b", 1));
        assertRefused(CANONICAL, "does not come before it", directory(""), file("a/b", 1));
        assertRefused(
                CANONICAL, "a, which is no directory", directory(""), file("a", 1), file("a/b", 1));
        assertRefused(ANY_ORDER, "a comes twice", file("a", 1), directory("b"), file("a", 1));
        assertRefused(ANY_ORDER, "a comes twice", directory("a"), file("a", 1));
        assertRefused(ANY_ORDER, "a comes twice", directory("a"), file("a/b", 1), directory("a"));
        assertRefused(ANY_ORDER, "which is no directory", file("a", 1), file("a/b", 1));
        assertRefused(ANY_ORDER, "root of the tree comes twice", directory(""), directory(""));
    }

    @Test
    void takesDirectoriesAfterWhatIsInThem() throws IOException {
        TarEntry late =
                new TarEntry(
                        RawName.of("a"),
                        EntryType.DIRECTORY,
                        0711,
                        0,
                        0,
                        0,
                        77,
                        7,
                        new byte[0],
                        0,
                        0,
                        List.of());
        extract(
                ANY_ORDER,
                file("a/b/c", 5),
                file("x", 1),
                late,
                file("a/d", 2),
                file("y", 1),
                file("a/b/e", 2));

        try (Descriptor root = Descriptor.openDirectory(destination)) {
            FileStatus status = FileStatus.at(root, RawName.of("a"));
            assertThat(status.mode()).isEqualTo(0711);
            assertThat(status.modifiedSeconds()).isEqualTo(77);
            assertThat(status.modifiedNanos()).isEqualTo(7);
        }
        assertThat(destination.resolve("a/b/e")).hasSize(2);
    }

    @Test
    void showsNothingBeforeItIsWhole() throws IOException {
        try (TreeExtraction extraction = open(CANONICAL)) {
            extraction.begin(directory(""));
            extraction.begin(file("a", 0));
            assertThat(destination).doesNotExist();
            assertThatThrownBy(() -> open(CANONICAL)).isInstanceOf(DiskLockedException.class);
            extraction.publish();
            assertThat(destination.resolve("a")).exists();
        }
        assertThat(names()).containsExactly("out", "outside");
    }

    @Test
    void replacesATreeInOneStepAndOnlyIfAsked() throws IOException {
        Files.createDirectories(destination.resolve("old/deep"));
        Files.writeString(destination.resolve("old/deep/f"), "old");
        assertThatThrownBy(() -> extract(CANONICAL, directory("")))
                .hasMessageContaining("is there already");

        extract(CANONICAL.replacing(), directory(""), file("new", 3));

        assertThat(destination.resolve("new")).hasSize(3);
        assertThat(destination.resolve("old")).doesNotExist();
        assertThat(names()).containsExactly("out", "outside");
    }

    @Test
    void doesNotReplaceWhatIsNoDirectory() throws IOException {
        Files.createSymbolicLink(destination, directory);
        assertThatThrownBy(() -> extract(CANONICAL.replacing(), directory("")))
                .hasMessageContaining("is no directory but a SYMLINK");
        assertThat(outside).hasContent("untouched");
    }

    @Test
    void goesOnWhereItWasInterrupted() throws IOException {
        long seed = Long.getLong("siltstone.tree.seed", 3);
        SplittableRandom random = new SplittableRandom(seed);
        Path tree = Files.createDirectory(directory.resolve("tree"));
        SpecialTree.make(tree);
        byte[] tar = TreeArchive.bytes(tree);
        int rounds = Boolean.getBoolean("siltstone.long") ? 200 : 25;
        int resumed = 0;
        for (int round = 0; round < rounds; round++) {
            destination = directory.resolve("out" + round);
            long from = 0;
            for (int kill = random.nextInt(1, 5); kill > 0; kill--) {
                from = killed(tar, random);
                resumed += from > 0 ? 1 : 0;
            }
            try (TreeExtraction extraction = openKeeping()) {
                go(extraction, tar, Integer.MAX_VALUE, random);
                extraction.publish();
            }
            assertThat(TreeArchive.bytes(destination))
                    .as("-Dsiltstone.tree.seed=%d, round %d", seed, round)
                    .isEqualTo(tar);
        }
        assertThat(resumed).isGreaterThan(rounds / 2);
        assertThat(names()).noneMatch(name -> name.startsWith(".siltstone"));
    }

    private TreeExtraction openKeeping() throws IOException {
        return TreeExtraction.open(
                new RealDisk(), destination, TreeArchive.IDENTITY, CANONICAL, w -> {});
    }

    private long killed(byte[] tar, SplittableRandom random) throws IOException {
        try (TreeExtraction extraction = openKeeping()) {
            go(extraction, tar, random.nextInt(60), random);
            return extraction.resumeAt();
        }
    }

    /// Makes some entries from where the extraction is to go on, with checkpoints now and then.
    private static void go(
            TreeExtraction extraction, byte[] tar, int entries, SplittableRandom random)
            throws IOException {
        int at = (int) extraction.resumeAt();
        TarReader reader =
                new TarReader(
                        new ByteArrayInputStream(tar, at, tar.length - at), "t", TarLimits.DEFAULT);
        long position = at;
        TarEntry next = reader.next();
        for (int i = 0; i < entries && next != null; i++) {
            extraction.begin(next);
            byte[] content = new byte[(int) next.bytes()];
            for (int done = 0; done < content.length; ) {
                done += reader.read(content, done, content.length - done);
            }
            if (i == entries - 1 && content.length > 0) {
                extraction.write(content, 0, content.length / 2); // killed in the middle of a file
                return;
            }
            extraction.write(content, 0, content.length);
            position += TarFormat.entryBytes(next);
            if (random.nextInt(10) == 0) {
                extraction.checkpoint(position);
            }
            next = reader.next();
        }
    }

    @Test
    void beginsAnewForAnotherLayerOrAStateThatIsDamaged() throws IOException {
        for (int what = 0; what < 2; what++) {
            try (TreeExtraction extraction = openKeeping()) {
                extraction.begin(directory(""));
                extraction.begin(file("old", 0));
                extraction.checkpoint(1024);
            }
            Path state;
            try (var all = Files.list(directory)) {
                state = all.filter(p -> p.toString().endsWith(".state")).findFirst().orElseThrow();
            }
            byte[] identity = TreeArchive.IDENTITY;
            if (what == 0) {
                identity = new byte[] {9};
            } else {
                byte[] bytes = Files.readAllBytes(state);
                bytes[40] ^= 1;
                Files.write(state, bytes);
            }
            try (TreeExtraction again =
                    TreeExtraction.open(
                            new RealDisk(), destination, identity, CANONICAL, w -> {})) {
                assertThat(again.resumeAt()).isZero();
                again.abandon();
            }
            assertThat(names()).containsExactly("outside");
        }
    }

    @Test
    void anOldTreeThatWasNotRemovedAfterTheStepIsNotTakenForANewOne() throws IOException {
        try (TreeExtraction extraction = openKeeping()) {
            extraction.begin(directory(""));
            extraction.checkpoint(512);
        }
        Path hidden;
        try (var all = Files.list(directory)) {
            hidden = all.filter(Files::isDirectory).findFirst().orElseThrow();
        }
        Files.move(hidden, destination); // published, then killed: the old tree has the hidden name
        Files.createDirectory(hidden);
        Files.writeString(hidden.resolve("of-the-old-tree"), "x");

        extract(CANONICAL.replacing(), directory(""), file("new", 1));

        try (var all = Files.list(destination)) {
            assertThat(all).hasSize(1);
        }
        assertThat(names()).containsExactly("out", "outside");
    }

    @Test
    void aFullDiskLeavesNothingVisible() throws Exception {
        assumeThat(Identity.isRoot()).as("root, who can mount").isTrue();
        Path small = Files.createDirectory(directory.resolve("small"));
        Process mount =
                new ProcessBuilder(
                                "mount", "-t", "tmpfs", "-o", "size=1m", "none", small.toString())
                        .start();
        assumeThat(mount.waitFor()).as("a file system of its own").isZero();
        try {
            destination = small.resolve("out");
            assertThatThrownBy(
                            () -> {
                                try (TreeExtraction extraction = open(CANONICAL)) {
                                    try {
                                        extraction.begin(directory(""));
                                        extraction.begin(file("big", 4 << 20));
                                        for (int i = 0; i < 64; i++) {
                                            extraction.write(
                                                    "x".repeat(1 << 16).getBytes(UTF_8),
                                                    0,
                                                    1 << 16);
                                        }
                                    } catch (IOException e) {
                                        extraction.abandon();
                                        throw e;
                                    }
                                }
                            })
                    .isInstanceOfSatisfying(
                            PosixException.class, e -> assertThat(e.isFull()).isTrue())
                    .hasMessageContaining("no space left");
            try (var all = Files.list(small)) {
                assertThat(all).isEmpty();
            }
        } finally {
            new ProcessBuilder("umount", small.toString()).start().waitFor();
        }
    }

    @Test
    void makesOverlaysOfOciLayers() throws IOException {
        assumeThat(Identity.isRoot()).as("root, who can make devices").isTrue();
        extract(
                CANONICAL.withWhiteouts(Whiteouts.OVERLAY),
                directory(""),
                file(".wh.file", 0),
                file(".wh.gone", 0),
                file(".wh.new", 0),
                directory("dir"),
                file("dir/.wh..wh..opq", 0),
                file("dir/a", 1),
                file("file", 2),
                directory("new"),
                file("new/b", 1));

        try (Descriptor root = Descriptor.openDirectory(destination)) {
            assertThat(FileStatus.at(root, RawName.of("gone")).isWhiteout()).isTrue();
            assertThat(FileStatus.at(root, RawName.of("file")).bytes()).isEqualTo(2);
            for (String opaque : List.of("dir", "new")) {
                assertThat(Xattrs.of(root, RawName.of(opaque)))
                        .contains(Whiteouts.opaqueAttribute(true));
            }
        }
        assertThat(destination.resolve("dir/a")).exists();
    }

    @Test
    void refusesWhiteoutsOfNothing() throws IOException {
        assertRefused(
                CANONICAL.withWhiteouts(Whiteouts.OVERLAY),
                ".wh.: no whiteout",
                directory(""),
                file(".wh.", 0));
    }

    @Test
    void inheritsNothingFromTheDirectoryAbove() throws Exception {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Files.writeString(tree.resolve("f"), "x");
        Files.createDirectory(tree.resolve("d"));
        byte[] tar = TreeArchive.bytes(tree);
        Path above = Files.createDirectory(directory.resolve("above"));
        Path special = Files.createDirectory(directory.resolve("special"));
        SpecialTree.make(special);
        try (Descriptor from = Descriptor.openDirectory(special);
                Descriptor to = Descriptor.openDirectory(directory)) {
            for (var attribute : Xattrs.of(from, RawName.of("setgid"))) {
                Xattrs.set(to, RawName.of("above"), attribute); // a default access list
            }
            FileOwnership.setMode(to, RawName.of("above"), 02777);
        }

        TreeArchive.extract(tar, above.resolve("copy"), CANONICAL);

        assertThat(TreeArchive.bytes(above.resolve("copy"))).isEqualTo(tar);
    }

    @Test
    void removesTreesOfAnyKind() throws IOException {
        List<Path> made = new ArrayList<>();
        made.add(Files.createDirectory(directory.resolve("tree")));
        SpecialTree.make(made.getFirst());
        try (Descriptor here = Descriptor.openDirectory(directory)) {
            TreeRemoval.remove(here, RawName.of("tree"));
            TreeRemoval.remove(here, RawName.of("not-there"));
        }
        assertThat(names()).containsExactly("outside");
    }
}
