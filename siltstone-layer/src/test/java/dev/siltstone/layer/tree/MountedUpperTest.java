package dev.siltstone.layer.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.posix.RawName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountedUpperTest {
    private static final List<String> MOUNTS =
            List.of(
                    "22 1 8:1 / / rw - ext4 /dev/sda1 rw",
                    "90 22 0:44 / /merged rw - overlay overlay rw,lowerdir=/l,upperdir=/with\\040space/u,workdir=/w",
                    "91 22 0:45 / /x rw - tmpfs upperdir=/no rw");

    @Test
    void findsTheUpperTreesOfOverlaysOnly() {
        assertThat(MountedUpper.isUpper(MOUNTS, RawName.of("/with space/u"))).isTrue();
        assertThat(MountedUpper.isUpper(MOUNTS, RawName.of("/l"))).isFalse();
        assertThat(MountedUpper.isUpper(MOUNTS, RawName.of("/no"))).isFalse();
    }

    @Test
    void asksTheMachine() throws IOException {
        assertThat(MountedUpper.is(Path.of("/proc"))).isFalse();
    }
}
