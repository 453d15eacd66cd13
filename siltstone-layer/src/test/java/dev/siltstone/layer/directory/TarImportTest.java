package dev.siltstone.layer.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.posix.RawName;
import dev.siltstone.layer.Digest;
import dev.siltstone.layer.PushProgress;
import dev.siltstone.layer.PushSettings;
import dev.siltstone.layer.TarMemory;
import dev.siltstone.layer.TarPacker;
import dev.siltstone.layer.tar.EntryType;
import dev.siltstone.layer.tar.TarEntry;
import dev.siltstone.layer.tar.TarException;
import dev.siltstone.layer.tar.TarLimits;
import dev.siltstone.layer.tar.TarWriter;
import dev.siltstone.layer.tree.ExtractionSettings;
import dev.siltstone.layer.tree.SpecialTree;
import dev.siltstone.layer.tree.TreeArchive;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class TarImportTest {
    @TempDir Path directory;

    private static TarImport of(byte[] packed) {
        return new TarImport(() -> new ByteArrayInputStream(packed), "some.tar", TarLimits.DEFAULT);
    }

    private static byte[] tar(TarEntry... entries) throws IOException {
        var out = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(out)) {
            for (TarEntry entry : entries) {
                tar.begin(entry);
            }
        }
        return out.toByteArray();
    }

    private static TarEntry file(String path) {
        return TarEntry.of(RawName.of(path), EntryType.FILE);
    }

    private static TarEntry directory(String path) {
        return TarEntry.of(RawName.of(path), EntryType.DIRECTORY);
    }

    private DirectoryFixture imported(byte[] packed) throws IOException {
        DirectoryFixture fixture = new DirectoryFixture(directory.resolve("memory"));
        TarImport tar = of(packed);
        tar.check();
        fixture.layers()
                .push("a", tar, TarMemory.NONE, PushSettings.defaults(), new PushProgress());
        return fixture;
    }

    @Test
    void aTarThatIsPackedInAnyWayComesBack() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        SpecialTree.make(tree);
        byte[] tar = TreeArchive.bytes(tree);
        var zstd = new ByteArrayOutputStream();
        try (TarPacker packer = new TarPacker(zstd)) {
            packer.write(tar);
            Digest diffId = packer.end().diffId();
            assertThat(of(zstd.toByteArray()).check()).isEqualTo(diffId);
        }
        var gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream packer = new GZIPOutputStream(gzip)) {
            packer.write(tar);
        }
        int number = 0;
        for (byte[] packed : new byte[][] {tar, zstd.toByteArray(), gzip.toByteArray()}) {
            DirectoryFixture fixture = imported(packed);
            Path copy = directory.resolve("copy" + number++);
            fixture.pull("a", copy, ExtractionSettings.DEFAULT);
            assertThat(TreeArchive.bytes(copy)).isEqualTo(tar);
        }
    }

    @Test
    void directoriesThatAreLeftOutAreMadeUp() throws IOException {
        DirectoryFixture fixture = imported(tar(file("a/b/c"), file("a/d"), directory("e")));

        Path copy = directory.resolve("copy");
        fixture.pull("a", copy, ExtractionSettings.DEFAULT);

        assertThat(copy.resolve("a/b/c")).isRegularFile();
        assertThat(copy.resolve("e")).isDirectory();
        assertThat(fixture.layers().open("a").isSorted()).isTrue();
    }

    @Test
    void comesBackThoughItIsInNoOrder() throws IOException {
        DirectoryFixture fixture =
                imported(tar(file("z"), file("a/b"), directory("a"), directory("")));

        Path copy = directory.resolve("copy");
        fixture.pull("a", copy, ExtractionSettings.DEFAULT);

        assertThat(copy.resolve("a/b")).isRegularFile();
        assertThat(copy.resolve("z")).isRegularFile();
    }

    @Test
    void refusesWhatNobodyCouldExtract() throws IOException {
        assertRefused("comes twice", tar(file("a"), file("a")));
        assertRefused("below a, which is no directory", tar(file("a"), file("a/b")));
        assertRefused(
                "no file before it",
                tar(TarEntry.of(RawName.of("a"), EntryType.FILE).asHardLinkTo(RawName.of("b"))));
        assertRefused("", new byte[700]);
    }

    private static void assertRefused(String why, byte[] tar) {
        assertThatThrownBy(() -> of(tar).check())
                .isInstanceOf(TarException.class)
                .hasMessageContaining(why);
    }
}
