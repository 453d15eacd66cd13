package dev.siltstone.layer;

import static dev.siltstone.layer.LayerFixture.assertSame;
import static dev.siltstone.layer.LayerFixture.assertSound;
import static dev.siltstone.layer.LayerFixture.gcNow;
import static dev.siltstone.layer.LayerFixture.push;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStream;
import dev.siltstone.objectstore.MeteredStore;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.ObjectPage;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.StoreMeter;
import dev.siltstone.objectstore.StoreUsage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LayerStoreTest {
    private final LayerFixture fixture = new LayerFixture();
    private final LayerStore layers = fixture.open();
    private final SplittableRandom random = new SplittableRandom(1);

    private MadeTree tree() {
        MadeTree tree = MadeTree.of(7, 300, 20_000);
        tree.put("large", 9_000_000, random);
        tree.put("empty", new byte[0]);
        return tree;
    }

    @Test
    void givesBackTheTarThatWasPushed() throws IOException {
        MadeTree tree = tree();
        Pushed pushed = push(layers, "home", tree);

        assertSame(fixture.open(), "home", tree);
        assertSound(fixture.open());
        assertThat(pushed.isNew()).isTrue();
        assertThat(pushed.tarBytes()).isEqualTo(tree.tar().length);
        assertThat(pushed.entries()).isEqualTo(302);
        assertThat(pushed.diffId()).isEqualTo(Hash.of(tree.tar()));
        assertThat(layers.list()).hasSize(1);
        assertThat(layers.list().getFirst().identity()).isEqualTo(pushed.identity());
    }

    /// A listing of a directory may have a file and not the one that was made just before it.
    @Test
    void aListingThatLeavesOutARecordIsNoDamage() throws IOException {
        MadeTree tree = MadeTree.of(7, 3, 100);
        LayerStore lagging = fixture.open(leavingOut(RecordFormat.key(2)));
        for (int i = 0; i < 3; i++) {
            push(layers, "name" + i, tree);
        }

        assertThat(lagging.list()).hasSize(3);
        push(lagging, "name3", tree);
        assertSound(lagging);
        fixture.memory.delete(RecordFormat.key(2));
        assertThat(fixture.open().verify().findings())
                .anySatisfy(finding -> assertThat(finding).contains("log/", "2 is damaged"));
    }

    /// A number that somebody else's object claims must not decide how much is asked for.
    @Test
    void aRecordFarBehindTheLastIsNamedAndNothingBetweenIsAskedFor() throws IOException {
        push(layers, "name", MadeTree.of(7, 3, 100));
        ObjectKey far = RecordFormat.key(3_000_000);
        fixture.memory.put(far, ObjectBody.of(new byte[1]), PutOptions.NONE);

        assertThatThrownBy(() -> fixture.open().list())
                .isInstanceOf(LayerDamagedException.class)
                .hasMessageContaining(RecordFormat.key(2).value())
                .hasMessageContaining(far.value());
    }

    private ObjectStore leavingOut(ObjectKey key) {
        return (ObjectStore)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {ObjectStore.class},
                        (proxy, method, arguments) -> {
                            try {
                                Object answer = method.invoke(fixture.memory, arguments);
                                return answer instanceof ObjectPage page
                                        ? new ObjectPage(
                                                page.objects().stream()
                                                        .filter(o -> !o.key().equals(key))
                                                        .toList(),
                                                page.next())
                                        : answer;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    @Test
    void equalTreesHaveOneIdentityWhereverTheirFramesLie() throws IOException {
        MadeTree tree = tree();
        Pushed one = push(layers, "one", tree);
        Pushed other = push(new LayerFixture().open(), "other", tree);
        tree.put("new", 100, random);
        Pushed changed = push(layers, "one", tree);
        tree.remove("new");
        Pushed back = push(layers, "one", tree);

        assertThat(other.identity()).isEqualTo(one.identity());
        assertThat(changed.identity()).isNotEqualTo(one.identity());
        assertThat(back.identity()).isEqualTo(one.identity());
    }

    @Test
    void sendsOnlyWhatChanged() throws IOException {
        MadeTree tree = tree();
        Pushed first = push(layers, "home", tree);
        tree.put("d03/file00003", 5_000, random);
        Pushed second = push(fixture.open(), "home", tree);

        assertThat(second.sentBytes()).isLessThan(first.sentBytes() / 50);
        assertThat(second.diffId()).isEqualTo(Hash.of(tree.tar()));
        assertSame(layers, "home", tree);
        assertSound(layers);
    }

    @Test
    void aByteInsertedAtTheStartOfALargeFileMovesNoFrameButTheFirst() throws IOException {
        MadeTree tree = new MadeTree();
        byte[] data = new byte[12_000_000];
        random.nextBytes(data);
        tree.put("large", data);
        Pushed first = push(layers, "home", tree);
        byte[] longer = new byte[data.length + 1];
        System.arraycopy(data, 0, longer, 1, data.length);
        tree.put("large", longer);
        Pushed second = push(layers, "home", tree);

        assertThat(second.sentBytes()).isLessThan(first.sentBytes() / 2);
        assertSame(layers, "home", tree);
    }

    @Test
    void aRenamedLargeFileIsNotSentAgain() throws IOException {
        MadeTree tree = new MadeTree();
        byte[] data = new byte[6_000_000];
        random.nextBytes(data);
        tree.put("large", data);
        push(layers, "home", tree);
        tree.remove("large");
        tree.put("renamed", data);

        assertThat(push(layers, "home", tree).sentBytes()).isLessThan(10_000);
    }

    @Test
    void anUnchangedTreeCostsTwoRequestsAndOpensNoFile() throws IOException {
        MadeTree tree = tree();
        MadeMemory memory = new MadeMemory();
        push(layers, "home", tree, memory);
        tree.opened = 0;
        StoreMeter meter = new StoreMeter();
        Pushed again =
                push(fixture.open(new MeteredStore(fixture.memory, meter)), "home", tree, memory);

        assertThat(again.isNew()).isFalse();
        assertThat(tree.opened).isZero();
        StoreUsage usage = meter.usage();
        assertThat(usage.total().requests()).isEqualTo(2);
    }

    @Test
    void readsOnlyChangedRunsOfARememberedTree() throws IOException {
        MadeTree tree = tree();
        MadeMemory memory = new MadeMemory();
        push(layers, "home", tree, memory);
        tree.opened = 0;
        tree.put("d03/file00003", 5_000, random);
        Pushed pushed = push(fixture.open(), "home", tree, memory);

        assertThat(tree.opened).isLessThan(20);
        assertThat(pushed.diffId()).isNull();
        assertSame(layers, "home", tree);
        assertSound(layers);
    }

    @Test
    void aMemoryOfFramesThatAreGoneCostsReadsAndNoBytes() throws IOException {
        MadeTree tree = tree();
        MadeMemory memory = new MadeMemory();
        push(layers, "home", tree, memory);
        layers.remove("home");
        gcNow(layers);
        gcNow(layers);
        push(fixture.open(), "home", tree, memory);

        assertSame(layers, "home", tree);
        assertSound(layers);
    }

    @Test
    void oneFileOfALayerCostsFourRequests() throws IOException {
        MadeTree tree = tree();
        push(layers, "home", tree);
        StoreMeter meter = new StoreMeter();
        LayerStore reader = fixture.open(new MeteredStore(fixture.memory, meter));
        try (TarStream tar = reader.open("home").tarFrom(TarPath.of("./d05/file00005"))) {
            tar.skipNBytes(512);
            byte[] data = tree.files().get(TarPath.of("d05/file00005")).data();
            assertThat(tar.readNBytes(data.length)).isEqualTo(data);
        }
        assertThat(meter.usage().total().requests()).isEqualTo(4);
        assertThat(meter.usage().total().receivedBytes()).isLessThan(200_000);
        assertThat(reader.open("home").tarFrom(TarPath.of("no"))).isNull();
    }

    @Test
    void readsALargeFileFromItsHeaderOn() throws IOException {
        MadeTree tree = tree();
        push(layers, "home", tree);
        try (TarStream tar = layers.open("home").tarFrom(TarPath.of("large"))) {
            assertThat(tar.entryHere().path()).isEqualTo(TarPath.of("large"));
            tar.skipNBytes(512);
            byte[] data = tree.files().get(TarPath.of("large")).data();
            assertThat(tar.readNBytes(data.length)).isEqualTo(data);
        }
    }

    @Test
    void holesAreNeitherReadNorSentAndComeBackAsHoles() throws IOException {
        byte[] data = new byte[30_000_001];
        random.nextBytes(data);
        java.util.Arrays.fill(data, 5_000_192, 25_000_000, (byte) 0);
        MadeTree tree = new MadeTree();
        tree.put("sparse", data, new Hole(5_000_192, 19_999_808));
        Pushed pushed = push(layers, "home", tree);

        assertSame(layers, "home", tree);
        assertSound(layers);
        assertThat(pushed.diffId()).isNull();
        try (TarStream tar = layers.open("home").tar(LayerFixture.PULL)) {
            assertThat(tar.entryHere().holes()).containsExactly(new Hole(5_000_192, 19_999_808));
            assertThat(tar.zerosAhead()).isZero();
            tar.skipNBytes(512 + 5_000_192);
            assertThat(tar.zerosAhead()).isEqualTo(4L * Frames.ZEROS_BYTES);
        }
    }

    @Test
    void exportsWhatZstdReads() throws IOException {
        MadeTree tree = tree();
        Pushed pushed = push(layers, "home", tree);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        Exported exported = layers.open("home").exportTo(file, LayerFixture.PULL);

        assertThat(exported.diffId()).isEqualTo(pushed.diffId());
        assertThat(exported.blob()).isEqualTo(Hash.of(file.toByteArray()));
        try (var unpacked = new ZstdInputStream(new ByteArrayInputStream(file.toByteArray()))) {
            unpacked.setContinuous(false);
            assertThat(unpacked.readAllBytes()).isEqualTo(tree.tar());
        }
    }

    @Test
    void tellsWhatDiffers() throws IOException {
        MadeTree tree = tree();
        push(layers, "before", tree);
        tree.put("zz-last", 10, random);
        tree.put("d00/new", 10, random);
        tree.remove("d01/file00001");
        tree.put("d02/file00002", 777, random);
        byte[] data = tree.files().get(TarPath.of("large")).data().clone();
        data[8_000_000]++;
        tree.put("large", data);
        push(layers, "after", tree);
        List<LayerChange> changes = layers.open("before").changesTo(layers.open("after"));

        assertThat(changes)
                .extracting(change -> change.kind() + " " + change.path())
                .containsExactly(
                        "ADDED d00/new",
                        "REMOVED d01/file00001",
                        "CHANGED d02/file00002",
                        "CHANGED large",
                        "ADDED zz-last");
        assertThat(layers.open("after").changesTo(layers.open("after"))).isEmpty();
    }

    @Test
    void gcTakesWhatNoNameStandsOnAndNothingElse() throws IOException {
        MadeTree tree = tree();
        push(layers, "one", tree);
        push(layers, "two", MadeTree.of(8, 200, 9_000));
        layers.remove("two");
        GcResult first = layers.gc(java.time.Duration.ofDays(1));
        GcResult second = gcNow(layers);
        GcResult third = gcNow(layers);

        assertThat(first.condemned()).isPositive();
        assertThat(first.deleted()).isZero();
        assertThat(second.deleted()).isEqualTo(first.condemned());
        assertThat(third).isEqualTo(new GcResult(third.live(), third.live(), 0, 0, 0));
        assertSame(layers, "one", tree);
        assertSound(layers);
        assertThatThrownBy(() -> layers.open("two"))
                .isInstanceOf(NoSuchLayerException.class)
                .hasMessageContaining("two");
    }

    @Test
    void aPushRescuesWhatWasCondemned() throws IOException {
        MadeTree tree = tree();
        push(layers, "one", tree);
        layers.remove("one");
        layers.gc(java.time.Duration.ofDays(1));
        Pushed again = push(layers, "two", tree);

        assertThat(again.newFrames()).isZero();
        gcNow(layers);
        assertSame(layers, "two", tree);
        assertSound(layers);
    }

    @Test
    void aPushThatSleptWhileGcDeletedWhatItCountedOnSendsItAgain() throws IOException {
        MadeTree tree = tree();
        push(layers, "old", tree);
        layers.remove("old");
        int[] asked = {0};
        TarSource slow =
                framer -> {
                    tree.writeTo(framer);
                    if (asked[0]++ == 0) {
                        gcNow(fixture.open());
                    }
                };
        layers.push("new", slow, TarMemory.NONE, LayerFixture.SMALL, new PushProgress());

        assertThat(asked[0]).isEqualTo(2);
        assertSame(layers, "new", tree);
        assertSound(layers);
    }

    @Test
    void theLogIsReadFromItsLastStateOn() throws IOException {
        MadeTree tree = new MadeTree();
        for (int i = 0; i < 20; i++) {
            tree.put("file" + i, new byte[] {(byte) i});
            push(layers, "name" + i % 5, tree);
        }
        StoreMeter meter = new StoreMeter();
        assertThat(fixture.open(new MeteredStore(fixture.memory, meter)).list()).hasSize(5);
        assertThat(meter.usage().total().requests()).isEqualTo(2);
        assertSound(layers);
    }
}
