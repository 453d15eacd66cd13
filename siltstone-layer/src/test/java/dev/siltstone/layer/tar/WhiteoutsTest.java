package dev.siltstone.layer.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.posix.RawName;
import dev.siltstone.io.posix.Xattr;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhiteoutsTest {
    private static TarEntry entry(String path, EntryType type) {
        return TarEntry.of(RawName.of(path), type);
    }

    private static TarEntry opaque(String path, String value) {
        Xattr attribute = new Xattr(RawName.of("trusted.overlay.opaque"), RawName.of(value));
        return entry(path, EntryType.DIRECTORY).withXattrs(List.of(attribute));
    }

    private static List<String> converted(TarEntry... entries) throws TarException {
        OciConversion conversion = new OciConversion();
        for (TarEntry entry : entries) {
            conversion.collect(entry);
        }
        List<String> converted = new ArrayList<>();
        for (TarEntry entry : entries) {
            conversion.convert(entry).forEach(e -> converted.add(e + "" + e.xattrs()));
        }
        return converted;
    }

    @Test
    void whiteoutsOfOverlaysBecomeThoseOfOciBeforeTheirSiblings() throws TarException {
        TarEntry byAttribute =
                entry("d/x", EntryType.FILE)
                        .withXattrs(
                                List.of(
                                        new Xattr(
                                                RawName.of("user.overlay.whiteout"), new byte[0])));
        TarEntry device = entry("b", EntryType.CHARACTER_DEVICE);

        assertThat(
                        converted(
                                entry("", EntryType.DIRECTORY),
                                entry("a", EntryType.FILE),
                                device,
                                opaque("c", "y"),
                                entry("c/f", EntryType.FILE),
                                opaque("d", "x"),
                                byAttribute,
                                entry("e", EntryType.FILE).asHardLinkTo(RawName.of("b"))))
                .containsExactly(
                        "DIRECTORY .[]",
                        "FILE .wh.b[]",
                        "FILE .wh.e[]",
                        "FILE a[]",
                        "DIRECTORY c[]",
                        "FILE c/.wh..wh..opq[]",
                        "FILE c/f[]",
                        "DIRECTORY d[]",
                        "FILE d/.wh.x[]");
    }

    @Test
    void aRealFileOfSuchANameIsAnErrorByName() {
        assertThatThrownBy(() -> converted(entry("a/.wh.real", EntryType.FILE)))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("a/.wh.real: an OCI layer has no place for a name");
    }

    @Test
    void whiteoutsOfOciTellWhatIsGone() throws TarException {
        TarEntry whiteout = Whiteouts.whiteoutToOci(entry("a/b", EntryType.CHARACTER_DEVICE));
        assertThat(RawName.show(Whiteouts.gone(whiteout))).isEqualTo("a/b");
        assertThat(Whiteouts.whiteoutToOverlay(whiteout).isWhiteout()).isTrue();
        for (String bad : List.of(".wh.", "a/.wh..", "a/.wh...", ".wh..wh.x")) {
            assertThatThrownBy(() -> Whiteouts.gone(entry(bad, EntryType.FILE)))
                    .as(bad)
                    .isInstanceOf(TarException.class);
        }
        assertThatThrownBy(() -> Whiteouts.gone(entry(".wh.d", EntryType.DIRECTORY)))
                .isInstanceOf(TarException.class);
    }

    @Test
    void zerosThatTheStreamKnowsAreSkippedNotRead() throws IOException {
        TarEntry one = entry("f", EntryType.FILE);
        TarEntry file =
                new TarEntry(
                        one.path(), one.type(), 0, 0, 0, 3000, 0, 0, new byte[0], 0, 0, List.of());
        var out = new ByteArrayOutputStream();
        try (TarWriter writer = new TarWriter(out)) {
            writer.begin(file);
            writer.writeZeros(2000);
            writer.write("x".repeat(1000).getBytes(), 0, 1000);
        }
        byte[] tar = out.toByteArray();
        var in = new ByteArrayInputStream(tar);
        ZerosAhead zeros = () -> Math.max(0, 2512 - (tar.length - in.available()));

        TarReader reader = new TarReader(in, zeros, "t", TarLimits.DEFAULT);

        assertThat(reader.next()).isEqualTo(file);
        assertThat(reader.hole()).isEqualTo(2000);
        reader.skipHole(2000);
        assertThat(reader.hole()).isZero();
        byte[] rest = new byte[2000];
        assertThat(reader.read(rest, 0, 2000)).isEqualTo(1000);
        assertThat(reader.left()).isZero();
        assertThat(reader.next()).isNull();
    }
}
