package dev.siltstone.layer.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import dev.siltstone.io.RealDisk;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.io.SimulatedDisk.Operation;
import dev.siltstone.io.posix.Descriptor;
import dev.siltstone.io.posix.DirectoryNames;
import dev.siltstone.io.posix.FileOwnership;
import dev.siltstone.io.posix.FileStatus;
import dev.siltstone.io.posix.FileType;
import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import dev.siltstone.io.posix.Xattrs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ChangeCacheTest {
    private static final byte[] BASIS = new byte[32];
    private static final Path SIMULATED = Path.of("/cache/changes");

    @TempDir Path directory;
    private Path tree;
    private Path file;
    private Path cache;
    private final Disk disk = new RealDisk();
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void prepare() throws IOException {
        BASIS[0] = 7;
        tree = Files.createDirectory(directory.resolve("tree"));
        file = Files.writeString(tree.resolve("f"), "one");
        Files.createDirectories(tree.resolve("a/b"));
        Files.writeString(tree.resolve("a/b/g"), "g");
        Files.createLink(tree.resolve("h"), file);
        cache = directory.resolve("changes");
    }

    private static Instant later() {
        return Instant.now().plusSeconds(10);
    }

    private void scan(Instant began) throws IOException {
        try (ChangeCacheWriter writer = new ChangeCacheWriter(disk, cache, began);
                TreeWalk walk = new TreeWalk(tree, WalkSettings.DEFAULT, w -> {})) {
            long note = 100;
            for (WalkedEntry next = walk.next(); next != null; next = walk.next()) {
                writer.add(next.path(), next.status(), next.hardLinkTarget(), note++);
            }
            writer.commit(BASIS);
        }
    }

    private List<String> changed() throws IOException {
        List<String> changed = new ArrayList<>();
        try (ChangeCache known = ChangeCache.open(disk, cache, warnings::add);
                TreeWalk walk = new TreeWalk(tree, WalkSettings.DEFAULT, w -> {})) {
            for (WalkedEntry next = walk.next(); next != null; next = walk.next()) {
                if (known.find(next).isEmpty()) {
                    changed.add(next.path().length == 0 ? "." : RawName.show(next.path()));
                }
            }
        }
        return changed;
    }

    @Test
    void knowsAllThatDidNotChangeWithItsNotes() throws IOException {
        scan(later());

        assertThat(changed()).isEmpty();
        try (ChangeCache known = ChangeCache.open(disk, cache, warnings::add);
                TreeWalk walk = new TreeWalk(tree, WalkSettings.DEFAULT, w -> {})) {
            assertThat(known.basis()).isEqualTo(BASIS);
            for (long note = 100; note < 106; note++) {
                assertThat(known.find(walk.next())).hasValue(note);
            }
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void knowsNothingWithoutACache() throws IOException {
        assertThat(changed()).containsExactly(".", "a", "a/b", "a/b/g", "f", "h");
    }

    @Test
    void seesAnEditWhoseTimeWasSetBack() throws IOException {
        FileTime before = Files.getLastModifiedTime(file);
        scan(later());

        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, before);

        assertThat(changed()).containsExactly("f", "h");
    }

    @Test
    void readsAgainWhatMayHaveChangedInTheTickOfTheScan() throws IOException {
        scan(Instant.now());
        assertThat(changed()).containsExactly(".", "a", "a/b", "a/b/g", "f", "h");
    }

    @Test
    void seesAttributesModesNewNamesAndOtherFiles() throws IOException {
        scan(later());
        try (Descriptor root = Descriptor.openDirectory(tree);
                Descriptor a = root.openDirectory(RawName.of("a"))) {
            Xattrs.set(a, RawName.of("b"), new Xattr(RawName.of("user.x"), new byte[1]));
            FileOwnership.setMode(a, RawName.of("b"), 0700);
            DirectoryNames.makeSpecial(root, RawName.of("b"), FileType.FIFO, 0, 0);
        }
        assertThat(changed()).containsExactly(".", "a/b", "b");
    }

    @Test
    void seesThatTheFirstNameOfAnInodeIsAnother() throws IOException {
        scan(later());
        Files.move(file, tree.resolve("z"));
        assertThat(changed()).containsExactly(".", "h", "z");
    }

    @Test
    void keepsTheBytesOfVersion1() throws IOException {
        SimulatedDisk simulated = new SimulatedDisk();
        write(simulated, 1);
        String bytes = HexFormat.of().formatHex(bytes(simulated));
        try (InputStream in =
                Objects.requireNonNull(
                        ChangeCacheTest.class.getResourceAsStream("/golden/changes-v1.hex"),
                        "golden file; the bytes now are " + bytes)) {
            assertThat(bytes).isEqualTo(new String(in.readAllBytes()).strip());
        }
    }

    private static void write(Disk disk, int generation) throws IOException {
        disk.createDirectories(SIMULATED.getParent());
        try (ChangeCacheWriter writer =
                new ChangeCacheWriter(disk, SIMULATED, Instant.ofEpochSecond(1_700_000_000))) {
            for (int i = 0; i < 3; i++) {
                byte[] path = RawName.of("path-" + i);
                writer.add(
                        path,
                        status(i, generation),
                        i == 2 ? RawName.of("path-0") : new byte[0],
                        generation);
            }
            byte[] basis = new byte[32];
            Arrays.fill(basis, (byte) generation);
            writer.commit(basis);
        }
    }

    private static FileStatus status(int i, int generation) {
        return new FileStatus(
                FileType.FILE,
                0644,
                2,
                0,
                4_000_000_000L,
                1,
                2,
                9,
                1000 + i,
                generation,
                8,
                -1,
                5,
                1_600_000_000L + i * 99_999_999L,
                6);
    }

    private static byte[] bytes(Disk disk) throws IOException {
        try (DiskFile file = disk.openForReading(SIMULATED)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return bytes.array();
        }
    }

    @Test
    void isTheOldOneOrTheNewOneAfterACrashAtAnyOperation() throws IOException {
        SimulatedDisk old = new SimulatedDisk();
        write(old, 1);
        byte[] before = bytes(old);
        SimulatedDisk done = new SimulatedDisk();
        write(done, 2);
        byte[] after = bytes(done);
        for (int seed = 0; seed < 200; seed++) {
            SimulatedDisk disk = new SimulatedDisk();
            write(disk, 1);
            SplittableRandom random = new SplittableRandom(seed);
            Operation[] at = {
                Operation.CREATE,
                Operation.WRITE,
                Operation.FORCE,
                Operation.RENAME,
                Operation.FORCE_DIRECTORY
            };
            disk.fail(at[random.nextInt(at.length)], 1, "killed");
            try {
                write(disk, 2);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("killed");
            }
            byte[] found = bytes(disk.crash(random));
            assertThat(Arrays.equals(found, before) || Arrays.equals(found, after))
                    .as("seed %d", seed)
                    .isTrue();
        }
    }

    @Test
    void everyFlippedBitCostsReadsAndNeverHidesAChange() throws IOException {
        scan(later());
        byte[] whole = Files.readAllBytes(cache);
        int body = ChangeCacheFormat.HEADER_BYTES;
        Files.writeString(tree.resolve("a/b/g"), "changed");
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(cache, flipped);
            warnings.clear();
            assertThat(changed()).as("bit %d", bit).contains("a/b/g").hasSize(6);
            assertThat(warnings).as("bit %d", bit).hasSize(1);
            if (bit > 8 * body + 512 && bit % 7 != 0) {
                bit += 6;
            }
        }
    }

    @Test
    void aCacheCutShortIsAWarning() throws IOException {
        scan(later());
        byte[] whole = Files.readAllBytes(cache);
        for (int length : new int[] {0, 10, 64, 70, 100, whole.length - 1}) {
            Files.write(cache, Arrays.copyOf(whole, length));
            warnings.clear();
            assertThat(changed()).hasSize(6);
            assertThat(warnings).as("length %d", length).hasSize(length == 64 ? 0 : 1);
        }
    }
}
