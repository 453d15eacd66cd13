package dev.siltstone.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.objectstore.ListedObject;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.PutOptions;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Flips one bit of every byte (of every seventh, without -Plong) of a small store: frames, pages, indexes, records.
class LayerFlipTest {
    private static final int STEP = Boolean.getBoolean("siltstone.long") ? 1 : 7;

    private final LayerFixture fixture = new LayerFixture();

    @Test
    void namesEveryFlippedBitAndNeverServesIt() throws IOException {
        MadeTree tree = MadeTree.of(3, 4, 400);
        SplittableRandom random = new SplittableRandom(3);
        LayerFixture.push(fixture.open(), "home", tree);
        tree.put("d00/more", 300, random);
        LayerFixture.push(fixture.open(), "home", tree);
        LayerFixture.push(fixture.open(), "other", tree);
        fixture.open().remove("other");
        LayerFixture.assertSame(fixture.open(), "home", tree);
        byte[] whole = tree.tar();

        int flips = 0;
        for (ListedObject object : fixture.memory.list("", null).objects()) {
            if (isGarbage(object.key())) {
                continue;
            }
            byte[] bytes = fixture.memory.get(object.key()).readAll();
            for (int at = 0; at < bytes.length; at += STEP) {
                byte was = bytes[at];
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                put(object.key(), bytes);
                assertNamed(object.key(), at, whole);
                bytes[at] = was;
                flips++;
            }
            put(object.key(), bytes);
        }
        assertThat(flips).isGreaterThan(300);
        LayerFixture.assertSound(fixture.open());
    }

    /// What no layer names is never read.
    private boolean isGarbage(ObjectKey key) throws IOException {
        LogState state =
                new LayerLog(fixture.memory, fixture::tick, new SplittableRandom(1)).read().state();
        return PackKey.of(key).filter(pack -> !state.live().contains(pack)).isPresent();
    }

    private void put(ObjectKey key, byte[] bytes) throws IOException {
        fixture.memory.put(key, ObjectBody.of(bytes.clone()), PutOptions.NONE);
    }

    private void assertNamed(ObjectKey key, int at, byte[] whole) throws IOException {
        VerifyResult result = fixture.open().verify();
        if (result.findings().stream().noneMatch(finding -> finding.contains(key.value()))) {
            throw new AssertionError("byte %d of %s: %s".formatted(at, key, result.findings()));
        }
        try {
            assertThat(LayerFixture.tar(fixture.open().open("home"))).isEqualTo(whole);
        } catch (LayerDamagedException e) {
            assertThat(e).hasMessageContaining("damaged");
        }
    }
}
