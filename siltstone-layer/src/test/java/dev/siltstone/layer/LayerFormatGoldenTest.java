package dev.siltstone.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.objectstore.ListedObject;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.PutOptions;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A store of version 1, as it was written once: it must be read for ever; a change of what is written is a new
/// version with a file of its own. Packed bytes are zstd's and may change with it, so what was decoded is encoded
/// again instead of written anew.
///
/// In it: `home` with a large file, committed twice, the second time as a change of the first; `gone`, removed, whose pack
/// was condemned and deleted.
class LayerFormatGoldenTest {
    private static final String GOLDEN = "/golden/layers-v1.txt";

    private final Map<ObjectKey, byte[]> objects = new TreeMap<>();
    private final LayerFixture fixture = new LayerFixture();

    @BeforeEach
    void load() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        LayerFormatGoldenTest.class.getResourceAsStream(GOLDEN),
                        () -> GOLDEN + "; it would be\n" + made())) {
            for (String line : new String(in.readAllBytes(), UTF_8).split("\n")) {
                String[] words = line.split(" ");
                objects.put(ObjectKey.of(words[0]), HexFormat.of().parseHex(words[1]));
            }
        }
        for (Map.Entry<ObjectKey, byte[]> each : objects.entrySet()) {
            fixture.memory.put(each.getKey(), ObjectBody.of(each.getValue()), PutOptions.NONE);
        }
    }

    private static MadeTree tree() {
        MadeTree tree = MadeTree.of(3, 4, 400);
        tree.put("large", new byte[3 << 20]);
        return tree;
    }

    /// Returns the store, one object a line.
    private static String made() {
        LayerFixture made = new LayerFixture();
        try {
            LayerStore layers = made.open();
            MadeTree tree = tree();
            LayerFixture.push(layers, "home", tree);
            LayerFixture.push(layers, "gone", MadeTree.of(4, 2, 400));
            layers.remove("gone");
            LayerFixture.gcNow(layers);
            LayerFixture.gcNow(layers);
            tree.put("more", 300, new SplittableRandom(3));
            LayerFixture.push(layers, "home", tree);
            return lines(made.memory);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String lines(MemoryStore store) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (ListedObject object : store.list("", null).objects()) {
            byte[] bytes = store.get(object.key()).readAll();
            lines.append(object.key().value()).append(' ');
            lines.append(HexFormat.of().formatHex(bytes)).append('\n');
        }
        return lines.toString();
    }

    @Test
    void readsWhatWasEverWritten() throws IOException {
        MadeTree tree = tree();
        tree.put("more", 300, new SplittableRandom(3));

        LayerFixture.assertSame(fixture.open(), "home", tree);
        LayerFixture.assertSound(fixture.open());
        assertThat(fixture.open().list()).hasSize(1);
        LayerFixture.push(fixture.open(), "gone", MadeTree.of(4, 2, 400));
        LayerFixture.assertSound(fixture.open());
    }

    @Test
    void writesWhatItAlwaysWrote() throws IOException {
        int number = 0;
        for (Map.Entry<ObjectKey, byte[]> each : objects.entrySet()) {
            byte[] bytes = each.getValue();
            if (each.getKey().value().startsWith(RecordFormat.PREFIX)) {
                LogRecord record = RecordFormat.decode(bytes, ++number);
                assertThat(RecordFormat.encode(record)).isEqualTo(bytes);
            } else {
                PackKey key = PackKey.of(each.getKey()).orElseThrow();
                int index = PackFormat.indexBytes(key, bytes.length, bytes);
                byte[] tail = Arrays.copyOfRange(bytes, bytes.length - index, bytes.length);
                var rows = PackFormat.decodeIndex(key, bytes.length, tail);
                assertThat(PackFormat.encodeIndex(key, rows)).isEqualTo(tail);
            }
        }
        assertThat(number).isGreaterThanOrEqualTo(6);
        LayerLog log = new LayerLog(fixture.memory, fixture::tick, new SplittableRandom(1));
        RecordBody.Commit home =
                log.commit(Objects.requireNonNull(log.read().state().named("home")));
        assertThat(ManifestFormat.identity(home.pages())).isEqualTo(home.identity());
        FrameFetch fetch = new FrameFetch(fixture.memory);
        for (PageRef page : home.pages()) {
            byte[] rows = fetch.fetch(page.manifest()).raw();
            var decoded = PageFormat.decode("page", rows);
            assertThat(PageFormat.encode(decoded)).isEqualTo(rows);
            byte[] places = fetch.fetch(page.placement()).raw();
            assertThat(PlacementFormat.encode(PlacementFormat.decode("placement", places, decoded)))
                    .isEqualTo(places);
        }
    }

    /// Who changes where is cut, or the bytes of a page, gives equal trees another identity.
    @Test
    void equalTreesKeepTheirIdentity() throws IOException {
        MadeTree tree = tree();
        tree.put("more", 300, new SplittableRandom(3));
        Digest was = fixture.open().open("home").info().identity();

        assertThat(LayerFixture.push(fixture.open(), "again", tree).identity()).isEqualTo(was);
    }
}
