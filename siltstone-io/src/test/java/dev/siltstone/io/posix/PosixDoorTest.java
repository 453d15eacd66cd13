package dev.siltstone.io.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class PosixDoorTest {
    private static final byte[] A = RawName.of("a");
    private static final byte[] B = RawName.of("b");

    @TempDir Path directory;
    private Descriptor here;

    @BeforeEach
    void open() throws IOException {
        here = Descriptor.openDirectory(directory);
    }

    @AfterEach
    void close() {
        here.close();
    }

    private void file(byte[] name, String text) throws IOException {
        try (Descriptor file = here.createFile(name);
                Arena arena = Arena.ofConfined()) {
            byte[] bytes = text.getBytes(UTF_8);
            FileBytes.write(file, arena.allocateFrom(text).asSlice(0, bytes.length), 0);
        }
    }

    private static void assertErrno(int errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PosixException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    void listsNamesThatAreNoTextSortedByTheirBytes() throws IOException {
        byte[] latin = {'c', (byte) 0xe9};
        byte[] line = {'n', '\n'};
        byte[] high = {(byte) 0xff};
        for (byte[] name : List.of(high, latin, line)) {
            file(name, "x");
        }
        byte[] longest = new byte[255];
        Arrays.fill(longest, (byte) 'n');
        file(longest, "x");

        assertThat(DirectoryListing.names(here)).containsExactly(latin, line, longest, high);
    }

    @Test
    void listsMoreNamesThanOneAnswerHolds() throws IOException {
        for (int i = 0; i < 3000; i++) {
            file(RawName.of("name-%04d-%s".formatted(i, "x".repeat(20))), "");
        }

        List<byte[]> names = DirectoryListing.names(here);

        assertThat(names).hasSize(3000);
        assertThat(new String(names.get(2999), UTF_8)).startsWith("name-2999");
    }

    @Test
    void takesTheBytesOfAPathWhateverTheyAre() throws IOException {
        byte[] latin = {'c', (byte) 0xe9};
        DirectoryNames.makeDirectory(here, latin);
        Path found;
        try (var entries = Files.list(directory)) {
            found = entries.findFirst().orElseThrow();
        }

        byte[] path = RawName.of(found);

        assertThat(path).endsWith('/', 'c', (byte) 0xe9);
        Descriptor.openDirectory(found).close();
    }

    @Test
    void tellsWhatAFileIs() throws IOException {
        file(A, "hello");
        FileOwnership.setMode(here, A, 04755);
        FileOwnership.setModified(here, A, -2, 499_999_999);
        DirectoryNames.link(here, A, here, B);

        FileStatus status = FileStatus.at(here, A);

        assertThat(status.type()).isEqualTo(FileType.FILE);
        assertThat(status.mode()).isEqualTo(04755);
        assertThat(status.bytes()).isEqualTo(5);
        assertThat(status.links()).isEqualTo(2);
        assertThat(status.modifiedSeconds()).isEqualTo(-2);
        assertThat(status.modifiedNanos()).isEqualTo(499_999_999);
        assertThat(status.user()).isEqualTo(Identity.user());
        assertThat(status.isSameFile(FileStatus.at(here, B))).isTrue();
        try (Descriptor file = here.openFile(A)) {
            assertThat(FileStatus.of(file)).isEqualTo(status);
        }
    }

    @Test
    void makesAndReadsAndLinksSymbolicLinksThemselves() throws IOException {
        byte[] target = new byte[4000];
        Arrays.fill(target, (byte) 0xff);
        DirectoryNames.makeSymlink(here, A, target);
        DirectoryNames.link(here, A, here, B);
        FileOwnership.setModified(here, A, 5_000_000_000L, 1);

        assertThat(DirectoryNames.readSymlink(here, B)).isEqualTo(target);
        assertThat(FileStatus.at(here, B).type()).isEqualTo(FileType.SYMLINK);
        assertThat(FileStatus.at(here, B).links()).isEqualTo(2);
    }

    @Test
    void opensNothingThroughALink() throws IOException {
        DirectoryNames.makeDirectory(here, B);
        DirectoryNames.makeSymlink(here, A, B);

        assertErrno(Errno.ELOOP, () -> here.openFile(A));
        assertErrno(Errno.ENOTDIR, () -> here.openDirectory(A));
        assertErrno(Errno.EEXIST, () -> here.createFile(A));
    }

    @Test
    void makesPipesAndAsRootDevices() throws IOException {
        DirectoryNames.makeSpecial(here, A, FileType.FIFO, 0, 0);
        assertThat(FileStatus.at(here, A).type()).isEqualTo(FileType.FIFO);

        assumeThat(Identity.isRoot()).isTrue();
        DirectoryNames.makeSpecial(here, B, FileType.BLOCK_DEVICE, 259, 70_000);
        FileStatus block = FileStatus.at(here, B);
        assertThat(block.deviceMajor()).isEqualTo(259);
        assertThat(block.deviceMinor()).isEqualTo(70_000);
        byte[] whiteout = RawName.of("w");
        DirectoryNames.makeSpecial(here, whiteout, FileType.CHARACTER_DEVICE, 0, 0);
        assertThat(FileStatus.at(here, whiteout).isWhiteout()).isTrue();
    }

    @Test
    void keepsAttributesAsBytes() throws IOException {
        file(A, "x");
        byte[] value = {0, '\n', '=', (byte) 0xff};
        byte[] name = {'u', 's', 'e', 'r', '.', 'a', '=', (byte) 0xe9};
        try {
            Xattrs.set(here, A, new Xattr(name, value));
        } catch (PosixException e) {
            assumeThat(e.errno()).as("attributes here").isNotEqualTo(Errno.EOPNOTSUPP);
            throw e;
        }
        Xattrs.set(here, A, new Xattr(RawName.of("user.0"), new byte[0]));

        List<Xattr> expected =
                List.of(new Xattr(RawName.of("user.0"), new byte[0]), new Xattr(name, value));
        assertThat(ours(Xattrs.of(here, A))).isEqualTo(expected);
        try (Descriptor file = here.openFile(A)) {
            assertThat(ours(Xattrs.of(file))).isEqualTo(expected);
        }
        Xattrs.remove(here, A, name);
        assertThat(ours(Xattrs.of(here, A))).hasSize(1);
    }

    private static List<Xattr> ours(List<Xattr> all) {
        return all.stream().filter(x -> RawName.show(x.name()).startsWith("user.")).toList();
    }

    @Test
    void findsHoles() throws IOException {
        try (Descriptor file = here.createFile(A);
                Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(4096).fill((byte) 1);
            FileBytes.write(file, page, 1 << 20);
            FileBytes.truncate(file, 8L << 30);
            long bytes = 8L << 30;

            assertThat(FileBytes.nextData(file, 0, bytes)).isIn(0L, 1L << 20);
            assertThat(FileBytes.nextHole(file, 1 << 20, bytes)).isIn((1L << 20) + 4096, bytes);
            assertThat(FileBytes.nextData(file, 4L << 30, bytes)).isIn(4L << 30, bytes);
            FileBytes.force(file);
        }
    }

    @Test
    void exchangesTreesAndRefusesToReplace() throws IOException {
        DirectoryNames.makeDirectory(here, A);
        DirectoryNames.makeDirectory(here, B);
        long inode = FileStatus.at(here, A).inode();

        DirectoryNames.exchange(here, A, B);

        assertThat(FileStatus.at(here, B).inode()).isEqualTo(inode);
        assertErrno(Errno.EEXIST, () -> DirectoryNames.renameIfFree(here, A, B));
        DirectoryNames.removeDirectory(here, A);
        DirectoryNames.renameIfFree(here, B, A);
        FileBytes.force(here);
        FileBytes.forceFileSystem(here);
    }

    @Test
    void walksDeeperThanAPathMayBeLong() throws IOException {
        byte[] name = new byte[200];
        Arrays.fill(name, (byte) 'p');
        Descriptor at = here;
        for (int i = 0; i < 24; i++) {
            DirectoryNames.makeDirectory(at, name);
            Descriptor below = at.openDirectoryQuietly(name);
            if (at != here) {
                at.close();
            }
            at = below;
        }
        at.createFile(A).close();
        assertThat(DirectoryListing.names(at)).hasSize(1);
        at.close();
        removeDeep(name);
    }

    private void removeDeep(byte[] name)
            throws IOException { // more than the test's own cleaning can
        for (int depth = 24; depth > 0; depth--) {
            Descriptor at = here;
            for (int i = 1; i < depth; i++) {
                Descriptor below = at.openDirectory(name);
                if (at != here) {
                    at.close();
                }
                at = below;
            }
            if (depth == 24) {
                Descriptor bottom = at.openDirectory(name);
                DirectoryNames.remove(bottom, A);
                bottom.close();
            }
            DirectoryNames.removeDirectory(at, name);
            if (at != here) {
                at.close();
            }
        }
    }

    @Test
    void namesThePathAndTheErrorAndRefusesZeroBytes() {
        assertThatThrownBy(() -> FileStatus.at(here, new byte[] {'x', (byte) 0xe9}))
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("x\\xe9: stat failed: ENOENT");
        assertErrno(Errno.EINVAL, () -> here.createFile(new byte[] {'a', 0, 'b'}));
        assertErrno(Errno.ENAMETOOLONG, () -> here.openFile(new byte[5000]));
    }

    @Test
    void ordersPathsAsAWalkMeetsThem() {
        List<String> ordered = List.of("", "a", "a/b", "a/b/c", "a!", "a-b", "a0", "b", "é");
        for (int i = 0; i < ordered.size(); i++) {
            for (int j = 0; j < ordered.size(); j++) {
                int order = RawName.compare(RawName.of(ordered.get(i)), RawName.of(ordered.get(j)));
                assertThat(Integer.signum(order)).isEqualTo(Integer.compare(i, j));
            }
        }
    }
}
