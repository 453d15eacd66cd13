package dev.siltstone.layer.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.DirectoryNames;
import dev.siltstone.io.posix.FileBytes;
import dev.siltstone.io.posix.FileStatus;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import dev.siltstone.io.posix.Xattrs;
import dev.siltstone.layer.tar.EntryType;
import dev.siltstone.layer.tar.TarEntry;
import dev.siltstone.layer.tar.TarLimits;
import dev.siltstone.layer.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class TreeRoundTripTest {
    @TempDir Path directory;

    private Path special() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        SpecialTree.make(tree);
        return tree;
    }

    @Test
    void aTreeOfEveryOddKindComesBackToTheByte() throws IOException {
        byte[] tar = TreeArchive.bytes(special());

        TreeArchive.extract(tar, directory.resolve("copy"), ExtractionSettings.DEFAULT);

        assertThat(TreeArchive.bytes(directory.resolve("copy"))).isEqualTo(tar);
        assertThat(names()).containsExactlyInAnyOrder("copy", "tree");
    }

    @Test
    void comesBackTheSameIfItsEntriesAreTakenInAnyOrder() throws IOException {
        byte[] tar = TreeArchive.bytes(special());

        Path copy = directory.resolve("copy");
        TreeArchive.extract(tar, copy, ExtractionSettings.DEFAULT.inAnyOrder());

        assertThat(TreeArchive.bytes(copy)).isEqualTo(tar);
    }

    @Test
    void holesComeBackAsHoles() throws IOException {
        byte[] tar = TreeArchive.bytes(special());
        Path copy = directory.resolve("copy");
        TreeArchive.extract(tar, copy, ExtractionSettings.DEFAULT);

        try (Descriptor root = Descriptor.openDirectory(copy)) {
            FileStatus status = FileStatus.at(root, RawName.of("sparse"));
            assertThat(status.bytes()).isEqualTo(3 << 20);
            assertThat(status.blocks() * 512).isLessThan(1 << 20);
        }
    }

    @Test
    void gnuTarReadsIt() throws Exception {
        assumeThat(runs("tar", "--version")).as("GNU tar").isTrue();
        Path tree = special();
        byte[] tar = TreeArchive.bytes(tree);
        Files.write(directory.resolve("t.tar"), tar);
        Path copy = Files.createDirectory(directory.resolve("copy"));

        run(
                "tar --xattrs --xattrs-include=* --numeric-owner -xpf %s -C %s"
                        .formatted(directory.resolve("t.tar"), copy)
                        .split(" "));

        assertThat(entries(TreeArchive.bytes(copy))).isEqualTo(entries(tar));
    }

    @Test
    void readsWhatGnuTarWritesInEachOfItsForms() throws Exception {
        assumeThat(runs("tar", "--version")).as("GNU tar").isTrue();
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Path deep = Files.createDirectories(tree.resolve("d".repeat(90)).resolve("e".repeat(90)));
        Files.writeString(deep.resolve("file"), "content");
        Files.writeString(tree.resolve("hard"), "linked");
        Files.createLink(tree.resolve("link"), tree.resolve("hard"));
        Files.createSymbolicLink(tree.resolve("soft"), Path.of("x".repeat(90)));
        try (Descriptor root = Descriptor.openDirectory(tree);
                Descriptor file = root.createFile(RawName.of("sparse"));
                Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(4096).fill((byte) 'x');
            for (int i = 1; i < 60; i++) { // more extents than a header holds
                FileBytes.write(file, page, i * 65_536L);
            }
            FileBytes.truncate(file, 5 << 20);
        }
        List<String> forms =
                List.of(
                        "--format=gnu",
                        "--format=gnu --sparse",
                        "--format=oldgnu",
                        "--format=pax",
                        "--format=pax --sparse --sparse-version=0.0",
                        "--format=pax --sparse --sparse-version=0.1",
                        "--format=pax --sparse --sparse-version=1.0",
                        "--format=ustar");
        for (int i = 0; i < forms.size(); i++) {
            Path tar = directory.resolve(i + ".tar");
            String what = i % 2 == 0 ? "." : "--no-recursion --files-from=" + list(tree);
            run(("tar " + forms.get(i) + " -cf " + tar + " -C " + tree + " " + what).split(" "));
            Path gnu = Files.createDirectory(directory.resolve("gnu" + i));
            run(("tar -xpf " + tar + " -C " + gnu).split(" "));
            Path ours = directory.resolve("ours" + i);
            try (var in = Files.newInputStream(tar)) {
                TreeArchive.extract(in, ours, ExtractionSettings.DEFAULT.inAnyOrder());
            }
            assertThat(content(ours)).as(forms.get(i)).isEqualTo(content(gnu));
        }
    }

    private Path list(Path tree) throws IOException {
        try (var all = Files.walk(tree)) {
            Path list = directory.resolve("list");
            Files.write(
                    list,
                    all.filter(p -> !p.equals(tree))
                            .map(p -> tree.relativize(p).toString())
                            .sorted()
                            .toList());
            return list;
        }
    }

    /// What lies in a tree, but for the root itself, which an archive may leave out.
    private static byte[] content(Path tree) throws IOException {
        byte[] tar = TreeArchive.bytes(tree);
        return Arrays.copyOfRange(tar, tar.length - (int) lengthAfterRoot(tar), tar.length);
    }

    private static long lengthAfterRoot(byte[] tar) {
        return tar[156] == 'x' ? tar.length - 1536 : tar.length - 512;
    }

    private static List<String> entries(byte[] tar) throws IOException {
        TarReader reader = new TarReader(new ByteArrayInputStream(tar), "t", TarLimits.DEFAULT);
        List<String> entries = new ArrayList<>();
        for (TarEntry next = reader.next(); next != null; next = reader.next()) {
            entries.add(
                    "%s %o %d:%d %d %d.%09d %s %s"
                            .formatted(
                                    next,
                                    next.mode(),
                                    next.user(),
                                    next.group(),
                                    next.bytes(),
                                    next.modifiedSeconds(),
                                    next.modifiedNanos(),
                                    RawName.show(next.linkTarget()),
                                    next.xattrs()));
        }
        return entries;
    }

    private List<String> names() throws IOException {
        try (var all = Files.list(directory)) {
            return all.map(p -> p.getFileName().toString()).toList();
        }
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            run(command);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }

    @Test
    void refusesUpperTreesThatLeanOnTheirLowerOnes() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Files.writeString(tree.resolve("f"), "");
        try (Descriptor root = Descriptor.openDirectory(tree)) {
            Xattrs.set(
                    root,
                    RawName.of("f"),
                    new Xattr(RawName.of("user.overlay.metacopy"), new byte[0]));
        }
        assertThatThrownBy(() -> TreeArchive.bytes(tree))
                .hasMessageContaining("f has user.overlay.metacopy: without the tree below it");
    }

    @Test
    void dropsWhatMeansNothingElsewhereAndKeepsWhatIsEscaped() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Files.writeString(tree.resolve("f"), "");
        try (Descriptor root = Descriptor.openDirectory(tree)) {
            for (String name : List.of("user.overlay.origin", "user.overlay.overlay.origin")) {
                Xattrs.set(root, RawName.of("f"), new Xattr(RawName.of(name), new byte[] {1}));
            }
        }
        assertThat(entries(TreeArchive.bytes(tree)).getLast())
                .endsWith("[user.overlay.overlay.origin (1 bytes)]");
    }

    @Test
    void leavesSocketsOutByName() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        try (var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(tree.resolve("s")));
            List<String> warnings =
                    TreeArchive.write(tree, WalkSettings.DEFAULT, new ByteArrayOutputStream());
            assertThat(warnings).containsExactly("s is a socket, which no tree can keep");
        }
    }

    @Test
    void linksOutOfTheTreeAreFilesInIt() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Files.writeString(directory.resolve("outside"), "text");
        Files.createLink(tree.resolve("inside"), directory.resolve("outside"));
        assertThat(entries(TreeArchive.bytes(tree)).getLast())
                .startsWith("FILE inside")
                .contains(" 4 ");
    }

    @Test
    void eightGigabytesOfHoleAreNotRead() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        try (Descriptor root = Descriptor.openDirectory(tree)) {
            try (Descriptor file = root.createFile(RawName.of("hole"))) {
                FileBytes.truncate(file, 8L << 30);
            }
        }
        try (TreeWalk walk = new TreeWalk(tree, WalkSettings.DEFAULT, w -> {})) {
            walk.next();
            try (FileContent content = walk.next().open()) {
                assertThat(content.hole()).isEqualTo(8L << 30);
                content.skipHole(8L << 30);
                assertThat(content.left()).isZero();
                content.finish();
            }
        }
    }

    @Test
    void whatIsHeldCanBeReadAfterTheWalkWentOn() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Files.createDirectories(tree.resolve("a/b"));
        Files.writeString(tree.resolve("a/b/f"), "held");
        Files.createSymbolicLink(tree.resolve("a/b/l"), Path.of("f"));
        List<WalkedEntry> held = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            try (TreeWalk walk = new TreeWalk(tree, WalkSettings.DEFAULT, w -> {})) {
                for (WalkedEntry next = walk.next(); next != null; next = walk.next()) {
                    next.hold();
                    held.add(next);
                }
            }
            try (FileContent content = held.get(3).open()) {
                assertThat(content.readAll(arena.allocate(3))).asString().isEqualTo("held");
            }
            assertThat(held.get(4).entry().linkTarget()).asString().isEqualTo("f");
            assertThat(held.getFirst().entry().type()).isEqualTo(EntryType.DIRECTORY);
        }
        held.forEach(WalkedEntry::release);
        assertThatThrownBy(() -> held.get(3).hold()).hasMessageContaining("after the walk went on");
    }

    @Test
    void aFileThatChangesWhileItIsReadIsNotBelieved() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        Path file = Files.writeString(tree.resolve("f"), "before");
        try (TreeWalk walk = new TreeWalk(tree, WalkSettings.DEFAULT, w -> {});
                Arena arena = Arena.ofConfined()) {
            walk.next();
            WalkedEntry walked = walk.next();
            try (FileContent content = walked.open()) {
                Files.writeString(file, "longer than before");
                content.read(arena.allocate(100));
                assertThatThrownBy(content::finish)
                        .isInstanceOf(FileChangedException.class)
                        .hasMessageStartingWith("f changed");
            }
            try (FileContent content = walked.open()) {
                Files.writeString(file, "");
                assertThatThrownBy(() -> content.read(arena.allocate(100)))
                        .isInstanceOf(FileChangedException.class)
                        .hasMessageContaining("shorter");
            }
            Files.delete(file);
            try (Descriptor root = Descriptor.openDirectory(tree)) {
                DirectoryNames.makeSpecial(root, RawName.of("f"), FileType.FIFO, 0, 0);
            }
            assertThatThrownBy(walked::open).isInstanceOf(FileChangedException.class);
        }
    }

    /// Of a hard link as of its file: the headers of both tell an owner.
    @Test
    void everyNameOfAFileHasTheOwnerThatWasPutAside(@TempDir Path directory) throws IOException {
        Path tree = Files.createDirectory(directory.resolve("owners"));
        Files.writeString(tree.resolve("a"), "linked");
        Files.createLink(tree.resolve("b"), tree.resolve("a"));
        try (Descriptor root = Descriptor.openDirectory(tree)) {
            byte[] original = "0 640 5 6 0 0".getBytes(UTF_8);
            Xattrs.set(root, RawName.of("a"), new Xattr(FakeRoot.ORIGINAL, original));
        }
        try (TreeWalk walk =
                new TreeWalk(tree, WalkSettings.DEFAULT.withFakeRoot(), warning -> {})) {
            walk.next();
            walk.next();
            TarEntry link = walk.next().entry();

            assertThat(link.type()).isEqualTo(EntryType.HARD_LINK);
            assertThat(link.user()).isEqualTo(5);
            assertThat(link.group()).isEqualTo(6);
            assertThat(link.mode()).isEqualTo(0640);
            assertThat(link.xattrs()).isEmpty();
        }
    }

    @Test
    void whatAnotherUserPutAsideIsReadAsItWas() throws IOException {
        TarEntry device =
                new TarEntry(
                        RawName.of("d"),
                        EntryType.BLOCK_DEVICE,
                        0660,
                        0,
                        6,
                        0,
                        5,
                        6,
                        new byte[0],
                        259,
                        70_000,
                        List.of(new Xattr(RawName.of("trusted.t"), new byte[] {1})));
        TarEntry kept =
                TarEntry.of(RawName.of("d"), EntryType.FILE)
                        .withXattrs(
                                List.of(
                                        FakeRoot.original(device),
                                        FakeRoot.aside(device.xattrs().getFirst())));

        TarEntry restored = FakeRoot.restored(kept);

        assertThat(restored.type()).isEqualTo(device.type());
        assertThat(restored.mode()).isEqualTo(0660);
        assertThat(restored.group()).isEqualTo(6);
        assertThat(restored.deviceMinor()).isEqualTo(70_000);
        assertThat(restored.xattrs()).isEqualTo(device.xattrs());
        TarEntry nonsense =
                kept.withXattrs(List.of(new Xattr(FakeRoot.ORIGINAL, new byte[] {'x'})));
        assertThatThrownBy(() -> FakeRoot.restored(nonsense))
                .hasMessageContaining("no account of an owner");
    }
}
