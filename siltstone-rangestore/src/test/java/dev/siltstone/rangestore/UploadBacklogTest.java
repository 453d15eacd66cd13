package dev.siltstone.rangestore;

import static dev.siltstone.rangestore.TextFiles.TIME;
import static dev.siltstone.rangestore.TextFiles.id;
import static dev.siltstone.rangestore.TextFiles.put;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.objectstore.CallKind;
import dev.siltstone.objectstore.EffectUnknownException;
import dev.siltstone.objectstore.FaultyStore;
import dev.siltstone.objectstore.FaultyStore.Fault;
import dev.siltstone.objectstore.MemoryStore;
import dev.siltstone.objectstore.MeteredStore;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.StoreMeter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UploadBacklogTest {
    private static final HexNames NAMES = new HexNames(3);
    private static final RemoteSettings SETTINGS = RemoteSettings.ofTimeName("test-time");

    private final SimulatedDisk disk = new SimulatedDisk();
    private final MemoryStore memory = new MemoryStore(new ManualClock());
    private final FaultyStore faulty = new FaultyStore(memory);
    private final StoreMeter meter = new StoreMeter();
    private LocalRanges local;
    private RemoteRanges remote;
    private UploadBacklog backlog;

    @BeforeEach
    void open() throws IOException {
        local = LocalRanges.open(disk, Path.of("/local"), NAMES);
        remote = RemoteRanges.open(new MeteredStore(faulty, meter), "", NAMES, SETTINGS);
        backlog = UploadBacklog.open(local, remote, 0, 10, local::attributes);
    }

    @Test
    void uploadsInOrderAndConfirms() throws IOException {
        backlog.add(put(local, id(0, 1, 1), "one"));
        backlog.add(put(local, id(0, 2, 4), "two", TIME, Map.of("checksum", "42")));

        assertThat(backlog.confirmedEnd()).isZero();
        assertThat(backlog.pendingFiles()).isEqualTo(2);
        assertThat(backlog.pendingBytes()).isEqualTo(6);
        assertThat(backlog.uploadNext()).isTrue();
        assertThat(backlog.confirmedEnd()).isEqualTo(2);
        assertThat(backlog.uploadNext()).isTrue();
        assertThat(backlog.uploadNext()).isFalse();

        assertThat(backlog.confirmedEnd()).isEqualTo(5);
        assertThat(backlog.pendingBytes()).isZero();
        assertThat(remote.head(id(0, 2, 4)).metadata())
                .isEqualTo(Map.of("checksum", "42", "test-time", "2026-01-02T03:04:05.678Z"));
        assertThat(remote.head(id(0, 2, 4)).modified()).isEqualTo(TIME);
        assertThat(backlog.isConfirmed(local.known().newest(0).orElseThrow())).isTrue();
    }

    @Test
    void makesOneRequestPerFileAndNoneAtRest() throws IOException {
        var before = meter.usage();
        backlog.uploadNext();
        backlog.add(put(local, id(0, 1, 1), "one"));
        backlog.uploadNext();
        backlog.uploadNext();

        assertThat(meter.usage().since(before).requests())
                .isEqualTo(Map.of(CallKind.PUT_IF_ABSENT, 1L));
    }

    @Test
    void takesOnlyWhatFollows() throws IOException {
        RangeFile one = put(local, id(0, 1, 3), "one");
        backlog.add(one);

        assertThatThrownBy(() -> backlog.add(one)).isInstanceOf(IllegalArgumentException.class);
        RangeFile other = put(local, id(1, 4, 4), "level 1");
        assertThatThrownBy(() -> backlog.add(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("position 4 of level 0");
        backlog.uploadNext();
        assertThatThrownBy(() -> backlog.add(one)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysWhenItIsFullAndDropsNothing() throws IOException {
        backlog.add(put(local, id(0, 1, 1), "12345"));
        assertThat(backlog.isFull()).isFalse();
        backlog.add(put(local, id(0, 2, 2), "67890"));
        assertThat(backlog.isFull()).isTrue();
        backlog.add(put(local, id(0, 3, 3), "more"));
        assertThat(backlog.pendingFiles()).isEqualTo(3);
        backlog.uploadNext();
        assertThat(backlog.isFull()).isFalse();
    }

    @Test
    void derivesWhatIsPendingAfterARestart() throws IOException {
        for (int i = 1; i <= 4; i++) {
            backlog.add(put(local, id(0, i, i), "number " + i));
        }
        backlog.uploadNext();
        backlog.uploadNext();
        open();

        assertThat(backlog.pendingFiles()).isEqualTo(2);
        assertThat(backlog.confirmedEnd()).isEqualTo(3);
        drain();
        open();
        assertThat(backlog.pendingFiles()).isZero();
        assertThat(backlog.confirmedEnd()).isEqualTo(5);
    }

    @Test
    void doesNotUploadAgainWhatWasMerged() throws IOException {
        for (int i = 1; i <= 3; i++) {
            backlog.add(put(local, id(0, i, i), "number " + i));
        }
        drain();
        remote.put(id(1, 1, 2), ObjectBody.of(new byte[3]), TIME, Map.of());
        remote.delete(List.of(id(0, 1, 1), id(0, 2, 2)));
        put(local, id(0, 4, 4), "number 4");
        open();

        assertThat(backlog.next().orElseThrow().id()).isEqualTo(id(0, 4, 4));
        assertThat(backlog.pendingFiles()).isEqualTo(1);
    }

    @Test
    void tryingAgainIsSafeWhateverHappened() throws IOException {
        backlog.add(put(local, id(0, 1, 1), "one"));
        faulty.failNext(CallKind.PUT_IF_ABSENT, Fault.LOST_BEFORE, Fault.LOST_AFTER);

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> backlog.uploadNext())
                    .isInstanceOf(EffectUnknownException.class);
            assertThat(backlog.confirmedEnd()).isZero();
        }
        assertThat(backlog.uploadNext()).isTrue();
        assertThat(backlog.confirmedEnd()).isEqualTo(2);
        assertThat(remote.known().find(id(0, 1, 1))).isPresent();
    }

    @Test
    void stopsForEverWhenAnotherWriterHasTheName() throws IOException {
        RemoteRanges other = RemoteRanges.open(memory, "", NAMES, SETTINGS);
        other.put(id(0, 1, 1), ObjectBody.of("other".getBytes(UTF_8)), TIME, Map.of());
        backlog.add(put(local, id(0, 1, 1), "ours"));
        backlog.add(put(local, id(0, 2, 2), "ours too"));

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> backlog.uploadNext())
                    .isInstanceOf(RangeTakenException.class)
                    .hasMessageContaining("0/0000000000000001-0000000000000001.range")
                    .hasMessageContaining("another writer");
        }
        assertThat(backlog.conflict()).isPresent();
        assertThat(backlog.pendingFiles()).isEqualTo(2);
        assertThat(memory.list("", null).objects()).hasSize(1);
    }

    @Test
    void refusesToGoOnWithAnotherHistory() throws IOException {
        backlog.add(put(local, id(0, 1, 1), "ours 1"));
        drain();
        backlog.add(put(local, id(0, 2, 2), "ours 2"));
        RemoteRanges other = RemoteRanges.open(memory, "", NAMES, SETTINGS);
        other.put(id(0, 2, 2), ObjectBody.of("other2".getBytes(UTF_8)), TIME, Map.of());

        assertThatThrownBy(this::open)
                .isInstanceOf(RangeTakenException.class)
                .hasMessageContaining("0000000000000002");
    }

    @Test
    void refusesToFillInBeforeAnotherHistory() throws IOException {
        put(local, id(0, 5, 5), "ours");
        RemoteRanges other = RemoteRanges.open(memory, "", NAMES, SETTINGS);
        other.put(id(0, 6, 6), ObjectBody.of("other".getBytes(UTF_8)), TIME, Map.of());

        assertThatThrownBy(this::open)
                .isInstanceOf(RangeTakenException.class)
                .hasMessageContaining("0000000000000005");
    }

    @Test
    void fillsInWhatIsMissingInItsOwnHistory() throws IOException {
        for (int i = 1; i <= 3; i++) {
            backlog.add(put(local, id(0, i, i), "number " + i));
        }
        drain();
        memory.delete(remote.key(id(0, 2, 2)));
        open();

        assertThat(backlog.pendingFiles()).isEqualTo(1);
        assertThat(backlog.confirmedEnd()).isEqualTo(2);
        drain();
        assertThat(memory.list("", null).objects()).hasSize(3);
        open();
        assertThat(backlog.confirmedEnd()).isEqualTo(4);
    }

    @Test
    void startsAtPositionZero() throws IOException {
        backlog.add(put(local, id(0, 0, 99), "stream bytes"));
        assertThat(backlog.confirmedEnd()).isZero();
        drain();
        assertThat(backlog.confirmedEnd()).isEqualTo(100);
    }

    private void drain() throws IOException {
        while (backlog.uploadNext()) {
            assertThat(backlog.conflict()).isEmpty();
        }
    }
}
