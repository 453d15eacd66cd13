package dev.siltstone.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.ManualClock;
import dev.siltstone.objectstore.FaultyStore.Fault;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartedPutTest {
    private static final ObjectKey KEY = ObjectKey.of("big");

    private final MemoryStore memory = new MemoryStore(new ManualClock());
    private final FaultyStore faulty = new FaultyStore(memory);
    private final StoreMeter meter = new StoreMeter();
    private final MeteredStore store = new MeteredStore(faulty, meter);
    private final byte[] bytes = new byte[1000];

    PartedPutTest() {
        new Random(1).nextBytes(bytes);
    }

    @Test
    void putsASmallBodyAtOnce() throws IOException {
        assertThat(putIfAbsent(1000)).isInstanceOf(PutOutcome.Created.class);

        assertThat(meter.usage().requests()).isEqualTo(Map.of(CallKind.PUT_IF_ABSENT, 1L));
        assertThat(content()).isEqualTo(bytes);
    }

    @Test
    void putsALargeBodyInParts() throws IOException {
        assertThat(putIfAbsent(300)).isInstanceOf(PutOutcome.Created.class);

        assertThat(meter.usage().requests())
                .isEqualTo(
                        Map.of(
                                CallKind.UPLOAD_START,
                                1L,
                                CallKind.UPLOAD_PART,
                                4L,
                                CallKind.UPLOAD_COMPLETE_IF_ABSENT,
                                1L));
        assertThat(meter.usage().total().sentBytes()).isEqualTo(1000);
        assertThat(content()).isEqualTo(bytes);
    }

    @Test
    void abortsWhenAnotherWasFirst() throws IOException {
        memory.put(KEY, ObjectBody.of(new byte[1]), PutOptions.NONE);

        assertThat(putIfAbsent(300)).isEqualTo(new PutOutcome.AlreadyThere());

        assertThat(meter.usage().requests()).containsEntry(CallKind.UPLOAD_ABORT, 1L);
        assertThat(content()).hasSize(1);
    }

    @Test
    void abortsWhenAPartFails() {
        faulty.failNext(CallKind.UPLOAD_PART, Fault.UNAVAILABLE);

        assertThatThrownBy(() -> putIfAbsent(300)).isInstanceOf(StoreUnavailableException.class);
        assertThat(meter.usage().requests()).containsEntry(CallKind.UPLOAD_ABORT, 1L);
    }

    @Test
    void goesOnWithTheMissingParts() throws IOException {
        UploadId upload = store.startUpload(KEY, PutOptions.NONE);
        ObjectBody body = ObjectBody.of(bytes);
        store.putPart(upload, 2, body.region(300, 300));
        store.putPart(upload, 3, body.region(600, 200));

        store.completeUpload(upload, PartedPut.resume(store, upload, body, 300, 2));

        assertThat(content()).isEqualTo(bytes);
        assertThat(meter.usage().requests()).containsEntry(CallKind.UPLOAD_PART, 5L);
    }

    @Test
    void makesPartsLargerWhenThereWouldBeTooMany() throws IOException {
        ObjectBody body = ObjectBody.of(new byte[25_000]);

        PartedPut.put(store, KEY, body, PutOptions.NONE, 1, 8);

        assertThat(meter.usage().requests()).containsEntry(CallKind.UPLOAD_PART, 8334L);
        assertThat(content()).hasSize(25_000);
    }

    private PutOutcome putIfAbsent(long partBytes) throws IOException {
        return PartedPut.putIfAbsent(
                store, KEY, ObjectBody.of(bytes), PutOptions.NONE, partBytes, 2);
    }

    private byte[] content() throws IOException {
        return memory.get(KEY).readAll();
    }
}
