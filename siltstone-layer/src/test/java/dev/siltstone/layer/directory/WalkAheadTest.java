package dev.siltstone.layer.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.posix.RawName;
import dev.siltstone.layer.tree.TreeWalk;
import dev.siltstone.layer.tree.WalkSettings;
import dev.siltstone.layer.tree.WalkedEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class WalkAheadTest {
    private static final int DIRECTORIES = 40;
    private static final int FILES = 20;

    @TempDir private Path tree;

    @BeforeEach
    void make() throws IOException {
        for (int i = 0; i < DIRECTORIES; i++) {
            Path directory = Files.createDirectory(tree.resolve("d" + i));
            for (int j = 0; j < FILES; j++) {
                Files.createFile(directory.resolve("f" + j));
            }
        }
    }

    private static void take(WalkedEntry walked, List<String> paths) {
        paths.add(RawName.show(walked.path()));
        walked.release();
    }

    /// Returns how many descriptors of this process lead into the tree.
    private long open() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(this::leadsHere).count();
        }
    }

    private boolean leadsHere(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(tree.toRealPath());
        } catch (IOException e) {
            return false; // of the listing itself
        }
    }

    @Test
    void meetsWhatTheWalkMeetsInItsOrder() throws IOException {
        List<String> expected = new ArrayList<>();
        try (TreeWalk walk = new TreeWalk(tree, WalkSettings.DEFAULT, warning -> {})) {
            for (WalkedEntry walked = walk.next(); walked != null; walked = walk.next()) {
                expected.add(RawName.show(walked.path()));
            }
        }
        List<String> met = new ArrayList<>();
        try (WalkAhead walk = new WalkAhead(tree, WalkSettings.DEFAULT, warning -> {})) {
            for (WalkedEntry walked = walk.next(); walked != null; walked = walk.next()) {
                take(walked, met);
            }
            assertThat(walk.next()).isNull();
        }

        assertThat(met).hasSize(1 + DIRECTORIES * (1 + FILES)).isEqualTo(expected);
        assertThat(open()).isZero();
    }

    @Test
    void closedBeforeTheEndItLeavesNothingOpen() throws IOException {
        for (int taken = 0; taken < 200; taken += 33) {
            try (WalkAhead walk = new WalkAhead(tree, WalkSettings.DEFAULT, warning -> {})) {
                for (int i = 0; i < taken; i++) {
                    take(walk.next(), new ArrayList<>());
                }
            }
            assertThat(open()).as("after %d names", taken).isZero();
        }
    }

    @Test
    void aFailureComesBehindTheNamesBeforeIt() throws IOException {
        Files.createDirectories(tree.resolve("d9/x/y"));
        WalkSettings shallow = new WalkSettings(WalkSettings.DEFAULT.xattrs(), false, 2);
        List<String> met = new ArrayList<>();
        try (WalkAhead walk = new WalkAhead(tree, shallow, warning -> {})) {
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    take(walk.next(), met);
                                }
                            })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("d9/x");
        }

        assertThat(met).endsWith("d9/f9", "d9/x");
        assertThat(open()).isZero();
    }
}
